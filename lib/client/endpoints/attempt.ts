import { type CooldownLengths, type CooldownReason, type Generation } from "./breaker.js";
import { COOLDOWN_SCOPES, type CooldownScope, type EndpointState } from "./endpoint-state.js";
import { type RoomTaken } from "./room.js";

/** How an endpoint refused an attempt, as far as its cooldown is concerned. */
export interface Refusal {
  readonly reason: CooldownReason;
  readonly scope: CooldownScope;
  /** How long the endpoint asks to be left alone. */
  readonly hintMilliseconds: number | undefined;
  /** Whether it gave an HTTP answer: that proves all wider scopes well. */
  readonly answered: boolean;
  /** Of the answer. */
  readonly headers: Headers | undefined;
}

export interface CooldownSettings {
  readonly lengths: CooldownLengths;
  readonly random: () => number;
}

/**
 * A lease on an endpoint: from the choice to what came of it. It settles once, by {@link succeed}, {@link fail} or
 * {@link release}; what is called after that has no effect. {@link lift} takes back the cooldown that {@link fail} began.
 */
export class Attempt {
  private readonly generations: Readonly<Record<CooldownScope, Generation>>;
  private readonly taken: RoomTaken;
  /** Whether it is small enough for a cooldown that holds for larger ones: its success does not end that. */
  private readonly isSpared: boolean;
  private settled = false;
  private cooledDown: CooldownScope | undefined;

  constructor(
    readonly state: EndpointState,
    private readonly settings: CooldownSettings,
    tokens: number,
    readonly startedAt: number,
  ) {
    const now = startedAt;
    const { breakers, deployment } = state;
    deployment.enter();
    this.isSpared = breakers.deployment.cooldownEnd(now) > now;
    this.taken = deployment.room.take(tokens, now);
    this.generations = {
      origin: breakers.origin.enter(now),
      endpoint: breakers.endpoint.enter(now),
      operation: breakers.operation.enter(now),
      deployment: breakers.deployment.enter(now),
    };
  }

  /** Whether it would not set out any more: others have found out something since. */
  isOvertaken(): boolean {
    return COOLDOWN_SCOPES.some((scope) => this.state.breakers[scope].hasChangedSince(this.generations[scope]));
  }

  /** It gave an HTTP answer. @param isThrottled whether that is a 429, whose headers tell of a request that was not let in. */
  answered(headers: Headers, isThrottled: boolean, now: number): void {
    const { deployment } = this.state;
    deployment.answered(now);
    if (!isThrottled) deployment.room.read(this.taken, headers, now);
  }

  /** @returns the scopes that have recovered by this. */
  succeed(): CooldownScope[] {
    if (!this.settle()) return [];
    const { breakers } = this.state;
    return COOLDOWN_SCOPES.filter(
      (scope) => !(this.isSpared && scope === "deployment") && breakers[scope].succeed(this.generations[scope]),
    );
  }

  /** The request is larger than the deployment's limit: nobody else is concerned. @returns the scopes that have recovered. */
  refuseForSize(now: number): CooldownScope[] {
    this.state.deployment.room.refuseForSize(this.taken, now);
    return this.succeed();
  }

  /** @returns the length of the cooldown that began, undefined where none did, and the scopes that are well all the same. */
  fail(
    { reason, scope, hintMilliseconds, answered, headers }: Refusal,
    now: number,
  ): { readonly cooldownMilliseconds: number | undefined; readonly recovered: readonly CooldownScope[] } {
    const { breakers, exempt } = this.state;
    if (exempt.includes(scope)) {
      this.release();
      return NOTHING;
    }
    if (!this.settle()) return NOTHING;
    const proven = answered ? COOLDOWN_SCOPES.slice(0, Math.min(COOLDOWN_SCOPES.indexOf(scope), PROVEN_SCOPES)) : [];
    const recovered = proven.filter((wider) => breakers[wider].succeed(this.generations[wider]));
    for (const other of COOLDOWN_SCOPES) {
      if (other !== scope && !proven.includes(other)) breakers[other].release(this.generations[other]);
    }
    const failure = { reason, hintMilliseconds };
    const { lengths, random } = this.settings;
    const cooldownMilliseconds = breakers[scope].fail(this.generations[scope], failure, lengths, now, random);
    if (reason === "throttled") {
      const until = now + (cooldownMilliseconds ?? hintMilliseconds ?? 0);
      this.state.deployment.room.refuse(this.taken, { headers, hint: hintMilliseconds, until }, now, random);
    } else if (reason === "misconfigured" || scope === "origin") {
      this.state.deployment.room.giveBack(this.taken);
    }
    if (cooldownMilliseconds !== undefined) this.cooledDown = scope;
    return { cooldownMilliseconds, recovered };
  }

  /** Nothing was sent. */
  cancel(): void {
    this.state.deployment.room.giveBack(this.taken);
    this.release();
  }

  /** It ended without telling anything about the endpoint. */
  release(): void {
    if (!this.settle()) return;
    for (const scope of COOLDOWN_SCOPES) this.state.breakers[scope].release(this.generations[scope]);
  }

  /** @returns the scope whose cooldown was taken back by this, if any. */
  lift(): CooldownScope[] {
    const scope = this.cooledDown;
    this.cooledDown = undefined;
    return scope !== undefined && this.state.breakers[scope].lift(this.generations[scope]) ? [scope] : [];
  }

  private settle(): boolean {
    if (this.settled) return false;
    this.settled = true;
    this.state.deployment.leave();
    return true;
  }
}

const NOTHING = { cooldownMilliseconds: undefined, recovered: [] };

/** An answer comes from an origin that can be reached and, unless it refuses the credential, a well endpoint. */
const PROVEN_SCOPES = 2;
