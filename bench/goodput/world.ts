import { type FetchFunction } from "aoai-kiss-lb/client";
import { Endpoint } from "./endpoint.js";
import { createRandom, type Random } from "./random.js";
import { type Scenario } from "./scenario.js";
import { Tally } from "./tally.js";
import { type Arrival } from "./traffic.js";

const HOST = /^https:\/\/e(\d+)\./;
const REQUEST_ID = /#(\d+) /;
const WORDS = "the quick brown fox jumps over the lazy dog and runs away from it into the woods ";

export interface WorldProps {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly end: number;
  readonly arrivals: readonly Arrival[];
  /** Milliseconds on a clock that never goes back. */
  readonly clock: () => number;
}

/** What a client may know of its surroundings. */
export interface Surroundings {
  readonly scenario: Scenario;
  /** Of each endpoint. */
  readonly urls: readonly string[];
  readonly fetch: FetchFunction;
  /** Chance of a process's own. */
  readonly random: (process: number) => Random;
}

/** The endpoints of a scenario in one run in virtual time. */
export class World implements Surroundings {
  readonly endpoints: readonly Endpoint[];
  readonly urls: readonly string[];
  readonly tally = new Tally();
  readonly scenario: Scenario;
  private readonly start: number;

  constructor(private readonly props: WorldProps) {
    const { scenario, seed, end, clock } = props;
    this.scenario = scenario;
    this.start = clock();
    this.endpoints = scenario.quotas.map(
      (quota, index) =>
        new Endpoint({
          quota,
          counting: scenario.counting,
          headers: scenario.headers,
          fault: scenario.faults[index],
          latency: scenario.latency,
          priority: scenario.priorities?.[index] ?? 1,
          end,
          random: createRandom(seed, 3, index),
        }),
    );
    this.urls = scenario.quotas.map((_, index) => `https://e${index}.openai.azure.com`);
  }

  /** Milliseconds since the start of the run. */
  get now(): number {
    return this.props.clock() - this.start;
  }

  readonly random = (process: number): Random => createRandom(this.props.seed, 4, process);

  /** Sends the request of an arrival, known by its prompt, to the endpoint of the URL. */
  readonly fetch: FetchFunction = async (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    const endpoint = this.endpoints[Number(HOST.exec(url)?.[1])];
    const id = Number(REQUEST_ID.exec(String(init?.body))?.[1]);
    const arrival = this.props.arrivals[id];
    if (endpoint === undefined || arrival === undefined) throw new Error(`nobody sent this to ${url}`);
    return this.send(endpoint, arrival, init?.signal ?? undefined);
  };

  /** @throws TypeError as `fetch` does where the connection is refused. */
  async send(endpoint: Endpoint, arrival: Arrival, signal?: AbortSignal): Promise<Response> {
    const { now } = this;
    const { admitted, response, milliseconds } = endpoint.receive(arrival.tokens, now);
    this.tally.attempt(arrival);
    if (admitted) this.tally.admit(arrival, now, this.endpoints.indexOf(endpoint));
    await pass(milliseconds, signal);
    if (response !== undefined) return response;
    throw new TypeError("fetch failed", { cause: Object.assign(new Error("refused"), { code: "ECONNREFUSED" }) });
  }
}

/** What an arrival asks, in as many characters as it should have. */
export function promptOf({ id, promptCharacters }: Arrival): string {
  const begin = `#${id} `;
  return begin + WORDS.repeat(Math.ceil(promptCharacters / WORDS.length)).slice(begin.length, promptCharacters);
}

/** Rejects as soon as the signal is aborted. */
export function pass(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", end);
      resolve();
    }, milliseconds);
    if (signal?.aborted === true) end();
    else signal?.addEventListener("abort", end, { once: true });
  });
}
