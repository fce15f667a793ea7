/**
 * A length of time that carries its unit, so that no number has to be read as seconds or milliseconds.
 *
 * @example
 * Duration.seconds(30).toMilliseconds(); // 30000
 */
export class Duration {
  /**
   * A length in milliseconds.
   * @throws RangeError for an amount that is negative or not finite.
   */
  static milliseconds(amount: number): Duration {
    return new Duration(amount, 1);
  }

  /**
   * A length in seconds.
   * @throws RangeError for an amount that is negative or not finite.
   */
  static seconds(amount: number): Duration {
    return new Duration(amount, 1_000);
  }

  /**
   * A length in minutes.
   * @throws RangeError for an amount that is negative or not finite.
   */
  static minutes(amount: number): Duration {
    return new Duration(amount, 60_000);
  }

  /**
   * A length in hours.
   * @throws RangeError for an amount that is negative or not finite.
   */
  static hours(amount: number): Duration {
    return new Duration(amount, 3_600_000);
  }

  private readonly length: number;

  private constructor(
    private readonly amount: number,
    unit: number,
  ) {
    this.length = amount * unit;
    if (this.isUnresolved()) return;
    if (!Number.isFinite(this.length) || this.length < 0) throw outOfRange(this.length);
  }

  /**
   * Whether the amount is a CDKTF token, known only after apply. The construct that takes the duration refuses it and names
   * its prop, which is not known here.
   */
  isUnresolved(): boolean {
    return this.amount <= LARGEST_TOKEN;
  }

  /**
   * The length in milliseconds.
   * @throws RangeError for a duration that {@link isUnresolved}.
   */
  toMilliseconds(): number {
    if (this.isUnresolved()) throw outOfRange(this.length);
    return this.length;
  }

  /**
   * The length in seconds, which may have a fraction.
   * @throws RangeError for a duration that {@link isUnresolved}.
   */
  toSeconds(): number {
    return this.toMilliseconds() / 1_000;
  }

  /** The length in its largest whole unit: `90 s`, `4 min`. */
  toString(): string {
    if (this.length % 1_000 !== 0) return `${this.length} ms`;
    const seconds = this.length / 1_000;
    if (seconds === 0 || seconds % 60 !== 0) return `${seconds} s`;
    return seconds % 3_600 === 0 ? `${seconds / 3_600} h` : `${seconds / 60} min`;
  }
}

/** CDKTF encodes a token as a number below this one. */
const LARGEST_TOKEN = -1e280;

function outOfRange(milliseconds: number): RangeError {
  return new RangeError(`a duration is a finite number of milliseconds, 0 or more; got ${milliseconds}`);
}
