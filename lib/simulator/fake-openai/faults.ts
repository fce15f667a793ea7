import { STATUS_CODES } from "node:http";
import { Duration } from "../../duration.js";
import { type StreamFailure, type StreamFailureForm } from "./answer.js";
import { type Latency } from "./latency.js";
import { ServiceError } from "./service-error.js";
import { RATE_LIMIT_CODE } from "./stream-failure.js";

/** One way to misbehave; made by the factories of {@link Fault}. */
export type FaultAction =
  | ({ readonly kind: "status"; readonly status: number } & Required<StatusFaultProps>)
  | { readonly kind: "delay"; readonly latency: Latency }
  | { readonly kind: "hang" }
  | { readonly kind: "reset" }
  | { readonly kind: "cut"; readonly afterEvents: number }
  | { readonly kind: "stream-error"; readonly failure: StreamFailure; readonly afterEvents: number | undefined }
  | { readonly kind: "drip"; readonly interval: Duration };

export interface StatusFaultProps {
  /** @default none besides those of every answer */
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. @default an error body with the status as its code */
  readonly body?: unknown;
}

export interface StreamErrorFaultProps {
  /** @default "rate_limit_exceeded" */
  readonly code?: string;
  /** @default what Azure says of a rate limit */
  readonly message?: string;
  /** How the Responses API tells it. @default "response.failed" */
  readonly form?: StreamFailureForm;
  /**
   * How many of the answer's own events come before it.
   * @default those that come before any output: `response.created` and `response.in_progress`, `message_start` and `ping`;
   * none of a chat completion
   */
  readonly afterEvents?: number;
}

export interface InjectOptions {
  /** How many requests it hits, then it is over. @default every request until `heal()` */
  readonly times?: number;
  /** Which requests it hits: those of the API, those of the health probe, or both. @default "api" */
  readonly on?: FaultTarget;
}

export type FaultTarget = "api" | "probe" | "all";

export class Fault {
  /** This status with an error body in place of an answer. */
  static status(status: number, props: StatusFaultProps = {}): FaultAction {
    if (!Number.isInteger(status) || status < 400 || status > 599) {
      throw new RangeError(`a fault's status is a whole number from 400 to 599; got ${status}`);
    }
    const message = STATUS_CODES[status] ?? "Injected fault";
    return { kind: "status", status, headers: {}, body: { error: { code: String(status), message } }, ...props };
  }

  /** 429 whatever the limits say, with the headers that Azure OpenAI sends. @param retryAfter @default 1 s */
  static throttle(retryAfter: Duration = DEFAULT_RETRY_AFTER): FaultAction {
    const { status, headers, body } = ServiceError.tooManyRequests("Too Many Requests", retryAfter.toMilliseconds());
    return Fault.status(status, { headers, body });
  }

  /** Answers rightly but late, on top of the server's own latency. */
  static delay(latency: Latency): FaultAction {
    return { kind: "delay", latency };
  }

  /** Takes the request and never answers. */
  static hang(): FaultAction {
    return { kind: "hang" };
  }

  /** Takes the request and resets the connection (TCP RST). */
  static reset(): FaultAction {
    return { kind: "reset" };
  }

  /** Sends this many events of a stream, or half of another body, then closes the connection. @param afterEvents @default 2 */
  static cut(afterEvents: number = DEFAULT_CUT_AFTER_EVENTS): FaultAction {
    checkEvents("a stream is cut", afterEvents);
    return { kind: "cut", afterEvents };
  }

  /**
   * 200 and a stream that carries an error; an answer that is no stream is the error itself, with the status 429 for
   * `rate_limit_exceeded` and 500 for any other code.
   */
  static streamError(props: StreamErrorFaultProps = {}): FaultAction {
    const { code = RATE_LIMIT_CODE, message = RATE_LIMIT_MESSAGE, form = "response.failed", afterEvents } = props;
    if (afterEvents !== undefined) checkEvents("a stream fails", afterEvents);
    return { kind: "stream-error", failure: { code, message, form }, afterEvents };
  }

  /** Sends the body in small pieces with this time between them: an event of a stream, or 64 bytes. */
  static drip(interval: Duration): FaultAction {
    return { kind: "drip", interval };
  }
}

function checkEvents(what: string, afterEvents: number): void {
  if (Number.isInteger(afterEvents) && afterEvents >= 0) return;
  throw new RangeError(`${what} after a whole number of events, 0 or more; got ${afterEvents}`);
}

const RATE_LIMIT_MESSAGE = "Your requests to the deployment have exceeded rate limit.";
export const DEFAULT_RETRY_AFTER = Duration.seconds(1);
export const DEFAULT_CUT_AFTER_EVENTS = 2;

/** The faults in force, oldest first; a request meets the first one that is meant for it. */
export class FaultScript {
  private readonly entries: { readonly action: FaultAction; readonly on: FaultTarget; left: number }[] = [];

  add(action: FaultAction, options: InjectOptions): void {
    const { times = Number.POSITIVE_INFINITY, on = "api" } = options;
    if (times !== Number.POSITIVE_INFINITY && (!Number.isInteger(times) || times < 1)) {
      throw new RangeError(`a fault happens a whole number of times, 1 or more; got times: ${times}`);
    }
    this.entries.push({ action, on, left: times });
  }

  take(target: "api" | "probe"): FaultAction | undefined {
    const index = this.entries.findIndex(({ on }) => on === "all" || on === target);
    const entry = this.entries[index];
    if (entry === undefined) return undefined;
    entry.left -= 1;
    if (entry.left === 0) this.entries.splice(index, 1);
    return entry.action;
  }

  clear(): void {
    this.entries.length = 0;
  }
}
