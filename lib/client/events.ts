import { type BenchReason } from "./bench.js";

/**
 * What an attempt came to. `answered` is any response that is the caller's to have, a 400 as well as a 200;
 * `elsewhere` an endpoint's answer that it does not hold the response, file or thread asked for.
 */
export type AttemptOutcome = "answered" | BenchReason | "elsewhere" | "aborted" | "timed-out";

interface EventBase {
  /** The endpoint's name. */
  readonly endpoint: string;
  /** As the caller asked for it; undefined for calls that name none. */
  readonly deployment: string | undefined;
}

/** One request was sent, or tried to be. */
export interface AttemptEvent extends EventBase {
  readonly type: "attempt";
  /** 1 for the first of a call. */
  readonly attempt: number;
  readonly outcome: AttemptOutcome;
  /** Undefined where no response came. */
  readonly status: number | undefined;
  /** Where no response came: such as `ECONNREFUSED`, `ERR_ATTEMPT_TIMEOUT`, `ERR_TOKEN_PROVIDER`. */
  readonly errorCode: string | undefined;
  /** From setting out, with the time for a token, to the response headers or the error. */
  readonly timeToHeadersMilliseconds: number;
  /** `apim-request-id`, to quote to Azure's support. */
  readonly requestId: string | undefined;
  /** `x-ms-region`. */
  readonly region: string | undefined;
}

/** An endpoint is left alone for a while. */
export interface BenchEvent extends EventBase {
  readonly type: "bench";
  readonly reason: BenchReason;
  /** Whether all of the endpoint or one deployment on it is benched. */
  readonly scope: "endpoint" | "deployment";
  readonly benchMilliseconds: number;
  /** 1 for the first bench since the last good answer. */
  readonly consecutiveFailures: number;
  readonly status: number | undefined;
  readonly errorCode: string | undefined;
}

/** The first answer of an endpoint after a bench; or its bench was lifted, since all endpoints agree on the refusal. */
export interface RecoveredEvent extends EventBase {
  readonly type: "recovered";
  readonly scope: "endpoint" | "deployment";
}

/** A call ends without an endpoint having served it. */
export interface ExhaustedEvent {
  readonly type: "exhausted";
  readonly deployment: string | undefined;
  /** Requests sent for this call. */
  readonly attempts: number;
  /** Of the response that the caller gets; undefined where the call rejects. */
  readonly status: number | undefined;
  /** Until the first endpoint is free; undefined where none is benched. */
  readonly retryAfterMilliseconds: number | undefined;
}

export type LoadBalancerEvent = AttemptEvent | BenchEvent | RecoveredEvent | ExhaustedEvent;
