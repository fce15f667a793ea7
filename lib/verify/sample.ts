import { type Credential } from "./credential.js";
import { errorLabel } from "./error-label.js";
import { type Fetch, type FetchResponse } from "./connections.js";
import { NO_STREAM, readCompletionStream } from "./event-stream.js";
import { printable } from "./label.js";
import { readRefusal, type Refusal } from "./refusal.js";
import { type PreparedRequest } from "./target.js";

/** The result of one request. */
export interface Sample {
  /** Which backend served it, by the header; undefined if the response lacks it. */
  readonly backend: string | undefined;
  /**
   * The HTTP status; or where there was no whole answer the error's code, else its message (`ECONNREFUSED`,
   * {@link TIMEOUT}), or what is wrong with a stream (`stream error …`, `stream without [DONE]`).
   */
  readonly outcome: number | string;
  /** Whether an answer came, whole or not. */
  readonly answered: boolean;
  /** When it was sent, since the run began. */
  readonly startMilliseconds: number;
  /** Until the end of the answer. */
  readonly latencyMilliseconds: number;
  /** Until the first piece of text, of a stream that had one. */
  readonly firstTokenMilliseconds: number | undefined;
  /** Of an answer other than 2xx. */
  readonly refusal: Refusal | undefined;
}

export interface SampleProps {
  readonly request: PreparedRequest;
  readonly credential: Credential;
  readonly backendHeader: string;
  readonly timeoutMilliseconds: number;
  readonly fetch: Fetch;
  /** Since the run began, in milliseconds. */
  readonly clock: () => number;
  readonly signal: AbortSignal;
}

/** The outcome of a request that took longer than its timeout. */
export const TIMEOUT = "TIMEOUT";

/** Sends one request and reads its response to the end. @throws the signal's reason, or CredentialError. */
export async function takeSample(props: SampleProps): Promise<Sample> {
  const { request, backendHeader, clock, signal } = props;
  const headers = { "content-type": "application/json", ...(await props.credential.headers()) };
  const deadline = deadlineOf(signal, props.timeoutMilliseconds);
  const start = clock();
  let answered = false;
  let backend: string | undefined;
  let firstTokenMilliseconds: number | undefined;
  const sample = (outcome: number | string, refusal?: Refusal): Sample => ({
    backend,
    outcome,
    answered,
    startMilliseconds: start,
    latencyMilliseconds: clock() - start,
    firstTokenMilliseconds,
    refusal,
  });
  try {
    const init = { method: "POST", headers, body: request.body, signal: deadline.signal, redirect: "manual" } as const;
    const response = await props.fetch(request.url, init);
    answered = true;
    backend = nameIn(response.headers.get(backendHeader));
    if (!isOk({ outcome: response.status })) return sample(response.status, await readRefusal(response));
    const onText = (): void => {
      firstTokenMilliseconds ??= clock() - start;
    };
    return sample((await readCompletion(response, request.stream, onText)) ?? response.status);
  } catch (error) {
    signal.throwIfAborted();
    return sample(deadline.signal.aborted ? TIMEOUT : printable(errorLabel(error)));
  } finally {
    deadline.clear();
  }
}

/** 2xx, and whole. */
export function isOk({ outcome }: Pick<Sample, "outcome">): boolean {
  return typeof outcome === "number" && outcome >= 200 && outcome < 300;
}

export function isThrottled({ outcome }: Pick<Sample, "outcome">): boolean {
  return outcome === 429;
}

/** An empty header names nobody. */
function nameIn(header: string | null): string | undefined {
  return printable(header ?? "") || undefined;
}

/** Reads the body to its end. @returns what is wrong with it, if anything */
async function readCompletion(
  { headers, body }: FetchResponse,
  streamWanted: boolean,
  onText: () => void,
): Promise<string | undefined> {
  const isStream = headers.get("content-type")?.toLowerCase().startsWith("text/event-stream") ?? false;
  if (isStream) return readCompletionStream(body, onText);
  const reader = body?.[Symbol.asyncIterator]();
  while (reader && (await reader.next()).done !== true);
  return streamWanted ? NO_STREAM : undefined;
}

/** Aborts with the caller's signal or when the time is over; `AbortSignal.any` would leak one listener a request. */
function deadlineOf(signal: AbortSignal, milliseconds: number): { signal: AbortSignal; clear: () => void } {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  const timer = setTimeout(abort, milliseconds);
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  const clear = (): void => {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
  };
  return { signal: controller.signal, clear };
}
