import { z } from "zod";
import { addressSpaceProblem, cidrProblem } from "../rules/cidr.js";
import { DEFAULT_ADDRESS_SPACE, DEFAULT_INLINE_SUBNETS } from "../rules/defaults.js";
import { gatewaySubnetProblem, gatewaySubnetSizeProblem } from "../rules/gateway.js";
import { addressSpaceOverlaps, clientCidrOverlaps, clientCidrsProblem, gatewayAddresses } from "../rules/network.js";
import { repeatedWordProblem, SERVICE_ENDPOINTS } from "../rules/network.js";
import { RESOURCE_TYPES, resourceIdProblem } from "../rules/resource-id.js";
import { serviceTagProblem, serviceTagsProblem } from "../rules/service-tag.js";
import { excludedBy, missing } from "../rules/shape.js";
import { type EgressConfig, egressFields, egressOf } from "./egress-config.js";
import { type Add, alternatives, type Fields, relatedMembers, text } from "./fields.js";
import { type FrontendConfig, frontendFields, frontendOf } from "./frontend-config.js";

/** The gateway's subnet, its addresses and its way out. */
export interface NetworkConfig {
  readonly subnet: SubnetConfig;
  readonly frontend: FrontendConfig;
  readonly egress: EgressConfig;
}

export type SubnetConfig = ExistingSubnetConfig | NewSubnetConfig | AddedSubnetConfig;

export interface ExistingSubnetConfig {
  readonly kind: "existing";
  readonly subnetId: string;
}

/** What can be chosen about each subnet that the stack creates. */
interface CreatedSubnetConfig {
  readonly allowedClientCidrs?: readonly string[];
  readonly allowedServiceTags?: readonly string[];
  readonly serviceEndpoints?: readonly string[];
  readonly defaultOutboundAccess?: boolean;
}

/** A subnet that the stack creates with its network. */
export interface NewSubnetConfig extends CreatedSubnetConfig {
  readonly kind: "new";
  readonly addressSpace?: readonly string[];
  readonly gatewaySubnetPrefix?: string;
  readonly inlineSubnets: boolean;
}

/** A subnet that the stack creates in an existing network. */
export interface AddedSubnetConfig extends CreatedSubnetConfig {
  readonly kind: "in existing network";
  readonly virtualNetworkId: string;
  readonly gatewaySubnetPrefix: string;
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

const allowedServiceTagsSchema = relatedMembers(
  z.array(text(serviceTagProblem, "Service tag")).min(1),
  (members, add) => {
    add([], serviceTagsProblem(members.map(({ value }) => value)));
  },
);

const serviceEndpointsSchema = relatedMembers(z.array(z.enum(SERVICE_ENDPOINTS)), (members, add) => {
  add([], repeatedWordProblem(members.map(({ value }) => value)));
});

const networkFields = z.strictObject({
  addressSpace: addressSpaceSchema
    .optional()
    .describe(`One IPv4 range or a list of them; default: ${DEFAULT_ADDRESS_SPACE.join(", ")}`),
  gatewaySubnetPrefix: text(cidrProblem, "The gateway's subnet, /27 or larger; default: the first /24").optional(),
  virtualNetworkId: text(
    resourceIdProblem(RESOURCE_TYPES.virtualNetwork),
    "An existing virtual network in which the subnet is created; needs gatewaySubnetPrefix",
  ).optional(),
  subnetId: text(
    resourceIdProblem(RESOURCE_TYPES.subnet),
    "An existing subnet, for gateways only and delegated to Microsoft.Network/applicationGateways",
  ).optional(),
  allowedClientCidrs: allowedClientCidrsSchema
    .optional()
    .describe(
      "IPv4 ranges whose clients may connect; default: anybody on the Internet, or in the virtual network where there is no public address",
    ),
  allowedServiceTags: allowedServiceTagsSchema
    .optional()
    .describe('Service tags whose addresses may connect as well, such as "AzureFrontDoor.Backend"; default: none'),
  serviceEndpoints: serviceEndpointsSchema
    .optional()
    .describe("Services that the gateway's subnet reaches over the Azure backbone; default: none"),
  defaultOutboundAccess: z
    .boolean()
    .optional()
    .describe(
      "Whether the created subnet has Azure's default outbound access; default: true for a gateway with a public address and no other egress",
    ),
  inlineSubnets: z
    .boolean()
    .optional()
    .describe(
      `Whether the created network has its subnets and their security groups from its first request on, as policies of landing zones may demand; default: ${DEFAULT_INLINE_SUBNETS}`,
    ),
  ...frontendFields,
  ...egressFields,
});

export const networkSchema = alternatives(networkFields, (fields, add): NetworkConfig | undefined => {
  const subnet = subnetOf(fields, add);
  const frontend = frontendOf(fields, add);
  const egress = egressOf(fields, add);
  return subnet && frontend && egress && { subnet, frontend, egress };
}).meta({
  description: "The gateway's subnet, its addresses and its way out",
  examples: [{ addressSpace: "10.0.0.0/16" }],
});

type NetworkFields = Fields<z.output<typeof networkFields>>;

const OF_CREATED_NETWORK = ["addressSpace", "inlineSubnets"] as const;
const OF_CREATED_SUBNET = [
  "gatewaySubnetPrefix",
  "allowedClientCidrs",
  "allowedServiceTags",
  "serviceEndpoints",
  "defaultOutboundAccess",
] as const;

function subnetOf({ right, has }: NetworkFields, add: Add): SubnetConfig | undefined {
  const { subnetId, virtualNetworkId, addressSpace, gatewaySubnetPrefix } = right;
  const { allowedClientCidrs, allowedServiceTags, serviceEndpoints, defaultOutboundAccess } = right;
  const chosen = { allowedClientCidrs, allowedServiceTags, serviceEndpoints, defaultOutboundAccess };
  if (has("subnetId")) {
    for (const key of (["virtualNetworkId", ...OF_CREATED_NETWORK, ...OF_CREATED_SUBNET] as const).filter(has))
      add([key], excludedBy("subnetId", "whose network is configured where it is created"));
    return subnetId === undefined ? undefined : { kind: "existing", subnetId };
  }
  if (has("virtualNetworkId")) {
    for (const key of OF_CREATED_NETWORK.filter(has))
      add([key], excludedBy("virtualNetworkId", "which names an existing network"));
    if (!has("gatewaySubnetPrefix"))
      add(
        ["gatewaySubnetPrefix"],
        missing('a free range of the network for the gateway\'s subnet, such as "10.0.9.0/24"'),
      );
    if (virtualNetworkId === undefined || gatewaySubnetPrefix === undefined) return undefined;
    add(["gatewaySubnetPrefix"], gatewaySubnetSizeProblem(gatewaySubnetPrefix, { min: 0, max: 0 }));
    return { kind: "in existing network", virtualNetworkId, gatewaySubnetPrefix, ...chosen };
  }
  if (addressSpace !== undefined || !has("addressSpace")) {
    // Whether the instances find room as well depends on the scale.
    const addresses = gatewayAddresses({ addressSpace, gatewaySubnetPrefix });
    const field = gatewaySubnetPrefix === undefined ? "addressSpace" : "gatewaySubnetPrefix";
    if (gatewaySubnetPrefix !== undefined || !has("gatewaySubnetPrefix"))
      add([field], gatewaySubnetProblem(addresses.gatewaySubnetPrefix, addresses.addressSpace, { min: 0, max: 0 }));
  }
  const { inlineSubnets = DEFAULT_INLINE_SUBNETS } = right;
  return { kind: "new", addressSpace, gatewaySubnetPrefix, inlineSubnets, ...chosen };
}

/** The range of the gateway's subnet; undefined for an existing one. */
export function gatewaySubnetRange(subnet: SubnetConfig): string | undefined {
  switch (subnet.kind) {
    case "existing":
      return undefined;
    case "in existing network":
      return subnet.gatewaySubnetPrefix;
    case "new":
      return gatewayAddresses(subnet).gatewaySubnetPrefix;
  }
}

function addAtMember(member: { readonly at: number } | undefined, problem: string, add: Add): void {
  if (member) add([member.at], problem);
}
