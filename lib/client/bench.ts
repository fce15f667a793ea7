/** Why an endpoint is left alone. */
export type BenchReason = "throttled" | "failed" | "misconfigured";

/** Lengths in milliseconds where no header gives one; `maximum` bounds those of headers too. */
export interface BenchLengths extends Readonly<Record<BenchReason, number>> {
  readonly maximum: number;
}

/** A count of benches so far; it tells an attempt of before a bench from one of after it. */
export type Pass = number;

/**
 * The bench that an endpoint sits on after a failure, and the circuit breaker around it.
 *
 * ```
 *  free ──throttled──> benched ──time──> free
 *  free ──failed, misconfigured──> benched ──time──> half-open ──one probe──> free, or benched for longer
 * ```
 *
 * A throttled endpoint named its time, so it returns for everybody at once. One that failed is probed by
 * exactly one request, and consecutive failures lengthen the bench, with jitter.
 *
 * Many requests are under way when an endpoint dies. Only the first of them to fail counts: an attempt
 * that set out before a bench ({@link Pass}) changes nothing any more.
 */
export class Bench {
  private since: Pass = 0;
  private benchedUntil = Number.NEGATIVE_INFINITY;
  private why: BenchReason | undefined;
  private failures = 0;
  private probe: Probe | undefined;

  /** On the clock of the caller, in milliseconds; in the past or -Infinity where it is not benched. */
  get until(): number {
    return this.benchedUntil;
  }

  /** Of the bench, and until an answer has proved the endpoint well. */
  get reason(): BenchReason | undefined {
    return this.why;
  }

  get consecutiveFailures(): number {
    return this.failures;
  }

  /** Settles with the probe that is under way; undefined where there is none. */
  get probed(): Promise<void> | undefined {
    return this.probe?.settled;
  }

  isFree(now: number): boolean {
    return now >= this.benchedUntil && this.probe === undefined;
  }

  /** An attempt sets out; the first one after a failure's bench is the probe. Only where {@link isFree}. */
  enter(): Pass {
    if (this.why !== undefined && this.why !== "throttled") this.probe = new Probe();
    return this.since;
  }

  /** @returns whether it was benched until now, thus has recovered. */
  succeed(pass: Pass): boolean {
    if (pass !== this.since || this.why === undefined) return false;
    this.why = undefined;
    this.failures = 0;
    this.endProbe();
    return true;
  }

  /**
   * @param hintMilliseconds what the endpoint asked for.
   * @returns the length in milliseconds; undefined for an attempt of before the present bench.
   */
  fail(
    pass: Pass,
    reason: BenchReason,
    hintMilliseconds: number | undefined,
    lengths: BenchLengths,
    now: number,
    random: () => number,
  ): number | undefined {
    if (pass !== this.since) return undefined;
    const length = Math.min(hintMilliseconds ?? this.ownLength(lengths[reason], random), lengths.maximum);
    this.failures++;
    this.since++;
    this.why = reason;
    this.benchedUntil = now + length;
    this.endProbe();
    return length;
  }

  /**
   * Takes back the bench that the attempt with this pass led to, unless another one has followed.
   *
   * @returns whether it was benched until now.
   */
  lift(pass: Pass): boolean {
    if (pass + 1 !== this.since || this.why === undefined) return false;
    this.why = undefined;
    this.failures = 0;
    this.benchedUntil = Number.NEGATIVE_INFINITY;
    this.endProbe();
    return true;
  }

  /** The attempt ended without a verdict (the caller left): let another one probe. */
  release(pass: Pass): void {
    if (pass === this.since) this.endProbe();
  }

  /** Doubles with each failure in a row; the jitter keeps processes from returning in step. */
  private ownLength(base: number, random: () => number): number {
    return base * 2 ** this.failures * (1 + random() * JITTER);
  }

  private endProbe(): void {
    this.probe?.settle();
    this.probe = undefined;
  }
}

/** A bench is longer by up to this share. */
export const JITTER = 0.25;

class Probe {
  settle: () => void = () => undefined;
  readonly settled = new Promise<void>((resolve) => (this.settle = resolve));
}
