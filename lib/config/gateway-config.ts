import { z } from "zod";
import {
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
import { probePathProblem, statusCodesProblem } from "../rules/health-probe.js";
import { noAccessProblem } from "../rules/key-vault.js";
import { locationProblem, normalizeLocation } from "../rules/location.js";
import { addressInSubnetProblem } from "../rules/ip-address.js";
import {
  freeSubnet,
  gatewayAddresses,
  noFreeSubnetProblem,
  repeatedWordProblem,
  secondSubnetProblem,
  unreachableBackendsProblem,
  ZONES,
} from "../rules/network.js";
import { DEPLOYMENT_SKUS, deploymentCapacityProblem, nonEmptyProblem } from "../rules/openai.js";
import { noAccountForDeploymentsProblem, noCreatedAccountProblem, sameDeploymentProblem } from "../rules/pool.js";
import { dnsZoneIdsProblem } from "../rules/private-dns.js";
import { type Problem } from "../rules/problem.js";
import { guidProblem } from "../rules/resource-id.js";
import { nameProblem, stackNameProblem } from "../rules/resource-name.js";
import { missing, notExactlyOne } from "../rules/shape.js";
import { certificateTagsProblem } from "../rules/tags.js";
import { type AccountNetworkConfig, accountNetworkSchema } from "./account-network-config.js";
import { accessSchema, gatewayIdentitySchema } from "./access-config.js";
import { type BackendConfig, backendsSchema, hostNameOf, isPrivateBackend } from "./backend-config.js";
import { type Add, alternatives, type Fields, range, refuseRepeated, related, relatedMembers, text } from "./fields.js";
import { listenerSchema } from "./listener-config.js";
import { gatewaySubnetRange, type NetworkConfig, networkSchema, type SubnetConfig } from "./network-config.js";
import { instanceRangeOf, type ScaleConfig, scaleSchema } from "./scale-config.js";
import { stateSchema } from "./state-config.js";
import { tagsSchema } from "./tags-config.js";
import { wafSchema } from "./waf-config.js";

/** The resource group that everything is created in. */
export interface ResourceGroupConfig {
  readonly kind: "new" | "existing";
  readonly name: string;
}

const deploymentSchema = z
  .strictObject({
    name: text(nameProblem("deployment"), "Name of the deployment, the same on every account"),
    model: text(nonEmptyProblem, 'Name of the model, such as "gpt-5-mini"'),
    version: text(nonEmptyProblem, "Version of the model, pinned: look it up in Microsoft's list of models"),
    sku: z.enum(DEPLOYMENT_SKUS).describe("Deployment type"),
    capacityUnits: range(deploymentCapacityProblem, "Thousands of tokens per minute, or provisioned throughput units"),
  })
  .meta({
    description: "A model deployment",
    examples: [{ name: "…", model: "…", version: "…", sku: "GlobalStandard", capacityUnits: 50 }],
  });

const deploymentsSchema = relatedMembers(z.array(deploymentSchema), (deployments, add) => {
  refuseRepeated(
    deployments,
    ({ name }) => ({ value: name.toLowerCase(), field: ["name"] }),
    sameDeploymentProblem,
    add,
  );
});

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
    drainTimeoutSeconds: range(
      gateway.drainTimeoutProblem,
      "Seconds open requests may continue after a configuration update",
    ).default(DEFAULT_DRAIN_TIMEOUT_SECONDS),
  })
  .meta({
    description: "How requests to the backends are timed",
    examples: [{ requestTimeoutSeconds: DEFAULT_REQUEST_TIMEOUT_SECONDS }],
  });

const resourceGroupSchema = alternatives(
  z.strictObject({
    name: text(nameProblem("resourceGroup"), "A group to create").optional(),
    existing: text(nameProblem("resourceGroup"), "A group that exists").optional(),
  }),
  ({ right: { name, existing }, has }, add): ResourceGroupConfig | undefined => {
    const keys = ["name", "existing"] as const;
    const given = keys.filter(has);
    if (given.length !== 1)
      add([], notExactlyOne(keys, given, 'write { "name": "…" } to create a group, { "existing": "…" } to use one'));
    if (name !== undefined) return { kind: "new", name };
    return existing === undefined ? undefined : { kind: "existing", name: existing };
  },
).meta({
  description: "Where everything is created; default: rg-<name>, which is created",
  examples: [{ existing: "my-resource-group" }],
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
  resourceGroup: resourceGroupSchema.optional(),
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
  backendSettings: backendSettingsSchema.prefault({}),
  healthProbe: healthProbeSchema.prefault({}),
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
  gatewayIdentity: gatewayIdentitySchema.optional(),
  access: accessSchema.prefault({}),
  state: stateSchema.optional(),
  tags: tagsSchema
    .default({})
    .describe("On every resource that takes tags: at most 50, names of 512 bytes, values of 256 bytes; default: none"),
});

/** What is wrong between parts of a configuration; what is wrong inside one is found as the part is parsed. */
function relations({ right, has }: Parts, add: Add): void {
  const { backends, deployments, accountNetwork, listener, network, scale, tags } = right;
  if (deployments?.length && backends?.every(({ kind }) => kind !== "new account"))
    add(["deployments"], noAccountForDeploymentsProblem());
  if (listener?.protocol === "Https") {
    switch (listener.certificate.kind) {
      case "self-signed":
        if (tags) add(["tags"], certificateTagsProblem(tags));
        break;
      case "key vault":
        if (!listener.certificate.grantAccess && !has("gatewayIdentity"))
          add(["listener", "certificate", "grantAccess"], noAccessProblem());
    }
  }
  if (accountNetwork && backends?.every(({ kind }) => kind !== "new account"))
    add(["accountNetwork"], noCreatedAccountProblem());
  if (network) {
    networkRelations(network, scale, add);
    if (accountNetwork) accountNetworkRelations(accountNetwork, network.subnet, right.location, add);
    const isKnown = accountNetwork !== undefined || !has("accountNetwork");
    if (backends && isKnown)
      add(["network", "frontend"], isolationProblem(network, backends, accountNetwork?.kind === "private endpoints"));
  }
}

/** Whether the subnet has room for the instances and the private address. */
function networkRelations({ subnet, frontend }: NetworkConfig, scale: ScaleConfig | undefined, add: Add): void {
  const prefix = gatewaySubnetRange(subnet);
  if (prefix === undefined || subnet.kind === "existing") return;
  if (scale) {
    const need = { ...instanceRangeOf(scale), privateFrontends: frontend.kind === "Public" ? 0 : 1 };
    add(
      ["network", subnet.gatewaySubnetPrefix === undefined ? "addressSpace" : "gatewaySubnetPrefix"],
      gateway.gatewaySubnetSizeProblem(prefix, need),
    );
  }
  if (frontend.kind !== "Public" && frontend.privateIpAddress !== undefined)
    add(["network", "privateIpAddress"], addressInSubnetProblem(frontend.privateIpAddress, prefix));
}

/** Whether there is a subnet for private endpoints, or room for one, and each zone that resolves to them. */
function accountNetworkRelations(
  accountNetwork: AccountNetworkConfig,
  subnet: SubnetConfig,
  location: string | undefined,
  add: Add,
): void {
  if (accountNetwork.kind !== "private endpoints") return;
  const { subnetId, subnetPrefix, dnsZoneIds } = accountNetwork;
  const place = ["accountNetwork", "privateEndpoints"];
  if (subnetId === undefined) {
    switch (subnet.kind) {
      case "existing":
        add([...place, "subnetId"], missing("an existing subnet for the endpoints, as that of the gateway exists too"));
        break;
      case "in existing network":
        if (subnetPrefix === undefined)
          add([...place, "subnetPrefix"], missing("a free range of the existing network for the endpoints"));
        break;
      case "new": {
        const addresses = gatewayAddresses(subnet);
        if (subnetPrefix !== undefined) add([...place, "subnetPrefix"], secondSubnetProblem(subnetPrefix, addresses));
        else if (freeSubnet(addresses) === undefined) add([...place, "subnetPrefix"], noFreeSubnetProblem(addresses));
      }
    }
  }
  if (dnsZoneIds && location !== undefined) add([...place, "dnsZoneIds"], dnsZoneIdsProblem(dnsZoneIds, location));
}

function isolationProblem(
  { frontend, egress }: NetworkConfig,
  backends: readonly BackendConfig[],
  havePrivateEndpoints: boolean,
): Problem {
  if (frontend.kind !== "Private" || egress.kind !== "frontend") return undefined;
  const isPrivate = (backend: BackendConfig) =>
    backend.kind === "new account" ? havePrivateEndpoints : isPrivateBackend(backend);
  const unreachable = backends.filter((backend) => !backend.drained && !isPrivate(backend));
  return unreachable.length > 0 ? unreachableBackendsProblem(unreachable.map(hostNameOf)) : undefined;
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
