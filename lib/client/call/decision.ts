import { type CooldownReason } from "../endpoints/breaker.js";
import { type CooldownScope } from "../endpoints/endpoint-state.js";
import { type NetworkFailure } from "./network-error.js";

/** How an attempt ended, as plain data. */
export type Ending =
  | ResponseEnding
  /** Nothing came back, or the connection broke before the first output. */
  | { readonly kind: "network"; readonly failure: NetworkFailure }
  /** No response headers, or no event of a stream, in time. */
  | { readonly kind: "timeout" }
  /** The token provider failed, so nothing was sent. */
  | { readonly kind: "no-credential" };

export interface ResponseEnding {
  readonly kind: "response";
  /** That of HTTP; for an event stream that begins with an error, the one that the error would have had. */
  readonly status: number;
  /** Of a body that was read; undefined where none was. */
  readonly error: ServiceError | undefined;
  /** What the headers ask for, in milliseconds. */
  readonly hintMilliseconds: number | undefined;
}

/** What the service says in `error`. */
export interface ServiceError {
  readonly code: string | undefined;
  readonly message: string;
}

/** What an attempt's end means for the endpoint and for the call. */
export type Decision =
  /** The endpoint is well, and this is the caller's. */
  | { readonly outcome: "answered" }
  /** The endpoint is well, but another account holds what the request refers to: ask the next one. */
  | { readonly outcome: "not-held" }
  /** The request is larger than this deployment's quota: ask the next one, which may have a larger one. */
  | { readonly outcome: "too-large" }
  /** The endpoint is to be left alone: ask the next one, an `ambiguous` one only where the work may be done twice. */
  | {
      readonly outcome: CooldownReason;
      readonly scope: CooldownScope;
      readonly hintMilliseconds: number | undefined;
      readonly ambiguous: boolean;
    };

export type Outcome = Decision["outcome"];

/**
 * Rate windows are a minute or less. A 429 that asks for more says that the request can never be served by this deployment:
 * Azure asks for a day where the request alone is larger than the tokens per minute.
 */
export const LONGEST_RATE_WINDOW_MILLISECONDS = 600_000;

/**
 * The policy: a pure function, row for row the table in docs/client.md.
 *
 * @param references what the request refers to that lives on one account.
 */
export function decide(ending: Ending, references: Iterable<string>): Decision {
  switch (ending.kind) {
    case "no-credential":
      return misconfigured("endpoint");
    case "timeout":
      // A slow model holds up its own deployment only.
      return failed("deployment", true, undefined);
    case "network":
      // Several accounts may be behind one gateway's origin: only what cannot be connected to is down for all of them.
      return ending.failure.neverSent ? failed("origin", false, undefined) : failed("endpoint", true, undefined);
    case "response":
      return decideOnResponse(ending, references);
  }
}

function decideOnResponse(ending: ResponseEnding, references: Iterable<string>): Decision {
  const { status, error, hintMilliseconds } = ending;
  switch (status) {
    case 429:
      if ((hintMilliseconds ?? 0) > LONGEST_RATE_WINDOW_MILLISECONDS) return { outcome: "too-large" };
      return { outcome: "throttled", scope: "deployment", hintMilliseconds, ambiguous: false };
    case 401:
      return misconfigured("endpoint");
    case 403:
      return misconfigured("operation");
    case 400:
    case 404:
      if (MISSING_DEPLOYMENT.has(error?.code ?? "")) return misconfigured("deployment");
      return { outcome: isNotHeld(ending, references) ? "not-held" : "answered" };
    default:
      return FAILURES.has(status) ? failed("deployment", true, hintMilliseconds) : { outcome: "answered" };
  }
}

function misconfigured(scope: CooldownScope): Decision {
  return { outcome: "misconfigured", scope, hintMilliseconds: undefined, ambiguous: false };
}

function failed(scope: CooldownScope, ambiguous: boolean, hintMilliseconds: number | undefined): Decision {
  return { outcome: "failed", scope, hintMilliseconds, ambiguous };
}

/** Those of Cloudflare (520-524) and of an overloaded service (529) too. */
const FAILURES: ReadonlySet<number> = new Set([408, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529]);

const MISSING_DEPLOYMENT: ReadonlySet<string> = new Set(["DeploymentNotFound", "model_not_found", "unknown_model"]);

const NOT_HELD: ReadonlySet<string> = new Set(["invalid_encrypted_content", "previous_response_not_found"]);

/** The service sends these without a code, too: then the message says it. */
const NOT_HELD_MESSAGE =
  /encrypted content\b.*\bcould not be (?:verified|decrypted|parsed)|\bitem with id '[^']*' not found|previous response (?:with id )?'[^']*' not found|\bcreated under a different azure openai resource/i;
const NOT_FOUND_MESSAGE = /\bnot found\b|\bno \w[\w ]* found\b|\bcould not find\b|\bdoes(?: not|n't) exist\b/i;

function isNotHeld({ status, error }: ResponseEnding, references: Iterable<string>): boolean {
  const { code = "", message = "" } = error ?? {};
  if (NOT_HELD.has(code) || NOT_HELD_MESSAGE.test(message)) return true;
  if (status !== 404 && !NOT_FOUND_MESSAGE.test(message)) return false;
  for (const reference of references) if (status === 404 || message.includes(reference)) return true;
  return false;
}
