import { z } from "zod";
import { addressSpaceProblem, cidrProblem } from "../rules/cidr.js";
import { DEFAULT_ADDRESS_SPACE } from "../rules/defaults.js";
import { addressSpaceOverlaps, clientCidrOverlaps, clientCidrsProblem } from "../rules/network.js";
import { RESOURCE_TYPES, resourceIdProblem } from "../rules/resource-id.js";
import { checked, text } from "./fields.js";

const addressRange = text(addressSpaceProblem, "IPv4 range in CIDR notation");

export const networkSchema = checked(
  z.strictObject({
    addressSpace: z
      .union([addressRange, z.array(addressRange).min(1)])
      .transform((ranges) => (typeof ranges === "string" ? [ranges] : ranges))
      .optional()
      .describe(`One IPv4 range or a list of them; default: ${DEFAULT_ADDRESS_SPACE.join(", ")}`),
    gatewaySubnetPrefix: text(cidrProblem, "The gateway's subnet, /27 or larger; default: the first /24").optional(),
    allowedClientCidrs: z
      .array(text(cidrProblem, "IPv4 range in CIDR notation"))
      .min(1)
      .optional()
      .describe("IPv4 ranges whose clients may connect; default: anybody on the Internet"),
    subnetId: text(
      resourceIdProblem(RESOURCE_TYPES.subnet),
      "An existing subnet, for gateways only and delegated to Microsoft.Network/applicationGateways",
    ).optional(),
  }),
  (network, add) => {
    const madeHere = ["addressSpace", "gatewaySubnetPrefix", "allowedClientCidrs"] as const;
    for (const key of madeHere.filter((key) => typeof network.subnetId === "string" && network[key] !== undefined)) {
      add([key], "cannot go with subnetId, whose network is made elsewhere; set it there, or leave subnetId out");
    }
    for (const { at, problem } of addressSpaceOverlaps(wellFormed(network.addressSpace)))
      add(["addressSpace", at], problem);
    const clients = wellFormed(network.allowedClientCidrs);
    add(["allowedClientCidrs"], clientCidrsProblem(clients));
    for (const { at, problem } of clientCidrOverlaps(clients)) add(["allowedClientCidrs", at], problem);
  },
).describe("A network made here, or an existing subnet");

/** The ranges if each of them can be read, else none: a malformed one is reported by itself. */
function wellFormed(ranges: readonly string[] | undefined): readonly string[] {
  const isWellFormed =
    Array.isArray(ranges) && ranges.every((range) => typeof range === "string" && cidrProblem(range) === undefined);
  return isWellFormed ? ranges : [];
}
