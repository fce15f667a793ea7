import { contains, firstSubnet, overlap } from "./cidr.js";
import { DEFAULT_ADDRESS_SPACE, DEFAULT_GATEWAY_SUBNET_PREFIX_LENGTH } from "./defaults.js";

export interface GatewayAddresses {
  readonly addressSpace: readonly string[];
  readonly gatewaySubnetPrefix: string;
}

/** The ranges that are used where some are left out. */
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
  return clashes(ranges, overlap).map(({ at, range, other }) => ({
    at,
    problem: `"${range}" overlaps "${other}"; the ranges of a network must not overlap, leave one out`,
  }));
}

/** Client ranges that another one covers already, by position: Azure refuses a rule with such a list. */
export function clientCidrOverlaps(ranges: readonly string[]): { readonly at: number; readonly problem: string }[] {
  return clashes(ranges, overlap).map(({ at, range, other }) => {
    const [wide, narrow] = contains(other, range) ? [other, range] : [range, other];
    return { at, problem: `"${narrow}" is covered by "${wide}"; leave "${narrow}" out` };
  });
}

function clashes(ranges: readonly string[], clash: (a: string, b: string) => boolean) {
  return ranges.flatMap((range, at) => {
    const other = ranges.slice(0, at).find((earlier) => clash(earlier, range));
    return other === undefined ? [] : [{ at, range, other }];
  });
}
