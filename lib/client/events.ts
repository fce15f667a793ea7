import { type Outcome } from "./call/decision.js";
import { type CooldownReason } from "./endpoints/breaker.js";
import { type CooldownScope } from "./endpoints/endpoint-state.js";
import { type Operation } from "./request/operation.js";

/**
 * What an attempt came to. `answered` is any response that is the caller's to have, a 400 as well as a 200; `not-held` an
 * endpoint's answer that another account holds the response, file or reasoning that the request refers to; `too-large` a
 * 429 that the request can never pass at this deployment; `aborted` the end of the call by its caller or by an error of the
 * request itself; `timed-out` that by its deadline.
 */
export type AttemptOutcome = Outcome | "aborted" | "timed-out";

interface EventBase {
  /** As the caller asked for it; undefined for calls that name none. */
  readonly deployment: string | undefined;
  /** Undefined for a cooldown that was imported. */
  readonly operation: Operation | undefined;
}

interface EndpointEvent extends EventBase {
  /** The endpoint's name. */
  readonly endpoint: string;
}

/** One request was sent, or tried to be. */
export interface AttemptEvent extends EndpointEvent {
  readonly type: "attempt";
  /** 1 for the first of a call. */
  readonly attempt: number;
  readonly outcome: AttemptOutcome;
  /** Undefined where no response came. */
  readonly status: number | undefined;
  /**
   * Where no response came: such as `ECONNREFUSED`, `ERR_ATTEMPT_TIMEOUT`, `ERR_TOKEN_PROVIDER`. Else what the service says
   * in `error.code`, where that was read: of a 400, a 404, and the beginning of a stream.
   */
  readonly errorCode: string | undefined;
  /** From setting out, with the time for a token, to the response headers or the error. */
  readonly timeToHeadersMilliseconds: number;
  /** Likewise, to the first event of a stream that carries output; undefined where none was waited for. */
  readonly timeToFirstOutputMilliseconds: number | undefined;
  /** `apim-request-id`, to quote to Azure's support. */
  readonly requestId: string | undefined;
  /** `x-ms-region`. */
  readonly region: string | undefined;
  /** The provisioned deployment that passed the request on by Azure's own spillover (`x-ms-spillover-from-…`). */
  readonly spilloverFrom: string | undefined;
}

/** An endpoint is left alone for a while. */
export interface CooldownEvent extends EndpointEvent {
  readonly type: "cooldown";
  readonly reason: CooldownReason;
  /** What is left alone: the endpoint's whole origin, the endpoint, one operation or one deployment on it. */
  readonly scope: CooldownScope;
  readonly cooldownMilliseconds: number;
  /** 1 for the first cooldown since the last good answer. */
  readonly consecutiveFailures: number;
  readonly status: number | undefined;
  readonly errorCode: string | undefined;
}

/** The first answer of an endpoint after a cooldown; or all endpoints agree on a refusal, so the cooldown is lifted. */
export interface RecoveredEvent extends EndpointEvent {
  readonly type: "recovered";
  readonly scope: CooldownScope;
}

/** A call waits for an endpoint to be available again. */
export interface QueuedEvent extends EventBase {
  readonly type: "queued";
  /** Until the first endpoint is available. */
  readonly waitMilliseconds: number;
}

/** A call ends without an endpoint having served it. */
export interface ExhaustedEvent extends EventBase {
  readonly type: "exhausted";
  /** Requests sent for this call. */
  readonly attempts: number;
  /** Of the response that the caller gets; undefined where the call rejects. */
  readonly status: number | undefined;
  /** Until the first endpoint is available; undefined where none is cooling down. */
  readonly retryAfterMilliseconds: number | undefined;
}

export type LoadBalancerEvent = AttemptEvent | CooldownEvent | RecoveredEvent | QueuedEvent | ExhaustedEvent;
