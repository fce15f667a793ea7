import { type Breaker, type CooldownReason } from "./breaker.js";
import { type DeploymentState } from "./deployment-state.js";
import { type Endpoint } from "./endpoint.js";
import { type Selectable } from "./selection.js";

/**
 * What a cooldown holds for, the widest first: all endpoints of one origin, which cannot be reached; one endpoint, whose
 * credential is refused; one operation on it, which is not permitted; one deployment on it, which is throttled or failing.
 */
export const COOLDOWN_SCOPES = ["origin", "endpoint", "operation", "deployment"] as const;

export type CooldownScope = (typeof COOLDOWN_SCOPES)[number];

/** One endpoint as it stands for one deployment and one operation. */
export class EndpointState implements Selectable {
  readonly weight: number;
  readonly priority: number;
  private readonly wider: readonly Breaker[];
  private readonly isExempt: boolean;

  /**
   * @param identity see {@link Selectable}.
   * @param exempt what never cools down: all of the only endpoint there is, and the only origin. Leaving it alone would help
   *   nobody.
   */
  constructor(
    readonly endpoint: Endpoint,
    readonly identity: string,
    readonly deployment: DeploymentState,
    readonly breakers: Readonly<Record<CooldownScope, Breaker>>,
    readonly exempt: readonly CooldownScope[],
  ) {
    this.weight = endpoint.weight;
    this.priority = endpoint.priority;
    this.wider = [breakers.origin, breakers.endpoint, breakers.operation];
    this.isExempt = exempt.includes("deployment");
  }

  get lastChosen(): number {
    return this.deployment.lastChosen;
  }

  get underWay(): number {
    return this.deployment.underWay;
  }

  fullness(tokens: number, now: number): number | undefined {
    return this.deployment.room.fullness(tokens, now);
  }

  isAvailable(tokens: number, now: number): boolean {
    // A hundred are asked for each call.
    const { origin, endpoint, operation } = this.breakers;
    if (!origin.isAvailable(now) || !endpoint.isAvailable(now) || !operation.isAvailable(now)) return false;
    return this.isExempt || this.deployment.isAvailable(tokens, now);
  }

  /** When it is available, should the probes under way give no answer until then. */
  availableAt(tokens: number, now: number): number {
    const wider = Math.max(...this.wider.map((breaker) => breaker.availableAt(now)));
    return this.isExempt ? wider : Math.max(wider, this.deployment.availableAt(tokens, now), this.roomAt(tokens, now));
  }

  /** Likewise, for a request that can wait: others go on taking, and one at a time finds out what is not known. */
  likelyAt(tokens: number, now: number): number {
    const wider = Math.max(...this.wider.map((breaker) => breaker.availableAt(now)));
    const { room } = this.deployment;
    return Math.max(wider, this.deployment.availableAt(tokens, now), now + room.likelyTimeUntil(tokens, now));
  }

  /** When its cooldowns end and it has room; -Infinity where there are none and it has. */
  cooldownEnd(tokens: number, now: number): number {
    const wider = Math.max(...this.wider.map((breaker) => breaker.cooldownEnd(now)));
    return this.isExempt ? wider : Math.max(wider, this.deployment.cooldownEnd(tokens, now), this.roomAt(tokens, now));
  }

  private roomAt(tokens: number, now: number): number {
    const wait = this.deployment.room.timeUntil(tokens, now);
    return wait > 0 ? now + wait : Number.NEGATIVE_INFINITY;
  }

  isCoolingDownFor(reason: CooldownReason, now: number): boolean {
    return COOLDOWN_SCOPES.some((scope) => this.breakers[scope].isCoolingDownFor(reason, now));
  }

  /** Settles with the probe under way, where nothing else is in the way; undefined where there is none. */
  probed(tokens: number, now: number): Promise<void> | undefined {
    if (this.cooldownEnd(tokens, now) > now) return undefined;
    return COOLDOWN_SCOPES.map((scope) => this.breakers[scope].probed(now)).find((probe) => probe !== undefined);
  }
}
