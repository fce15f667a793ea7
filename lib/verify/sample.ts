import { type Credential } from "./credential.js";
import { errorLabel } from "./error-label.js";
import { type Fetch, type FetchResponse } from "./fetch.js";
import { type PreparedRequest } from "./target.js";

/** The result of one request. */
export interface Sample {
  /** Which backend served it, by the header; undefined if the response lacks it. */
  readonly backend: string | undefined;
  /** The HTTP status, or the error's code (else its message) where there was no whole answer: `ECONNREFUSED`, {@link TIMEOUT}. */
  readonly outcome: number | string;
  /** Until the end of the answer. */
  readonly latencyMilliseconds: number;
  /** Until the first piece of text, of a stream that had one. */
  readonly firstTokenMilliseconds: number | undefined;
}

export interface SampleProps {
  readonly request: PreparedRequest;
  readonly credential: Credential;
  readonly backendHeader: string;
  readonly timeoutMilliseconds: number;
  readonly fetch: Fetch;
  /** In milliseconds. */
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
  let backend: string | undefined;
  let firstTokenMilliseconds: number | undefined;
  const sample = (outcome: number | string): Sample => ({
    backend,
    outcome,
    latencyMilliseconds: clock() - start,
    firstTokenMilliseconds,
  });
  try {
    const init = { method: "POST", headers, body: request.body, signal: deadline.signal, redirect: "manual" } as const;
    const response = await props.fetch(request.url, init);
    backend = response.headers.get(backendHeader) ?? undefined;
    for await (const found of textPieces(response)) {
      if (found) firstTokenMilliseconds ??= clock() - start;
    }
    return sample(response.status);
  } catch (error) {
    signal.throwIfAborted();
    return sample(deadline.signal.aborted ? TIMEOUT : errorLabel(error));
  } finally {
    deadline.clear();
  }
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

/** Reads the body to its end; for each line of an event stream, whether it has text of the completion. */
async function* textPieces({ headers, body }: FetchResponse): AsyncGenerator<boolean> {
  const isStream = headers.get("content-type")?.startsWith("text/event-stream") ?? false;
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of body ?? []) {
    if (!isStream) continue;
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield /^data: .*"content":\s*"[^"]/.test(line);
  }
}
