import { Duration } from "../duration.js";
import { type CooldownLengths } from "./endpoints/breaker.js";
import { checkedEndpoint, type Endpoint, type EndpointOptions } from "./endpoints/endpoint.js";
import { STRATEGIES, type Strategy } from "./endpoints/selection.js";
import { InvalidOptionError } from "./errors.js";
import { type LoadBalancerEvent } from "./events.js";
import { OPERATIONS, type Operation } from "./request/operation.js";
import {
  checkedChoice,
  checkedDuration,
  checkedFunction,
  checkedNumber,
  checkedObject,
  refuseUnknownOptions,
  shown,
} from "./validation.js";

/** Lengths of cooldowns where the endpoint's headers name none; those of failures double, with jitter. */
export interface CooldownOptions {
  /**
   * After a 429.
   * @default 10 s
   */
  readonly throttled?: Duration;
  /**
   * After 408, 5xx, network errors and timeouts.
   * @default 1 s
   */
  readonly failed?: Duration;
  /**
   * After 401, 403, a deployment that does not exist and a failing token provider.
   * @default 1 min
   */
  readonly misconfigured?: Duration;
  /**
   * Bounds every cooldown, also those that headers ask for, but not those that `coolDown` imports.
   * @default 5 min
   */
  readonly maximum?: Duration;
}

/** What `affinityKey` may decide by. */
export interface AffinityRequest {
  readonly deployment: string | undefined;
  readonly operation: Operation;
  /** As the caller gave them, names in lower case; without credentials. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface LoadBalancedFetchOptions {
  /** One or more. A sole endpoint never cools down. */
  readonly endpoints: readonly EndpointOptions[];
  /** @default "weighted" where an endpoint has a weight, else "room" */
  readonly strategy?: Strategy;
  /**
   * Requests for which this gives the same string go to the same endpoint while it is available: that is where their prompt
   * is cached. In all processes alike, without a store. A request's `prompt_cache_key` has precedence.
   * @default none
   */
  readonly affinityKey?: (request: AffinityRequest) => string | undefined;
  /**
   * What may be sent to another endpoint although the first may have run it (408, 5xx, a connection that broke,
   * no headers in time): the work, and its bill, can double. Reads are always repeated.
   * @default DEFAULT_RETRY_AMBIGUOUS
   */
  readonly retryAmbiguous?: readonly Operation[];
  /**
   * Budget of a whole call until `fetch` resolves; after it the call rejects with {@link DeadlineError}.
   * An endpoint that has held the call for half of it or more when it ends cools down as failed.
   * @default none
   */
  readonly deadline?: Duration;
  /**
   * Time from setting out, with the time for a token, to response headers at one endpoint. A completion that is not streamed sends its headers
   * when it is complete, so this has to exceed the longest one. Less than the deadline.
   * @default none (Node's fetch gives up after 5 min)
   */
  readonly attemptTimeout?: Duration;
  /**
   * Likewise to the first event of a stream, where the request's body has `"stream": true` or the answer is an
   * event stream. Less than the deadline.
   * @default none
   */
  readonly firstEventTimeout?: Duration;
  /**
   * When `fetch` resolves with a stream: with the first event that carries `output`, so that an error before it is failed
   * over, or with the response's `headers`. A background response always resolves with its headers.
   * @default "output"
   */
  readonly commit?: "output" | "headers";
  /**
   * Time after a stream's first event at which `fetch` resolves even without output: reasoning can take minutes.
   * @default 1 s
   */
  readonly commitAfter?: Duration;
  /**
   * When no endpoint is available: `answer` a 429 that says when one will be, or `wait` for it, which needs a `deadline`.
   * @default "answer"
   */
  readonly whenExhausted?: "answer" | "wait";
  /**
   * With `whenExhausted: "wait"`, how many calls of one deployment may wait at a time: one more gets the 429 at once.
   * @default 1000
   */
  readonly maxQueued?: number;
  readonly cooldown?: CooldownOptions;
  /**
   * A body that is a stream can be sent once only. One of up to this many bytes is read into memory first, so
   * that it can be sent to another endpoint; a longer one still goes out, once.
   * @default 0
   */
  readonly maxBufferedBodyBytes?: number;
  /**
   * Gets each attempt, cooldown, recovery, wait and exhaustion, in order. What it throws, or its promise rejects with, is
   * ignored.
   */
  readonly onEvent?: (event: LoadBalancerEvent) => void;
  /**
   * Sends the attempts: the platform's, undici's, node-fetch or cross-fetch, or what wraps one of them. FormData and Blobs
   * reach it as bytes. One that does not send web streams as bodies needs `maxBufferedBodyBytes` for requests that have one.
   * @default the global fetch
   */
  readonly fetch?: FetchFunction;
  /**
   * Milliseconds on a clock that never goes back.
   * @default performance.now
   */
  readonly now?: () => number;
  /**
   * Milliseconds since the epoch, for HTTP dates and `coolDown`.
   * @default Date.now
   */
  readonly wallClock?: () => number;
  /**
   * From 0 up to 1.
   * @default Math.random
   */
  readonly random?: () => number;
}

/** The form of `fetch`. */
export type FetchFunction = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

export const DEFAULT_STRATEGY: Strategy = "room";
export const DEFAULT_RETRY_AMBIGUOUS: readonly Operation[] = [
  "chat",
  "completions",
  "embeddings",
  "audio",
  "responses",
];
export const DEFAULT_COMMIT = "output";
export const DEFAULT_COMMIT_AFTER = Duration.seconds(1);
export const DEFAULT_WHEN_EXHAUSTED = "answer";
export const DEFAULT_MAX_QUEUED = 1_000;
export const DEFAULT_COOLDOWN = {
  throttled: Duration.seconds(10),
  failed: Duration.seconds(1),
  misconfigured: Duration.minutes(1),
  maximum: Duration.minutes(5),
} as const satisfies CooldownOptions;
export const DEFAULT_MAX_BUFFERED_BODY_BYTES = 0;

/** Options with every default filled in. */
export interface CheckedOptions {
  readonly endpoints: readonly Endpoint[];
  readonly strategy: Strategy;
  readonly affinityKey: ((request: AffinityRequest) => string | undefined) | undefined;
  readonly retryAmbiguous: ReadonlySet<Operation>;
  readonly deadline: Duration | undefined;
  readonly attemptTimeout: Duration | undefined;
  readonly firstEventTimeout: Duration | undefined;
  readonly commit: "output" | "headers";
  readonly commitAfter: Duration;
  readonly waits: boolean;
  readonly maxQueued: number;
  readonly cooldown: CooldownLengths;
  readonly maxBufferedBodyBytes: number;
  readonly onEvent: ((event: LoadBalancerEvent) => void) | undefined;
  readonly fetch: FetchFunction;
  /** Whether its responses may be of another kind than the platform's. */
  readonly isCustomFetch: boolean;
  readonly now: () => number;
  readonly wallClock: () => number;
  readonly random: () => number;
}

const KNOWN = [
  "endpoints",
  "strategy",
  "affinityKey",
  "retryAmbiguous",
  "deadline",
  "attemptTimeout",
  "firstEventTimeout",
  "commit",
  "commitAfter",
  "whenExhausted",
  "maxQueued",
  "cooldown",
  "maxBufferedBodyBytes",
  "onEvent",
  "fetch",
  "now",
  "wallClock",
  "random",
] as const;
KNOWN satisfies readonly (keyof LoadBalancedFetchOptions)[];

/** @throws InvalidOptionError for the first option that cannot work. */
export function checkedOptions(options: LoadBalancedFetchOptions): CheckedOptions {
  refuseUnknownOptions(checkedObject(options, "options", "{ endpoints: [ … ] }"), KNOWN, "options");
  const endpoints = checkedEndpoints(options.endpoints);
  const deadline = checkedDuration(options.deadline, "deadline");
  const whenExhausted = checkedChoice(options.whenExhausted, ["answer", "wait"], "whenExhausted");
  if (whenExhausted === "wait" && deadline === undefined) {
    throw new InvalidOptionError("whenExhausted", 'is "wait" without a bound; set `deadline` too');
  }
  return {
    endpoints,
    strategy: checkedStrategy(options),
    affinityKey: checkedFunction(options.affinityKey, "affinityKey"),
    retryAmbiguous: new Set(checkedOperations(options.retryAmbiguous ?? DEFAULT_RETRY_AMBIGUOUS)),
    deadline,
    attemptTimeout: checkedTimeout(options.attemptTimeout, "attemptTimeout", deadline),
    firstEventTimeout: checkedTimeout(options.firstEventTimeout, "firstEventTimeout", deadline),
    commit: checkedChoice(options.commit, ["output", "headers"], "commit") ?? DEFAULT_COMMIT,
    commitAfter: checkedDuration(options.commitAfter, "commitAfter") ?? DEFAULT_COMMIT_AFTER,
    waits: (whenExhausted ?? DEFAULT_WHEN_EXHAUSTED) === "wait",
    maxQueued: checkedMaxQueued(options.maxQueued, whenExhausted ?? DEFAULT_WHEN_EXHAUSTED),
    cooldown: checkedCooldown(options.cooldown ?? {}),
    maxBufferedBodyBytes: checkedNumber(
      options.maxBufferedBodyBytes ?? DEFAULT_MAX_BUFFERED_BODY_BYTES,
      "maxBufferedBodyBytes",
    ),
    onEvent: checkedFunction(options.onEvent, "onEvent"),
    // Looked up at each call, because tests and tracing tools replace the global one.
    fetch: checkedFunction(options.fetch, "fetch") ?? ((input, init) => globalThis.fetch(input, init)),
    isCustomFetch: options.fetch !== undefined && options.fetch !== globalThis.fetch,
    now: checkedFunction(options.now, "now") ?? (() => performance.now()),
    wallClock: checkedFunction(options.wallClock, "wallClock") ?? Date.now,
    random: checkedFunction(options.random, "random") ?? Math.random,
  };
}

function checkedTimeout(
  timeout: Duration | undefined,
  name: string,
  deadline: Duration | undefined,
): Duration | undefined {
  const checked = checkedDuration(timeout, name);
  if (checked === undefined || deadline === undefined || checked.toMilliseconds() < deadline.toMilliseconds()) {
    return checked;
  }
  throw new InvalidOptionError(
    name,
    `is ${String(checked)}, which the deadline of ${String(deadline)} always cuts short; give less or leave it out`,
  );
}

function checkedEndpoints(list: readonly EndpointOptions[]): readonly Endpoint[] {
  if (!Array.isArray(list) || list.length === 0) {
    throw new InvalidOptionError("endpoints", "has no endpoint; give at least one, such as { url, apiKey }");
  }
  const endpoints = list.map((options, index) => checkedEndpoint(options, `endpoints[${index}]`));
  for (const [index, { base, name }] of endpoints.entries()) {
    const first = endpoints.findIndex((other) => other.name === name);
    if (first === index) continue;
    throw new InvalidOptionError(
      `endpoints[${index}].name`,
      endpoints[first]?.base === base && list[index]?.name === undefined
        ? `is missing, and endpoints[${first}] has the same url "${base}"; give each a name of its own`
        : `"${name}" is also the name of endpoints[${first}]; give each endpoint a name of its own`,
    );
  }
  return endpoints;
}

function checkedStrategy({ strategy, endpoints }: LoadBalancedFetchOptions): Strategy {
  const weighted = endpoints.findIndex(({ weight }) => weight !== undefined);
  const chosen = checkedChoice(strategy, STRATEGIES, "strategy") ?? (weighted < 0 ? DEFAULT_STRATEGY : "weighted");
  if (weighted >= 0 && chosen !== "weighted") {
    throw new InvalidOptionError(
      `endpoints[${weighted}].weight`,
      `has no effect with the strategy "${chosen}"; use "weighted" or leave the weight out`,
    );
  }
  return chosen;
}

function checkedOperations(operations: readonly Operation[]): readonly Operation[] {
  if (!Array.isArray(operations)) {
    throw new InvalidOptionError("retryAmbiguous", `is ${String(operations)}; give a list of operations`);
  }
  operations.forEach((operation, index) => checkedChoice(operation, OPERATIONS, `retryAmbiguous[${index}]`));
  return operations;
}

function checkedMaxQueued(maximum: number | undefined, whenExhausted: "answer" | "wait"): number {
  if (maximum === undefined) return DEFAULT_MAX_QUEUED;
  if (whenExhausted === "answer") {
    throw new InvalidOptionError(
      "maxQueued",
      'has no effect, since no call waits; set whenExhausted: "wait" or leave it out',
    );
  }
  if (Number.isInteger(maximum) && maximum > 0) return maximum;
  throw new InvalidOptionError("maxQueued", `is ${shown(maximum)}; give a whole number, 1 or more`);
}

function checkedCooldown(cooldown: CooldownOptions): CooldownLengths {
  checkedObject(cooldown, "cooldown", "{ failed: Duration.seconds(1) }");
  refuseUnknownOptions(cooldown, Object.keys(DEFAULT_COOLDOWN), "cooldown");
  const length = (name: keyof CooldownOptions) =>
    (checkedDuration(cooldown[name], `cooldown.${name}`) ?? DEFAULT_COOLDOWN[name]).toMilliseconds();
  return {
    throttled: length("throttled"),
    failed: length("failed"),
    misconfigured: length("misconfigured"),
    maximum: length("maximum"),
  };
}
