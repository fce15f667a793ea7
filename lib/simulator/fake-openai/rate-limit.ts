import { type Duration } from "../../duration.js";
import { SimulatorOptionError } from "../simulator-option-error.js";

export interface RateLimitProps {
  /** @default no limit */
  readonly requestsPerMinute?: number;
  /** @default no limit */
  readonly tokensPerMinute?: number;
  /** How much of the limit may be used at once: the bucket holds what is allowed in this time. */
  readonly period: Duration;
  /** The time now, in milliseconds. */
  readonly clock: () => number;
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

/**
 * The requests-per-minute and tokens-per-minute limits of one deployment, as two token buckets that refill steadily.
 * A request that is let in and fails later has used its share all the same, and so has one that the token limit stops.
 */
export class RateLimit {
  private readonly requests?: Bucket;
  private readonly tokens?: Bucket;

  constructor(props: RateLimitProps) {
    const bucket = (name: "requestsPerMinute" | "tokensPerMinute"): Bucket | undefined => {
      const perMinute = props[name];
      if (perMinute === undefined) return undefined;
      if (!(perMinute > 0)) {
        throw new SimulatorOptionError(`${name} is more than 0; got ${perMinute}: leave it out for no limit`);
      }
      return new Bucket(perMinute, props.period.toMilliseconds(), props.clock);
    };
    this.requests = bucket("requestsPerMinute");
    this.tokens = bucket("tokensPerMinute");
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

  /** `x-ratelimit-*`; none for a deployment without limits. */
  headers(): Record<string, string> {
    return { ...this.requests?.headers("requests"), ...this.tokens?.headers("tokens") };
  }
}

class Bucket {
  private readonly capacity: number;
  private level: number;
  private filledAt: number;

  constructor(
    private readonly perMinute: number,
    periodMilliseconds: number,
    private readonly clock: () => number,
  ) {
    this.capacity = Math.max(1, (perMinute * periodMilliseconds) / 60_000);
    this.level = this.capacity;
    this.filledAt = clock();
  }

  take(amount: number): boolean {
    this.fill();
    if (this.level < amount) return false;
    this.level -= amount;
    return true;
  }

  millisecondsUntil(amount: number): number {
    if (amount > this.capacity) return NEVER_FITS_MILLISECONDS;
    this.fill();
    return Math.max(1, Math.ceil(((amount - this.level) * 60_000) / this.perMinute));
  }

  headers(what: "requests" | "tokens"): Record<string, string> {
    this.fill();
    return {
      [`x-ratelimit-limit-${what}`]: String(this.perMinute),
      [`x-ratelimit-remaining-${what}`]: String(Math.floor(this.level)),
    };
  }

  private fill(): void {
    const now = this.clock();
    this.level = Math.min(this.capacity, this.level + ((now - this.filledAt) * this.perMinute) / 60_000);
    this.filledAt = now;
  }
}
