import {
  aiFallbackCaller,
  aiRetryCaller,
  aiSdkCaller,
  balanced,
  type Caller,
  langChainCaller,
  PLACEHOLDER,
  plainCaller,
  portkeyCaller,
  sdkCaller,
  withFallbacksCaller,
} from "./callers.js";
import { startPortkey } from "./portkey.js";
import { quantile, type Summary, summary } from "./statistics.js";
import { startStubServers } from "./stub-servers.js";

const ROUNDS = 5;
const CALLS = 300;
const CONNECTIONS = 32;

export interface Compared {
  readonly name: string;
  /** Of one call after the other. */
  readonly p50Milliseconds: number;
  readonly p99Milliseconds: number;
  /** Beyond that of the same client on one healthy account, without a balancer; undefined for that itself. */
  readonly added: { readonly p50Milliseconds: number; readonly p99Milliseconds: number } | undefined;
  /** With 32 calls at once; those that failed count as well. */
  readonly perSecond: Summary;
  /** Of all calls, those in which the caller saw no error. */
  readonly successShare: number;
}

interface Contender {
  readonly name: string;
  readonly call: Caller;
  /** The name of what it is compared with: the same client on one account. */
  readonly alone?: string;
}

export interface Comparison {
  readonly title: string;
  readonly results: readonly Compared[];
}

/** Over loopback: four accounts that answer at once; then four of which the first refuses each call. */
export async function compare(): Promise<Comparison[]> {
  const servers = await startStubServers();
  const portkey = await startPortkey();
  const { healthy, throttled } = servers;
  const alone = healthy[1] ?? "";
  try {
    return [
      {
        title: "four healthy accounts",
        results: await measure(contenders(alone, healthy, portkey.url, "loadbalance")),
      },
      {
        title: "the first of four accounts throttled",
        results: await measure(contenders(alone, [throttled, ...healthy.slice(1)], portkey.url, "fallback")),
      },
    ];
  } finally {
    portkey.stop();
    servers.stop();
  }
}

function contenders(
  alone: string,
  urls: readonly string[],
  portkey: string,
  mode: "loadbalance" | "fallback",
): Contender[] {
  const { fetch } = globalThis;
  const ours = balanced(urls);
  return [
    { name: "bare `fetch`", call: plainCaller(alone, fetch) },
    { name: "balanced `fetch`", call: plainCaller(PLACEHOLDER, ours), alone: "bare `fetch`" },
    { name: "openai SDK alone", call: sdkCaller(alone, fetch, 0) },
    { name: "openai SDK, balanced `fetch`", call: sdkCaller(PLACEHOLDER, ours, 0), alone: "openai SDK alone" },
    {
      name: `openai SDK, Portkey gateway (${mode})`,
      call: portkeyCaller(portkey, urls, mode),
      alone: "openai SDK alone",
    },
    { name: "LangChain alone", call: langChainCaller(alone, fetch) },
    { name: "LangChain, balanced `fetch`", call: langChainCaller(PLACEHOLDER, ours), alone: "LangChain alone" },
    { name: "LangChain, withFallbacks", call: withFallbacksCaller(urls), alone: "LangChain alone" },
    { name: "AI SDK alone", call: aiSdkCaller(alone, fetch) },
    { name: "AI SDK, balanced `fetch`", call: aiSdkCaller(PLACEHOLDER, ours), alone: "AI SDK alone" },
    { name: "AI SDK, ai-fallback", call: aiFallbackCaller(urls), alone: "AI SDK alone" },
    { name: "AI SDK, ai-retry", call: aiRetryCaller(urls), alone: "AI SDK alone" },
  ];
}

/** Rounds of all contenders take turns; the first one warms up. */
async function measure(list: readonly Contender[]): Promise<Compared[]> {
  const measured = list.map((contender) => ({
    ...contender,
    milliseconds: [] as number[],
    rates: [] as number[],
    failed: 0,
  }));
  for (let round = 0; round <= ROUNDS; round++) {
    for (const contender of measured) {
      const alone = await run(contender.call, 1);
      const together = await run(contender.call, CONNECTIONS);
      if (round === 0) continue;
      contender.milliseconds.push(...alone.milliseconds);
      contender.rates.push(together.perSecond);
      contender.failed += alone.failed + together.failed;
    }
  }
  const results = measured.map(({ name, alone, milliseconds, rates, failed }) => ({
    name,
    alone,
    p50Milliseconds: quantile(milliseconds, 0.5),
    p99Milliseconds: quantile(milliseconds, 0.99),
    perSecond: summary(rates),
    successShare: 1 - failed / (ROUNDS * CALLS * 2),
  }));
  return results.map(({ alone, ...result }) => {
    const base = results.find(({ name }) => name === alone);
    return {
      ...result,
      added: base && {
        p50Milliseconds: result.p50Milliseconds - base.p50Milliseconds,
        p99Milliseconds: result.p99Milliseconds - base.p99Milliseconds,
      },
    };
  });
}

async function run(call: Caller, connections: number) {
  const milliseconds: number[] = [];
  let failed = 0;
  let left = CALLS;
  const started = performance.now();
  const worker = async () => {
    while (left-- > 0) {
      const sent = performance.now();
      try {
        await call();
        milliseconds.push(performance.now() - sent);
      } catch {
        failed++;
      }
    }
  };
  await Promise.all(Array.from({ length: connections }, worker));
  return { milliseconds, failed, perSecond: (CALLS / (performance.now() - started)) * 1_000 };
}
