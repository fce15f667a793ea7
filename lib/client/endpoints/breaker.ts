/** Why an endpoint is left alone. */
export type CooldownReason = "throttled" | "failed" | "misconfigured";

/** Lengths in milliseconds where no header gives one; `maximum` bounds those of headers too. */
export interface CooldownLengths extends Readonly<Record<CooldownReason, number>> {
  readonly maximum: number;
}

/** No hint makes a cooldown shorter than this: an endpoint that says 1 ms would be asked a thousand times a second. */
export const MIN_HINT_MILLISECONDS = 50;

/** A probe without an answer keeps others away as long as the cooldown before it lasted, and no longer than this. */
export const MAX_PROBE_MILLISECONDS = 5_000;

/** A cooldown of the default length is longer by up to this share, so that processes do not return in step. */
export const JITTER = 0.25;

/** The number of cooldowns so far; it tells an attempt from before a cooldown from one after it. */
export type Generation = number;

/**
 * ```
 *  available ──throttled──> cooling-down ──time──> available
 *  available ──failed, misconfigured──> cooling-down ──time──> half-open ──a probe──> available, or cooling-down for longer
 * ```
 */
type State =
  /** `failures`: cooldowns in a row that no answer has ended yet. */
  | { readonly status: "available"; readonly failures: number }
  | ({ readonly status: "cooling-down"; readonly until: number } & Cooldown)
  | ({ readonly status: "half-open"; readonly probe: Probe | undefined } & Cooldown);

interface Cooldown {
  readonly reason: CooldownReason;
  readonly milliseconds: number;
  /** With this one, in a row. */
  readonly failures: number;
}

export interface BreakerSnapshot {
  /** `half-open` after the cooldown of a failure, until an answer proves it well: one request at a time probes it. */
  readonly status: State["status"];
  /** Undefined where it is available. */
  readonly reason: CooldownReason | undefined;
  /** What is left of the cooldown; 0 where it is over. */
  readonly cooldownMilliseconds: number;
  /** Cooldowns in a row that no answer has ended yet. */
  readonly consecutiveFailures: number;
}

export interface Failure {
  readonly reason: CooldownReason;
  /** What the endpoint asked for. */
  readonly hintMilliseconds: number | undefined;
}

/**
 * A circuit breaker whose openings are cooldowns.
 *
 * A throttled endpoint named its time, so it returns for everybody at once. One that failed is probed by one request
 * at a time, and consecutive failures lengthen the cooldown, with jitter. A probe can be a completion of minutes, so it
 * keeps others away for a bounded time only; then the next one goes as well.
 *
 * Many requests are under way when an endpoint dies. Only the first of them to fail counts: an attempt that set out
 * before a cooldown ({@link Generation}) changes nothing any more.
 */
export class Breaker {
  private state: State = AVAILABLE;
  private generation: Generation = 0;

  /** When it is available, should the probe under way give no answer until then; -Infinity where it is already. */
  availableAt(now: number): number {
    const state = this.at(now);
    if (state.status === "available") return Number.NEGATIVE_INFINITY;
    if (state.status === "cooling-down") return state.until;
    return state.probe?.until ?? Number.NEGATIVE_INFINITY;
  }

  isAvailable(now: number): boolean {
    return this.state.status === "available" || now >= this.availableAt(now);
  }

  /** When the cooldown ends; -Infinity where there is none. */
  cooldownEnd(now: number): number {
    const state = this.at(now);
    return state.status === "cooling-down" ? state.until : Number.NEGATIVE_INFINITY;
  }

  isCoolingDownFor(reason: CooldownReason, now: number): boolean {
    const state = this.at(now);
    return state.status === "cooling-down" && state.reason === reason;
  }

  /** Settles with the probe that is under way, or with the one that takes its place; undefined where there is none. */
  probed(now: number): Promise<void> | undefined {
    const state = this.at(now);
    return state.status === "half-open" ? state.probe?.settled : undefined;
  }

  get consecutiveFailures(): number {
    return this.state.failures;
  }

  /** An attempt sets out; the first one after a failure's cooldown is the probe. */
  enter(now: number): Generation {
    const state = this.at(now);
    if (state.status === "half-open") {
      state.probe?.settle();
      this.state = { ...state, probe: new Probe(now + Math.min(state.milliseconds, MAX_PROBE_MILLISECONDS)) };
    }
    return this.generation;
  }

  /** Whether a cooldown began after the attempt of this generation set out. */
  hasChangedSince(generation: Generation): boolean {
    return generation !== this.generation;
  }

  /** @returns whether this ended a row of failures. */
  succeed(generation: Generation): boolean {
    if (generation !== this.generation || this.state.failures === 0) return false;
    this.change(AVAILABLE);
    return true;
  }

  /**
   * @returns the cooldown's length in milliseconds; undefined for an attempt from before the present cooldown, unless
   *   it was throttled too and for longer.
   */
  fail(
    generation: Generation,
    { reason, hintMilliseconds }: Failure,
    lengths: CooldownLengths,
    now: number,
    random: () => number,
  ): number | undefined {
    const state = this.at(now);
    const hint = hintMilliseconds && Math.max(hintMilliseconds, MIN_HINT_MILLISECONDS);
    const own = () => lengths[reason] * 2 ** state.failures * (1 + random() * JITTER);
    const milliseconds = Math.min(hint ?? own(), lengths.maximum);
    const until = now + milliseconds;
    if (generation !== this.generation) {
      const longer = state.status === "cooling-down" && state.reason === "throttled" && until > state.until;
      if (!longer || reason !== "throttled" || hint === undefined) return undefined;
      this.state = { ...state, until };
      return milliseconds;
    }
    this.generation++;
    if (state.status === "cooling-down" && state.reason === "throttled" && reason === "throttled") {
      // A smaller request than those that the cooldown holds for: it tells of itself.
      this.state = { ...state, until: hint === undefined ? state.until : Math.max(until, state.until) };
      return milliseconds;
    }
    this.change({ status: "cooling-down", reason, until, milliseconds, failures: state.failures + 1 });
    return milliseconds;
  }

  /** What others know: as if it had been throttled. @returns whether that is later than what was known. */
  coolDown(until: number, now: number): boolean {
    const state = this.at(now);
    if (until <= Math.max(now, this.cooldownEnd(now))) return false;
    this.generation++;
    const { failures } = state;
    this.change({ status: "cooling-down", reason: "throttled", until, milliseconds: until - now, failures });
    return true;
  }

  /**
   * Takes back the cooldown that the attempt of this generation led to, unless another one has followed.
   *
   * @returns whether there was one until now.
   */
  lift(generation: Generation): boolean {
    if (generation + 1 !== this.generation || this.state.status === "available") return false;
    this.change(AVAILABLE);
    return true;
  }

  /** The attempt ended without telling anything: let another one probe. */
  release(generation: Generation): void {
    const { state } = this;
    if (generation === this.generation && state.status === "half-open") this.change({ ...state, probe: undefined });
  }

  snapshot(now: number): BreakerSnapshot {
    const state = this.at(now);
    return {
      status: state.status,
      reason: state.status === "available" ? undefined : state.reason,
      cooldownMilliseconds: state.status === "cooling-down" ? state.until - now : 0,
      consecutiveFailures: state.failures,
    };
  }

  /** The state once the time that has passed is taken into account. */
  private at(now: number): State {
    const { state } = this;
    if (state.status === "cooling-down" && now >= state.until) {
      const { reason, milliseconds, failures } = state;
      this.state =
        reason === "throttled"
          ? { status: "available", failures }
          : { status: "half-open", reason, milliseconds, failures, probe: undefined };
    }
    return this.state;
  }

  private change(next: State): void {
    if (this.state.status === "half-open") this.state.probe?.settle();
    this.state = next;
  }
}

const AVAILABLE: State = { status: "available", failures: 0 };

class Probe {
  /** @param until when others may go too. */
  constructor(readonly until: number) {}

  settle: () => void = () => undefined;
  readonly settled = new Promise<void>((resolve) => (this.settle = resolve));
}
