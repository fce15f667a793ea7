/** Events as OpenTelemetry metrics: the library itself needs no OpenTelemetry. */
import { metrics } from "@opentelemetry/api";
import { createLoadBalancedFetch, type EndpointOptions, type LoadBalancerEvent } from "aoai-kiss-lb/client";
import { run } from "./endpoints.js";

const meter = metrics.getMeter("aoai-kiss-lb");
const attempts = meter.createCounter("aoai.attempts");
const cooldowns = meter.createCounter("aoai.cooldowns");
const exhausted = meter.createCounter("aoai.exhausted");
const timeToHeaders = meter.createHistogram("aoai.time_to_headers", { unit: "ms" });

function record(event: LoadBalancerEvent): void {
  if (event.type === "attempt") {
    const { endpoint, deployment, outcome, status, timeToHeadersMilliseconds } = event;
    attempts.add(1, { endpoint, deployment, outcome, status });
    timeToHeaders.record(timeToHeadersMilliseconds, { endpoint, deployment, outcome });
  } else if (event.type === "cooldown") {
    cooldowns.add(1, { endpoint: event.endpoint, deployment: event.deployment, reason: event.reason });
  } else if (event.type === "exhausted") {
    exhausted.add(1, { deployment: event.deployment });
  }
}

export async function main(endpoints: EndpointOptions[]): Promise<string[]> {
  const fetch = createLoadBalancedFetch({ endpoints, onEvent: record });
  const response = await fetch("/openai/v1/models");
  return [`${response.status} from one of ${fetch.snapshot().length}`];
}

if (require.main === module) run(main);
