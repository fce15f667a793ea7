/** Why an endpoint is left alone. */
export type BenchReason = "throttled" | "failed" | "misconfigured";

/** Lengths in milliseconds where no header gives one; `maximum` bounds those of headers too. */
export interface BenchLengths extends Readonly<Record<BenchReason, number>> {
  readonly maximum: number;
}

/** No hint makes a bench shorter than this: an endpoint that says 1 ms would be asked a thousand times a second. */
export const MIN_HINT_MILLISECONDS = 50;

/** A probe without an answer keeps others away for as long as the bench before it lasted, and no longer than this. */
export const MAX_PROBE_MILLISECONDS = 5_000;

/** A count of benches so far; it tells an attempt of before a bench from one of after it. */
export type Pass = number;

/**
 * The bench that an endpoint sits on after a failure, and the circuit breaker around it.
 *
 * ```
 *  free ──throttled──> benched ──time──> free
 *  free ──failed, misconfigured──> benched ──time──> half-open ──a probe──> free, or benched for longer
 * ```
 *
 * A throttled endpoint named its time, so it returns for everybody at once. One that failed is probed by
 * one request at a time, and consecutive failures lengthen the bench, with jitter. A probe can be a completion
 * of minutes, so it keeps others away for a bounded time only; then the next one goes as well.
 *
 * Many requests are under way when an endpoint dies. Only the first of them to fail counts: an attempt
 * that set out before a bench ({@link Pass}) changes nothing any more.
 */
export class Bench {
  private since: Pass = 0;
  private benchedUntil = Number.NEGATIVE_INFINITY;
  private why: BenchReason | undefined;
  private failures = 0;
  private length = 0;
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

  /** When it is free, should the probe under way give no answer until then. */
  get freeAt(): number {
    return Math.max(this.benchedUntil, this.probe?.until ?? Number.NEGATIVE_INFINITY);
  }

  /** Settles with the probe that is under way, or with the one that takes its place; undefined where there is none. */
  get probed(): Promise<void> | undefined {
    return this.probe?.settled;
  }

  isFree(now: number): boolean {
    return now >= this.freeAt;
  }

  /** An attempt sets out; the first one after a failure's bench is the probe. Only where {@link isFree}. */
  enter(now: number): Pass {
    if (this.why !== undefined && this.why !== "throttled") {
      this.endProbe();
      this.probe = new Probe(now + Math.min(this.length, MAX_PROBE_MILLISECONDS));
    }
    return this.since;
  }

  /** Whether it was benched after the attempt with this pass set out. */
  hasChangedSince(pass: Pass): boolean {
    return pass !== this.since;
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
   * @returns the length in milliseconds; undefined for an attempt of before the present bench, unless it was
   *   throttled too and for longer.
   */
  fail(
    pass: Pass,
    reason: BenchReason,
    hintMilliseconds: number | undefined,
    lengths: BenchLengths,
    now: number,
    random: () => number,
  ): number | undefined {
    const hint = hintMilliseconds === undefined ? undefined : Math.max(hintMilliseconds, MIN_HINT_MILLISECONDS);
    const length = Math.min(hint ?? this.ownLength(lengths[reason], random), lengths.maximum);
    if (pass !== this.since) {
      const throttledAgain = reason === "throttled" && this.why === "throttled" && hint !== undefined;
      if (!throttledAgain || now + length <= this.benchedUntil) return undefined;
      this.benchedUntil = now + length;
      return length;
    }
    this.failures++;
    this.since++;
    this.why = reason;
    this.length = length;
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
  /** @param until when others may go too. */
  constructor(readonly until: number) {}

  settle: () => void = () => undefined;
  readonly settled = new Promise<void>((resolve) => (this.settle = resolve));
}
