import { z } from "zod";
import {
  DEFAULT_DEDICATED_CONNECTIONS,
  DEFAULT_DELETION_LOCK,
  DEFAULT_DRAIN_TIMEOUT_SECONDS,
  DEFAULT_PROBE_INTERVAL_SECONDS,
  DEFAULT_PROBE_PATH,
  DEFAULT_PROTECT,
  DEFAULT_REQUEST_TIMEOUT_SECONDS,
  DEFAULT_STATUS_CODES,
  DEFAULT_STREAMING,
  DEFAULT_UNHEALTHY_THRESHOLD,
} from "../rules/defaults.js";
import * as gateway from "../rules/gateway.js";
import { noSharedCertificateProblem, noSuchFrontendProblem } from "../rules/gateway.js";
import { probePathProblem, statusCodesProblem } from "../rules/health-probe.js";
import { noAccessProblem } from "../rules/key-vault.js";
import { locationProblem, normalizeLocation } from "../rules/location.js";
import { workbookTagsProblem } from "../rules/monitoring.js";
import { repeatedWordProblem, ZONES } from "../rules/network.js";
import { deployedEverywhereProblem, noAccountForDeploymentsProblem, sameBackendNameProblem } from "../rules/pool.js";
import { guidProblem } from "../rules/resource-id.js";
import { stackNameProblem } from "../rules/resource-name.js";
import { certificateTagsProblem } from "../rules/tags.js";
import { isSameName } from "../rules/text.js";
import { accountNetworkSchema } from "./account-network-config.js";
import { accessSchema, gatewayIdentitySchema } from "./access-config.js";
import { addressingSchema, checkNames, statefulApisSchema } from "./addressing-config.js";
import { addressedBackend, backendsSchema, nameOf } from "./backend-config.js";
import { clientCertificatesSchema } from "./client-certificates-config.js";
import { deploymentsSchema } from "./deployment-config.js";
import { type Add, type Fields, range, refuseRepeated, related, relatedMembers, text } from "./fields.js";
import { listenerSchema, listenersSchema } from "./listener-config.js";
import { monitoringSchema } from "./monitoring-config.js";
import { networkSchema } from "./network-config.js";
import { networkRelations } from "./network-relations.js";
import { subscriptionRelations } from "./subscription-relations.js";
import { scaleSchema } from "./scale-config.js";
import { resourceGroupSchema } from "./resource-group-config.js";
import { stateSchema } from "./state-config.js";
import { tagsSchema } from "./tags-config.js";
import { wafSchema } from "./waf-config.js";

const healthProbeSchema = related(
  z.strictObject({
    path: text(probePathProblem, "The path that is requested from every backend").default(DEFAULT_PROBE_PATH),
    intervalSeconds: range(gateway.probeIntervalProblem, "Seconds from one probe to the next").default(
      DEFAULT_PROBE_INTERVAL_SECONDS,
    ),
    timeoutSeconds: range(
      gateway.probeTimeoutProblem,
      "Seconds a backend has to answer, at most the interval; default: 30, or a shorter interval",
    ).optional(),
    unhealthyThreshold: range(
      gateway.unhealthyThresholdProblem,
      "Failures in a row that take a backend out of the pool",
    ).default(DEFAULT_UNHEALTHY_THRESHOLD),
    statusCodes: z
      .array(text(statusCodesProblem, 'A code or a range of codes, such as "200-399"'))
      .min(1)
      .default([...DEFAULT_STATUS_CODES])
      .describe('Answers that count as healthy: codes or ranges of codes, such as "200-399"'),
  }),
  ({ right: { intervalSeconds, timeoutSeconds } }, add) => {
    if (intervalSeconds === undefined || timeoutSeconds === undefined) return;
    add(["timeoutSeconds"], gateway.probeTimesProblem({ intervalSeconds, timeoutSeconds }));
  },
)
  .meta({
    description: "How the gateway finds out which backends are up",
    examples: [{ path: DEFAULT_PROBE_PATH, intervalSeconds: DEFAULT_PROBE_INTERVAL_SECONDS }],
  })
  .transform(({ timeoutSeconds, ...probe }) => ({
    ...probe,
    timeoutSeconds: timeoutSeconds ?? gateway.defaultProbeTimeoutSeconds(probe.intervalSeconds),
  }));

const backendSettingsSchema = z
  .strictObject({
    requestTimeoutSeconds: range(
      gateway.requestTimeoutProblem,
      "Seconds a backend may take to respond before clients get a 504; Azure ends requests to public backends after 240",
    ).default(DEFAULT_REQUEST_TIMEOUT_SECONDS),
    dedicatedConnections: z
      .boolean()
      .default(DEFAULT_DEDICATED_CONNECTIONS)
      .describe(
        "Whether each client connection has backend connections of its own, which no other client's requests use",
      ),
    drainTimeoutSeconds: range(
      gateway.drainTimeoutProblem,
      "Seconds open requests may continue after a configuration update",
    ).default(DEFAULT_DRAIN_TIMEOUT_SECONDS),
  })
  .meta({
    description: "How requests to the backends are timed",
    examples: [{ requestTimeoutSeconds: DEFAULT_REQUEST_TIMEOUT_SECONDS }],
  });

const zonesSchema = relatedMembers(z.array(z.enum(ZONES)).min(1), (zones, add) => {
  add([], repeatedWordProblem(zones.map(({ value }) => value)));
});

const configFields = z.strictObject({
  $schema: z.string().optional().describe("For editors"),
  name: text(stackNameProblem, "Prefix of resource names, 1 to 59 characters, and the stack's id"),
  location: text(locationProblem, 'Azure region of the gateway, such as "eastus"').transform(normalizeLocation),
  subscriptionId: text(
    guidProblem,
    "Subscription of everything that is created; default: the environment variable ARM_SUBSCRIPTION_ID",
  ).optional(),
  resourceGroup: resourceGroupSchema
    .meta({
      description: "Where everything is created; default: rg-<name>, which is created",
      examples: [{ existing: "my-resource-group" }],
    })
    .optional(),
  backends: backendsSchema,
  deployments: deploymentsSchema.default([]).describe("Model deployments on every account that the stack creates"),
  protect: z
    .boolean()
    .default(DEFAULT_PROTECT)
    .describe(
      "Whether Terraform refuses to destroy the accounts and deployments of this stack; advised for production",
    ),
  accountNetwork: accountNetworkSchema.optional(),
  listener: listenerSchema,
  clientCertificates: clientCertificatesSchema.optional(),
  listeners: listenersSchema.default([]).describe("Listeners besides the main one"),
  addressing: addressingSchema.optional(),
  statefulApis: statefulApisSchema.optional(),
  backendSettings: backendSettingsSchema.prefault({}),
  healthProbe: healthProbeSchema.prefault({}),
  deletionLock: z
    .boolean()
    .default(DEFAULT_DELETION_LOCK)
    .describe(
      "Whether nobody can delete the gateway, its public addresses and the created accounts, or what is in them",
    ),
  streaming: z
    .boolean()
    .default(DEFAULT_STREAMING)
    .describe("Whether responses pass through as they arrive: response buffering off"),
  scale: scaleSchema.prefault({}),
  network: networkSchema.prefault({}),
  zones: zonesSchema
    .optional()
    .describe(
      "Availability zones of the gateway and its created public address, which a later change replaces; default: all of the region",
    ),
  waf: wafSchema.optional(),
  monitoring: monitoringSchema.optional(),
  gatewayIdentity: gatewayIdentitySchema.optional(),
  access: accessSchema.prefault({}),
  state: stateSchema.optional(),
  tags: tagsSchema
    .default({})
    .describe("On every resource that takes tags: at most 50, names of 512 bytes, values of 256 bytes; default: none"),
});

/** What is wrong between parts of a configuration; what is wrong inside one is found as the part is parsed. */
function relations({ right, has }: Parts, add: Add): void {
  const { backends, deployments, listener, listeners = [], network, tags } = right;
  if (deployments?.length && backends?.every(({ kind }) => kind !== "new account"))
    add(["deployments"], noAccountForDeploymentsProblem());
  const certificates = [
    { path: ["listener"], of: listener },
    ...listeners.map((of, at) => ({ path: ["listeners", at], of })),
  ].flatMap(({ path, of }) => (of?.protocol === "Https" && of.certificate ? [{ path, source: of.certificate }] : []));
  if (tags && certificates.some(({ source }) => source.kind === "self-signed"))
    add(["tags"], certificateTagsProblem(tags));
  for (const { path, source } of certificates)
    if (source.kind === "key vault" && !source.grantAccess && !has("gatewayIdentity"))
      add([...path, "certificate", "grantAccess"], noAccessProblem());
  for (const [at, other] of listeners.entries())
    if (other.protocol === "Https" && !other.certificate && listener && listener.protocol !== "Https")
      add(["listeners", at, "certificate"], noSharedCertificateProblem());
  addressRelations({ right, has }, add);
  for (const [at, { frontend }] of listeners.entries())
    if (frontend && network && network.frontend.kind !== frontend && network.frontend.kind !== "PublicAndPrivate")
      add(["listeners", at, "frontend"], noSuchFrontendProblem(frontend));
  if (has("monitoring") && tags) add(["tags"], workbookTagsProblem(tags));
  if (right.clientCertificates && listener?.protocol === "Http")
    add(["clientCertificates"], gateway.needsHttpsProblem());
  networkRelations({ right, has }, add);
  subscriptionRelations({ right, has }, add);
}

/** What refers to backends and pools by name. */
function addressRelations({ right, has }: Parts, add: Add): void {
  const { backends, deployments = [], addressing, statefulApis, listeners = [], subscriptionId } = right;
  if (!backends) return;
  // A default name that is used nowhere may be that of several backends.
  const isUsed = has("addressing") || has("statefulApis") || listeners.length > 0;
  const members = backends.map((value, at) => ({ at, value }));
  const repeated = refuseRepeated(
    members.filter(({ value }) => isUsed || value.name !== undefined),
    (backend) => ({ value: nameOf(backend).toLowerCase(), field: ["name"] }),
    sameBackendNameProblem,
    (path, problem) => add(["backends", ...path], problem),
  );
  for (const [at, backend] of backends.entries()) {
    if (backend.kind !== "new account") continue;
    for (const [index, { name }] of backend.account.deployments.entries())
      if (deployments.some((other) => isSameName(other.name, name)))
        add(["backends", at, "account", "deployments", index, "name"], deployedEverywhereProblem(name));
  }
  if (repeated.length > 0 || (has("addressing") && !addressing)) return;
  const addressed = backends.map((backend) => addressedBackend(backend, deployments, subscriptionId));
  const targets = listeners.map(({ target }, at) => ({ path: ["listeners", at], target }));
  checkNames(
    { backends, addressing, addressed },
    [...targets, ...(statefulApis ? [{ path: ["statefulApis"], target: statefulApis }] : [])],
    add,
  );
}

type Parts = Fields<z.output<typeof configFields>>;

export const gatewayConfigSchema = related(configFields, relations)
  .meta({
    title: "aoai-kiss-lb gateway configuration",
    examples: [
      {
        name: "…",
        location: "…",
        backends: [{ fqdn: "…" }],
        listener: { protocol: "Https", certificate: { selfSigned: {} } },
      },
    ],
  })
  .transform(({ resourceGroup, ...config }) => ({
    ...config,
    resourceGroup: resourceGroup ?? { kind: "new" as const, name: `rg-${config.name}` },
  }));

/** A configuration with every default filled in, and each alternative told by its `kind`. */
export type GatewayConfig = z.output<typeof gatewayConfigSchema>;
