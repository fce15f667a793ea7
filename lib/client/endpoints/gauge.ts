/** What a request has taken of a limit, by which its answer is understood. */
export interface Taking {
  readonly amount: number;
  readonly at: number;
  /** Its place in the order of sending. */
  readonly order: number;
  /** All that was taken until then, this included. */
  readonly total: number;
  /** What should be left after it, and how old that knowledge was; undefined where nothing was known. */
  readonly expected: { readonly left: number; readonly age: number } | undefined;
}

/** Older knowledge counts for nothing: limits are by the minute. */
export const KNOWN_FOR_MILLISECONDS = 60_000;

/**
 * An estimate of what a limit still lets through: a level that falls with what is sent and rises at the limit's rate.
 *
 * Headers tell the level as it was when a request came in, so an answer counts for the time at which its request was sent,
 * whatever the order of answers. What others take shows as a level below the expected one. A refusal tells the level, too: what
 * was refused, less what comes back by the time that its hint names. Without headers the rate is learned from what passed
 * between two refusals.
 */
export class Gauge {
  /** As it was at a time; undefined where nothing is known. */
  private level: number | undefined;
  private at = 0;
  /** Per millisecond; undefined where no header has named it and no two refusals have told it. */
  private rate: number | undefined;
  private isRateNamed = false;
  /** What others take, per millisecond. */
  private drain = 0;
  /** The highest level that is known to be possible. */
  private ceiling = 0;
  /** Whether it was seen to fill no further. */
  private isFullAtCeiling = false;
  private total = 0;
  private order = 0;
  /** What the level is known by: which request, sent when. */
  private knownBy = 0;
  private knownAt = Number.NEGATIVE_INFINITY;
  private refusal: Refusal | undefined;
  /** Of what was taken since, what was given back. */
  private returned: Taking[] = [];

  /** Whether it can tell how long to wait. */
  hasRate(now: number): boolean {
    return this.rate !== undefined && this.isKnown(now);
  }

  /** What will be left with so much less, as a share of what it holds; undefined where nothing is known. */
  fullness(amount: number, now: number): number | undefined {
    if (this.level === undefined || this.ceiling === 0 || !this.isKnown(now)) return undefined;
    const left = this.reckon(this.level, now, this.drain * COMPARED_SHARE) - amount;
    return Math.min(left / this.scale(), 1);
  }

  /** Whether so much can be let through at once. */
  lets(amount: number, now: number): boolean {
    return !this.isRateNamed || this.wait(amount, now, 0) === 0;
  }

  /**
   * In milliseconds, until so much can be let through; 0 where it may be at once. Certain: as if others had stopped taking, and
   * only where headers name the rate.
   */
  timeUntil(amount: number, now: number): number {
    return this.isRateNamed ? this.wait(amount, now, 0) : 0;
  }

  /**
   * Likewise, but likely: by a rate that was learned, and as if others went on taking.
   *
   * @param share of what they take: whoever waits longer than they do gets nothing.
   */
  likelyTimeUntil(amount: number, now: number, share: number): number {
    return this.wait(amount, now, this.drain * share);
  }

  private wait(amount: number, now: number, drain: number): number {
    if (this.level === undefined || this.rate === undefined || !this.isKnown(now)) return 0;
    // What is larger than was ever seen may still be let through where it is full.
    const missing = Math.min(amount, this.ceiling) - this.reckon(this.level, now, drain);
    return missing <= TOLERANCE ? 0 : missing / Math.max(this.rate - drain, this.rate * LEAST_SHARE);
  }

  /** What is left, and what comes back; undefined where no header has named it. */
  supply(now: number): { readonly left: number; readonly perMillisecond: number } | undefined {
    if (this.level === undefined || this.rate === undefined || !this.isRateNamed || !this.isKnown(now))
      return undefined;
    return { left: Math.max(this.reckon(this.level, now, 0), 0), perMillisecond: this.rate };
  }

  take(amount: number, now: number): Taking {
    let expected: Taking["expected"];
    if (this.level !== undefined) {
      this.level = this.reckon(this.level, now, this.drain) - amount;
      this.at = now;
      expected = { left: this.level, age: now - this.knownAt };
    }
    this.total += amount;
    return { amount, at: now, order: ++this.order, total: this.total, expected };
  }

  /** It was not let in, for a reason that says nothing about the limit. */
  giveBack(taking: Taking): void {
    if (taking.order <= this.knownBy || this.level === undefined) return;
    this.level += taking.amount;
    this.returned.push(taking);
    if (this.returned.length > MAX_RETURNED) this.returned.shift();
  }

  /**
   * An answer's headers.
   *
   * @param perMinute undefined where none names it.
   */
  read(taking: Taking, remaining: number, perMinute: number | undefined, now: number): void {
    if (taking.order < this.knownBy) return;
    if (perMinute !== undefined && perMinute > 0) {
      const rate = perMinute / 60_000;
      // Another limit holds another amount.
      if (rate !== this.rate) [this.ceiling, this.isFullAtCeiling] = [0, false];
      this.rate = rate;
      this.isRateNamed = true;
    }
    const { expected } = taking;
    const seen = remaining + taking.amount;
    const isShort = expected !== undefined && expected.left > remaining + expected.age * MEASURING_ERROR;
    if (seen > this.ceiling) [this.ceiling, this.isFullAtCeiling] = [seen, false];
    if (isShort && expected.left + taking.amount > this.ceiling) this.isFullAtCeiling = true;
    if (expected !== undefined) this.learnDrain(expected.left - remaining, expected.age);
    this.know(taking, remaining, taking.at, now);
  }

  /** Whether a refusal with this hint cannot be one of this limit: what is missing is more than others can have taken since. */
  isSurprised({ amount, expected }: Taking, hint: number | undefined): boolean {
    if (expected === undefined || !this.isRateNamed || this.rate === undefined) return false;
    const missing = expected.left + (hint === undefined ? 0 : this.rate * hint);
    return expected.left > 0 && missing > SURPRISE * (this.rate * expected.age + amount);
  }

  /**
   * It did not pass.
   *
   * @param remaining by the answer's headers, if they say.
   * @param hint in milliseconds, until so much will have come back; undefined where nothing was said.
   */
  refuse(taking: Taking, remaining: number | undefined, hint: number | undefined, now: number): void {
    const { amount, expected } = taking;
    if (taking.order < this.knownBy) return;
    this.learnRate(taking, hint, now);
    if (this.rate === undefined) {
      this.level = undefined;
      this.knownBy = taking.order;
      return;
    }
    this.ceiling = Math.max(this.ceiling, amount);
    const left = remaining ?? (hint === undefined ? 0 : amount - this.rate * hint);
    // It was expected to pass, and took nothing.
    if (expected !== undefined) this.learnDrain(expected.left + amount - left, expected.age);
    this.know(taking, left, now, now);
  }

  private isKnown(now: number): boolean {
    return this.level !== undefined && now - this.knownAt <= KNOWN_FOR_MILLISECONDS;
  }

  /** What is a lot of it. */
  private scale(): number {
    if (!this.isRateNamed || this.rate === undefined || this.isFullAtCeiling) return this.ceiling;
    return Math.max(this.ceiling, this.rate * AMPLE_MILLISECONDS);
  }

  private reckon(level: number, now: number, drain: number): number {
    const refilled = level + ((this.rate ?? 0) - drain) * (now - this.at);
    if (this.isRateNamed && !this.isFullAtCeiling) return refilled;
    return Math.min(refilled, Math.max(level, this.ceiling));
  }

  /** @param level what was left after that request, at a time; what was sent after it is still to be taken off. */
  private know(taking: Taking, level: number, at: number, now: number): void {
    this.at = at;
    this.returned = this.returned.filter(({ order }) => order > taking.order);
    const takenSince = this.total - taking.total - this.returned.reduce((sum, { amount }) => sum + amount, 0);
    this.level = this.reckon(level, now, this.drain) - takenSince;
    this.at = now;
    this.knownBy = taking.order;
    this.knownAt = taking.at;
  }

  /** @param surprise what was missing of the expected level. */
  private learnDrain(surprise: number, age: number): void {
    if (!this.isRateNamed || this.rate === undefined || age <= 0) return;
    const gain = (1 - Math.exp(-age / DRAIN_MEMORY_MILLISECONDS)) / age;
    this.drain = Math.min(Math.max(this.drain + surprise * gain, 0), this.rate);
  }

  /** What passed between two refusals is what came back, and what one of them left more than the other. */
  private learnRate({ amount, total }: Taking, hint: number | undefined, now: number): void {
    const before = this.refusal;
    this.refusal = { at: now, amount, hint, total };
    if (this.isRateNamed || before === undefined || now - before.at > KNOWN_FOR_MILLISECONDS) return;
    const hasHints = hint !== undefined && before.hint !== undefined;
    const passed = total - amount - before.total + (hasHints ? amount - before.amount : 0);
    const time = now - before.at + (hasHints ? hint - before.hint : 0);
    if (passed <= 0 || time < SHORTEST_MEASURE_MILLISECONDS) return;
    const measured = (passed / time) * (hasHints ? OPTIMISM.withHints : OPTIMISM.withoutHints);
    this.rate = this.rate === undefined ? measured : (this.rate + measured) / 2;
  }
}

interface Refusal {
  readonly at: number;
  readonly amount: number;
  readonly hint: number | undefined;
  /** See {@link Taking}. */
  readonly total: number;
}

/** Where it is not known how much a limit holds, so much of what comes back is a lot. */
const AMPLE_MILLISECONDS = 10_000;

/** Per millisecond: what headers leave out by rounding. */
const MEASURING_ERROR = 0.001;

/** How much faster than the limit refills others may take, in a burst. */
const SURPRISE = 2;

/** Only those count that are later than the last header: where none comes, they must not pile up. */
const MAX_RETURNED = 100;

/** For what rounding takes away. */
const TOLERANCE = 0.01;

/** However much others take, some of what comes back is ours. */
const LEAST_SHARE = 0.05;

/** How much of what others take counts where endpoints are compared. */
const COMPARED_SHARE = 0.85;

const DRAIN_MEMORY_MILLISECONDS = 10_000;

const SHORTEST_MEASURE_MILLISECONDS = 100;

/** A rate that was learned is raised a little, or it would never be found to have risen. */
const OPTIMISM = { withHints: 1.02, withoutHints: 1.1 };
