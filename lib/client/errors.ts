/** The stable codes of this library's errors; compare these, not messages. */
export type LoadBalancerErrorCode =
  | "ERR_INVALID_OPTION"
  | "ERR_DEADLINE"
  | "ERR_ATTEMPT_TIMEOUT"
  | "ERR_TOKEN_PROVIDER"
  | "ERR_ENDPOINTS_UNREACHABLE"
  | "ERR_NO_ENDPOINT_AVAILABLE";

/**
 * An option that cannot work. Thrown by `createLoadBalancedFetch`, and by the first call where a custom `fetch` turns out
 * to be one that cannot be worked with.
 */
export class InvalidOptionError extends TypeError {
  override readonly name = "InvalidOptionError";
  readonly code = "ERR_INVALID_OPTION" satisfies LoadBalancerErrorCode;

  /** @param option where it stands, such as `endpoints[1].url`. */
  constructor(
    readonly option: string,
    problem: string,
  ) {
    super(`${option}: ${problem}`);
  }
}

/**
 * No endpoint answered within the deadline of the call. Its `name` is `TimeoutError`, as of an
 * `AbortSignal.timeout`, so SDKs report a timeout rather than the caller's own abort.
 */
export class DeadlineError extends Error {
  override readonly name = "TimeoutError";
  readonly code = "ERR_DEADLINE" satisfies LoadBalancerErrorCode;

  constructor(deadline: string, attempts: number) {
    super(`timed out: no answer within the deadline of ${deadline} (attempts: ${attempts})`);
  }
}

/** One endpoint sent no response headers within `attemptTimeout`, or no event of a stream within `firstEventTimeout`. */
export class AttemptTimeoutError extends Error {
  override readonly name = "TimeoutError";
  readonly code = "ERR_ATTEMPT_TIMEOUT" satisfies LoadBalancerErrorCode;

  constructor(missing: "response headers" | "event", timeout: string) {
    super(`timed out: no ${missing} within ${timeout}`);
  }
}

/**
 * A token provider or `headers` function failed or gave something that cannot be sent. Carries only the name of the
 * provider's error: its message may quote a secret.
 */
export class TokenProviderError extends Error {
  override readonly name = "TokenProviderError";
  readonly code = "ERR_TOKEN_PROVIDER" satisfies LoadBalancerErrorCode;
}

/** Why one endpoint gave no HTTP answer. */
export interface FailedAttempt {
  readonly endpoint: string;
  /** Such as `ECONNREFUSED`, `UND_ERR_SOCKET`, `ERR_TOKEN_PROVIDER`. */
  readonly errorCode: string;
}

/**
 * Not one endpoint gave an HTTP answer. A `TypeError` with the message `fetch failed` and a cause, as
 * `fetch` itself rejects, because SDKs decide on that whether to retry; the cause says what happened where.
 */
export class EndpointsUnreachableError extends TypeError {
  override readonly name = "EndpointsUnreachableError";
  readonly code = "ERR_ENDPOINTS_UNREACHABLE" satisfies LoadBalancerErrorCode;

  constructor(
    readonly attempts: readonly FailedAttempt[],
    lastError: unknown,
  ) {
    const list = attempts.map(({ endpoint, errorCode }) => `${endpoint} (${errorCode})`).join(", ");
    super("fetch failed", { cause: new Error(`no endpoint answered: ${list}`, { cause: lastError }) });
  }
}

/** `choose` found no endpoint that is available. */
export class NoEndpointAvailableError extends Error {
  override readonly name = "NoEndpointAvailableError";
  readonly code = "ERR_NO_ENDPOINT_AVAILABLE" satisfies LoadBalancerErrorCode;

  /** @param retryAfterMilliseconds until the first endpoint is available again. */
  constructor(readonly retryAfterMilliseconds: number) {
    super(`no endpoint is available; the first one will be in ${Math.ceil(retryAfterMilliseconds)} ms`);
  }
}
