import { Call } from "./call/call.js";
import { tell } from "./call/reporter.js";
import { Attempt } from "./endpoints/attempt.js";
import { EndpointPool, type EndpointSnapshot } from "./endpoints/endpoint-pool.js";
import { Holders } from "./endpoints/holders.js";
import { Queue } from "./endpoints/queue.js";
import { select } from "./endpoints/selection.js";
import { InvalidOptionError, NoEndpointAvailableError } from "./errors.js";
import { checkedOptions, type CheckedOptions, type FetchFunction, type LoadBalancedFetchOptions } from "./options.js";
import { type BalancedRequest, isRequest, readRequest } from "./request/request.js";

/** A `fetch` over several endpoints. */
export interface LoadBalancedFetch extends FetchFunction {
  /** How the endpoints stand now; plain data, without credentials. */
  snapshot(): EndpointSnapshot[];
  /**
   * Chooses an endpoint as a call would, for a connection that does not pass through `fetch`: a WebSocket of the realtime
   * API. The balancer does not see what becomes of the connection; report one that was refused with {@link coolDown}.
   *
   * @throws NoEndpointAvailableError where all are cooling down.
   * @throws TokenProviderError where the tokens of all that are available cannot be had.
   */
  choose(what: { readonly deployment?: string | undefined; readonly affinityKey?: string }): Promise<Choice>;
  /**
   * Leaves an endpoint alone until a time, because somebody else knows that it is throttled. Without a deployment it holds
   * for all of the endpoint. A shorter one than is known has no effect.
   *
   * @param endpoint its name.
   * @throws InvalidOptionError for a name that no endpoint has.
   */
  coolDown(endpoint: string, what: { readonly deployment?: string | undefined; readonly until: Date }): void;
}

/** Where to connect to, and what to send there. */
export interface Choice {
  /** The endpoint's name. */
  readonly endpoint: string;
  /** What comes before `/openai`. */
  readonly url: string;
  /** With the credential. */
  readonly headers: Readonly<Record<string, string>>;
  /** The endpoint's own name of the deployment. */
  readonly deployment: string | undefined;
}

/**
 * Makes a `fetch` that spreads requests over Azure OpenAI endpoints and moves on to the next one where one
 * throttles or fails. Of a request's URL only what follows from `/openai`, `/models` or `/anthropic` on is used;
 * credentials that the caller sets are replaced by the endpoint's own.
 *
 * It rejects as `fetch` does: with the abort reason of the caller's signal; with {@link DeadlineError} after the deadline;
 * with an attempt's own error where its request may have run and must not, or cannot, be sent again; with
 * {@link EndpointsUnreachableError} where no endpoint gave an HTTP answer. Else the caller gets what HTTP has answered.
 *
 * @throws InvalidOptionError for options that cannot work.
 * @example
 * const fetch = createLoadBalancedFetch({
 *   endpoints: [
 *     { url: "https://east.openai.azure.com", apiKey: process.env.EAST_KEY },
 *     { url: "https://west.openai.azure.com", apiKey: process.env.WEST_KEY },
 *   ],
 * });
 */
export function createLoadBalancedFetch(options: LoadBalancedFetchOptions): LoadBalancedFetch {
  const checked = checkedOptions(options);
  const pool = new EndpointPool(
    checked.endpoints,
    checked.random,
    () => new Queue(checked.endpoints.length, checked.maxQueued, checked.now),
  );
  // A sole endpoint has nothing to wait for.
  const waits = checked.waits && checked.endpoints.length > 1;
  const holders = new Holders();
  const balancedFetch: FetchFunction = async (input, init) => {
    if (!isRequest(input) && OTHER_SCHEME.test(String(input))) return checked.fetch(input, init);
    const started = checked.now();
    const request = await readRequest(input, init, checked);
    const states = pool.states(request.deployment, request.operation, started);
    const queue = waits ? pool.queue(request.deployment, started) : undefined;
    return new Call(request, states, queue, holders, checked, affinityKeyOf(request, checked), started).run();
  };
  return Object.assign(balancedFetch, {
    snapshot: () => pool.snapshot(checked.now()),
    choose: (what: Parameters<LoadBalancedFetch["choose"]>[0]) => choose(pool, checked, what),
    coolDown: (...[endpoint, what]: Parameters<LoadBalancedFetch["coolDown"]>) =>
      coolDown(pool, checked, endpoint, what),
  });
}

/** The openai SDK asks for `data:,` before its first upload, to see whose Response class it will get. */
const OTHER_SCHEME = /^(?!https?:)[a-z][a-z\d+.-]*:/i;

/** @throws InvalidOptionError for a key that is no string: all numbers would count as the same. */
function affinityKeyOf({ facts, deployment, operation, headers }: BalancedRequest, options: CheckedOptions) {
  const key: unknown = facts.promptCacheKey ?? options.affinityKey?.({ deployment, operation, headers });
  if (key === undefined || typeof key === "string") return key;
  const found = key === null ? "null" : `a value of type ${typeof key}`;
  throw new InvalidOptionError("affinityKey", `gave ${found}; let it give a string, or undefined for no key`);
}

async function choose(
  pool: EndpointPool,
  { strategy, cooldown, now, random }: CheckedOptions,
  { deployment, affinityKey }: Parameters<LoadBalancedFetch["choose"]>[0],
): Promise<Choice> {
  let left = pool.states(deployment, "other", now());
  let failure: unknown;
  for (;;) {
    const at = now();
    const state = select(left, { strategy, affinityKey, tokens: 0 }, at, random);
    if (state === undefined) {
      if (failure !== undefined) throw failure;
      throw new NoEndpointAvailableError(Math.min(...left.map((other) => other.availableAt(0, at))) - at);
    }
    const attempt = new Attempt(state, { lengths: cooldown, random }, 0, at);
    try {
      const { endpoint } = state;
      const headers = { ...(await endpoint.credential()) };
      attempt.cancel();
      const actual = deployment === undefined ? undefined : (endpoint.deployments?.get(deployment) ?? deployment);
      return { endpoint: endpoint.name, url: endpoint.base, headers, deployment: actual };
    } catch (error) {
      failure = error;
      const refusal = { reason: "misconfigured", scope: "endpoint", hintMilliseconds: undefined } as const;
      attempt.fail({ ...refusal, answered: false, headers: undefined }, now());
      left = left.filter((other) => other !== state);
    }
  }
}

function coolDown(
  pool: EndpointPool,
  { now, wallClock, endpoints, onEvent }: CheckedOptions,
  endpoint: string,
  { deployment, until }: Parameters<LoadBalancedFetch["coolDown"]>[1],
): void {
  const at = now();
  const found = pool.find(endpoint, deployment, at);
  if (found === undefined) {
    const names = endpoints.map(({ name }) => name).join(", ");
    throw new InvalidOptionError("endpoint", `"${endpoint}" is the name of none; known are ${names}`);
  }
  if (!(until instanceof Date) || Number.isNaN(until.getTime())) {
    throw new InvalidOptionError(
      "until",
      "is not a valid Date; give the time at which the endpoint is available again",
    );
  }
  if (endpoints.length === 1) return;
  const cooldownMilliseconds = until.getTime() - wallClock();
  const scope = deployment === undefined ? "endpoint" : "deployment";
  const breaker = deployment === undefined ? found.breaker : found.deployment.breaker;
  if (!breaker.coolDown(at + cooldownMilliseconds, at)) return;
  if (deployment !== undefined) found.deployment.room.hold(at + cooldownMilliseconds);
  tell(onEvent, {
    type: "cooldown",
    endpoint,
    deployment,
    operation: undefined,
    reason: "throttled",
    scope,
    cooldownMilliseconds,
    consecutiveFailures: breaker.consecutiveFailures,
    status: undefined,
    errorCode: undefined,
  });
}
