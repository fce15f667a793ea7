import {
  createLoadBalancedFetch,
  Duration,
  type FetchFunction,
  type LoadBalancedFetchOptions,
} from "aoai-kiss-lb/client";
import { type Cost, measureCosts } from "./processor-time.js";

const ROUNDS = 15;
const CALLS = 5_000;
const LIMITS = { attemptTimeout: Duration.minutes(2), deadline: Duration.minutes(4) };
const LEGACY = "https://balanced.invalid/openai/deployments/gpt/chat/completions?api-version=2024-10-21";
const V1 = "https://balanced.invalid/openai/v1/chat/completions";
/** As the openai SDK sends them. */
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

/** What a balanced call costs over a bare one, where the network costs nothing. */
export async function measureOverhead(): Promise<(Cost & { readonly aim: number })[]> {
  const headers = { "content-type": "application/json", "x-ratelimit-remaining-tokens": "100" };
  // One for all calls: to make one costs as much as what is measured, and nobody reads it.
  const answer = new Response("{}", { headers });
  const stub: FetchFunction = async () => answer;
  const cases = [
    { name: "2 endpoints", aim: 10, url: LEGACY, fetch: balanced(stub, 2) },
    { name: "100 endpoints", aim: 12, url: LEGACY, fetch: balanced(stub, 100) },
    { name: "2 endpoints, `attemptTimeout` and `deadline`", aim: 20, url: LEGACY, fetch: balanced(stub, 2, LIMITS) },
    { name: "2 endpoints, 1 KB body rewritten", aim: 15, url: V1, fetch: balanced(stub, 2, {}, { gpt: "gpt-eu" }) },
    { name: "2 endpoints, `onEvent`", aim: 10, url: LEGACY, fetch: balanced(stub, 2, { onEvent: () => undefined }) },
  ];
  const costs = await measureCosts(
    cases.map(({ name, url, fetch }) => ({ name, bare: caller(stub, url), balanced: caller(fetch, url) })),
    ROUNDS,
    CALLS,
  );
  return costs.map((cost, index) => ({ ...cost, aim: cases[index]?.aim ?? Number.NaN }));
}

function caller(fetch: FetchFunction, url: string): () => Promise<Response> {
  const { signal } = new AbortController();
  return () => fetch(url, { method: "POST", headers: new Headers(HEADERS), body: BODY, signal });
}

export function balanced(
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
