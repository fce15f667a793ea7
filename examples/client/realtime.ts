/** A WebSocket of the realtime API, which does not pass through `fetch`: the balancer chooses where to connect. */
import { createLoadBalancedFetch, type EndpointOptions } from "aoai-kiss-lb/client";
import { WebSocket } from "undici";
import { run } from "./endpoints.js";

export async function main(endpoints: EndpointOptions[]): Promise<string[]> {
  const fetch = createLoadBalancedFetch({ endpoints });
  for (let attempt = 1; ; attempt++) {
    const { endpoint, url, headers, deployment } = await fetch.choose({ deployment: "gpt-realtime" });
    const address = `${url.replace(/^http/, "ws")}/openai/v1/realtime?model=${deployment}`;
    const socket = new WebSocket(address, { headers });
    const opened = await new Promise<boolean>((resolve) => {
      socket.addEventListener("open", () => resolve(true));
      socket.addEventListener("error", () => resolve(false));
    });
    if (opened) {
      socket.close();
      return [`connected to ${endpoint}`];
    }
    if (attempt === endpoints.length) throw new Error("no endpoint takes a connection");
    fetch.coolDown(endpoint, { deployment: "gpt-realtime", until: new Date(Date.now() + 10_000) });
  }
}

if (require.main === module) run(main);
