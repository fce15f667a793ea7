import { contains, endsMeet, endsOf, firstSubnet } from "./cidr.js";
import { DEFAULT_ADDRESS_SPACE, DEFAULT_GATEWAY_SUBNET_PREFIX_LENGTH } from "./defaults.js";
import { type Problem } from "./problem.js";

/**
 * Addresses and ranges that a security group takes as sources.
 * @see https://learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits#azure-networking-limits
 */
export const MAX_CLIENT_CIDRS = 4_000;

export interface GatewayAddresses {
  readonly addressSpace: readonly string[];
  readonly gatewaySubnetPrefix: string;
}

/** The ranges, with defaults for those that are absent. */
export function gatewayAddresses(given: Partial<GatewayAddresses>): GatewayAddresses {
  const addressSpace = given.addressSpace ?? DEFAULT_ADDRESS_SPACE;
  const [first = ""] = addressSpace;
  return {
    addressSpace,
    gatewaySubnetPrefix: given.gatewaySubnetPrefix ?? firstSubnet(first, DEFAULT_GATEWAY_SUBNET_PREFIX_LENGTH),
  };
}

/** Ranges that overlap one before them, by position. */
export function addressSpaceOverlaps(ranges: readonly string[]): { readonly at: number; readonly problem: string }[] {
  return clashes(ranges).map(({ at, range, other }) => ({
    at,
    problem: `"${range}" overlaps "${other}", and the ranges of a network cannot overlap; remove one`,
  }));
}

/** More client ranges than Azure accepts. */
export function clientCidrsProblem(ranges: readonly string[]): Problem {
  if (ranges.length <= MAX_CLIENT_CIDRS) return undefined;
  return `${ranges.length} ranges are too many; Azure allows ${MAX_CLIENT_CIDRS} in a security group; use wider ranges`;
}

/** Client ranges that another one covers, by position: Azure refuses a rule with such a list. */
export function clientCidrOverlaps(ranges: readonly string[]): { readonly at: number; readonly problem: string }[] {
  return clashes(ranges).map(({ at, range, other }) => {
    const [wide, narrow] = contains(other, range) ? [other, range] : [range, other];
    return { at, problem: `"${narrow}" is covered by "${wide}"; leave "${narrow}" out` };
  });
}

/** Ranges that overlap one before them; there may be thousands. */
function clashes(ranges: readonly string[]): { at: number; range: string; other: string }[] {
  const all = ranges.map((range) => ({ range, ends: endsOf(range) }));
  return all.flatMap(({ range, ends }, at) => {
    const other = all.slice(0, at).find((earlier) => endsMeet(earlier.ends, ends));
    return other ? [{ at, range, other: other.range }] : [];
  });
}
