import { Gauge, type Taking } from "./gauge.js";

/** What a request takes of a deployment's limits. */
export interface RoomTaken {
  readonly tokens: Taking;
  readonly requests: Taking;
}

/** What a 429 says. */
export interface RateLimited {
  readonly headers: Headers | undefined;
  /** In milliseconds; undefined where none was given. */
  readonly hint: number | undefined;
  /** When its cooldown ends. */
  readonly until: number;
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
  /** Until then it is left to others, where several 429s in a row show that they are faster. */
  readonly yieldUntil: number;
}

/**
 * What a deployment still lets through of its two limits, tokens and requests per minute.
 *
 * A 429 is taken for one of tokens, so that it holds for requests of its size and above, unless headers say that enough of
 * them were left, there should have been far more than others can have taken, or a smaller request is refused until the same time:
 * then it holds for all sizes.
 */
export class Room {
  private readonly tokens = new Gauge();
  private readonly requests = new Gauge();
  private reading: Reading | undefined;
  /** No size is let through before. */
  private heldUntil = Number.NEGATIVE_INFINITY;
  private refused: Refused | undefined;
  private refusalsInRow = 0;
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

  /** Whether a request of this size can be let through at once. */
  hasRoom(tokens: number, now: number): boolean {
    return now >= this.heldUntil && this.tokens.lets(tokens, now) && this.requests.lets(1, now);
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
    const known = Math.max(this.timeUntilTokens(tokens, now), this.timeUntilRequest(now), 0);
    if (this.refused === undefined || this.tokens.hasRate(now)) return known;
    return Math.max(known, this.sentAt + FIRST_GAP_MILLISECONDS / (1 + this.sent / 4) - now);
  }

  /** Tokens that are left and come back; undefined where headers do not tell. */
  supply(now: number): { readonly left: number; readonly perMillisecond: number } | undefined {
    return this.tokens.supply(now);
  }

  /** Whether its size has nothing to do with how long a request has to wait. */
  isBoundByRequests(tokens: number, now: number): boolean {
    return this.timeUntilRequest(now) > this.timeUntilTokens(tokens, now);
  }

  /** Whether the last 429 says nothing about a request of this size. */
  isSparedFrom(tokens: number, now: number): boolean {
    const { refused } = this;
    if (refused === undefined || tokens === 0 || tokens >= refused.tokens || now < this.heldUntil) return false;
    if (this.tokens.hasRate(now)) return this.tokens.likelyTimeUntil(tokens, now, TOKENS_SHARE) <= 0;
    // Where it is not known how much is left, half as large is a fair guess.
    return refused.hasHint && tokens <= refused.tokens / 2;
  }

  /** Whether one of this size, or a smaller one, was larger than the deployment's limit of late. */
  isTooSmallFor(tokens: number, now: number): boolean {
    return tokens > 0 && tokens >= this.tooLarge.tokens && now < this.tooLarge.until;
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

  /** No size is to be let through before. */
  hold(until: number): void {
    this.heldUntil = Math.max(this.heldUntil, until);
  }

  /** It answered: takes note of the headers. */
  read(taken: RoomTaken, headers: Headers, now: number): void {
    this.refusalsInRow = 0;
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

  /** It answered with a 429. */
  refuse(taken: RoomTaken, { headers, hint, until }: RateLimited, now: number, random: () => number): void {
    const tokens = taken.tokens.amount;
    const tokensLeft = headers && count(headers.get("x-ratelimit-remaining-tokens"));
    const requestsLeft = headers && count(headers.get("x-ratelimit-remaining-requests"));
    if (tokensLeft !== undefined || requestsLeft !== undefined) {
      this.reading = { tokens: tokensLeft, requests: requestsLeft, at: now };
    }
    const isOfRequests =
      requestsLeft === 0 ||
      (tokensLeft === undefined ? this.tokens.isSurprised(taken.tokens, hint) : tokensLeft >= tokens * SURELY_ENOUGH) ||
      this.isOfAnySize(tokens, until, now);
    if (isOfRequests) {
      this.requests.refuse(taken.requests, requestsLeft, hint, now);
      this.tokens.giveBack(taken.tokens);
      this.hold(until);
    } else {
      // It would have fitted by its estimate, so the service counts more; what is left says nothing then.
      const left = tokensLeft !== undefined && tokensLeft >= tokens ? undefined : tokensLeft;
      this.tokens.refuse(taken.tokens, left, hint, now);
      this.requests.giveBack(taken.requests);
    }
    // At random, so that processes do not return in step.
    const longer = Math.min(2 ** this.refusalsInRow++ - 1, LONGEST_YIELD) * random();
    this.sent = 0;
    this.refused = { tokens, until, hasHint: hint !== undefined, yieldUntil: until + (until - now) * longer };
  }

  /** The request is larger than the deployment's limit. */
  refuseForSize(taken: RoomTaken, now: number): void {
    this.giveBack(taken);
    const { amount } = taken.tokens;
    const tokens = now < this.tooLarge.until ? Math.min(amount, this.tooLarge.tokens) : amount;
    this.tooLarge = { tokens, until: now + TOO_LARGE_MILLISECONDS };
  }

  private timeUntilTokens(tokens: number, now: number): number {
    const wait = this.tokens.likelyTimeUntil(tokens, now, TOKENS_SHARE);
    const { refused } = this;
    if (refused === undefined || this.refusalsInRow === 0 || tokens < refused.tokens / 2) return wait;
    return Math.max(wait, refused.yieldUntil - now);
  }

  private timeUntilRequest(now: number): number {
    return Math.max(this.requests.likelyTimeUntil(1, now, REQUESTS_SHARE), this.heldUntil - now);
  }

  /** Whether a larger one was refused until the same time. */
  private isOfAnySize(tokens: number, until: number, now: number): boolean {
    const { refused } = this;
    if (refused === undefined || now >= refused.until || tokens >= refused.tokens * MUCH_SMALLER) return false;
    return Math.abs(until - refused.until) < SAME_TIME_MILLISECONDS;
  }
}

/** Of a request's estimated size: the service may count more. */
const SURELY_ENOUGH = 1.5;

const NOTHING = { tokens: undefined, requests: undefined };

const VALID_MILLISECONDS = 60_000;

/** How much of what others take is reckoned with. Sizes differ, so that a small request finds room; but all want one request. */
const TOKENS_SHARE = 0.5;
const REQUESTS_SHARE = 0.9;

/** A 429 comes within it, as a rule. */
const FIRST_GAP_MILLISECONDS = 50;

/** In lengths of the cooldown. */
const LONGEST_YIELD = 7;

/** A limit may be raised. */
const TOO_LARGE_MILLISECONDS = 300_000;

/** Two refusals tell sizes apart only where these differ by more. */
const MUCH_SMALLER = 0.7;
const SAME_TIME_MILLISECONDS = 100;

function count(text: string | null): number | undefined {
  return text !== null && /^\d+$/.test(text) ? Number(text) : undefined;
}
