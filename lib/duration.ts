/**
 * A length of time that carries its unit, so that no number has to be read as seconds or milliseconds.
 *
 * @example
 * Duration.seconds(30).toMilliseconds(); // 30000
 */
export class Duration {
  static milliseconds(amount: number): Duration {
    return new Duration(amount);
  }

  static seconds(amount: number): Duration {
    return new Duration(amount * 1_000);
  }

  static minutes(amount: number): Duration {
    return new Duration(amount * 60_000);
  }

  static hours(amount: number): Duration {
    return new Duration(amount * 3_600_000);
  }

  /** @throws RangeError for a length that is negative or not finite. */
  private constructor(private readonly length: number) {
    if (!Number.isFinite(length) || length < 0) {
      throw new RangeError(`a duration is a finite number of milliseconds, 0 or more; got ${length}`);
    }
  }

  toMilliseconds(): number {
    return this.length;
  }

  /** May have a fraction. */
  toSeconds(): number {
    return this.length / 1_000;
  }

  /** The length in its largest whole unit: `90 s`, `4 min`. */
  toString(): string {
    if (this.length % 1_000 !== 0) return `${this.length} ms`;
    const seconds = this.length / 1_000;
    if (seconds === 0 || seconds % 60 !== 0) return `${seconds} s`;
    return seconds % 3_600 === 0 ? `${seconds / 3_600} h` : `${seconds / 60} min`;
  }
}
