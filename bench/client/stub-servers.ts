/** A process of its own, so that answering is not counted as the callers' time; run by {@link startStubServers}. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo } from "node:net";
import { COMPLETION, REFUSAL } from "./answers.js";

export interface StubServers {
  /** Four that answer at once. */
  readonly healthy: readonly string[];
  /** Refuses each call for a minute. */
  readonly throttled: string;
  stop(): void;
}

export async function startStubServers(): Promise<StubServers> {
  const child = fork(__filename);
  const [urls] = (await once(child, "message")) as [Pick<StubServers, "healthy" | "throttled">];
  return { ...urls, stop: () => void child.kill() };
}

async function serve(status: number, headers: Record<string, string>, body: string): Promise<string> {
  const server = createServer((request, response) => {
    request.resume();
    request.once("end", () => response.writeHead(status, { "content-type": "application/json", ...headers }).end(body));
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function main(): Promise<void> {
  const healthy = await Promise.all(Array.from({ length: 4 }, () => serve(200, {}, COMPLETION)));
  const throttled = await serve(429, { "retry-after": "60" }, REFUSAL);
  process.send?.({ healthy, throttled });
  process.once("disconnect", () => process.exit());
}

if (require.main === module) void main();
