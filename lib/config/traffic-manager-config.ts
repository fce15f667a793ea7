import { z } from "zod";
import { DEFAULT_PROBE_PATH } from "../rules/defaults.js";
import { probePathProblem } from "../rules/health-probe.js";
import { backendFqdnProblem, normalizeFqdn } from "../rules/host-name.js";
import { locationProblem, normalizeLocation } from "../rules/location.js";
import { nonEmptyProblem } from "../rules/openai.js";
import { guidProblem } from "../rules/resource-id.js";
import { nameProblem } from "../rules/resource-name.js";
import {
  DEFAULT_TOLERATED_FAILURES,
  DEFAULT_TRAFFIC_PROBE_INTERVAL_SECONDS,
  DEFAULT_TRAFFIC_PROBE_TIMEOUT_SECONDS,
  DEFAULT_TTL_SECONDS,
  MAX_ENDPOINTS,
  ROUTING_METHODS,
  toleratedFailuresProblem,
  trafficProbeIntervalProblem,
  trafficProbeTimeoutProblem,
  trafficProbeTimesProblem,
  ttlSecondsProblem,
  weightProblem,
} from "../rules/traffic-manager.js";
import { range, refuseRepeated, related, relatedMembers, text } from "./fields.js";
import { resourceGroupSchema } from "./resource-group-config.js";
import { stateSchema } from "./state-config.js";
import { tagsSchema } from "./tags-config.js";

const endpointSchema = z
  .strictObject({
    name: text(nonEmptyProblem, "The name in the gateway's own file"),
    weight: range(weightProblem, "Share of a gateway with Weighted routing").default(1),
  })
  .meta({ examples: [{ name: "…" }] });

const probeSchema = related(
  z.strictObject({
    path: text(probePathProblem, "The path that is requested through each gateway").default(DEFAULT_PROBE_PATH),
    hostName: text(backendFqdnProblem, "Host name that listeners answer to; default: the first that all of them have")
      .transform(normalizeFqdn)
      .optional(),
    intervalSeconds: range(trafficProbeIntervalProblem, "From one probe to the next: 10 or 30").default(
      DEFAULT_TRAFFIC_PROBE_INTERVAL_SECONDS,
    ),
    timeoutSeconds: range(trafficProbeTimeoutProblem, "Below the interval").default(
      DEFAULT_TRAFFIC_PROBE_TIMEOUT_SECONDS,
    ),
    toleratedFailures: range(toleratedFailuresProblem, "Failures in a row that are tolerated").default(
      DEFAULT_TOLERATED_FAILURES,
    ),
  }),
  ({ right: { intervalSeconds, timeoutSeconds } }, add) => {
    if (intervalSeconds === undefined || timeoutSeconds === undefined) return;
    add(["timeoutSeconds"], trafficProbeTimesProblem({ intervalSeconds, timeoutSeconds }));
  },
).meta({ description: "How Traffic Manager finds out which gateways are up", examples: [{ intervalSeconds: 10 }] });

export const trafficManagerSchema = z
  .strictObject({
    $schema: z.string().optional().describe("For editors"),
    name: text(nameProblem("trafficManager"), "Name of the profile, and the stack's id"),
    location: text(locationProblem, "Azure region of the resource group; the profile itself has none").transform(
      normalizeLocation,
    ),
    subscriptionId: text(guidProblem, "Default: the environment variable ARM_SUBSCRIPTION_ID").optional(),
    resourceGroup: resourceGroupSchema
      .meta({ description: "Where the profile is created; default: rg-<name>, which is created" })
      .optional(),
    dnsLabel: text(nameProblem("dnsLabel"), "First label of its host name, <label>.trafficmanager.net"),
    routing: z.enum(ROUTING_METHODS).default("Performance").describe("How it chooses among the gateways that are up"),
    ttlSeconds: range(ttlSecondsProblem, "How long resolvers keep an answer").default(DEFAULT_TTL_SECONDS),
    probe: probeSchema.prefault({}),
    gateways: relatedMembers(z.array(endpointSchema).min(1).max(MAX_ENDPOINTS), (gateways, add) => {
      refuseRepeated(
        gateways,
        ({ name }) => ({ value: name.toLowerCase(), field: ["name"] }),
        (name) => `"${name}" is listed twice; list each gateway once`,
        add,
      );
    })
      .optional()
      .describe("The gateways of the folder, first choice first; default: all, in the order of their files"),
    state: stateSchema.optional(),
    tags: tagsSchema.default({}).describe("On every resource that takes tags"),
  })
  .meta({
    title: "aoai-kiss-lb Traffic Manager configuration",
    examples: [{ name: "…", location: "…", dnsLabel: "…" }],
  })
  .transform(({ resourceGroup, ...config }) => ({
    ...config,
    resourceGroup: resourceGroup ?? { kind: "new" as const, name: `rg-${config.name}` },
  }));

/** A Traffic Manager profile in front of the gateways of a folder, with every default filled in. */
export type TrafficManagerConfig = z.output<typeof trafficManagerSchema>;
