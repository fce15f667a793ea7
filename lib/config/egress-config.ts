import { z } from "zod";
import { publicAddressOrRangeProblem } from "../rules/ip-address.js";
import { RESOURCE_TYPES, resourceIdProblem } from "../rules/resource-id.js";
import { excludedBy, missing } from "../rules/shape.js";
import { type Add, type Fields, text } from "./fields.js";

/** The way that requests to public backends leave the gateway's subnet. */
export type EgressConfig =
  FrontendEgressConfig | NewNatGatewayEgressConfig | ExistingNatGatewayEgressConfig | OtherEgressConfig;

/** The public address of the frontend; none without one. */
export interface FrontendEgressConfig {
  readonly kind: "frontend";
}

export interface NewNatGatewayEgressConfig {
  readonly kind: "new NAT gateway";
}

export interface ExistingNatGatewayEgressConfig {
  readonly kind: "existing NAT gateway";
  readonly natGatewayId: string;
  readonly ipAddresses: readonly string[];
}

/** What the subnet has from elsewhere. */
export interface OtherEgressConfig {
  readonly kind: "other";
  readonly ipAddresses: readonly string[];
}

/** The fields of a network that say how requests leave it. */
export const egressFields = {
  natGateway: z
    .strictObject({
      existing: text(
        resourceIdProblem(RESOURCE_TYPES.natGateway),
        "Azure resource id of an existing one, whose addresses are egressIpAddresses; default: one is created",
      ).optional(),
    })
    .meta({
      description: "A NAT gateway for the created subnet: requests to public backends come from its address",
      examples: [{}],
    })
    .optional(),
  egressIpAddresses: z
    .array(text(publicAddressOrRangeProblem, "Public IPv4 address or range"))
    .min(1)
    .optional()
    .describe(
      "Where requests to public backends come from, if it is an existing NAT gateway, a firewall or an appliance; default: the created address",
    ),
};

type EgressFields = Fields<z.output<z.ZodObject<typeof egressFields>> & { readonly subnetId?: string | undefined }>;

/** @returns undefined where a field that decides is wrong by itself */
export function egressOf({ right, has }: EgressFields, add: Add): EgressConfig | undefined {
  const { natGateway, egressIpAddresses: ipAddresses } = right;
  if (has("natGateway") && has("subnetId")) {
    add(
      ["natGateway"],
      excludedBy(
        "subnetId",
        "whose NAT gateway is attached where it is created; write its addresses in egressIpAddresses",
      ),
    );
  }
  if (!has("natGateway")) {
    if (!has("egressIpAddresses")) return { kind: "frontend" };
    return ipAddresses && { kind: "other", ipAddresses };
  }
  if (natGateway === undefined) return undefined;
  const { existing: natGatewayId } = natGateway;
  if (natGatewayId === undefined) {
    if (has("egressIpAddresses"))
      add(["egressIpAddresses"], excludedBy("natGateway", "which gets an address of its own"));
    return { kind: "new NAT gateway" };
  }
  if (!has("egressIpAddresses"))
    add(["egressIpAddresses"], missing("the public addresses of the existing NAT gateway, which requests come from"));
  return ipAddresses && { kind: "existing NAT gateway", natGatewayId, ipAddresses };
}
