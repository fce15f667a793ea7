import {
  createLoadBalancedFetch,
  Duration,
  type FetchFunction,
  type LoadBalancedFetchOptions,
} from "aoai-kiss-lb/client";
import { type Summary, summary } from "./statistics.js";

const ROUNDS = 15;
const CALLS = 5_000;
const LIMITS = { attemptTimeout: Duration.minutes(2), deadline: Duration.minutes(4) };
const HEADERS = {
  accept: "application/json",
  "content-type": "application/json",
  "api-key": "placeholder",
  "user-agent": "AzureOpenAI/JS 6.49.0",
  "x-stainless-lang": "js",
  "x-stainless-os": "Linux",
  "x-stainless-retry-count": "0",
  "x-stainless-runtime": "node",
};
const BODY = JSON.stringify({ messages: [{ role: "user", content: "x".repeat(960) }], model: "gpt", stream: true });

export interface Overhead {
  readonly name: string;
  /** Over the same call of the bare stub. */
  readonly microseconds: Summary;
}

/** What a balanced call costs over a bare one, where the network costs nothing. Rounds of all cases take turns. */
export async function measureOverhead(): Promise<Overhead[]> {
  const answer = new Response("{}", { headers: { "x-ratelimit-remaining-tokens": "100" } });
  const stub: FetchFunction = async () => answer;
  const legacy = "https://balanced.invalid/openai/deployments/gpt/chat/completions?api-version=2024-10-21";
  const v1 = "https://balanced.invalid/openai/v1/chat/completions";
  const cases = [
    { name: "legacy path, 2 endpoints", url: legacy, fetch: balanced(stub, 2) },
    { name: "legacy path, 10 endpoints", url: legacy, fetch: balanced(stub, 10) },
    { name: "legacy path, 100 endpoints", url: legacy, fetch: balanced(stub, 100) },
    { name: "legacy path, 2 endpoints, attemptTimeout and deadline", url: legacy, fetch: balanced(stub, 2, LIMITS) },
    { name: "legacy path, 2 endpoints, onEvent", url: legacy, fetch: balanced(stub, 2, { onEvent: () => undefined }) },
    { name: "v1, 1 KB body rewritten, 2 endpoints", url: v1, fetch: balanced(stub, 2, {}, { gpt: "gpt-renamed" }) },
  ];
  const times = new Map(cases.map(({ name }) => [name, [] as number[]]));
  for (let round = 0; round <= ROUNDS; round++) {
    const base = await microsecondsPerCall(stub, legacy);
    for (const { name, url, fetch } of cases) {
      const time = await microsecondsPerCall(fetch, url);
      // The first round warms up.
      if (round > 0) times.get(name)?.push(time - base);
    }
  }
  return Array.from(times, ([name, list]) => ({ name, microseconds: summary(list) }));
}

function balanced(
  fetch: FetchFunction,
  count: number,
  options: Partial<LoadBalancedFetchOptions> = {},
  deployments?: Record<string, string>,
): FetchFunction {
  const endpoints = Array.from({ length: count }, (_, index) => ({
    url: `https://account-${index}.openai.azure.com`,
    apiKey: "key",
    ...(deployments && { deployments }),
  }));
  return createLoadBalancedFetch({ ...options, endpoints, fetch });
}

async function microsecondsPerCall(fetch: FetchFunction, url: string): Promise<number> {
  const { signal } = new AbortController();
  const started = process.hrtime.bigint();
  for (let call = 0; call < CALLS; call++) {
    await fetch(url, { method: "POST", headers: new Headers(HEADERS), body: BODY, signal });
  }
  return Number(process.hrtime.bigint() - started) / CALLS / 1_000;
}
