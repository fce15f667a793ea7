import { type BenchScope, type EndpointState } from "./endpoint-state.js";
import { DeadlineError } from "./errors.js";
import { type AttemptOutcome, type LoadBalancerEvent } from "./events.js";
import { failureCode, type Rejection, type Verdict } from "./verdict.js";

/** Tells the listener of one call what happens. Costs nothing where there is none. */
export class Reporter {
  constructor(
    private readonly onEvent: ((event: LoadBalancerEvent) => void) | undefined,
    private readonly deployment: string | undefined,
  ) {}

  attempt(state: EndpointState, attempt: number, verdict: Verdict, milliseconds: number): void {
    if (this.onEvent === undefined) return;
    this.tellAttempt(state, attempt, verdict.kind, verdict.response, errorCodeOf(verdict), milliseconds);
  }

  /** An attempt that the caller's abort, the deadline or a faulty request ended. */
  unfinished(state: EndpointState, attempt: number, error: unknown, milliseconds: number): void {
    if (this.onEvent === undefined) return;
    const outcome = error instanceof DeadlineError ? "timed-out" : "aborted";
    this.tellAttempt(state, attempt, outcome, undefined, failureCode(error), milliseconds);
  }

  bench(state: EndpointState, rejection: Rejection, benchMilliseconds: number): void {
    if (this.onEvent === undefined) return;
    const { scope, kind: reason, response } = rejection;
    this.tell({
      type: "bench",
      endpoint: state.endpoint.name,
      deployment: this.deployment,
      reason,
      scope,
      benchMilliseconds,
      consecutiveFailures: state.consecutiveFailures(scope),
      status: response?.status,
      errorCode: errorCodeOf(rejection),
    });
  }

  recovered(state: EndpointState, scopes: readonly BenchScope[]): void {
    for (const scope of scopes) {
      this.tell({ type: "recovered", endpoint: state.endpoint.name, deployment: this.deployment, scope });
    }
  }

  exhausted(attempts: number, status: number | undefined, retryAfterMilliseconds: number | undefined): void {
    this.tell({ type: "exhausted", deployment: this.deployment, attempts, status, retryAfterMilliseconds });
  }

  private tellAttempt(
    state: EndpointState,
    attempt: number,
    outcome: AttemptOutcome,
    response: Response | undefined,
    errorCode: string | undefined,
    timeToHeadersMilliseconds: number,
  ): void {
    this.tell({
      type: "attempt",
      endpoint: state.endpoint.name,
      deployment: this.deployment,
      attempt,
      outcome,
      status: response?.status,
      errorCode,
      timeToHeadersMilliseconds,
      requestId: response?.headers.get("apim-request-id") ?? undefined,
      region: response?.headers.get("x-ms-region") ?? undefined,
    });
  }

  private tell(event: LoadBalancerEvent): void {
    // Documented: who watches must not break what is watched.
    try {
      const returned: unknown = this.onEvent?.(event);
      if (returned instanceof Promise) returned.catch(() => undefined);
    } catch {
      // As above.
    }
  }
}

function errorCodeOf(verdict: Verdict): string | undefined {
  return "error" in verdict && verdict.response === undefined ? failureCode(verdict.error) : undefined;
}
