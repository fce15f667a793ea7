import { Bench, type BenchLengths, type BenchReason, type Pass } from "./bench.js";
import { type Endpoint } from "./endpoint.js";
import { type Selectable } from "./selection.js";

/** How old a rate-limit header may be: Azure counts by the minute. */
export const REMAINING_VALID_MILLISECONDS = 60_000;

/** An attempt's passes through the benches that it set out by. */
export interface Passes {
  readonly deployment: Pass;
  readonly endpoint: Pass;
}

/** What is benched: all of an endpoint, or one deployment on it. */
export type BenchScope = "endpoint" | "deployment";

/** Counts the choices of all pools: only their order matters. */
let choices = 0;

/** One endpoint as it stands for one deployment: its own bench, and that of the whole endpoint. */
export class EndpointState implements Selectable {
  private choice = 0;
  private underWay = 0;
  readonly weight: number;
  readonly priority: number;
  private readonly ownBench = new Bench();
  private remainingRequests: number | undefined;
  private remainingTokens: number | undefined;
  private remainingSeenAt = Number.NEGATIVE_INFINITY;

  /** @param sole the only endpoint there is: benching it would help nobody. */
  constructor(
    readonly endpoint: Endpoint,
    private readonly endpointBench: Bench,
    private readonly sole: boolean,
  ) {
    this.weight = endpoint.weight;
    this.priority = endpoint.priority;
  }

  get lastChosen(): number {
    return this.choice;
  }

  isFree(now: number): boolean {
    return this.ownBench.isFree(now) && this.endpointBench.isFree(now);
  }

  /**
   * Tokens left as far as known, else requests, shared with the requests under way: their answers will tell of less,
   * and without them all would go to the same one. Where nothing is known one request is sent to find out.
   */
  room(now: number): number {
    const left = this.remainingRequests === 0 ? 0 : (this.remainingTokens ?? this.remainingRequests);
    if (left !== undefined && this.isFresh(now)) return left / (1 + this.underWay);
    return this.underWay === 0 ? Number.POSITIVE_INFINITY : 1 / this.underWay;
  }

  /** When its benches end, on the pool's clock in milliseconds. */
  get benchedUntil(): number {
    return Math.max(this.ownBench.until, this.endpointBench.until);
  }

  isBenchedFor(reason: BenchReason, now: number): boolean {
    return [this.ownBench, this.endpointBench].some((bench) => bench.until > now && bench.reason === reason);
  }

  /** When it is free, should the probes under way give no answer until then. */
  get freeAt(): number {
    return Math.max(this.ownBench.freeAt, this.endpointBench.freeAt);
  }

  /** Settles with the probe under way, once no bench stands in the way of it; undefined where there is none. */
  probed(now: number): Promise<void> | undefined {
    return this.benchedUntil > now ? undefined : (this.ownBench.probed ?? this.endpointBench.probed);
  }

  /** Only where it is free. */
  enter(now: number): Passes {
    this.choice = ++choices;
    this.underWay++;
    return { deployment: this.ownBench.enter(now), endpoint: this.endpointBench.enter(now) };
  }

  /** Whether an attempt with these passes would not set out any more: others have found out in the meantime. */
  isOvertaken(passes: Passes): boolean {
    return this.ownBench.hasChangedSince(passes.deployment) || this.endpointBench.hasChangedSince(passes.endpoint);
  }

  /** @returns the scopes that have recovered by this. */
  succeed(passes: Passes): BenchScope[] {
    this.underWay--;
    const scopes: BenchScope[] = [];
    if (this.ownBench.succeed(passes.deployment)) scopes.push("deployment");
    if (this.endpointBench.succeed(passes.endpoint)) scopes.push("endpoint");
    return scopes;
  }

  /**
   * Without an HTTP answer, a failure of the deployment says nothing of the endpoint.
   *
   * @returns `milliseconds`: the bench's length; undefined where nothing was benched. `recovered`: the scopes that
   *   are well although this failed.
   */
  fail(
    passes: Passes,
    failure: Failure,
    hintMilliseconds: number | undefined,
    lengths: BenchLengths,
    now: number,
    random: () => number,
  ): { readonly milliseconds: number | undefined; readonly recovered: readonly BenchScope[] } {
    this.underWay--;
    if (this.sole) return { milliseconds: undefined, recovered: [] };
    const { kind, scope, response } = failure;
    if (scope === "endpoint") {
      this.ownBench.release(passes.deployment);
      const milliseconds = this.endpointBench.fail(passes.endpoint, kind, hintMilliseconds, lengths, now, random);
      return { milliseconds, recovered: [] };
    }
    const isWell = response !== undefined && this.endpointBench.succeed(passes.endpoint);
    if (response === undefined) this.endpointBench.release(passes.endpoint);
    const milliseconds = this.ownBench.fail(passes.deployment, kind, hintMilliseconds, lengths, now, random);
    return { milliseconds, recovered: isWell ? ["endpoint"] : [] };
  }

  /** Takes back the bench that {@link fail} led to. @returns the scopes that have recovered by this. */
  lift(passes: Passes, scope: BenchScope): BenchScope[] {
    const lifted =
      scope === "endpoint" ? this.endpointBench.lift(passes.endpoint) : this.ownBench.lift(passes.deployment);
    return lifted ? [scope] : [];
  }

  /** The attempt ended without a verdict. */
  release(passes: Passes): void {
    this.underWay--;
    this.ownBench.release(passes.deployment);
    this.endpointBench.release(passes.endpoint);
  }

  consecutiveFailures(scope: BenchScope): number {
    return (scope === "endpoint" ? this.endpointBench : this.ownBench).consecutiveFailures;
  }

  /** Takes note of `x-ratelimit-remaining-*`. */
  learn(headers: Headers, now: number): void {
    const requests = count(headers.get("x-ratelimit-remaining-requests"));
    const tokens = count(headers.get("x-ratelimit-remaining-tokens"));
    if (requests === undefined && tokens === undefined) return;
    this.remainingRequests = requests;
    this.remainingTokens = tokens;
    this.remainingSeenAt = now;
  }

  snapshot(deployment: string | undefined, now: number): DeploymentSnapshot {
    const fresh = this.isFresh(now);
    return {
      deployment,
      ...benchSnapshot(this.ownBench, now),
      remainingRequests: fresh ? this.remainingRequests : undefined,
      remainingTokens: fresh ? this.remainingTokens : undefined,
    };
  }

  private isFresh(now: number): boolean {
    return now - this.remainingSeenAt <= REMAINING_VALID_MILLISECONDS;
  }
}

/** What of a rejection concerns the endpoint. */
interface Failure {
  readonly kind: BenchReason;
  readonly scope: BenchScope;
  /** Undefined where no HTTP answer came. */
  readonly response: Response | undefined;
}

export interface BenchSnapshot {
  /** `half-open` until an answer proves it well after a failure: one request at a time probes it. */
  readonly status: "free" | "benched" | "half-open";
  /** Of the last bench; undefined once it has recovered. */
  readonly reason: BenchReason | undefined;
  /** 0 where it is not benched. */
  readonly benchedMilliseconds: number;
  readonly consecutiveFailures: number;
}

export interface DeploymentSnapshot extends BenchSnapshot {
  /** As asked for; undefined stands for calls that name none. */
  readonly deployment: string | undefined;
  /** By the last `x-ratelimit-remaining-*` headers; undefined where unknown or older than a minute. */
  readonly remainingRequests: number | undefined;
  readonly remainingTokens: number | undefined;
}

export function benchSnapshot(bench: Bench, now: number): BenchSnapshot {
  const { reason, consecutiveFailures } = bench;
  const benchedMilliseconds = Math.max(0, bench.until - now);
  const proving = reason !== undefined && reason !== "throttled";
  return {
    status: benchedMilliseconds > 0 ? "benched" : proving ? "half-open" : "free",
    reason,
    benchedMilliseconds,
    consecutiveFailures,
  };
}

function count(text: string | null): number | undefined {
  return text !== null && /^\d+$/.test(text) ? Number(text) : undefined;
}
