import { setMaxListeners } from "node:events";
import { Duration } from "../duration.js";
import { type Credential } from "./credential.js";
import { Connections, type Fetch } from "./connections.js";
import { createReport, type Report } from "./report.js";
import { DEFAULT_MAX_ERROR_SHARE, DEFAULT_SIGNIFICANCE, type Expectations } from "./expectations.js";
import { requestsFor } from "./power.js";
import { MAX_INSTANCES, requestsToReachAll } from "./round-robin.js";
import { type Sample, takeSample } from "./sample.js";
import { DEFAULT_API, prepareRequest, type Target } from "./target.js";
import { UsageError } from "./usage-error.js";

export interface VerifyOptions extends Target {
  readonly credential: Credential;
  /**
   * At most {@link MAX_REQUESTS}.
   *
   * @default {@link requestsFor} as many instances as are expected, or else as many as the connections that are opened
   */
  readonly requests?: number;
  /** How many are under way at once, at most {@link MAX_CONCURRENCY}. @default {@link DEFAULT_CONCURRENCY} */
  readonly concurrency?: number;
  /** The response header that tells the backends apart. @default {@link DEFAULT_BACKEND_HEADER} */
  readonly backendHeader?: string;
  /** Of one request, to the end of its answer; 1 ms to {@link MAX_TIMEOUT}. @default {@link DEFAULT_TIMEOUT} */
  readonly timeout?: Duration;
  readonly expect?: Expectations;
  /** Accept any certificate, for trials with a self-signed one. @default false */
  readonly insecure?: boolean;
  /** Sends the requests; each counts as a connection then. @default connections of the run's own */
  readonly fetch?: Fetch;
  /** A clock that never goes back, in milliseconds. @default performance.now */
  readonly clock?: () => number;
  /** Ends the run: the report is of the requests that were answered. */
  readonly signal?: AbortSignal;
  /** Told after each request what became of it, how many are done, and how many there will be as far as is known. */
  readonly onSample?: (sample: Sample, done: number, wanted: number) => void;
}

export const DEFAULT_CONCURRENCY = 4;
export const DEFAULT_BACKEND_HEADER = "x-ms-region";
export const DEFAULT_TIMEOUT = Duration.minutes(1);
export const MAX_REQUESTS = 1_000_000;
export const MAX_CONCURRENCY = 1_000;
/** Of one pool. https://learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits#azure-application-gateway-limits */
export const MAX_BACKENDS = 1_200;
export const MIN_TIMEOUT = Duration.milliseconds(1);
export const MAX_TIMEOUT = Duration.hours(24);

/**
 * Sends requests and reports who served them. Network errors and bad statuses are part of the report, not thrown.
 *
 * @throws UsageError (the promise) for options that cannot be
 * @throws CredentialError (the promise) if no token can be had
 */
export async function verify(options: VerifyOptions): Promise<Report> {
  const {
    concurrency = DEFAULT_CONCURRENCY,
    backendHeader = DEFAULT_BACKEND_HEADER,
    timeout = DEFAULT_TIMEOUT,
    expect = {},
    clock = () => performance.now(),
  } = options;
  checkNumbers(options, concurrency, expect);
  checkSufficiency(options.requests, expect);
  checkTimeout(timeout);
  checkHeaderName(backendHeader);
  const request = prepareRequest(options);
  await using connections = await Connections.create({
    limit: concurrency,
    insecure: options.insecure,
    address: request.address,
  });
  const interrupt = linkedController(options.signal, concurrency);
  const { signal } = interrupt;
  const start = clock();
  const props = {
    request,
    credential: options.credential,
    backendHeader,
    timeoutMilliseconds: timeout.toMilliseconds(),
    fetch: options.fetch ?? connections.fetch,
    clock: () => clock() - start,
    signal,
  };
  const samples: Sample[] = [];
  let sent = 0;
  let failed = false;
  const opened = (): number => (options.fetch ? sent : connections.opened);
  /** More connections than expected may reach more instances, of which more requests are needed to tell. */
  const wanted = (): number =>
    options.requests ?? defaultRequests(expect, expect.instances ?? Math.max(concurrency, opened()));
  const worker = async (): Promise<void> => {
    while (sent < wanted() && !signal.aborted && !failed) {
      sent += 1;
      const sample = await takeSample(props);
      samples.push(sample);
      options.onSample?.(sample, samples.length, wanted());
    }
  };
  const startedAt = new Date();
  try {
    // Again if the last connections raised what is wanted once the other workers had ended.
    while (sent < wanted() && !signal.aborted) {
      await Promise.all(Array.from({ length: Math.min(concurrency, wanted() - sent) }, worker));
    }
  } catch (error) {
    failed = true;
    if (!signal.aborted) throw error;
  } finally {
    interrupt.unlink();
  }
  const run = {
    url: options.url,
    host: options.host,
    api: options.api ?? DEFAULT_API,
    deployment: options.deployment,
    stream: request.stream,
    backendHeader,
    concurrency,
    connections: opened(),
    wanted: wanted(),
    abandoned: sent - samples.length,
    startedAt: startedAt.toISOString(),
    durationMilliseconds: clock() - start,
  };
  return createReport(run, samples, expect);
}

function defaultRequests(expect: Expectations, instances: number): number {
  return requestsFor(instances, backendCount(expect));
}

function backendCount({ backends }: Expectations): number | undefined {
  return typeof backends === "object" ? new Set(backends).size : backends;
}

/** Aborts with the caller's signal, on which it is one listener however many requests are under way. */
function linkedController(signal: AbortSignal | undefined, listeners: number) {
  const controller = new AbortController();
  setMaxListeners(listeners, controller.signal);
  const abort = (): void => controller.abort();
  if (signal?.aborted === true) abort();
  signal?.addEventListener("abort", abort, { once: true });
  return { signal: controller.signal, unlink: () => signal?.removeEventListener("abort", abort) };
}

function checkNumbers({ requests }: VerifyOptions, concurrency: number, expect: Expectations): void {
  const { backends, instances, significance = DEFAULT_SIGNIFICANCE, maxErrorShare = DEFAULT_MAX_ERROR_SHARE } = expect;
  const counts: readonly [name: string, value: number | undefined, max: number][] = [
    ["requests", requests, MAX_REQUESTS],
    ["concurrency", concurrency, MAX_CONCURRENCY],
    ["expected backends", typeof backends === "number" ? backends : undefined, MAX_BACKENDS],
    ["instances", instances, MAX_INSTANCES],
  ];
  for (const [name, value, max] of counts) {
    if (value === undefined || (Number.isInteger(value) && value >= 1 && value <= max)) continue;
    throw new UsageError(`${name} is a whole number from 1 to ${max}; got ${value}`);
  }
  for (const [name, value] of Object.entries({ significance, maxErrorShare })) {
    if (value >= 0 && value <= 1) continue;
    throw new UsageError(`${name} is a share from 0 to 1; got ${value}`);
  }
}

/** So few requests that a gateway that is well may leave a backend out are not worth what they cost. */
function checkSufficiency(requests: number | undefined, expect: Expectations): void {
  const { instances } = expect;
  const backends = backendCount(expect);
  if (requests === undefined || instances === undefined || backends === undefined) return;
  const needed = requestsToReachAll(backends, instances);
  if (requests >= needed) return;
  throw new UsageError(
    `requests is too low: got ${requests}, and ${instances} instances are sure to reach ${backends} backends only with ${needed}; leave it out for ${defaultRequests(expect, instances)}, which also notice a 60/40 split of two`,
  );
}

function checkTimeout(timeout: Duration): void {
  const milliseconds = timeout.toMilliseconds();
  if (milliseconds >= MIN_TIMEOUT.toMilliseconds() && milliseconds <= MAX_TIMEOUT.toMilliseconds()) return;
  throw new UsageError(`timeout is from ${MIN_TIMEOUT} to ${MAX_TIMEOUT}; got ${timeout}`);
}

/** https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2 */
function checkHeaderName(name: string): void {
  if (/^[\w!#$%&'*+.^`|~-]+$/.test(name)) return;
  throw new UsageError(`backendHeader is the name of a header, without spaces and colons; got "${name}"`);
}
