import { type z } from "zod";
import { autoscaleRange, gatewaySubnetProblem, type InstanceRange } from "../rules/gateway.js";
import { openAiDomain } from "../rules/location.js";
import { gatewayAddresses } from "../rules/network.js";
import { duplicates } from "../rules/problem.js";
import { parseResourceId, RESOURCE_TYPES } from "../rules/resource-id.js";
import { certificateTagsProblem, type Tags } from "../rules/tags.js";
import { type ConfigProblem, jsonPath } from "./config-error.js";
import { backendSchema, deploymentSchema, principalSchema, scaleSchema } from "./gateway-config.js";
import { networkSchema } from "./network-config.js";

type Raw = Readonly<Record<string, unknown>>;

/**
 * What is wrong between parts of a configuration. Parts that are wrong by themselves are left out: the schema reports them,
 * and what concerns the others is reported beside it.
 */
export function relationProblems(config: Raw): ConfigProblem[] {
  return [
    ...backendProblems(config),
    ...deploymentProblems(config),
    ...principalProblems(config),
    ...networkProblems(config),
    ...tagProblems(config),
  ];
}

function backendProblems(config: Raw): ConfigProblem[] {
  const backends = members(backendSchema, config["backends"]);
  const accountIds = backends.flatMap(({ at, value }) =>
    value.accountId === undefined
      ? []
      : { at, value: parseResourceId(value.accountId, RESOURCE_TYPES.account).id.toLowerCase() },
  );
  const names = backends.flatMap(({ at, value }) =>
    value.account ? { at, value: value.account.name.toLowerCase() } : [],
  );
  const sameName = repeated(
    names,
    (at) => ["backends", at, "account", "name"],
    (value, first) =>
      `"${value}" is the name of backends[${first}]'s account already; accounts of one resource group need names of their own`,
  );
  const sameHost = repeated(
    backends.map(({ at, value }) => ({ at, value: fqdnOf(value) })),
    (at) => ["backends", at, ...hostNameField(backends.find((backend) => backend.at === at)?.value.account)],
    (value, first) => `"${value}" is the host name of backends[${first}] already; list each endpoint once`,
  );
  const sameAccount = repeated(
    accountIds,
    (at) => ["backends", at, "accountId"],
    (_, first) => `is the account of backends[${first}] already, which has one quota; list each account once`,
  );
  // Two accounts of one name have one default host name as well.
  return [
    ...sameName,
    ...sameHost.filter(({ path }) => !sameName.some((other) => other.path === path)),
    ...sameAccount,
  ];
}

function deploymentProblems(config: Raw): ConfigProblem[] {
  const deployments = members(deploymentSchema, config["deployments"]);
  const { backends, deployments: given } = config;
  const hasAccounts = !Array.isArray(backends) || backends.some((backend) => "account" in object(backend));
  return [
    ...(Array.isArray(given) && given.length > 0 && !hasAccounts
      ? [
          {
            path: "deployments",
            problem:
              'there is no account made here to put them on; add { "account": { … } } to backends, or leave them out',
          },
        ]
      : []),
    ...repeated(
      deployments.map(({ at, value }) => ({ at, value: value.name.toLowerCase() })),
      (at) => ["deployments", at, "name"],
      (value, first) => `"${value}" is the name of deployments[${first}] already; give each deployment its own name`,
    ),
  ];
}

function principalProblems(config: Raw): ConfigProblem[] {
  const principals = members(principalSchema, object(config["access"])["principals"]);
  return repeated(
    principals.map(({ at, value }) => ({ at, value: value.id.toLowerCase() })),
    (at) => ["access", "principals", at, "id"],
    (value, first) => `"${value}" is access.principals[${first}] already; list each principal once`,
  );
}

function networkProblems(config: Raw): ConfigProblem[] {
  const network = object(config["network"]);
  const addressRanges = networkSchema.shape.addressSpace.safeParse(network["addressSpace"]);
  const subnetPrefix = networkSchema.shape.gatewaySubnetPrefix.safeParse(network["gatewaySubnetPrefix"]);
  if (!addressRanges.success || !subnetPrefix.success || network["subnetId"] !== undefined) return [];
  const scale = scaleSchema.safeParse(config["scale"] ?? {});
  // Without a usable scale the place and size of the subnet can still be checked.
  const instances = scale.success ? instanceRange(scale.data) : { min: 0, max: 0 };
  const { addressSpace, gatewaySubnetPrefix } = gatewayAddresses({
    addressSpace: addressRanges.data,
    gatewaySubnetPrefix: subnetPrefix.data,
  });
  const problem = gatewaySubnetProblem(gatewaySubnetPrefix, addressSpace, instances);
  const path = subnetPrefix.data === undefined ? "network.addressSpace" : "network.gatewaySubnetPrefix";
  return problem === undefined ? [] : [{ path, problem }];
}

function tagProblems(config: Raw): ConfigProblem[] {
  const tags = object(config["tags"]);
  const isSelfSigned = object(object(config["listener"])["certificate"])["selfSigned"] !== undefined;
  const problem = isSelfSigned ? certificateTagsProblem(tags as Tags) : undefined;
  return [
    ...(problem === undefined ? [] : [{ path: "tags", problem }]),
    // JavaScript's own name, which the schema passes over.
    ...(Object.hasOwn(tags, "__proto__")
      ? [{ path: "tags.__proto__", problem: "cannot name a tag here; rename it" }]
      : []),
  ];
}

/** How many instances a scale means. */
export function instanceRange(scale: z.output<typeof scaleSchema>): InstanceRange {
  return scale.instances === undefined ? autoscaleRange(scale) : { min: scale.instances, max: scale.instances };
}

type Backend = z.output<typeof backendSchema>;

function fqdnOf({ fqdn = "", account }: Backend): string {
  if (!account) return fqdn;
  return `${account.customSubdomain ?? account.name.toLowerCase()}.${openAiDomain(account.location)}`;
}

/** The field that the host name of a backend comes from. */
function hostNameField(account: Backend["account"]): string[] {
  if (!account) return ["fqdn"];
  return ["account", account.customSubdomain === undefined ? "name" : "customSubdomain"];
}

/** A value as an object to look into; an empty one where it is something else, which the schema reports. */
function object(value: unknown): Raw {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Raw) : {};
}

/** The members of a list that are right by themselves, with their places. */
function members<T extends z.ZodType>(
  schema: T,
  list: unknown,
): { readonly at: number; readonly value: z.output<T> }[] {
  return (Array.isArray(list) ? list : []).flatMap((member, at) => {
    const parsed = schema.safeParse(member);
    return parsed.success ? [{ at, value: parsed.data }] : [];
  });
}

function repeated(
  entries: readonly { readonly at: number; readonly value: string }[],
  path: (at: number) => (string | number)[],
  problem: (value: string, first: number) => string,
): ConfigProblem[] {
  return duplicates(entries.map(({ value }) => value)).flatMap(({ at, first }) => {
    const [entry, earlier] = [entries[at], entries[first]];
    return entry && earlier ? [{ path: jsonPath(path(entry.at)), problem: problem(entry.value, earlier.at) }] : [];
  });
}
