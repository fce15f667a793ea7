import { type FetchFunction } from "aoai-kiss-lb/client";
import { aiRetryCaller, type Caller, sdkCaller, withFallbacksCaller } from "../client/callers.js";
import { type Client, type Contender, remembered, type Serve } from "./contender.js";
import { promptOf, type Surroundings, type World } from "./world.js";

export const SDK_RETRIES = library("openai SDK's retries, gateway", ({ urls, fetch }) =>
  sdkCaller("https://gateway.invalid", inTurn(urls, fetch)),
);

/** What others do: the libraries themselves, unless a name says otherwise. */
export const PEERS: readonly Contender[] = [
  SDK_RETRIES,
  library("LangChain withFallbacks", ({ urls, fetch }) => withFallbacksCaller(urls, fetch)),
  library("AI SDK with ai-retry", ({ urls, fetch }) => aiRetryCaller(urls, fetch)),
  { name: "litellm's shuffle (a model)", waits: false, learns: true, create: shuffle },
];

function library(name: string, create: (surroundings: Surroundings) => Caller): Client {
  return {
    name,
    waits: false,
    learns: false,
    create(surroundings) {
      const call = create(surroundings);
      return (arrival) => call({ prompt: promptOf(arrival) });
    },
  };
}

/** As an Application Gateway spreads requests; one that no backend takes is a 502. */
function inTurn(urls: readonly string[], fetch: FetchFunction): FetchFunction {
  let turn = 0;
  return async (_, init) => {
    const url = urls[turn++ % urls.length] ?? "";
    return fetch(url, init).catch((error: unknown) => {
      if (error instanceof TypeError) return new Response("", { status: 502 });
      throw error;
    });
  };
}

/** @see https://docs.litellm.ai/docs/routing: `simple-shuffle`, `cooldown_time` 5 s, `num_retries` 2 */
const COOLDOWN_MILLISECONDS = 5_000;
const RETRIES = 2;

/**
 * The defaults of litellm's router, which is written in Python: any deployment that is not cooling down, at random; a 429
 * cools it down for 5 s, whatever its hint; two retries at once, and none where all are cooling down.
 */
function shuffle(world: World): Serve {
  const stateOf = remembered((process) => ({
    random: world.random(process),
    until: world.endpoints.map(() => 0),
  }));
  return async (arrival) => {
    const { random, until } = stateOf(arrival.process);
    for (let tries = 0; tries <= RETRIES; tries++) {
      const available = world.endpoints.filter((_, index) => (until[index] ?? 0) <= world.now);
      const endpoint = available[Math.floor(random() * available.length)];
      if (endpoint === undefined) break;
      const status = await world.send(endpoint, arrival).then(
        (response) => response.status,
        () => undefined,
      );
      if (status === 200) return;
      if (status === 429) until[world.endpoints.indexOf(endpoint)] = world.now + COOLDOWN_MILLISECONDS;
    }
    throw new Error("no deployment is available");
  };
}
