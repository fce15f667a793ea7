import {
  createLoadBalancedFetch,
  type LoadBalancedFetchOptions,
  type LoadBalancerEvent,
} from "../../lib/client/index.js";
import { FakeOpenAi, type FakeOpenAiOptions } from "../../lib/simulator/index.js";
import { repetitions } from "./repetitions.js";

export const AGENT_MODEL = "gpt-5-mini";

/** What makes a request stateless. */
export interface Storage {
  readonly store?: false;
  readonly include?: "reasoning.encrypted_content"[];
}

export const STORAGES: readonly (readonly [string, Storage])[] = [
  ["stored", {}],
  ["with encrypted reasoning", { store: false, include: ["reasoning.encrypted_content"] }],
];

/** A conversation that calls a tool, as users of an SDK write it: two requests or more. Gives the last answer's text. */
export type AgentLoop = (url: string, fetch: typeof globalThis.fetch, storage: Storage) => Promise<string>;

export const REPLY = "21 degrees.";

const started: FakeOpenAi[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((account) => account.close()));
});

/** Accounts that refuse what another one holds, and balancers over them. Closed when the test is over. */
export async function agentAccounts(count: number, options: FakeOpenAiOptions = {}) {
  const deployments = [{ name: AGENT_MODEL }];
  const accounts = await Promise.all(
    Array.from({ length: count }, (_, index) =>
      FakeOpenAi.create({ name: `account-${index}`, reply: REPLY, deployments, ...options }),
    ),
  );
  started.push(...accounts);
  const endpoints = accounts.map(({ name, url }) => ({ name, url, apiKey: "key" }));
  const events: LoadBalancerEvent[] = [];
  return {
    accounts,
    endpoints,
    events,
    /** The outcomes of all attempts so far, and how many of each. */
    outcomes: () => tally(events.flatMap((event) => (event.type === "attempt" ? [event.outcome] : []))),
    /** The name of the endpoint of the last attempt. */
    lastEndpoint: () => events.flatMap((event) => (event.type === "attempt" ? [event.endpoint] : [])).at(-1) ?? "",
    /** The account that has answered the only conversation so far. */
    holder(): FakeOpenAi {
      const [holder, ...others] = accounts.filter(({ requests }) => requests.some(({ status }) => status === 200));
      if (holder === undefined || others.length > 0) throw new Error(`${others.length + 1} accounts have answered`);
      return holder;
    },
    balancer: (more: Partial<LoadBalancedFetchOptions> = {}) =>
      createLoadBalancedFetch({ endpoints, onEvent: (event) => void events.push(event), ...more }),
  };
}

/** A fetch that asks for another one at each request, with the number of those before. */
export function perRequest(fetchOf: (earlier: number) => typeof fetch): typeof fetch {
  let earlier = 0;
  return (input, init) => fetchOf(earlier++)(input, init);
}

/** How many conversations are held at once: a multiple of the kinds of one SDK, four. */
export const CONVERSATIONS = repetitions(20, 100);

/** Conversations at once, every second one streamed, half of both stored. @returns how many ended in what. */
export async function manyConversations(loops: readonly AgentLoop[], fetchOf: () => typeof fetch) {
  const kinds = loops.flatMap((loop) => STORAGES.map(([, storage]) => ({ loop, storage })));
  const all = Array.from({ length: CONVERSATIONS / kinds.length }, () => kinds).flat();
  const ends = all.map(({ loop, storage }) => loop("https://balanced.invalid", fetchOf(), storage).catch(messageOf));
  return tally(await Promise.all(ends));
}

/** Without ids, so that errors of one kind are counted together. */
function messageOf(error: unknown): string {
  return String(error).replace(/(?<=').+(?=')|gAAA\S+/g, "…");
}

function tally(values: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}
