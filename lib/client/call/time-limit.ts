import { type Duration } from "../../duration.js";
import { keepWithBody, relayAbort } from "../abort-relay.js";
import { AttemptTimeoutError, DeadlineError } from "../errors.js";
import { startTimer } from "../timer.js";

/** What bounds an attempt. */
export interface AttemptLimits {
  readonly attemptTimeout: Duration | undefined;
  /** Bounds an attempt whose answer is a stream, like `attemptTimeout`, up to its first event. */
  readonly firstEventTimeout: Duration | undefined;
  readonly deadline: Duration | undefined;
  /** Of the deadline; Infinity where there is none. */
  readonly millisecondsLeft: number;
  /** 1 for the first of a call. */
  readonly attempt: number;
}

/** The signal of one attempt: the caller's own where nothing else bounds it, else one that follows it. */
export class TimeLimit {
  readonly signal: AbortSignal | undefined;
  /** Rejects where the time is up; undefined where it is not bounded. */
  readonly timedOut: Promise<never> | undefined;
  /** Bounds it up to the headers, besides the deadline. */
  readonly toHeaders: Duration | undefined;
  private readonly controller: AbortController | undefined;
  private readonly startedAt: number;
  private stopTimer: (() => void) | undefined;
  private readonly endRelay: (() => void) | undefined;
  private reject: (reason: unknown) => void = () => undefined;

  constructor(
    caller: AbortSignal | undefined,
    private readonly limits: AttemptLimits,
    private readonly now: () => number,
    /** Whether the request has to be aborted even where nothing bounds it. */
    isAborted: boolean,
  ) {
    const { attemptTimeout, firstEventTimeout, millisecondsLeft } = limits;
    this.startedAt = now();
    const toHeaders = shorter(attemptTimeout, firstEventTimeout);
    this.toHeaders = toHeaders;
    const isBounded = toHeaders !== undefined || millisecondsLeft < Number.POSITIVE_INFINITY;
    if (!isBounded && !isAborted) {
      this.signal = caller;
      return;
    }
    this.controller = new AbortController();
    this.signal = this.controller.signal;
    this.endRelay = caller && relayAbort(caller, this.controller);
    if (!isBounded) return;
    this.timedOut = new Promise((_, reject) => (this.reject = reject));
    // It may come while nobody waits for it.
    this.timedOut.catch(() => undefined);
    const timeout = () => new AttemptTimeoutError("response headers", String(toHeaders));
    this.start(Math.min(toHeaders?.toMilliseconds() ?? Number.POSITIVE_INFINITY, millisecondsLeft), timeout);
  }

  /** The headers are there: from here on only the deadline counts, and `firstEventTimeout` where events are waited for. */
  headersReceived(): void {
    if (this.controller === undefined) return;
    this.stopTimer?.();
    const left = this.limits.millisecondsLeft - (this.now() - this.startedAt);
    if (left < Number.POSITIVE_INFINITY) this.start(left, () => this.deadlineError());
  }

  /** The response is the caller's: only its abort counts now, for as long as there is a body. */
  handOver(response: Response): void {
    this.stopTimer?.();
    if (response.body === null || this.controller === undefined) this.endRelay?.();
    else keepWithBody(response, this.controller);
  }

  /** Ends the request, where its signal is one of its own. */
  abort(): void {
    this.controller?.abort();
  }

  end(): void {
    this.stopTimer?.();
    this.endRelay?.();
  }

  private start(milliseconds: number, timeout: () => Error): void {
    const reason = () => (milliseconds < this.limits.millisecondsLeft ? timeout() : this.deadlineError());
    this.stopTimer = startTimer(() => {
      this.controller?.abort(reason());
      this.reject(this.controller?.signal.reason);
    }, milliseconds);
  }

  private deadlineError(): DeadlineError {
    return new DeadlineError(String(this.limits.deadline), this.limits.attempt);
  }
}

function shorter(one: Duration | undefined, other: Duration | undefined): Duration | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one.toMilliseconds() <= other.toMilliseconds() ? one : other;
}
