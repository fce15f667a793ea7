import { AttemptTimeoutError, DeadlineError, TokenProviderError } from "../errors.js";

/** What broke between this process and an endpoint. */
export interface NetworkFailure {
  /** Such as `ECONNREFUSED`; `ERR_NETWORK` where the runtime gives none. */
  readonly code: string;
  /** Whether it is certain that the endpoint got nothing of the request. */
  readonly neverSent: boolean;
}

/**
 * Reads an error of `fetch`, in the words of Node, Bun, Deno, workerd and node-fetch.
 *
 * @returns undefined for an error that is none of the network's: the request itself is at fault.
 */
export function networkFailure(error: unknown): NetworkFailure | undefined {
  const chain = causesOf(error);
  const ofFetch = FETCH_FAILED.test(messageOf(error));
  for (const at of chain) {
    const code = codeOf(at);
    if (code === undefined) continue;
    if (NEVER_SENT.test(code)) return { code, neverSent: true };
    // What fetch reports as its failure is the network's, unless it is known to be the caller's.
    if (ofFetch ? CALLERS.test(code) : !BROKEN.test(code)) continue;
    return code === "ETIMEDOUT" && isOfConnecting(at)
      ? { code: "ECONNTIMEDOUT", neverSent: true }
      : { code, neverSent: false };
  }
  if (!ofFetch || chain.some((at) => CALLERS.test(codeOf(at) ?? ""))) return undefined;
  const words = chain.map(messageOf);
  if (words.some((message) => /\bbad port\b|are blocked/.test(message))) return undefined;
  return { code: "ERR_NETWORK", neverSent: words.some((message) => CONNECTING.test(message)) };
}

/** For events: such as `ECONNREFUSED`, `ERR_ATTEMPT_TIMEOUT`. */
export function failureCode(error: unknown): string {
  if (error instanceof TokenProviderError || error instanceof AttemptTimeoutError || error instanceof DeadlineError) {
    return error.code;
  }
  return networkFailure(error)?.code ?? (error instanceof Error ? error.name : typeof error);
}

/** The error first; each once, since a chain of causes can be a ring. */
function causesOf(error: unknown): readonly object[] {
  const chain = new Set<object>();
  for (let at = error; typeof at === "object" && at !== null && !chain.has(at);) {
    chain.add(at);
    at = "cause" in at ? at.cause : undefined;
  }
  return [...chain];
}

function codeOf(error: object): string | undefined {
  return "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** It may be an error of another realm. */
function messageOf(error: unknown): string {
  const isObject = typeof error === "object" && error !== null;
  return isObject && "message" in error && typeof error.message === "string" ? error.message : "";
}

/** A timeout while connecting comes before the request; several at once are those of a host's addresses. */
function isOfConnecting(error: object): boolean {
  return (
    error instanceof AggregateError ||
    ("syscall" in error && error.syscall === "connect") ||
    messageOf(error).includes("Unable to connect")
  );
}

/** No name, no connection, no trust: nothing of the request was sent. */
const NEVER_SENT =
  /^(ECONNREFUSED|ECONNTIMEDOUT|ENOTFOUND|EAI_\w+|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|UND_ERR_CONNECT_TIMEOUT|UND_ERR_PRX_TLS|EMFILE|ENFILE|CERT_\w+|CRL_\w+|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|ERR_TLS_CERT_\w+|ConnectionRefused|FailedToOpenSocket)$/;

/** In the errors of other HTTP clients: the connection was there, the request may have arrived. */
const BROKEN =
  /^(ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|UND_ERR_SOCKET|UND_ERR_HEADERS_TIMEOUT|UND_ERR_BODY_TIMEOUT|HPE_\w+|EPROTO|ERR_SSL_\w+|ERR_STREAM_PREMATURE_CLOSE|ConnectionClosed|Malformed_HTTP_Response)$/;

/** A request that cannot be sent, or a body whose source fails: no endpoint is to blame. */
const CALLERS =
  /^(UND_ERR_INVALID_\w+|UND_ERR_NOT_SUPPORTED|UND_ERR_REQ_CONTENT_LENGTH_MISMATCH|ERR_INVALID_\w+|ERR_STREAM_(?!PREMATURE_CLOSE)\w+|ENOENT|EISDIR)$/;

/** What runtimes say of a broken network; some without an error code. */
const FETCH_FAILED =
  /^(fetch failed|failed to fetch|load failed|network error|networkerror when attempting to fetch|terminated$|error sending request|error reading a body from connection|unable to connect|the socket connection was closed|network connection lost|internal error; reference = |request to .* failed, reason:|invalid response body while trying to fetch)/i;

/** Deno's and Bun's words for a connection that was never made. */
const CONNECTING = /client error \(Connect\)|^unable to connect/i;
