import { z } from "zod";
import { cidrProblem } from "../rules/cidr.js";
import { DEFAULT_LINK_DNS_ZONES } from "../rules/defaults.js";
import { publicAddressOrRangeProblem } from "../rules/ip-address.js";
import { RESOURCE_TYPES, resourceIdProblem } from "../rules/resource-id.js";
import { excludedBy, notExactlyOne } from "../rules/shape.js";
import { alternatives, related, text } from "./fields.js";

/** Who reaches the accounts that the stack creates. */
export type AccountNetworkConfig = GatewayOnlyConfig | PrivateEndpointsConfig;

export interface GatewayOnlyConfig {
  readonly kind: "gateway only";
  readonly allowedIpRanges: readonly string[];
}

export interface PrivateEndpointsConfig {
  readonly kind: "private endpoints";
  readonly subnetId?: string;
  readonly subnetPrefix?: string;
  readonly dnsZoneIds?: readonly string[];
  readonly linkDnsZones: boolean;
}

const gatewayOnlySchema = z
  .strictObject({
    allowedIpRanges: z
      .array(text(publicAddressOrRangeProblem, "Public IPv4 address or range"))
      .max(99)
      .default([])
      .describe("Public addresses and ranges that are let in besides"),
  })
  .meta({
    description: "The accounts let in the gateway's egress address, or its subnet where that has the service endpoint",
    examples: [{}],
  });

const privateEndpointsSchema = related(
  z.strictObject({
    subnetId: text(
      resourceIdProblem(RESOURCE_TYPES.subnet),
      "An existing subnet for the endpoints; default: one is created in the gateway's network",
    ).optional(),
    subnetPrefix: text(
      cidrProblem,
      "The range of the subnet that is created; default: the first free /24 of a created network",
    ).optional(),
    dnsZoneIds: z
      .array(text(resourceIdProblem(RESOURCE_TYPES.privateDnsZone), "Azure resource id of a private DNS zone"))
      .min(1)
      .optional()
      .describe("Existing private DNS zones, one for each domain of an account; default: they are created"),
    linkDnsZones: z
      .boolean()
      .default(DEFAULT_LINK_DNS_ZONES)
      .describe("Whether the zones are linked to the gateway's network; false where they are already"),
  }),
  ({ has }, add) => {
    if (has("subnetId") && has("subnetPrefix"))
      add(["subnetPrefix"], excludedBy("subnetId", "whose range is set where it is created"));
  },
).meta({
  description: "Each account has a private endpoint in the gateway's network, and no public access",
  examples: [{}],
});

export const accountNetworkSchema = alternatives(
  z.strictObject({ gatewayOnly: gatewayOnlySchema.optional(), privateEndpoints: privateEndpointsSchema.optional() }),
  ({ right: { gatewayOnly, privateEndpoints }, has }, add): AccountNetworkConfig | undefined => {
    const keys = ["gatewayOnly", "privateEndpoints"] as const;
    const given = keys.filter(has);
    if (given.length !== 1)
      add([], notExactlyOne(keys, given, 'write { "gatewayOnly": {} } or { "privateEndpoints": {} }'));
    if (gatewayOnly) return { kind: "gateway only", ...gatewayOnly };
    return privateEndpoints && { kind: "private endpoints", ...privateEndpoints };
  },
).meta({
  description: "Who reaches the accounts that the stack creates; default: any network",
  examples: [{ gatewayOnly: {} }],
});
