import { type BenchReason } from "./bench.js";
import { type BenchScope } from "./endpoint-state.js";
import { AttemptTimeoutError, DeadlineError, TokenProviderError } from "./errors.js";

/** A response that the caller is to have. */
export interface Answer {
  readonly kind: "answered";
  readonly response: Response;
}

/** The endpoint does not hold the thing that the call is about. */
export interface Stranger {
  readonly kind: "elsewhere";
  readonly response: Response;
}

/** The endpoint is to be left alone for a while. */
export interface Rejection {
  readonly kind: BenchReason;
  /** Undefined where no HTTP answer came. */
  readonly response: Response | undefined;
  readonly error: unknown;
  /** Whether the work may have been done, so that doing it again can cost twice. */
  readonly ambiguous: boolean;
  readonly scope: BenchScope;
}

/** What an attempt's end means for the endpoint and for the call. */
export type Verdict = Answer | Stranger | Rejection;

/** @param searching whether another endpoint may hold what this one does not know. */
export async function verdictOnResponse(response: Response, searching: boolean): Promise<Verdict> {
  const rejected = { response, error: undefined, ambiguous: false } as const;
  switch (response.status) {
    case 429:
      return { kind: "throttled", ...rejected, scope: "deployment" };
    case 408:
    case 500:
    case 502:
    case 503:
    case 504:
      return { kind: "failed", ...rejected, ambiguous: true, scope: "deployment" };
    case 401:
    case 403:
      return { kind: "misconfigured", ...rejected, scope: "endpoint" };
    case 404:
      if ((await errorCode(response)) === "DeploymentNotFound") {
        return { kind: "misconfigured", ...rejected, scope: "deployment" };
      }
      return { kind: searching ? "elsewhere" : "answered", response };
    case 400: {
      const unknown = searching && (await errorCode(response)) === "previous_response_not_found";
      return { kind: unknown ? "elsewhere" : "answered", response };
    }
    default:
      return { kind: "answered", response };
  }
}

/** @returns undefined for an error that says nothing about the endpoint: the caller's request is at fault. */
export function verdictOnError(error: unknown): Rejection | undefined {
  const rejected = { response: undefined, error, scope: "endpoint" } as const;
  if (error instanceof TokenProviderError) return { kind: "misconfigured", ...rejected, ambiguous: false };
  // A slow model holds up its own deployment only.
  if (error instanceof AttemptTimeoutError) {
    return { kind: "failed", ...rejected, ambiguous: true, scope: "deployment" };
  }
  const code = networkErrorCode(error);
  if (code === undefined) return undefined;
  return { kind: "failed", ...rejected, ambiguous: !NEVER_SENT.test(code) };
}

/** For events: such as `ECONNREFUSED`, `ERR_ATTEMPT_TIMEOUT`. */
export function failureCode(error: unknown): string {
  if (error instanceof TokenProviderError || error instanceof AttemptTimeoutError || error instanceof DeadlineError) {
    return error.code;
  }
  return networkErrorCode(error) ?? (error instanceof Error ? error.name : typeof error);
}

/** Such as `ECONNREFUSED`; undefined for an error that is none of the network's. */
function networkErrorCode(error: unknown): string | undefined {
  const ofFetch = isOfFetch(error);
  for (const at of causesOf(error)) {
    if (!("code" in at) || typeof at.code !== "string") continue;
    // What fetch reports as its failure is the network's, unless it is known to be the caller's.
    if (NEVER_SENT.test(at.code) || (ofFetch ? !CALLERS.test(at.code) : BROKEN.test(at.code))) {
      return at.code === "ETIMEDOUT" && isOfConnecting(at) ? "ECONNTIMEDOUT" : at.code;
    }
  }
  return isOfFetch(error) && error.cause === undefined ? "ERR_NETWORK" : undefined;
}

/** The error first; each once, since a chain of causes can be a ring. */
function causesOf(error: unknown): ReadonlySet<object> {
  const chain = new Set<object>();
  for (let at = error; typeof at === "object" && at !== null && !chain.has(at);) {
    chain.add(at);
    at = "cause" in at ? at.cause : undefined;
  }
  return chain;
}

/** By its message: it may be an error of another realm. */
function isOfFetch(error: unknown): error is { readonly message: string; readonly cause?: unknown } {
  return (
    typeof error === "object" &&
    error !== null &&
    "message" in error &&
    typeof error.message === "string" &&
    FETCH_FAILED.test(error.message)
  );
}

/** A timeout while connecting comes before the request; several at once are those of a host's addresses. */
function isOfConnecting(error: object): boolean {
  return error instanceof AggregateError || ("syscall" in error && error.syscall === "connect");
}

/** No name, no connection, no trust: nothing of the request was sent. */
const NEVER_SENT =
  /^(ECONNREFUSED|ECONNTIMEDOUT|ENOTFOUND|EAI_\w+|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|UND_ERR_CONNECT_TIMEOUT|UND_ERR_PRX_TLS|EMFILE|ENFILE|CERT_\w+|CRL_\w+|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|ERR_TLS_CERT_\w+)$/;

/** In the errors of other HTTP clients: the connection was there, the request may have arrived. */
const BROKEN =
  /^(ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|UND_ERR_SOCKET|UND_ERR_HEADERS_TIMEOUT|UND_ERR_BODY_TIMEOUT|HPE_\w+|EPROTO|ERR_SSL_\w+)$/;

/** A request that cannot be sent, or a body whose source fails: no endpoint is to blame. */
const CALLERS =
  /^(UND_ERR_INVALID_\w+|UND_ERR_NOT_SUPPORTED|UND_ERR_REQ_CONTENT_LENGTH_MISMATCH|ERR_INVALID_\w+|ERR_STREAM_\w+|ENOENT|EISDIR)$/;

/** What runtimes say of a broken network; some without an error code. */
const FETCH_FAILED = /^(fetch failed|failed to fetch|load failed|network error|networkerror when attempting to fetch)/i;

/**
 * Reads a copy: the response stays the caller's.
 *
 * @throws what ends the reading, such as the caller's abort.
 */
async function errorCode(response: Response): Promise<unknown> {
  if (response.bodyUsed) return undefined;
  const text = await response.clone().text();
  try {
    const body: unknown = JSON.parse(text);
    const error = typeof body === "object" && body !== null && "error" in body ? body.error : undefined;
    return typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
  } catch {
    return undefined;
  }
}
