import { Duration } from "../duration.js";
import { type BenchLengths } from "./bench.js";
import { checkedEndpoint, type Endpoint, type EndpointOptions } from "./endpoint.js";
import { InvalidOptionError } from "./errors.js";
import { type LoadBalancerEvent } from "./events.js";
import { OPERATIONS, type Operation } from "./operation.js";
import { STRATEGIES, type Strategy } from "./selection.js";
import {
  checkedChoice,
  checkedDuration,
  checkedFunction,
  checkedNumber,
  checkedObject,
  refuseUnknownOptions,
} from "./validation.js";

/** Lengths of benches where the endpoint's headers name none; those of failures double, with jitter. */
export interface BenchOptions {
  /**
   * After a 429.
   * @default 10 s
   */
  readonly throttled?: Duration;
  /**
   * After 408, 500, 502, 503, 504 and network errors.
   * @default 1 s
   */
  readonly failed?: Duration;
  /**
   * After 401, 403, 404 DeploymentNotFound and a failing token provider.
   * @default 1 min
   */
  readonly misconfigured?: Duration;
  /**
   * Bounds every bench, also those that headers ask for.
   * @default 5 min
   */
  readonly maximum?: Duration;
}

export interface LoadBalancedFetchOptions {
  /** One or more. A sole endpoint is never benched. */
  readonly endpoints: readonly EndpointOptions[];
  /** @default "weighted" where an endpoint has a weight, else "random" */
  readonly strategy?: Strategy;
  /**
   * What may be sent to another endpoint although the first may have run it (408, 5xx, a connection that broke,
   * no headers in time): the work, and its bill, can double. Reads are always repeated.
   * @default DEFAULT_RETRY_AMBIGUOUS
   */
  readonly retryAmbiguous?: readonly Operation[];
  /**
   * Budget of a whole call up to its response headers; after it the call rejects with {@link DeadlineError}.
   * An endpoint that has held the call for half of it or more when it ends is benched as failed.
   * @default none
   */
  readonly deadline?: Duration;
  /**
   * Time from sending to response headers at one endpoint. A completion that is not streamed sends its headers
   * when it is complete, so this has to exceed the longest one. Less than the deadline.
   * @default none (Node's fetch gives up after 5 min)
   */
  readonly attemptTimeout?: Duration;
  /**
   * When no endpoint is free: `answer` a 429 that says when one will be, or `wait` for it, which needs a `deadline`.
   * @default "answer"
   */
  readonly whenExhausted?: "answer" | "wait";
  readonly bench?: BenchOptions;
  /**
   * A body that is a stream can be sent once only. One of up to this many bytes is read into memory first, so
   * that it can be sent to another endpoint; a longer one still goes out, once.
   * @default 0
   */
  readonly maxBufferedBodyBytes?: number;
  /** Told of each attempt, bench, recovery and exhaustion, in order. What it throws, or its promise rejects with, is ignored. */
  readonly onEvent?: (event: LoadBalancerEvent) => void;
  /**
   * Sends the attempts. One that does not heed its signal is still bounded by `deadline` and `attemptTimeout`, but
   * not ended by the caller's abort. FormData has to be of the kind that it knows: npm's undici has its own.
   * @default the global fetch
   */
  readonly fetch?: FetchFunction;
  /**
   * Milliseconds on a clock that never goes back.
   * @default performance.now
   */
  readonly now?: () => number;
  /**
   * From 0 up to 1.
   * @default Math.random
   */
  readonly random?: () => number;
}

/** The form of `fetch`. */
export type FetchFunction = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

export const DEFAULT_STRATEGY: Strategy = "random";
export const DEFAULT_RETRY_AMBIGUOUS: readonly Operation[] = [
  "chat",
  "completions",
  "embeddings",
  "audio",
  "unstored-responses",
];
export const DEFAULT_WHEN_EXHAUSTED = "answer";
export const DEFAULT_BENCH = {
  throttled: Duration.seconds(10),
  failed: Duration.seconds(1),
  misconfigured: Duration.minutes(1),
  maximum: Duration.minutes(5),
} as const satisfies BenchOptions;
export const DEFAULT_MAX_BUFFERED_BODY_BYTES = 0;

/** Options with every default filled in. */
export interface CheckedOptions {
  readonly endpoints: readonly Endpoint[];
  readonly strategy: Strategy;
  readonly retryAmbiguous: ReadonlySet<Operation>;
  readonly deadline: Duration | undefined;
  readonly attemptTimeout: Duration | undefined;
  readonly waits: boolean;
  readonly bench: BenchLengths;
  readonly maxBufferedBodyBytes: number;
  readonly onEvent: ((event: LoadBalancerEvent) => void) | undefined;
  readonly fetch: FetchFunction;
  readonly now: () => number;
  readonly random: () => number;
}

const KNOWN = [
  "endpoints",
  "strategy",
  "retryAmbiguous",
  "deadline",
  "attemptTimeout",
  "whenExhausted",
  "bench",
  "maxBufferedBodyBytes",
  "onEvent",
  "fetch",
  "now",
  "random",
] as const;
KNOWN satisfies readonly (keyof LoadBalancedFetchOptions)[];

/** @throws InvalidOptionError for the first option that cannot work. */
export function checkedOptions(options: LoadBalancedFetchOptions): CheckedOptions {
  refuseUnknownOptions(checkedObject(options, "options", "{ endpoints: [ … ] }"), KNOWN, "options");
  const endpoints = checkedEndpoints(options.endpoints);
  const deadline = checkedDuration(options.deadline, "deadline");
  const attemptTimeout = checkedDuration(options.attemptTimeout, "attemptTimeout");
  if (deadline && attemptTimeout && attemptTimeout.toMilliseconds() >= deadline.toMilliseconds()) {
    throw new InvalidOptionError(
      "attemptTimeout",
      `is ${String(attemptTimeout)}, which the deadline of ${String(deadline)} always cuts short; give less or leave it out`,
    );
  }
  const whenExhausted = checkedChoice(options.whenExhausted, ["answer", "wait"], "whenExhausted");
  if (whenExhausted === "wait" && deadline === undefined) {
    throw new InvalidOptionError("whenExhausted", 'is "wait" without a bound; set `deadline` too');
  }
  return {
    endpoints,
    strategy: checkedStrategy(options),
    retryAmbiguous: new Set(checkedOperations(options.retryAmbiguous ?? DEFAULT_RETRY_AMBIGUOUS)),
    deadline,
    attemptTimeout,
    waits: (whenExhausted ?? DEFAULT_WHEN_EXHAUSTED) === "wait",
    bench: checkedBench(options.bench ?? {}),
    maxBufferedBodyBytes: checkedNumber(
      options.maxBufferedBodyBytes ?? DEFAULT_MAX_BUFFERED_BODY_BYTES,
      "maxBufferedBodyBytes",
    ),
    onEvent: checkedFunction(options.onEvent, "onEvent"),
    // Looked up at each call, because tests and tracing tools replace the global one.
    fetch: checkedFunction(options.fetch, "fetch") ?? ((input, init) => globalThis.fetch(input, init)),
    now: checkedFunction(options.now, "now") ?? (() => performance.now()),
    random: checkedFunction(options.random, "random") ?? Math.random,
  };
}

function checkedEndpoints(list: readonly EndpointOptions[]): readonly Endpoint[] {
  if (!Array.isArray(list) || list.length === 0) {
    throw new InvalidOptionError("endpoints", "has no endpoint; give at least one, such as { url, apiKey }");
  }
  const endpoints = list.map((options, index) => checkedEndpoint(options, `endpoints[${index}]`));
  for (const [index, { base, name }] of endpoints.entries()) {
    const first = endpoints.findIndex((other) => other.base === base || other.name === name);
    if (first === index) continue;
    const [field, value] = endpoints[first]?.base === base ? ["url", base] : ["name", name];
    throw new InvalidOptionError(
      `endpoints[${index}].${field}`,
      `"${value}" is that of endpoints[${first}] too; list each endpoint once, under its own name`,
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

function checkedBench(bench: BenchOptions): BenchLengths {
  checkedObject(bench, "bench", "{ failed: Duration.seconds(1) }");
  refuseUnknownOptions(bench, Object.keys(DEFAULT_BENCH), "bench");
  const length = (name: keyof BenchOptions) =>
    (checkedDuration(bench[name], `bench.${name}`) ?? DEFAULT_BENCH[name]).toMilliseconds();
  return {
    throttled: length("throttled"),
    failed: length("failed"),
    misconfigured: length("misconfigured"),
    maximum: length("maximum"),
  };
}
