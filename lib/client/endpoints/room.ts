import { Gauge, type Taking } from "./gauge.js";

/** What a request takes of a deployment's limits. */
export interface RoomTaken {
  readonly tokens: Taking;
  readonly requests: Taking;
}

/** What the last headers said, and when that was. */
interface Reading {
  readonly tokens: number | undefined;
  readonly requests: number | undefined;
  readonly at: number;
}

/** The last 429. */
interface Refused {
  readonly tokens: number;
  readonly until: number;
  readonly hasHint: boolean;
}

/**
 * What a deployment still lets through of its two limits, tokens and requests per minute.
 *
 * A refusal is taken for one of tokens, so that it holds for requests of its size and above, unless headers say that enough of
 * them were left, or a smaller request is refused until the same time: then it holds for all sizes.
 */
export class Room {
  private readonly tokens = new Gauge();
  private readonly requests = new Gauge();
  private reading: Reading | undefined;
  /** No size is let through before. */
  private heldUntil = Number.NEGATIVE_INFINITY;
  private refused: Refused | undefined;
  private tooLarge = { tokens: Number.POSITIVE_INFINITY, until: Number.NEGATIVE_INFINITY };
  /** Sent since the last refusal. */
  private sent = 0;
  private sentAt = Number.NEGATIVE_INFINITY;

  /** By the last headers; undefined where unknown or older than a minute. */
  remaining(now: number): Pick<Reading, "tokens" | "requests"> {
    const { reading } = this;
    return reading !== undefined && now - reading.at <= VALID_MILLISECONDS ? reading : NOTHING;
  }

  /** How full it would be with this request, by the scarcer of the limits; undefined where that is not known. */
  fullness(tokens: number, now: number): number | undefined {
    const ofTokens = this.tokens.fullness(tokens, now);
    const ofRequests = this.requests.fullness(1, now);
    if (ofTokens === undefined || ofRequests === undefined) return ofTokens ?? ofRequests;
    return Math.min(ofTokens, ofRequests);
  }

  /** In milliseconds, until a request of this size can be let through; 0 where it may be at once. */
  timeUntil(tokens: number, now: number): number {
    return Math.max(this.tokens.timeUntil(tokens, now), this.requests.timeUntil(1, now), this.heldUntil - now, 0);
  }

  /**
   * Likewise, for one of several that wait: others go on taking what they took of late; and where it is not known how much there
   * is, one at a time finds out, faster and faster.
   */
  likelyTimeUntil(tokens: number, now: number): number {
    const { tokens: ofTokens, requests } = this;
    const known = Math.max(
      ofTokens.likelyTimeUntil(tokens, now),
      requests.likelyTimeUntil(1, now),
      this.heldUntil - now,
      0,
    );
    if (this.refused === undefined || ofTokens.hasRate(now)) return known;
    return Math.max(known, this.sentAt + FIRST_GAP_MILLISECONDS / (1 + this.sent / 4) - now);
  }

  /** Whether a refusal says nothing about a request of this size. */
  isSparedFrom(tokens: number, now: number): boolean {
    const { refused } = this;
    if (refused === undefined || tokens === 0 || tokens >= refused.tokens || now < this.heldUntil) return false;
    if (this.tokens.hasRate(now)) return this.tokens.likelyTimeUntil(tokens, now) <= 0;
    // Where it is not known how much is left, half as large is a fair guess.
    return refused.hasHint && tokens <= refused.tokens / 2;
  }

  take(tokens: number, now: number): RoomTaken {
    this.sent++;
    this.sentAt = now;
    return { tokens: this.tokens.take(tokens, now), requests: this.requests.take(1, now) };
  }

  /** The request was not let in, for a reason that says nothing about the limits. */
  giveBack(taken: RoomTaken): void {
    this.tokens.giveBack(taken.tokens);
    this.requests.giveBack(taken.requests);
  }

  /** The request is larger than the deployment's limit. */
  refuseForSize(taken: RoomTaken, now: number): void {
    this.giveBack(taken);
    const { amount } = taken.tokens;
    const tokens = now < this.tooLarge.until ? Math.min(amount, this.tooLarge.tokens) : amount;
    this.tooLarge = { tokens, until: now + TOO_LARGE_MILLISECONDS };
  }

  /** Whether one of this size, or a smaller one, was larger than the deployment's limit of late. */
  isTooSmallFor(tokens: number, now: number): boolean {
    return tokens > 0 && tokens >= this.tooLarge.tokens && now < this.tooLarge.until;
  }

  /** No size is to be let through before. */
  hold(until: number): void {
    this.heldUntil = Math.max(this.heldUntil, until);
  }

  /** Takes note of an answer's headers. */
  read(taken: RoomTaken, headers: Headers, now: number): void {
    const requests = count(headers.get("x-ratelimit-remaining-requests"));
    const tokens = count(headers.get("x-ratelimit-remaining-tokens"));
    if (requests === undefined && tokens === undefined) return;
    this.reading = { tokens, requests, at: now };
    if (tokens !== undefined) {
      this.tokens.read(taken.tokens, tokens, count(headers.get("x-ratelimit-limit-tokens")), now);
    }
    if (requests !== undefined) {
      this.requests.read(taken.requests, requests, count(headers.get("x-ratelimit-limit-requests")), now);
    }
  }

  /** A 429. @param hint in milliseconds; undefined where none was given. */
  refuse(taken: RoomTaken, headers: Headers | undefined, hint: number | undefined, until: number, now: number): void {
    const tokens = taken.tokens.amount;
    const left = headers && count(headers.get("x-ratelimit-remaining-tokens"));
    const requestsLeft = headers && count(headers.get("x-ratelimit-remaining-requests"));
    if (left !== undefined || requestsLeft !== undefined)
      this.reading = { tokens: left, requests: requestsLeft, at: now };
    if (requestsLeft === 0 || (left !== undefined && left >= tokens) || this.isOfAnySize(tokens, until, now)) {
      this.hold(until);
    } else {
      this.tokens.refuse(taken.tokens, left, hint, now);
    }
    this.sent = 0;
    this.refused = { tokens, until, hasHint: hint !== undefined };
  }

  /** Whether a larger one was refused until the same time. */
  private isOfAnySize(tokens: number, until: number, now: number): boolean {
    const { refused } = this;
    if (refused === undefined || now >= refused.until || tokens >= refused.tokens * MUCH_SMALLER) return false;
    return Math.abs(until - refused.until) < SAME_TIME_MILLISECONDS;
  }
}

const NOTHING = { tokens: undefined, requests: undefined };

/** A 429 comes within it, as a rule. */
const FIRST_GAP_MILLISECONDS = 50;

/** A limit may be raised. */
const TOO_LARGE_MILLISECONDS = 300_000;

const VALID_MILLISECONDS = 60_000;

/** Two refusals tell sizes apart only where these differ by more. */
const MUCH_SMALLER = 0.7;
const SAME_TIME_MILLISECONDS = 100;

function count(text: string | null): number | undefined {
  return text !== null && /^\d+$/.test(text) ? Number(text) : undefined;
}
