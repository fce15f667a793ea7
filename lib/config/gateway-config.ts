import { z } from "zod";
import {
  DEFAULT_ACCOUNT_KIND,
  DEFAULT_ACCOUNT_SKU_NAME,
  DEFAULT_CLIENT_IDENTITY,
  DEFAULT_DRAIN_TIMEOUT_SECONDS,
  DEFAULT_LOCAL_AUTH_ENABLED,
  DEFAULT_PROBE_INTERVAL_SECONDS,
  DEFAULT_PROBE_PATH,
  DEFAULT_PROBE_TIMEOUT_SECONDS,
  DEFAULT_REQUEST_TIMEOUT_SECONDS,
  DEFAULT_STATUS_CODES,
  DEFAULT_STREAMING,
  DEFAULT_UNHEALTHY_THRESHOLD,
} from "../rules/defaults.js";
import * as gateway from "../rules/gateway.js";
import { probePathProblem, statusCodesProblem } from "../rules/health-probe.js";
import { backendFqdnProblem, normalizeFqdn } from "../rules/host-name.js";
import { locationProblem, normalizeLocation } from "../rules/location.js";
import {
  ACCOUNT_KINDS,
  ACCOUNT_SKUS,
  DEPLOYMENT_SKUS,
  deploymentCapacityProblem,
  nonEmptyProblem,
} from "../rules/openai.js";
import { guidProblem, principalIdProblem, RESOURCE_TYPES, resourceIdProblem } from "../rules/resource-id.js";
import { nameProblem, stackNameProblem } from "../rules/resource-name.js";
import { tagProblems } from "../rules/tags.js";
import { checked, exactlyOne, expressionProblem, range, text } from "./fields.js";
import { listenerSchema } from "./listener-config.js";
import { networkSchema } from "./network-config.js";
import { stateSchema } from "./state-config.js";

const location = text(locationProblem, 'Azure region, such as "eastus"').transform(normalizeLocation);

const accountFields = z.strictObject({
  name: text(nameProblem("account"), "Name of the account, 2 to 64 characters"),
  location,
  skuName: z.enum(ACCOUNT_SKUS).default(DEFAULT_ACCOUNT_SKU_NAME),
  kind: z.enum(ACCOUNT_KINDS).default(DEFAULT_ACCOUNT_KIND),
  customSubdomain: text(
    nameProblem("customSubdomain"),
    "First label of its host name, unique in the whole of Azure; default: the name in lower case",
  ).optional(),
  localAuthEnabled: z
    .boolean()
    .default(DEFAULT_LOCAL_AUTH_ENABLED)
    .describe("Whether API keys are accepted beside Entra tokens"),
});

const accountSchema = checked(accountFields, ({ name, customSubdomain }, add) => {
  if (typeof name !== "string" || customSubdomain !== undefined || nameProblem("account")(name)) return;
  const problem = nameProblem("customSubdomain")(name.toLowerCase());
  if (problem) add(["customSubdomain"], `is missing, and the name does not do for it: ${problem}`);
});

export const backendSchema = checked(
  z.strictObject({
    fqdn: text(backendFqdnProblem, 'Host name of the endpoint, such as "my-account.openai.azure.com"')
      .transform(normalizeFqdn)
      .optional(),
    accountId: text(
      resourceIdProblem(RESOURCE_TYPES.account),
      "Azure resource id of the existing account, so that roles can be granted on it",
    ).optional(),
    account: accountSchema.optional().describe("An account that is made here"),
  }),
  (backend, add) => {
    if (backend.accountId !== undefined && backend.account !== undefined) {
      add(["accountId"], "names an existing account, but account makes a new one; leave one of them out");
    } else if (backend.accountId !== undefined && backend.fqdn === undefined) {
      add(["fqdn"], "is missing; write the host name of the account that accountId names");
    } else {
      exactlyOne(
        backend,
        ["fqdn", "account"],
        'write { "fqdn": "…" } for an existing endpoint, { "account": { … } } for a new one',
        add,
      );
    }
  },
).describe("A member of the pool");

export const deploymentSchema = z.strictObject({
  name: text(nameProblem("deployment"), "Name of the deployment, the same on every account"),
  model: text(nonEmptyProblem, 'Name of the model, such as "gpt-4o"'),
  version: text(nonEmptyProblem, 'Version of the model, pinned, such as "2024-11-20"'),
  sku: z.enum(DEPLOYMENT_SKUS).describe("Deployment type"),
  capacityUnits: range(deploymentCapacityProblem, "Thousands of tokens per minute, or provisioned throughput units"),
});

const healthProbeSchema = checked(
  z.strictObject({
    path: text(probePathProblem, "Path that every backend is asked for").default(DEFAULT_PROBE_PATH),
    intervalSeconds: range(gateway.probeIntervalProblem, "From one probe to the next").default(
      DEFAULT_PROBE_INTERVAL_SECONDS,
    ),
    timeoutSeconds: range(gateway.probeTimeoutProblem, "At most the interval").default(DEFAULT_PROBE_TIMEOUT_SECONDS),
    unhealthyThreshold: range(gateway.unhealthyThresholdProblem, "Failures in a row that take a backend out").default(
      DEFAULT_UNHEALTHY_THRESHOLD,
    ),
    statusCodes: z
      .array(text(statusCodesProblem, 'A code or a range of codes, such as "200-399"'))
      .min(1)
      .default([...DEFAULT_STATUS_CODES]),
  }),
  ({ intervalSeconds, timeoutSeconds }, add) => {
    if (typeof intervalSeconds !== "number" || typeof timeoutSeconds !== "number") return;
    add(["timeoutSeconds"], gateway.probeTimesProblem({ intervalSeconds, timeoutSeconds }));
  },
).describe("How the gateway finds out which backends are up");

export const scaleSchema = checked(
  z.strictObject({
    minInstances: range(gateway.minInstancesProblem, "Default: 2").optional(),
    maxInstances: range(gateway.maxInstancesProblem, "Default: 10").optional(),
    instances: range(gateway.instancesProblem, "A fixed number, in place of minInstances and maxInstances").optional(),
  }),
  ({ instances, ...ends }, add) => {
    if (instances !== undefined && (ends.minInstances !== undefined || ends.maxInstances !== undefined)) {
      add(["instances"], "cannot go with minInstances and maxInstances; write a fixed number or a range");
    }
    const range = gateway.autoscaleRange(ends);
    if (gateway.minInstancesProblem(range.min) ?? gateway.maxInstancesProblem(range.max)) return;
    add([], gateway.instanceRangeProblem(range));
  },
).describe("How many instances the gateway runs");

export const principalSchema = z.strictObject({
  id: text(principalIdProblem, "Object id of the user, group or service principal"),
  type: z.enum(["User", "Group", "ServicePrincipal"]),
});

const accessSchema = z
  .strictObject({
    clientIdentity: z
      .boolean()
      .default(DEFAULT_CLIENT_IDENTITY)
      .describe("Whether a user-assigned identity for callers is made"),
    principals: z.array(principalSchema).default([]).describe("Who else may call the models"),
  })
  .describe("Who gets the role Cognitive Services OpenAI User on every account");

export const gatewayConfigSchema = z
  .strictObject({
    $schema: z.string().optional().describe("For editors"),
    name: text(stackNameProblem, "Prefix of resource names, and the stack's id"),
    location: location.describe('Azure region of the gateway, such as "eastus"'),
    subscriptionId: text(guidProblem, "Default: the environment variable ARM_SUBSCRIPTION_ID").optional(),
    resourceGroup: checked(
      z.strictObject({
        name: text(nameProblem("resourceGroup"), "A group that is made here").optional(),
        existing: text(nameProblem("resourceGroup"), "A group that exists").optional(),
      }),
      (group, add) => {
        exactlyOne(
          group,
          ["name", "existing"],
          'write { "name": "…" } to make a group, { "existing": "…" } to use one',
          add,
        );
      },
    )
      .describe("Default: rg-<name>, made here")
      .optional(),
    backends: z.array(backendSchema).min(1).max(gateway.MAX_BACKENDS).describe("The pool"),
    deployments: z.array(deploymentSchema).default([]).describe("Put on every account that is made here"),
    listener: listenerSchema,
    backendSettings: z
      .strictObject({
        requestTimeoutSeconds: range(
          gateway.requestTimeoutProblem,
          "Until an answer that does not come is a 504; Azure cuts at 240 for public backends",
        ).default(DEFAULT_REQUEST_TIMEOUT_SECONDS),
        drainTimeoutSeconds: range(
          gateway.drainTimeoutProblem,
          "How long requests may go on after a configuration update",
        ).default(DEFAULT_DRAIN_TIMEOUT_SECONDS),
      })
      .prefault({}),
    healthProbe: healthProbeSchema.prefault({}),
    streaming: z
      .boolean()
      .default(DEFAULT_STREAMING)
      .describe("Whether answers pass through as they come: response buffering off"),
    scale: scaleSchema.prefault({}),
    network: networkSchema.prefault({}),
    access: accessSchema.prefault({}),
    state: stateSchema.describe("Where Terraform keeps its state; default: a local file").optional(),
    tags: checked(z.record(z.string(), z.string()), (tags, add) => {
      const texts = Object.entries(tags).filter((tag): tag is [string, string] => typeof tag[1] === "string");
      for (const { name, problem } of tagProblems(Object.fromEntries(texts)))
        add(name === undefined ? [] : [name], problem);
      for (const [name, value] of texts) add([name], expressionProblem(name) ?? expressionProblem(value));
    })
      .default({})
      .describe("On everything that takes tags"),
  })
  .meta({ title: "aoai-kiss-lb gateway configuration" });

/** A configuration with every default filled in. */
export type GatewayConfig = z.output<typeof gatewayConfigSchema>;
