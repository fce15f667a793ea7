import { z } from "zod";
import { addressSpaceProblem, cidrProblem } from "../rules/cidr.js";
import { DEFAULT_ADDRESS_SPACE } from "../rules/defaults.js";
import { gatewaySubnetProblem } from "../rules/gateway.js";
import { addressSpaceOverlaps, clientCidrOverlaps, clientCidrsProblem, gatewayAddresses } from "../rules/network.js";
import { RESOURCE_TYPES, resourceIdProblem } from "../rules/resource-id.js";
import { nameProblem } from "../rules/resource-name.js";
import { excludedBy } from "../rules/shape.js";
import { type Add, alternatives, relatedMembers, text } from "./fields.js";

/** The gateway's subnet and public address. */
export interface NetworkConfig {
  readonly subnet: SubnetConfig;
  readonly publicIpAddress: PublicIpAddressConfig;
}

export type SubnetConfig = ExistingSubnetConfig | NewSubnetConfig;

export interface ExistingSubnetConfig {
  readonly kind: "existing";
  readonly subnetId: string;
}

/** A subnet that the stack creates, with its network and security group. */
export interface NewSubnetConfig {
  readonly kind: "new";
  readonly addressSpace?: readonly string[];
  readonly gatewaySubnetPrefix?: string;
  readonly allowedClientCidrs?: readonly string[];
}

export type PublicIpAddressConfig = ExistingPublicIpAddressConfig | NewPublicIpAddressConfig;

export interface ExistingPublicIpAddressConfig {
  readonly kind: "existing";
  readonly publicIpAddressId: string;
}

export interface NewPublicIpAddressConfig {
  readonly kind: "new";
  readonly dnsLabel?: string;
}

const addressRange = text(addressSpaceProblem, "IPv4 range in CIDR notation");
const addressSpaceSchema = z
  .union([
    addressRange,
    relatedMembers(z.array(addressRange).min(1), (ranges, add) => {
      const overlaps = addressSpaceOverlaps(ranges.map(({ value }) => value));
      for (const { at, problem } of overlaps) addAtMember(ranges[at], problem, add);
    }),
  ])
  .transform((ranges) => (typeof ranges === "string" ? [ranges] : ranges));

const allowedClientCidrsSchema = relatedMembers(
  z.array(text(cidrProblem, "IPv4 range in CIDR notation")).min(1),
  (members, add) => {
    const ranges = members.map(({ value }) => value);
    add([], clientCidrsProblem(ranges));
    for (const { at, problem } of clientCidrOverlaps(ranges)) addAtMember(members[at], problem, add);
  },
);

export const networkSchema = alternatives(
  z.strictObject({
    addressSpace: addressSpaceSchema
      .optional()
      .describe(`One IPv4 range or a list of them; default: ${DEFAULT_ADDRESS_SPACE.join(", ")}`),
    gatewaySubnetPrefix: text(cidrProblem, "The gateway's subnet, /27 or larger; default: the first /24").optional(),
    allowedClientCidrs: allowedClientCidrsSchema
      .optional()
      .describe("IPv4 ranges whose clients may connect; default: anybody on the Internet"),
    subnetId: text(
      resourceIdProblem(RESOURCE_TYPES.subnet),
      "An existing subnet, for gateways only and delegated to Microsoft.Network/applicationGateways",
    ).optional(),
    dnsLabel: text(
      nameProblem("dnsLabel"),
      "First label of the public address's host name, <label>.<location>.cloudapp.azure.com; default: none",
    ).optional(),
    publicIpAddressId: text(
      resourceIdProblem(RESOURCE_TYPES.publicIpAddress),
      "An existing public address: static, SKU Standard, not in use; default: one is created",
    ).optional(),
  }),
  ({ right, has }, add): NetworkConfig => {
    const { addressSpace, gatewaySubnetPrefix, allowedClientCidrs, subnetId, dnsLabel, publicIpAddressId } = right;
    if (has("subnetId")) {
      for (const key of (["addressSpace", "gatewaySubnetPrefix", "allowedClientCidrs"] as const).filter(has))
        add([key], excludedBy("subnetId", "whose network is configured where it is created"));
    } else if (addressSpace !== undefined || !has("addressSpace")) {
      // Whether the instances find room as well depends on the scale.
      const addresses = gatewayAddresses({ addressSpace, gatewaySubnetPrefix });
      const field = gatewaySubnetPrefix === undefined ? "addressSpace" : "gatewaySubnetPrefix";
      if (gatewaySubnetPrefix !== undefined || !has("gatewaySubnetPrefix"))
        add([field], gatewaySubnetProblem(addresses.gatewaySubnetPrefix, addresses.addressSpace, { min: 0, max: 0 }));
    }
    if (has("publicIpAddressId") && has("dnsLabel"))
      add(["dnsLabel"], excludedBy("publicIpAddressId", "whose DNS label is set where it is created"));
    return {
      subnet:
        subnetId === undefined
          ? { kind: "new", addressSpace, gatewaySubnetPrefix, allowedClientCidrs }
          : { kind: "existing", subnetId },
      publicIpAddress:
        publicIpAddressId === undefined ? { kind: "new", dnsLabel } : { kind: "existing", publicIpAddressId },
    };
  },
).meta({
  description: "A network to create, or an existing subnet; and the public address",
  examples: [{ addressSpace: "10.0.0.0/16" }],
});

function addAtMember(member: { readonly at: number } | undefined, problem: string, add: Add): void {
  if (member) add([member.at], problem);
}
