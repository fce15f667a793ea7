import { type CooldownScope, type EndpointState } from "../endpoints/endpoint-state.js";
import { DeadlineError } from "../errors.js";
import { type AttemptEvent, type CooldownEvent, type LoadBalancerEvent } from "../events.js";
import { type BalancedRequest } from "../request/request.js";
import { type Decision } from "./decision.js";
import { failureCode } from "./network-error.js";
import { type Result } from "./send.js";

export type Listener = (event: LoadBalancerEvent) => void;

/** When an attempt came how far, in milliseconds from its start. */
export type Timing = Pick<AttemptEvent, "timeToHeadersMilliseconds" | "timeToFirstOutputMilliseconds">;

/** Tells the listener of one call what happens. Costs nothing where there is none. */
export class Reporter {
  constructor(
    private readonly onEvent: Listener | undefined,
    private readonly request: Pick<BalancedRequest, "deployment" | "operation">,
  ) {}

  attempt(state: EndpointState, attempt: number, outcome: Decision["outcome"], result: Result, timing: Timing): void {
    if (this.onEvent === undefined) return;
    const { response } = result;
    this.tellAttempt(state, attempt, {
      outcome,
      status: response?.status,
      errorCode: errorCodeOf(result),
      requestId: response?.headers.get("apim-request-id") ?? undefined,
      region: response?.headers.get("x-ms-region") ?? undefined,
      spilloverFrom: response && spilloverFrom(response.headers),
      ...timing,
    });
  }

  /** An attempt that the caller's abort, the deadline or a faulty request ended. */
  unfinished(state: EndpointState, attempt: number, error: unknown, timeToHeadersMilliseconds: number): void {
    if (this.onEvent === undefined) return;
    this.tellAttempt(state, attempt, {
      outcome: error instanceof DeadlineError ? "timed-out" : "aborted",
      status: undefined,
      errorCode: failureCode(error),
      requestId: undefined,
      region: undefined,
      spilloverFrom: undefined,
      timeToHeadersMilliseconds,
      timeToFirstOutputMilliseconds: undefined,
    });
  }

  cooldown(
    state: EndpointState,
    { reason, scope }: Pick<CooldownEvent, "reason" | "scope">,
    result: Result,
    cooldownMilliseconds: number,
  ): void {
    if (this.onEvent === undefined) return;
    this.tell({
      type: "cooldown",
      endpoint: state.endpoint.name,
      ...this.what(),
      reason,
      scope,
      cooldownMilliseconds,
      consecutiveFailures: state.breakers[scope].consecutiveFailures,
      status: result.response?.status,
      errorCode: errorCodeOf(result),
    });
  }

  recovered(state: EndpointState, scopes: readonly CooldownScope[]): void {
    for (const scope of scopes) {
      this.tell({ type: "recovered", endpoint: state.endpoint.name, ...this.what(), scope });
    }
  }

  queued(waitMilliseconds: number): void {
    this.tell({ type: "queued", ...this.what(), waitMilliseconds });
  }

  exhausted(attempts: number, status: number | undefined, retryAfterMilliseconds: number | undefined): void {
    this.tell({ type: "exhausted", ...this.what(), attempts, status, retryAfterMilliseconds });
  }

  private what(): Pick<AttemptEvent, "deployment" | "operation"> {
    const { deployment, operation } = this.request;
    return { deployment, operation };
  }

  private tellAttempt(
    state: EndpointState,
    attempt: number,
    rest: Omit<AttemptEvent, "type" | "endpoint" | "deployment" | "operation" | "attempt">,
  ): void {
    this.tell({ type: "attempt", endpoint: state.endpoint.name, ...this.what(), attempt, ...rest });
  }

  private tell(event: LoadBalancerEvent): void {
    tell(this.onEvent, event);
  }
}

/** Who watches must not break what is watched. */
export function tell(onEvent: Listener | undefined, event: LoadBalancerEvent): void {
  try {
    const returned: unknown = onEvent?.(event);
    if (returned instanceof Promise) returned.catch(() => undefined);
  } catch {
    // Documented: what it throws is ignored.
  }
}

function errorCodeOf({ ending, response, error }: Result): string | undefined {
  if (response === undefined) return failureCode(error);
  return ending.kind === "response" ? ending.error?.code : undefined;
}

/** The deployment stands in the header's value, or in its name. */
function spilloverFrom(headers: Headers): string | undefined {
  for (const [name, value] of headers) {
    if (!name.startsWith(SPILLOVER)) continue;
    return name === `${SPILLOVER}deployment` ? value : name.slice(SPILLOVER.length);
  }
  return undefined;
}

const SPILLOVER = "x-ms-spillover-from-";
