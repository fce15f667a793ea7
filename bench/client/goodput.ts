import { setTimeout as sleep } from "node:timers/promises";
import { Duration, FakeOpenAi, Latency } from "../../lib/simulator/index.js";
import { type LoadBalancedFetchOptions } from "aoai-kiss-lb/client";
import {
  accountDeployment,
  aiFallbackCaller,
  aiRetryCaller,
  type AtEnd,
  balanced,
  type Caller,
  gatewayCaller,
  PLACEHOLDER,
  sdkCaller,
  WAITING,
  withFallbacksCaller,
} from "./callers.js";
import { quantile } from "./statistics.js";

export const DEMANDS = [0.5, 0.8, 0.95] as const;
const ENDPOINTS = 4;
const REQUESTS_PER_MINUTE = 240;
const MEASURED = Duration.seconds(20);

export interface Goodput {
  readonly name: string;
  /** Of the total that the endpoints allow. */
  readonly demand: number;
  readonly calls: number;
  /** Of the calls, those in which the caller saw no error. */
  readonly successShare: number;
  readonly attemptsPerSuccess: number;
  readonly p50Milliseconds: number;
  readonly p99Milliseconds: number;
}

type Create = (urls: readonly string[], atEnd: AtEnd) => Caller | Promise<Caller>;

const ours =
  (options: Partial<LoadBalancedFetchOptions>): Create =>
  (urls) =>
    sdkCaller(PLACEHOLDER, balanced(urls, options), 0);

const CONTENDERS: readonly (readonly [string, Create])[] = [
  ["ours, random", ours({ strategy: "random" })],
  ["ours, weighted", ours({ strategy: "weighted" })],
  ["ours, round-robin", ours({ strategy: "round-robin" })],
  ["ours, room", ours({ strategy: "room" })],
  ["ours, round-robin, waiting", ours({ strategy: "round-robin", ...WAITING })],
  ["simulated gateway, SDK retries", gatewayCaller],
  ["LangChain withFallbacks", withFallbacksCaller],
  ["AI SDK, ai-fallback", aiFallbackCaller],
  ["AI SDK, ai-retry", aiRetryCaller],
  ["one endpoint, SDK retries", ([url = ""]) => sdkCaller(url, globalThis.fetch)],
];

/**
 * Four endpoints with token buckets, and calls that arrive at random (Poisson) at a share of what the buckets let
 * through in all. Each contender has endpoints of its own and gets the same arrivals at the same time.
 */
export async function measureGoodput(): Promise<Goodput[]> {
  const results: Goodput[] = [];
  for (const demand of DEMANDS) {
    const times = arrivals((demand * ENDPOINTS * REQUESTS_PER_MINUTE) / 60, MEASURED.toMilliseconds());
    results.push(...(await Promise.all(CONTENDERS.map(([name, create]) => measure(name, demand, create, times)))));
  }
  return results;
}

async function measure(name: string, demand: number, create: Create, times: readonly number[]): Promise<Goodput> {
  const servers = await Promise.all(Array.from({ length: ENDPOINTS }, limitedServer));
  const closings: (() => Promise<void>)[] = [];
  const urls = servers.map(({ url }) => url);
  const call = await create(urls, (close) => void closings.push(close));
  const latencies: number[] = [];
  await Promise.all(
    times.map(async (time) => {
      await sleep(time);
      const sent = performance.now();
      try {
        await call();
        latencies.push(performance.now() - sent);
      } catch {
        // Counted by its absence.
      }
    }),
  );
  const attempts = servers.reduce((sum, { requestCount }) => sum + requestCount, 0);
  await Promise.all(closings.map((close) => close()));
  await Promise.all(servers.map((server) => server.close()));
  return {
    name,
    demand,
    calls: times.length,
    successShare: latencies.length / times.length,
    attemptsPerSuccess: attempts / latencies.length,
    p50Milliseconds: quantile(latencies, 0.5),
    p99Milliseconds: quantile(latencies, 0.99),
  };
}

function limitedServer(_: unknown, index: number): Promise<FakeOpenAi> {
  const names = ["gpt-4o", accountDeployment(index)];
  return FakeOpenAi.create({
    deployments: names.map((name) => ({ name, requestsPerMinute: REQUESTS_PER_MINUTE })),
    // A few at once: longer ones would hide the throttling in a short run.
    requestWindow: Duration.seconds(1),
    latency: Latency.logNormal(Duration.milliseconds(50), Duration.milliseconds(200)),
  });
}

/** Milliseconds from the start; the same in every run. */
function arrivals(perSecond: number, milliseconds: number): number[] {
  let state = 1;
  const random = () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
  const times: number[] = [];
  for (let time = 0; ;) {
    time += (-Math.log(1 - random()) / perSecond) * 1_000;
    if (time >= milliseconds) return times;
    times.push(time);
  }
}
