import { type Attempt } from "../endpoints/attempt.js";
import { type EndpointState } from "../endpoints/endpoint-state.js";
import { type Holders } from "../endpoints/holders.js";

/** Where one call may go: all endpoints, or those of the account that holds what it refers to, less those that have refused. */
export class Candidates {
  private located: readonly EndpointState[];
  private holder: string | undefined;
  /** Not to be chosen again before it has waited. */
  private tried = new Set<EndpointState>();
  /** Never to be chosen again: they do not hold what the request refers to, or can never take one of its size. */
  private readonly unsuitable = new Map<EndpointState, "not-held" | "too-large">();
  /** Those that this call has found misconfigured. */
  private readonly misconfigured = new Map<EndpointState, Attempt>();

  constructor(
    private readonly pool: readonly EndpointState[],
    private readonly holders: Holders,
    readonly references: Iterable<string>,
    /** The request's size. */
    private readonly tokens: number,
    private readonly now: number,
  ) {
    this.located = this.locate();
  }

  get count(): number {
    return this.located.length;
  }

  get asked(): number {
    return this.tried.size;
  }

  get unsuitableCount(): number {
    return this.unsuitable.size;
  }

  get notHeldCount(): number {
    return this.located.filter((state) => this.unsuitable.get(state) === "not-held").length;
  }

  /** Whether the account is known that holds what the request refers to. */
  get isAtHolder(): boolean {
    return this.holder !== undefined;
  }

  /** Not tried yet. */
  left(): readonly EndpointState[] {
    return this.tried.size === 0 ? this.located : this.located.filter((state) => !this.tried.has(state));
  }

  /** Worth a wait: one that is misconfigured is not. */
  promising(): readonly EndpointState[] {
    if (this.unsuitable.size === 0 && this.misconfigured.size === 0) return this.located;
    return this.located.filter((state) => !this.unsuitable.has(state) && !this.misconfigured.has(state));
  }

  try(state: EndpointState): void {
    this.tried.add(state);
  }

  /** Nothing was sent, so it may still be its turn. */
  untry(state: EndpointState): void {
    this.tried.delete(state);
  }

  /** It has waited: what was tried may be tried anew. */
  waited(): void {
    this.tried = new Set(this.unsuitable.keys());
  }

  exclude(state: EndpointState, outcome: "not-held" | "too-large"): void {
    this.unsuitable.set(state, outcome);
    if (outcome === "too-large" || this.holder === undefined) return;
    // What was known of the holder is no longer true; it may be the account of another reference.
    this.holders.forget(this.references, this.holder);
    this.located = this.locate();
  }

  /** What others do not hold, this one does; answers do not always name what they are about. @returns whether others do not. */
  heldBy({ endpoint }: EndpointState): boolean {
    if (![...this.unsuitable.values()].includes("not-held")) return false;
    for (const reference of this.references) this.holders.remember(reference, endpoint.base);
    return true;
  }

  /**
   * Where every endpoint calls it a misconfiguration, it is the caller's: none of them is to cool down for it.
   *
   * @returns whether all of the others agree with this one.
   */
  agreeMisconfigured(state: EndpointState, now: number): boolean {
    return this.pool.every(
      (other) => other === state || this.misconfigured.has(other) || other.isCoolingDownFor("misconfigured", now),
    );
  }

  isMisconfigured(attempt: Attempt): void {
    this.misconfigured.set(attempt.state, attempt);
  }

  /** The attempts that found so. */
  misconfigurations(): Iterable<readonly [EndpointState, Attempt]> {
    return this.misconfigured;
  }

  /** The endpoints of the account that holds what the request refers to; all of them where none is known to. */
  private locate(): readonly EndpointState[] {
    const holder = this.holders.accountOf(this.references);
    const atHolder = holder === undefined ? [] : this.pool.filter(({ endpoint }) => endpoint.base === holder);
    this.holder = atHolder.length > 0 ? holder : undefined;
    return this.largeEnough(atHolder.length > 0 ? atHolder : this.pool);
  }

  /** Those whose limit the request does not exceed, as far as known; where it exceeds all, one of them may say so. */
  private largeEnough(states: readonly EndpointState[]): readonly EndpointState[] {
    const { tokens, now } = this;
    for (const { deployment } of states) {
      if (!deployment.room.isTooSmallFor(tokens, now)) continue;
      const large = states.filter((state) => !state.deployment.room.isTooSmallFor(tokens, now));
      return large.length > 0 ? large : states.slice(0, 1);
    }
    return states;
  }
}
