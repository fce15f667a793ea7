/** What one process learns of throttling, the others know too: over whatever channel they share. */
import { EventEmitter } from "node:events";
import { createLoadBalancedFetch, type EndpointOptions, type LoadBalancedFetch } from "aoai-kiss-lb/client";
import { run } from "./endpoints.js";

interface Cooldown {
  readonly endpoint: string;
  readonly deployment: string | undefined;
  readonly until: Date;
}

function shared(endpoints: EndpointOptions[], channel: EventEmitter<{ cooldown: [Cooldown] }>): LoadBalancedFetch {
  const fetch = createLoadBalancedFetch({
    endpoints,
    strategy: "round-robin",
    onEvent: (event) => {
      if (event.type !== "cooldown" || event.reason !== "throttled" || event.status === undefined) return;
      const { endpoint, deployment, cooldownMilliseconds } = event;
      channel.emit("cooldown", { endpoint, deployment, until: new Date(Date.now() + cooldownMilliseconds) });
    },
  });
  channel.on("cooldown", ({ endpoint, deployment, until }) => {
    fetch.coolDown(endpoint, { deployment, until });
  });
  return fetch;
}

export async function main(endpoints: EndpointOptions[]): Promise<string[]> {
  const channel = new EventEmitter<{ cooldown: [Cooldown] }>();
  const [here, there] = [shared(endpoints, channel), shared(endpoints, channel)];
  const body = JSON.stringify({ model: "gpt-5-mini", messages: [{ role: "user", content: "Say hello." }] });
  const headers = { "content-type": "application/json" };
  for (let n = 0; n < 3; n++) await here("/openai/v1/chat/completions", { method: "POST", headers, body });
  const known = there.snapshot().filter(({ deployments }) => deployments.some(({ reason }) => reason === "throttled"));
  return [`${known.length} of ${endpoints.length} known to be throttled`];
}

if (require.main === module) run(main);
