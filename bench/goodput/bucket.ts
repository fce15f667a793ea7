/** A limit per minute, of tokens or of requests. Times are milliseconds that never go back. */
export interface Limit {
  readonly perMinute: number;
  /** The most that it ever holds. */
  readonly capacity: number;
  /** What is left. */
  level(now: number): number;
  /** Takes what the level allows. */
  take(amount: number, now: number): void;
  /** Milliseconds until so much can be taken, if nobody takes anything before; infinite where it never can. */
  until(amount: number, now: number): number;
  /** Milliseconds until it is full. */
  reset(now: number): number;
}

/** Refills steadily, and holds what comes in a given time. Empty at first: a run would end before a large one is used up. */
export class Bucket implements Limit {
  readonly capacity: number;
  private readonly perMillisecond: number;
  private held = 0;
  private at = 0;

  constructor(
    readonly perMinute: number,
    periodMilliseconds: number,
  ) {
    this.perMillisecond = perMinute / 60_000;
    this.capacity = this.perMillisecond * periodMilliseconds;
  }

  level(now: number): number {
    this.held = Math.min(this.capacity, this.held + (now - this.at) * this.perMillisecond);
    this.at = now;
    return this.held;
  }

  take(amount: number, now: number): void {
    this.held = this.level(now) - amount;
  }

  until(amount: number, now: number): number {
    if (amount > this.capacity) return Number.POSITIVE_INFINITY;
    return Math.max(0, Math.ceil((amount - this.level(now)) / this.perMillisecond));
  }

  reset(now: number): number {
    return this.until(this.capacity, now);
  }
}

/** Counts anew in each window, as Azure's documentation describes; a window begins with the first use after the last one. */
export class Window implements Limit {
  readonly capacity: number;
  private used = 0;
  private endsAt = Number.NEGATIVE_INFINITY;

  constructor(
    readonly perMinute: number,
    private readonly windowMilliseconds: number,
  ) {
    this.capacity = (perMinute * windowMilliseconds) / 60_000;
  }

  level(now: number): number {
    return now >= this.endsAt ? this.capacity : this.capacity - this.used;
  }

  take(amount: number, now: number): void {
    if (now >= this.endsAt) {
      this.used = 0;
      this.endsAt = now + this.windowMilliseconds;
    }
    this.used += amount;
  }

  until(amount: number, now: number): number {
    if (amount > this.capacity) return Number.POSITIVE_INFINITY;
    return amount <= this.level(now) ? 0 : this.endsAt - now;
  }

  reset(now: number): number {
    return Math.max(0, this.endsAt - now);
  }
}
