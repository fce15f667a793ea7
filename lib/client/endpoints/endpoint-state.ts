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
  private readonly all: readonly Breaker[];

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
    this.all = COOLDOWN_SCOPES.map((scope) => breakers[scope]);
  }

  get lastChosen(): number {
    return this.deployment.lastChosen;
  }

  get underWay(): number {
    return this.deployment.underWay;
  }

  room(now: number): number {
    return this.deployment.room(now);
  }

  isAvailable(now: number): boolean {
    for (const breaker of this.all) if (!breaker.isAvailable(now)) return false;
    return true;
  }

  /** When it is available, should the probes under way give no answer until then. */
  availableAt(now: number): number {
    return Math.max(...this.all.map((breaker) => breaker.availableAt(now)));
  }

  /** When its cooldowns end; -Infinity where there are none. */
  cooldownEnd(now: number): number {
    return Math.max(...this.all.map((breaker) => breaker.cooldownEnd(now)));
  }

  isCoolingDownFor(reason: CooldownReason, now: number): boolean {
    return this.all.some((breaker) => breaker.isCoolingDownFor(reason, now));
  }

  /** Settles with the probe under way, where nothing else is in the way; undefined where there is none. */
  probed(now: number): Promise<void> | undefined {
    if (this.cooldownEnd(now) > now) return undefined;
    return this.all.map((breaker) => breaker.probed(now)).find((probe) => probe !== undefined);
  }
}
