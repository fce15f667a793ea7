import { z } from "zod";
import { type AddressedBackend } from "../rules/addressing.js";
import {
  DEFAULT_ACCOUNT_KIND,
  DEFAULT_ACCOUNT_SKU_NAME,
  DEFAULT_DRAINED,
  DEFAULT_LOCAL_AUTH_ENABLED,
  DEFAULT_PRIVATE_BACKEND,
} from "../rules/defaults.js";
import { MAX_BACKENDS } from "../rules/gateway.js";
import { backendFqdnProblem, normalizeFqdn } from "../rules/host-name.js";
import { locationProblem, normalizeLocation, openAiDomain } from "../rules/location.js";
import { ACCOUNT_KINDS, ACCOUNT_SKUS } from "../rules/openai.js";
import { emptyPoolProblem, sameAccountNameProblem, sameAccountProblem, sameHostNameProblem } from "../rules/pool.js";
import { guidProblem, parseResourceId, RESOURCE_TYPES, resourceIdProblem } from "../rules/resource-id.js";
import { defaultSubdomainProblem, nameProblem } from "../rules/resource-name.js";
import { excludedBy, missing, notExactlyOne } from "../rules/shape.js";
import { deploymentsSchema } from "./deployment-config.js";
import { type ResourceGroupConfig, resourceGroupSchema } from "./resource-group-config.js";
import { alternatives, type Key, refuseRepeated, related, relatedMembers, text } from "./fields.js";

/** A member of the pool. */
export type BackendConfig = FqdnBackendConfig | ExistingAccountBackendConfig | NewAccountBackendConfig;

/** An endpoint of which only the host name is known. */
export interface FqdnBackendConfig {
  readonly kind: "fqdn";
  readonly name?: string;
  readonly fqdn: string;
  readonly private: boolean;
  readonly drained: boolean;
}

/** An existing account, on which roles can be granted. */
export interface ExistingAccountBackendConfig {
  readonly kind: "existing account";
  readonly name?: string;
  readonly fqdn: string;
  readonly accountId: string;
  readonly private: boolean;
  readonly drained: boolean;
}

/** An account that the stack creates. */
export interface NewAccountBackendConfig {
  readonly kind: "new account";
  readonly name?: string;
  readonly account: AccountConfig;
  readonly drained: boolean;
}

export type AccountConfig = z.output<typeof accountSchema>;

const accountSchema = related(
  z.strictObject({
    name: text(nameProblem("account"), "Name of the account, 2 to 64 characters"),
    location: text(locationProblem, 'Azure region, such as "eastus"').transform(normalizeLocation),
    skuName: z.enum(ACCOUNT_SKUS).default(DEFAULT_ACCOUNT_SKU_NAME).describe("Pricing tier"),
    kind: z.enum(ACCOUNT_KINDS).default(DEFAULT_ACCOUNT_KIND).describe("Azure OpenAI alone, or Azure AI Foundry"),
    customSubdomain: text(
      nameProblem("customSubdomain"),
      "First label of its host name, unique across Azure; default: the name in lower case",
    ).optional(),
    localAuthEnabled: z
      .boolean()
      .default(DEFAULT_LOCAL_AUTH_ENABLED)
      .describe("Whether API keys are accepted besides Entra tokens"),
    subscriptionId: text(
      guidProblem,
      "Subscription that it is created in, which has a quota of its own; default: that of the gateway",
    ).optional(),
    resourceGroup: resourceGroupSchema
      .meta({
        description:
          "Where it is created; default: the gateway's group, or in another subscription rg-<name>, which is created",
        examples: [{ existing: "my-resource-group" }],
      })
      .optional(),
    deployments: deploymentsSchema
      .default([])
      .describe("Model deployments on this account alone, besides those on every account"),
  }),
  ({ right: { name }, has }, add) => {
    if (name !== undefined && !has("customSubdomain")) add(["customSubdomain"], defaultSubdomainProblem(name));
  },
).meta({ description: "An account to create", examples: [{ name: "my-account", location: "eastus" }] });

const backendSchema = alternatives(
  z.strictObject({
    name: text(
      nameProblem("backend"),
      "Name of the backend in its address, in pools and in response headers; default: the account's name where it is created, else the first label of fqdn",
    ).optional(),
    fqdn: text(backendFqdnProblem, 'Host name of the endpoint, such as "my-account.openai.azure.com"')
      .transform(normalizeFqdn)
      .optional(),
    accountId: text(
      resourceIdProblem(RESOURCE_TYPES.account),
      "Azure resource id of the existing account, so that roles can be granted on it",
    ).optional(),
    account: accountSchema.optional(),
    private: z
      .boolean()
      .optional()
      .describe(
        "Whether the host name of an existing endpoint resolves to a private endpoint in the gateway's network; default: false",
      ),
    drained: z
      .boolean()
      .default(DEFAULT_DRAINED)
      .describe("Whether it is out of the pool, but kept with its roles: the step before it is removed"),
  }),
  ({ right, has }, add): BackendConfig | undefined => {
    const {
      name,
      fqdn,
      accountId,
      account,
      private: isPrivate = DEFAULT_PRIVATE_BACKEND,
      drained = DEFAULT_DRAINED,
    } = right;
    if (has("account")) {
      if (has("fqdn")) add(["fqdn"], excludedBy("account", "whose host name follows from its customSubdomain"));
      if (has("accountId")) add(["accountId"], excludedBy("account", "which creates a new account"));
      if (has("private")) add(["private"], excludedBy("account", "whose network access is accountNetwork"));
      return account && { kind: "new account", name, account, drained };
    }
    if (!has("fqdn")) {
      if (has("accountId")) add(["fqdn"], missing("the host name of the account that accountId names"));
      else add([], notExactlyOne(["fqdn", "account"], [], WAYS));
    }
    if (fqdn === undefined) return undefined;
    if (!has("accountId")) return { kind: "fqdn", name, fqdn, private: isPrivate, drained };
    return accountId === undefined
      ? undefined
      : { kind: "existing account", name, fqdn, accountId, private: isPrivate, drained };
  },
).meta({ description: "A member of the pool", examples: [{ fqdn: "my-account.openai.azure.com" }] });

const WAYS = 'write { "fqdn": "…" } for an existing endpoint, { "account": { … } } to create an account';

export const backendsSchema = relatedMembers(z.array(backendSchema).min(1).max(MAX_BACKENDS), (backends, add) => {
  const sameName = refuseRepeated(backends, accountName, sameAccountNameProblem, add);
  // Accounts of one name have one default host name as well, and one report will do.
  const named = backends.filter(({ at }) => !sameName.includes(at));
  refuseRepeated(named, hostName, sameHostNameProblem, add);
  refuseRepeated(backends, accountId, sameAccountProblem, add);
  if (backends.length > 0 && backends.every(({ value }) => value.drained)) add([], emptyPoolProblem());
}).describe("The pool");

/** The subscription and the group that an account is created in. */
export function placeOfAccount(
  { subscriptionId, resourceGroup }: AccountConfig,
  gateway: {
    readonly name: string;
    readonly subscriptionId?: string | undefined;
    readonly resourceGroup: ResourceGroupConfig;
  },
): { readonly subscriptionId: string | undefined; readonly resourceGroup: ResourceGroupConfig } {
  const isOther =
    subscriptionId !== undefined && subscriptionId.toLowerCase() !== gateway.subscriptionId?.toLowerCase();
  const byDefault = isOther ? ({ kind: "new", name: `rg-${gateway.name}` } as const) : gateway.resourceGroup;
  return { subscriptionId: subscriptionId ?? gateway.subscriptionId, resourceGroup: resourceGroup ?? byDefault };
}

/** What the backend is called, by a name of its own or by default. */
export function nameOf(backend: BackendConfig): string {
  if (backend.name !== undefined) return backend.name;
  return backend.kind === "new account" ? backend.account.name : (backend.fqdn.split(".")[0] ?? "");
}

/** A backend as far as addresses depend on it. */
export function addressedBackend(
  backend: BackendConfig,
  everywhere: readonly { readonly name: string; readonly sku: string }[],
  subscriptionId: string | undefined,
): AddressedBackend {
  const name = nameOf(backend);
  switch (backend.kind) {
    case "fqdn":
      return { name, deployments: [] };
    case "existing account":
      return {
        name,
        deployments: [],
        subscriptionId: parseResourceId(backend.accountId, RESOURCE_TYPES.account).subscriptionId,
      };
    case "new account": {
      const { deployments: own } = backend.account;
      const deployments = [
        ...everywhere.map((deployment) => ({ ...deployment, isOwn: false })),
        ...own.map((deployment) => ({ ...deployment, isOwn: true })),
      ];
      return { name, deployments, subscriptionId: backend.account.subscriptionId ?? subscriptionId };
    }
  }
}

function accountName(backend: BackendConfig): Key | undefined {
  if (backend.kind !== "new account") return undefined;
  return { value: backend.account.name.toLowerCase(), field: ["account", "name"] };
}

function hostName(backend: BackendConfig): Key {
  if (backend.kind !== "new account") return { value: backend.fqdn, field: ["fqdn"] };
  const field = backend.account.customSubdomain === undefined ? "name" : "customSubdomain";
  return { value: hostNameOf(backend), field: ["account", field] };
}

/** The host name that a backend answers under. */
export function hostNameOf(backend: BackendConfig): string {
  if (backend.kind !== "new account") return backend.fqdn;
  const { name, customSubdomain, location } = backend.account;
  return `${customSubdomain ?? name.toLowerCase()}.${openAiDomain(location)}`;
}

/** Whether an existing backend is reached over a private endpoint. */
export function isPrivateBackend(backend: BackendConfig): boolean {
  return backend.kind !== "new account" && backend.private;
}

function accountId(backend: BackendConfig): Key | undefined {
  if (backend.kind !== "existing account") return undefined;
  return { value: parseResourceId(backend.accountId, RESOURCE_TYPES.account).id.toLowerCase(), field: ["accountId"] };
}
