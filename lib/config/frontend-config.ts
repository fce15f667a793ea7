import { z } from "zod";
import { DEFAULT_FRONTEND_KIND } from "../rules/defaults.js";
import { ipAddressProblem } from "../rules/ip-address.js";
import { FRONTEND_KINDS } from "../rules/network.js";
import { RESOURCE_TYPES, resourceIdProblem } from "../rules/resource-id.js";
import { nameProblem } from "../rules/resource-name.js";
import { excludedBy, missing } from "../rules/shape.js";
import { type Add, type Fields, text } from "./fields.js";

/** The addresses that clients connect to. */
export type FrontendConfig = PublicFrontendConfig | PrivateFrontendConfig | BothFrontendsConfig;

export interface PublicFrontendConfig {
  readonly kind: "Public";
  readonly publicAddress: PublicAddressConfig;
}

export interface PrivateFrontendConfig {
  readonly kind: "Private";
  readonly privateIpAddress?: string;
}

export interface BothFrontendsConfig {
  readonly kind: "PublicAndPrivate";
  readonly publicAddress: PublicAddressConfig;
  readonly privateIpAddress?: string;
}

export type PublicAddressConfig = ExistingPublicAddressConfig | NewPublicAddressConfig;

export interface ExistingPublicAddressConfig {
  readonly kind: "existing";
  readonly publicIpAddressId: string;
}

export interface NewPublicAddressConfig {
  readonly kind: "new";
  readonly dnsLabel?: string;
  readonly publicIpPrefixId?: string;
}

/** The fields of a network that say where clients connect. */
export const frontendFields = {
  frontend: z
    .enum(FRONTEND_KINDS)
    .default(DEFAULT_FRONTEND_KIND)
    .describe("Whether clients connect to a public address, to a private one in the gateway's subnet, or to both"),
  dnsLabel: text(
    nameProblem("dnsLabel"),
    "First label of the public address's host name, <label>.<location>.cloudapp.azure.com; default: none",
  ).optional(),
  publicIpAddressId: text(
    resourceIdProblem(RESOURCE_TYPES.publicIpAddress),
    "An existing public address: static, SKU Standard, not in use; default: one is created",
  ).optional(),
  publicIpPrefixId: text(
    resourceIdProblem(RESOURCE_TYPES.publicIpPrefix),
    "An existing prefix that the created public address is taken from; default: any address of Azure's",
  ).optional(),
  privateIpAddress: text(
    ipAddressProblem,
    "A free address of the gateway's subnet; default: the last usable one of a created subnet",
  ).optional(),
};

type FrontendFields = Fields<z.output<z.ZodObject<typeof frontendFields>> & { readonly subnetId?: string | undefined }>;

const OF_PUBLIC = ["dnsLabel", "publicIpAddressId", "publicIpPrefixId"] as const;

/** @returns undefined where a field that decides is wrong by itself */
export function frontendOf({ right, has }: FrontendFields, add: Add): FrontendConfig | undefined {
  const { frontend: kind, dnsLabel, publicIpAddressId, publicIpPrefixId, privateIpAddress } = right;
  if (kind === "Private") {
    for (const key of OF_PUBLIC.filter(has))
      add([key], excludedBy('"frontend": "Private"', "which has no public address"));
  } else if (has("publicIpAddressId")) {
    if (has("dnsLabel"))
      add(["dnsLabel"], excludedBy("publicIpAddressId", "whose DNS label is set where it is created"));
    if (has("publicIpPrefixId"))
      add(["publicIpPrefixId"], excludedBy("publicIpAddressId", "which is an address by itself"));
  }
  if (kind === "Public") {
    if (has("privateIpAddress"))
      add(["privateIpAddress"], excludedBy('"frontend": "Public"', "which has no private address"));
  } else if (has("subnetId") && !has("privateIpAddress")) {
    add(["privateIpAddress"], missing("a free address of the existing subnet, best one from its end"));
  }
  const publicAddress: PublicAddressConfig =
    publicIpAddressId === undefined
      ? { kind: "new", dnsLabel, publicIpPrefixId }
      : { kind: "existing", publicIpAddressId };
  switch (kind) {
    case undefined:
      return undefined;
    case "Public":
      return { kind, publicAddress };
    case "Private":
      return { kind, privateIpAddress };
    case "PublicAndPrivate":
      return { kind, publicAddress, privateIpAddress };
  }
}
