import { Duration } from "../../duration.js";
import { SimulatorOptionError } from "../simulator-option-error.js";

export interface RateLimitProps {
  /** @default no limit */
  readonly requestsPerMinute?: number;
  /** @default no limit */
  readonly tokensPerMinute?: number;
  /** The time over which requests are counted. */
  readonly requestWindow: Duration;
  /** The time now, in milliseconds. */
  readonly clock: () => number;
}

/** How much of a deployment's limits is left; a limit that it does not have is absent. */
export interface RateLimitState {
  readonly requests?: LimitState;
  readonly tokens?: LimitState;
}

export interface LimitState {
  readonly perMinute: number;
  /** What one window holds: 10 s of requests (the server's `requestWindow`), a minute of tokens. */
  readonly perWindow: number;
  readonly remaining: number;
}

export type Admission = { readonly admitted: true } | Refusal;

export interface Refusal {
  readonly admitted: false;
  /** Which limit, in the words of Azure's message. */
  readonly limit: "call" | "token";
  readonly retryAfterMilliseconds: number;
}

/** What field reports show for a request that no waiting can make fit. */
const NEVER_FITS_MILLISECONDS = 86_400_000;
const MINUTE = Duration.minutes(1);

/**
 * The requests-per-minute and tokens-per-minute limits of one deployment: requests are counted in short windows, tokens in
 * whole minutes. A request that is let in and fails later has used its share all the same, and so has one that the token
 * limit stops.
 */
export class RateLimit {
  private readonly requests?: WindowedCount;
  private readonly tokens?: WindowedCount;

  constructor(props: RateLimitProps) {
    const count = (name: "requestsPerMinute" | "tokensPerMinute", window: Duration): WindowedCount | undefined => {
      const perMinute = props[name];
      if (perMinute === undefined) return undefined;
      if (!(perMinute > 0)) {
        throw new SimulatorOptionError(`${name} is more than 0; got ${perMinute}: leave it out for no limit`);
      }
      return new WindowedCount(perMinute, window.toMilliseconds(), props.clock);
    };
    this.requests = count("requestsPerMinute", props.requestWindow);
    this.tokens = count("tokensPerMinute", MINUTE);
  }

  /** @param tokens the estimate that Azure makes before the model runs: prompt and the most that it may write */
  admit(tokens: number): Admission {
    if (this.requests?.take(1) === false) {
      return { admitted: false, limit: "call", retryAfterMilliseconds: this.requests.millisecondsUntil(1) };
    }
    if (this.tokens?.take(tokens) === false) {
      return { admitted: false, limit: "token", retryAfterMilliseconds: this.tokens.millisecondsUntil(tokens) };
    }
    return { admitted: true };
  }

  state(): RateLimitState {
    const { requests, tokens } = this;
    return { ...(requests && { requests: requests.state() }), ...(tokens && { tokens: tokens.state() }) };
  }

  /** `x-ratelimit-*`; none for a deployment without limits. */
  headers(): Record<string, string> {
    return { ...this.requests?.headers("requests"), ...this.tokens?.headers("tokens") };
  }
}

/** Counts up to what a limit per minute allows in a window. A window begins with the first request after the last one. */
class WindowedCount {
  private readonly limit: number;
  private readonly windowMilliseconds: number;
  private used = 0;
  private endsAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly perMinute: number,
    windowMilliseconds: number,
    private readonly clock: () => number,
  ) {
    // A window holds a whole number, 1 at least; its length is such that the minute's limit is kept.
    this.limit = Math.max(1, Math.round((perMinute * windowMilliseconds) / 60_000));
    this.windowMilliseconds = (this.limit * 60_000) / perMinute;
  }

  take(amount: number): boolean {
    if (this.isOver()) {
      this.used = 0;
      this.endsAt = this.clock() + this.windowMilliseconds;
    }
    if (this.used + amount > this.limit) return false;
    this.used += amount;
    return true;
  }

  millisecondsUntil(amount: number): number {
    return amount > this.limit ? NEVER_FITS_MILLISECONDS : this.millisecondsLeft();
  }

  state(): LimitState {
    const remaining = this.isOver() ? this.limit : this.limit - this.used;
    return { perMinute: this.perMinute, perWindow: this.limit, remaining };
  }

  headers(what: "requests" | "tokens"): Record<string, string> {
    const { perMinute, remaining } = this.state();
    return {
      [`x-ratelimit-limit-${what}`]: String(perMinute),
      [`x-ratelimit-remaining-${what}`]: String(remaining),
      [`x-ratelimit-reset-${what}`]: String(Math.ceil(this.millisecondsLeft() / 1_000)),
    };
  }

  private isOver(): boolean {
    return this.clock() >= this.endsAt;
  }

  private millisecondsLeft(): number {
    return this.isOver() ? 0 : Math.ceil(this.endsAt - this.clock());
  }
}
