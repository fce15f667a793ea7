import { type Problem, wholeNumber } from "./problem.js";

/** How Traffic Manager chooses among gateways. */
export const ROUTING_METHODS = ["Performance", "Priority", "Weighted"] as const;
export type RoutingMethodName = (typeof ROUTING_METHODS)[number];

export const ttlSecondsProblem = wholeNumber(0, 2_147_483_647, "seconds");
/** As short as Microsoft advises for a quick change of gateway: clients' resolvers keep an answer for this time. */
export const DEFAULT_TTL_SECONDS = 30;
export const PROBE_INTERVALS = [10, 30] as const;
export const DEFAULT_TRAFFIC_PROBE_INTERVAL_SECONDS = 10;
export const DEFAULT_TRAFFIC_PROBE_TIMEOUT_SECONDS = 5;
export const toleratedFailuresProblem = wholeNumber(0, 9, "failures");
export const DEFAULT_TOLERATED_FAILURES = 3;
export const weightProblem = wholeNumber(1, 1_000);
/** @see https://learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits#traffic-manager-limits */
export const MAX_ENDPOINTS = 200;

const intervalProblem = wholeNumber(10, 30, "seconds");
export const trafficProbeIntervalProblem = Object.assign(
  (seconds: number): Problem =>
    seconds === 10 || seconds === 30
      ? undefined
      : `${seconds} is not allowed; Traffic Manager probes every 10 or 30 seconds`,
  { min: intervalProblem.min, max: intervalProblem.max },
);
export const trafficProbeTimeoutProblem = wholeNumber(5, 10, "seconds");

/** With the short interval a probe may take less than it. */
export function trafficProbeTimesProblem(times: {
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
}): Problem {
  if (times.timeoutSeconds < times.intervalSeconds) return undefined;
  return `timeout ${times.timeoutSeconds} s is not below interval ${times.intervalSeconds} s; with an interval of 10 s write 5 to 9`;
}

/** The domain that Azure gives profiles names in. */
export function trafficManagerDomain(location: string | undefined): string {
  if (/^us(gov|dod)/.test(location ?? "")) return "usgovtrafficmanager.net";
  return location?.startsWith("china") ? "trafficmanager.cn" : "trafficmanager.net";
}

/** The host name that Azure gives a public address with a DNS label. */
export function publicHostName(dnsLabel: string, location: string): string {
  if (/^us(gov|dod)/.test(location)) return `${dnsLabel}.${location}.cloudapp.usgovcloudapi.net`;
  return `${dnsLabel}.${location}.cloudapp.${location.startsWith("china") ? "chinacloudapi.cn" : "azure.com"}`;
}
