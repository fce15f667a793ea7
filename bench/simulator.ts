import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { dirname, join } from "node:path";
import { Pool } from "undici";
import { SSE_EVENTS, STREAM_BYTES, serveBackend, serveGateway, startPlainProxy } from "./simulator-servers.js";

// What the simulated gateway costs, beside a direct call and a plain reverse proxy, all over loopback in one run: backend
// and gateway have a process each, the callers are in this one. Then: does its memory stay flat?

const CONNECTIONS = 32;
const ROUNDS = 3;
const MEMORY_REQUESTS = 100_000;
const REQUESTS = { "/json": 8_000, "/sse": 1_000 } as const;
const PROMPT = JSON.stringify({ messages: [{ role: "user", content: "x".repeat(980) }] });
const MEGABYTE = 1_024 * 1_024;

type Path = keyof typeof REQUESTS;

interface Measured {
  readonly requestsPerSecond: number;
  readonly p50Milliseconds: number;
  readonly p99Milliseconds: number;
}

interface Memory {
  readonly heapMegabytes: number;
  readonly residentMegabytes: number;
}

const [role, argument = ""] = process.argv.slice(2);
if (role === "backend") void serveBackend().then((url) => process.send?.(url));
else if (role === "gateway") void serveGateway(argument).then(answerMemory);
else void main();

async function main(): Promise<void> {
  const backend = await start("backend");
  const gateway = await start("gateway", backend.url);
  const proxy = await startPlainProxy(backend.url);
  try {
    if (proxy === undefined) console.log("neither nginx nor haproxy is installed: the plain proxy is skipped\n");
    const targets = {
      direct: backend.url,
      ...(proxy !== undefined && { [proxy.name]: proxy.url }),
      "simulated gateway": gateway.url,
    };
    for (const path of ["/json", "/sse"] as const) await compare(path, targets);
    await memory(gateway.child, gateway.url);
  } finally {
    for (const child of [backend.child, gateway.child]) child.kill();
    proxy?.stop();
  }
}

/** Rounds alternate between the targets, so that a busy moment of the machine does not hit only one. */
async function compare(path: Path, targets: Readonly<Record<string, string>>): Promise<void> {
  const rounds = new Map<string, Measured[]>(Object.keys(targets).map((name) => [name, []]));
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [name, url] of Object.entries(targets)) {
      const measured = await load(url, path, REQUESTS[path]);
      // The first round only warms up.
      if (round > 0) rounds.get(name)?.push(measured);
    }
  }
  const body = path === "/json" ? "1 KB of JSON each way" : `1 KB of JSON there, ${SSE_EVENTS} events back`;
  console.log(`${body}; ${CONNECTIONS} connections, ${ROUNDS} rounds of ${REQUESTS[path]} requests, medians`);
  const direct = median(rounds.get("direct") ?? []);
  console.table(
    Object.fromEntries(
      [...rounds].map(([name, measured]) => {
        const { requestsPerSecond, p50Milliseconds, p99Milliseconds } = median(measured);
        return [
          name,
          {
            "requests/s": Math.round(requestsPerSecond),
            "of direct": `${Math.round((100 * requestsPerSecond) / direct.requestsPerSecond)} %`,
            "p50 ms": p50Milliseconds.toFixed(2),
            "p99 ms": p99Milliseconds.toFixed(2),
            "added p50 ms": (p50Milliseconds - direct.p50Milliseconds).toFixed(2),
            "added p99 ms": (p99Milliseconds - direct.p99Milliseconds).toFixed(2),
          },
        ];
      }),
    ),
  );
}

async function memory(child: ChildProcess, url: string): Promise<void> {
  const before = await memoryOf(child);
  await load(url, "/json", MEMORY_REQUESTS / 2);
  const half = await memoryOf(child);
  await load(url, "/json", MEMORY_REQUESTS / 2);
  const after = await memoryOf(child);
  const pool = new Pool(url);
  const { body } = await pool.request({ path: "/stream", method: "GET" });
  let received = 0;
  let peak: Memory = after;
  let sampled = 0;
  for await (const chunk of body) {
    received += (chunk as Buffer).length;
    if (received - sampled < 20 * MEGABYTE) continue;
    sampled = received;
    const now = await memoryOf(child);
    if (now.residentMegabytes > peak.residentMegabytes) peak = now;
  }
  await pool.close();
  if (received !== STREAM_BYTES) throw new Error(`expected ${STREAM_BYTES} bytes, got ${received}`);
  console.log("memory of the gateway's process, after a garbage collection");
  console.table({
    before,
    [`after ${MEMORY_REQUESTS / 2} requests`]: half,
    [`after ${MEMORY_REQUESTS} requests`]: after,
    [`highest during a body of ${STREAM_BYTES / MEGABYTE} MB`]: peak,
  });
}

async function load(url: string, path: Path, requests: number): Promise<Measured> {
  const pool = new Pool(url, { connections: CONNECTIONS, pipelining: 1 });
  const latencies: number[] = [];
  let left = requests;
  const caller = async () => {
    while (left > 0) {
      left -= 1;
      const start = performance.now();
      const { statusCode, body } = await pool.request({
        path,
        method: "POST",
        headers: { "content-type": "application/json" },
        body: PROMPT,
      });
      await body.dump({ limit: Number.MAX_SAFE_INTEGER });
      if (statusCode !== 200) throw new Error(`${url}${path} answered ${statusCode}`);
      latencies.push(performance.now() - start);
    }
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: CONNECTIONS }, caller));
  const seconds = (performance.now() - start) / 1_000;
  await pool.close();
  latencies.sort((one, other) => one - other);
  const at = (share: number) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
  return { requestsPerSecond: requests / seconds, p50Milliseconds: at(0.5), p99Milliseconds: at(0.99) };
}

function median(rounds: readonly Measured[]): Measured {
  const of = (key: keyof Measured) => rounds.map((round) => round[key]).sort((a, b) => a - b)[rounds.length >> 1] ?? 0;
  return {
    requestsPerSecond: of("requestsPerSecond"),
    p50Milliseconds: of("p50Milliseconds"),
    p99Milliseconds: of("p99Milliseconds"),
  };
}

async function start(which: "backend" | "gateway", backend = ""): Promise<{ child: ChildProcess; url: string }> {
  // Bundled, as `npm start` runs it: tsx has every function named as it is made, which the published code does not do.
  const [, entry = ""] = process.argv;
  const runner = join(dirname(entry), "../scripts/run.cjs");
  const child = fork(runner, [entry, which, backend], { execArgv: ["--expose-gc"] });
  const [url] = (await once(child, "message")) as [string];
  return { child, url };
}

async function memoryOf(child: ChildProcess): Promise<Memory> {
  child.send("memory");
  const [memory] = (await once(child, "message")) as [Memory];
  return memory;
}

function answerMemory(url: string): void {
  process.on("message", () => {
    globalThis.gc?.();
    const { heapUsed, rss } = process.memoryUsage();
    const megabytes = (bytes: number) => Math.round(bytes / MEGABYTE);
    process.send?.({ heapMegabytes: megabytes(heapUsed), residentMegabytes: megabytes(rss) } satisfies Memory);
  });
  process.send?.(url);
}
