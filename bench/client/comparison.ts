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

/** One after the other. */
const CALLS = 1_000;
const WARM_UP_CALLS = 200;
/** At once, in each round. */
const CALLS_TOGETHER = 300;
const CONNECTIONS = 32;
const ROUNDS = 7;

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

async function measure(list: readonly Contender[]): Promise<Compared[]> {
  const alone = await measureOneByOne(list);
  const together = await measureTogether(list);
  const results = list.map((contender, index) => {
    const { milliseconds, failed } = alone[index] ?? { milliseconds: [], failed: 0 };
    const { rates, failed: failedTogether } = together[index] ?? { rates: [], failed: 0 };
    return {
      ...contender,
      p50Milliseconds: quantile(milliseconds, 0.5),
      p99Milliseconds: quantile(milliseconds, 0.99),
      perSecond: summary(rates),
      successShare: 1 - (failed + failedTogether) / (CALLS + ROUNDS * CALLS_TOGETHER),
    };
  });
  return results.map(({ name, p50Milliseconds, p99Milliseconds, perSecond, successShare, alone: other }) => {
    const base = results.find((result) => result.name === other);
    return {
      name,
      p50Milliseconds,
      p99Milliseconds,
      perSecond,
      successShare,
      added: base && {
        p50Milliseconds: p50Milliseconds - base.p50Milliseconds,
        p99Milliseconds: p99Milliseconds - base.p99Milliseconds,
      },
    };
  });
}

/**
 * The contenders take turns call by call, so that what else the machine does meets all of them, and in a random order,
 * so that none always comes after one of the same library, whose code is then at hand.
 */
async function measureOneByOne(list: readonly Contender[]) {
  const measured = list.map(({ call }) => ({ call, milliseconds: [] as number[], failed: 0 }));
  for (let round = -WARM_UP_CALLS; round < CALLS; round++) {
    for (const contender of shuffled(measured)) {
      const sent = performance.now();
      const succeeded = await succeeds(contender.call);
      if (round < 0) continue;
      if (succeeded) contender.milliseconds.push(performance.now() - sent);
      else contender.failed++;
    }
  }
  return measured;
}

/** Round by round. */
async function measureTogether(list: readonly Contender[]) {
  const measured = list.map(({ call }) => ({ call, rates: [] as number[], failed: 0 }));
  for (let round = 0; round < ROUNDS; round++) {
    for (const contender of measured) {
      const started = performance.now();
      let left = CALLS_TOGETHER;
      const caller = async () => {
        while (left-- > 0) if (!(await succeeds(contender.call))) contender.failed++;
      };
      await Promise.all(Array.from({ length: CONNECTIONS }, caller));
      contender.rates.push((CALLS_TOGETHER / (performance.now() - started)) * 1_000);
    }
  }
  return measured;
}

function shuffled<T>(list: readonly T[]): T[] {
  return list
    .map((item) => ({ item, key: Math.random() }))
    .sort((one, other) => one.key - other.key)
    .map(({ item }) => item);
}

async function succeeds(call: Caller): Promise<boolean> {
  try {
    await call();
    return true;
  } catch {
    return false;
  }
}
