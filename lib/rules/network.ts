import { contains, endsMeet, endsOf, firstSubnet, writtenAddress } from "./cidr.js";
import { DEFAULT_ADDRESS_SPACE, DEFAULT_GATEWAY_SUBNET_PREFIX_LENGTH } from "./defaults.js";
import { type Problem } from "./problem.js";

/**
 * Addresses and ranges that a security group takes as sources.
 * @see https://learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits#azure-networking-limits
 */
export const MAX_CLIENT_CIDRS = 4_000;

/**
 * Services that a subnet can reach over the Azure backbone, with its own identity.
 * @see https://learn.microsoft.com/azure/virtual-network/virtual-network-service-endpoints-overview
 */
export const SERVICE_ENDPOINTS = [
  "Microsoft.AzureActiveDirectory",
  "Microsoft.AzureCosmosDB",
  "Microsoft.CognitiveServices",
  "Microsoft.ContainerRegistry",
  "Microsoft.EventHub",
  "Microsoft.KeyVault",
  "Microsoft.ServiceBus",
  "Microsoft.Sql",
  "Microsoft.Storage",
  "Microsoft.Storage.Global",
  "Microsoft.Web",
] as const;
/** The one that accounts are reached by: their network rules then see the subnet, not a public address. */
export const ACCOUNT_SERVICE_ENDPOINT = "Microsoft.CognitiveServices";
/** The one that the gateway reads its certificate by. */
export const KEY_VAULT_SERVICE_ENDPOINT = "Microsoft.KeyVault";

/** The addresses that a gateway can have. */
export const FRONTEND_KINDS = ["Public", "Private", "PublicAndPrivate"] as const;

/** Availability zones that a region can have. */
export const ZONES = ["1", "2", "3"] as const;

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

/**
 * The first range of a network that is free beside the gateway's subnet, of the size `/24` or the largest that fits.
 * @returns undefined where no range of `/28` is free
 */
export function freeSubnet({ addressSpace, gatewaySubnetPrefix }: GatewayAddresses): string | undefined {
  const taken = endsOf(gatewaySubnetPrefix);
  for (let bits = DEFAULT_GATEWAY_SUBNET_PREFIX_LENGTH; bits <= SMALLEST_FREE_PREFIX_LENGTH; bits++) {
    const size = 2 ** (32 - bits);
    for (const range of addressSpace) {
      const { first, last } = endsOf(range);
      const starts = [first, Math.ceil((taken.last + 1) / size) * size];
      const start = starts.find(
        (at) => at >= first && at + size - 1 <= last && !endsMeet({ first: at, last: at + size - 1 }, taken),
      );
      if (start !== undefined) return `${writtenAddress(start)}/${bits}`;
    }
  }
  return undefined;
}

const SMALLEST_FREE_PREFIX_LENGTH = 28;

/** A second subnet in a network that is created. */
export function secondSubnetProblem(prefix: string, { addressSpace, gatewaySubnetPrefix }: GatewayAddresses): Problem {
  if (!addressSpace.some((range) => contains(range, prefix)))
    return `"${prefix}" is outside the network's address space ${addressSpace.join(", ")}; choose a range inside it`;
  if (endsMeet(endsOf(prefix), endsOf(gatewaySubnetPrefix)))
    return `"${prefix}" overlaps the gateway's subnet ${gatewaySubnetPrefix}; choose a range beside it`;
  return undefined;
}

/** No room for a subnet beside the gateway's. */
export function noFreeSubnetProblem({ addressSpace, gatewaySubnetPrefix }: GatewayAddresses): string {
  return `the network ${addressSpace.join(", ")} has no room for a subnet beside the gateway's, ${gatewaySubnetPrefix}; use a larger address space, or a smaller gatewaySubnetPrefix`;
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

/** A word that is in a list twice, for the short lists of Azure's own words. */
export function repeatedWordProblem(words: readonly string[]): Problem {
  const repeated = words.find((word, at) => words.indexOf(word) < at);
  return repeated && `"${repeated}" is listed twice; remove one`;
}

/** Ranges that overlap one before them; there may be thousands. */
function clashes(ranges: readonly string[]): { at: number; range: string; other: string }[] {
  const all = ranges.map((range) => ({ range, ends: endsOf(range) }));
  return all.flatMap(({ range, ends }, at) => {
    const other = all.slice(0, at).find((earlier) => endsMeet(earlier.ends, ends));
    return other ? [{ at, range, other: other.range }] : [];
  });
}

/** Backends that a gateway without any way to the Internet cannot reach. */
export function unreachableBackendsProblem(fqdns: readonly string[]): string {
  return `a gateway without a public address has no way to the public endpoints of ${fqdns.join(", ")}; add a NAT gateway, state the egress addresses of the subnet, or mark a backend as private if its name resolves to a private endpoint`;
}

/**
 * What a gateway without a public address needs first.
 * @see https://learn.microsoft.com/azure/application-gateway/application-gateway-private-deployment
 */
export function privateOnlyWarning(): string {
  return "frontend: a gateway without a public address needs the feature EnableApplicationGatewayNetworkIsolation in its subscription before it is created: az feature register --namespace Microsoft.Network --name EnableApplicationGatewayNetworkIsolation";
}

/** A certificate in a vault that a gateway without any way to the Internet reads. */
export function unreachableVaultWarning(): string {
  return `listener.certificate: the gateway has no way to the Internet, so it reads the certificate only if the vault has a private endpoint in its network; else add the service endpoint ${KEY_VAULT_SERVICE_ENDPOINT} to its subnet, or a NAT gateway`;
}
