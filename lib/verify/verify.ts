import { setMaxListeners } from "node:events";
import { Duration } from "../duration.js";
import { type Credential } from "./credential.js";
import { type Fetch } from "./fetch.js";
import {
  createReport,
  DEFAULT_MAX_ERROR_SHARE,
  DEFAULT_SIGNIFICANCE,
  type Expectations,
  type Report,
} from "./report.js";
import { type Sample, takeSample } from "./sample.js";
import { DEFAULT_API, prepareRequest, type Target } from "./target.js";
import { UsageError } from "./usage-error.js";

export interface VerifyOptions extends Target {
  readonly credential: Credential;
  /** At most {@link MAX_REQUESTS}. @default {@link DEFAULT_REQUESTS} */
  readonly requests?: number;
  /** How many are under way at once, at most {@link MAX_CONCURRENCY}. @default {@link DEFAULT_CONCURRENCY} */
  readonly concurrency?: number;
  /** The response header that identifies the backend. @default {@link DEFAULT_BACKEND_HEADER} */
  readonly backendHeader?: string;
  /** Of one request, to the end of its answer; 1 ms to {@link MAX_TIMEOUT}. @default {@link DEFAULT_TIMEOUT} */
  readonly timeout?: Duration;
  readonly expect?: Expectations;
  /** @default the global fetch; `createInsecureFetch()` for self-signed certificates */
  readonly fetch?: Fetch;
  /** A clock that never goes back, in milliseconds. @default performance.now */
  readonly clock?: () => number;
  /** Ends the run: the report is of the requests that were answered. */
  readonly signal?: AbortSignal;
  /** Called after each request with the number that are done. */
  readonly onProgress?: (done: number) => void;
}

export const DEFAULT_REQUESTS = 60;
export const DEFAULT_CONCURRENCY = 4;
export const DEFAULT_BACKEND_HEADER = "x-ms-region";
export const DEFAULT_TIMEOUT = Duration.minutes(1);
export const MAX_REQUESTS = 1_000_000;
export const MAX_CONCURRENCY = 1_000;
export const MIN_TIMEOUT = Duration.milliseconds(1);
export const MAX_TIMEOUT = Duration.hours(24);

/**
 * Sends requests and reports which backends served them. Network errors and bad statuses are part of the report, not thrown.
 *
 * @throws UsageError (the promise) for invalid options
 * @throws CredentialError (the promise) if there is no token
 */
export async function verify(options: VerifyOptions): Promise<Report> {
  const {
    requests = DEFAULT_REQUESTS,
    concurrency = DEFAULT_CONCURRENCY,
    backendHeader = DEFAULT_BACKEND_HEADER,
    timeout = DEFAULT_TIMEOUT,
    expect = {},
    clock = () => performance.now(),
  } = options;
  checkNumbers(requests, concurrency, expect);
  checkTimeout(timeout);
  checkHeaderName(backendHeader);
  const interrupt = linkedController(options.signal, concurrency);
  const { signal } = interrupt;
  const props = {
    request: prepareRequest(options),
    credential: options.credential,
    backendHeader,
    timeoutMilliseconds: timeout.toMilliseconds(),
    fetch: options.fetch ?? fetch,
    clock,
    signal,
  };
  const samples: Sample[] = [];
  let left = requests;
  const worker = async (): Promise<void> => {
    while (left > 0 && !signal.aborted) {
      left -= 1;
      samples.push(await takeSample(props));
      options.onProgress?.(samples.length);
    }
  };
  const start = clock();
  try {
    await Promise.all(Array.from({ length: Math.min(concurrency, requests) }, worker));
  } catch (error) {
    left = 0;
    if (!signal.aborted) throw error;
  } finally {
    interrupt.unlink();
  }
  const run = {
    url: options.url,
    api: options.api ?? DEFAULT_API,
    deployment: options.deployment,
    stream: options.stream ?? false,
    backendHeader,
    concurrency,
    wanted: requests,
    durationMilliseconds: clock() - start,
  };
  return createReport(run, samples, expect);
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

function checkNumbers(requests: number, concurrency: number, expect: Expectations): void {
  const { backends, significance = DEFAULT_SIGNIFICANCE, maxErrorShare = DEFAULT_MAX_ERROR_SHARE } = expect;
  const counts: readonly [name: string, value: number, max: number][] = [
    ["requests", requests, MAX_REQUESTS],
    ["concurrency", concurrency, MAX_CONCURRENCY],
    ["expected backends", typeof backends === "number" ? backends : 1, MAX_REQUESTS],
  ];
  for (const [name, value, max] of counts) {
    if (Number.isInteger(value) && value >= 1 && value <= max) continue;
    throw new UsageError(`${name} is a whole number from 1 to ${max}; got ${value}`);
  }
  for (const [name, value] of Object.entries({ significance, maxErrorShare })) {
    if (value >= 0 && value <= 1) continue;
    throw new UsageError(`${name} is a share from 0 to 1; got ${value}`);
  }
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
