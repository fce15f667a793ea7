import { type z } from "zod";
import { autoscaleRange, gatewaySubnetProblem, type InstanceRange } from "../rules/gateway.js";
import { openAiDomain } from "../rules/location.js";
import { gatewayAddresses } from "../rules/network.js";
import { duplicates } from "../rules/problem.js";
import { parseResourceId, RESOURCE_TYPES } from "../rules/resource-id.js";
import { MAX_KEY_VAULT_OBJECT_TAGS } from "../rules/tags.js";
import { type ConfigProblem, jsonPath } from "./config-error.js";
import { accessSchema, backendSchema, deploymentSchema, scaleSchema } from "./gateway-config.js";
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
  const fqdns = backends.map(({ value }) => (value.fqdn !== undefined ? value.fqdn : fqdnOf(value.account)));
  const accountIds = backends.flatMap(({ at, value }) =>
    value.accountId === undefined
      ? []
      : { at, value: parseResourceId(value.accountId, RESOURCE_TYPES.account).id.toLowerCase() },
  );
  const names = backends.flatMap(({ at, value }) =>
    value.account ? { at, value: value.account.name.toLowerCase() } : [],
  );
  return [
    ...repeated(
      backends.map(({ at }, i) => ({ at, value: fqdns[i] ?? "" })),
      (at) => [
        "backends",
        at,
        ...(backends.find((backend) => backend.at === at)?.value.account ? ["account"] : ["fqdn"]),
      ],
      (value, first) => `"${value}" is the host name of backends[${first}] already; list each endpoint once`,
    ),
    ...repeated(
      accountIds,
      (at) => ["backends", at, "accountId"],
      (_, first) => `is the account of backends[${first}] already, which has one quota; list each account once`,
    ),
    ...repeated(
      names,
      (at) => ["backends", at, "account", "name"],
      (value, first) =>
        `"${value}" is the name of backends[${first}]'s account already; accounts of one resource group need names of their own`,
    ),
  ];
}

function deploymentProblems(config: Raw): ConfigProblem[] {
  const deployments = members(deploymentSchema, config["deployments"]);
  const backends = Array.isArray(config["backends"]) ? (config["backends"] as unknown[]) : [];
  const hasAccounts = backends.some(
    (backend) => typeof backend === "object" && backend !== null && "account" in backend,
  );
  return [
    ...(Array.isArray(config["deployments"]) && config["deployments"].length > 0 && !hasAccounts
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
  const access = accessSchema.safeParse(config["access"] ?? {});
  if (!access.success) return [];
  return repeated(
    access.data.principals.map(({ id }, at) => ({ at, value: id.toLowerCase() })),
    (at) => ["access", "principals", at, "id"],
    (value, first) => `"${value}" is access.principals[${first}] already; list each principal once`,
  );
}

function networkProblems(config: Raw): ConfigProblem[] {
  const network = networkSchema.safeParse(config["network"] ?? {});
  const scale = scaleSchema.safeParse(config["scale"] ?? {});
  if (!network.success || network.data.subnetId !== undefined) return [];
  // Without a usable scale the place and size of the subnet can still be checked.
  const instances = scale.success ? instanceRange(scale.data) : { min: 0, max: 0 };
  const { addressSpace, gatewaySubnetPrefix } = gatewayAddresses(network.data);
  const problem = gatewaySubnetProblem(gatewaySubnetPrefix, addressSpace, instances);
  const path = network.data.gatewaySubnetPrefix === undefined ? "network.addressSpace" : "network.gatewaySubnetPrefix";
  return problem === undefined ? [] : [{ path, problem }];
}

function tagProblems(config: Raw): ConfigProblem[] {
  const certificate = (config["listener"] as { certificate?: { selfSigned?: unknown } } | undefined)?.certificate;
  const count = Object.keys((config["tags"] ?? {}) as object).length;
  if (!certificate?.selfSigned || count <= MAX_KEY_VAULT_OBJECT_TAGS) return [];
  const problem = `${count} tags are too many for a certificate in Key Vault, which takes ${MAX_KEY_VAULT_OBJECT_TAGS}; use fewer, or a certificate of your own`;
  return [{ path: "tags", problem }];
}

/** How many instances a scale means. */
export function instanceRange(scale: z.output<typeof scaleSchema>): InstanceRange {
  return scale.instances === undefined ? autoscaleRange(scale) : { min: scale.instances, max: scale.instances };
}

function fqdnOf(account: z.output<typeof backendSchema>["account"]): string {
  return account ? `${account.customSubdomain ?? account.name.toLowerCase()}.${openAiDomain(account.location)}` : "";
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
