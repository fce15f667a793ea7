import { Attempt, type CooldownSettings } from "../endpoints/attempt.js";
import { type EndpointState } from "../endpoints/endpoint-state.js";
import { type Waiter } from "../endpoints/queue.js";
import { select, type Preference } from "../endpoints/selection.js";
import { type Candidates } from "./candidates.js";

/** What a call has waited for. */
export type Turn =
  | { readonly attempt: Attempt }
  /** None will have room in time. @param milliseconds until one would. */
  | { readonly late: number };

/** A call's place in the queue. */
export class Waiting implements Waiter {
  dueAt: number | undefined;
  private turn: Turn | undefined;
  private resolve: (turn: Turn) => void = () => undefined;
  /** One that failed without a cooldown is left alone all the same. */
  private readonly retryAt = new Map<EndpointState, number>();

  constructor(
    private readonly where: Candidates,
    private readonly preference: Preference,
    private readonly settings: CooldownSettings,
    readonly startedAt: number,
    readonly deadlineAt: number,
  ) {}

  get tokens(): number {
    return this.preference.tokens;
  }

  candidates(): readonly EndpointState[] {
    return this.where.promising();
  }

  likelyAt(state: EndpointState, now: number): number {
    return Math.max(state.likelyAt(this.tokens, now), this.retryAt.get(state) ?? Number.NEGATIVE_INFINITY);
  }

  choose(among: readonly EndpointState[], now: number): EndpointState | undefined {
    return select(among, this.preference, now, this.settings.random);
  }

  go(state: EndpointState, now: number): void {
    this.settle({ attempt: new Attempt(state, this.settings, this.tokens, now) });
  }

  giveUp(milliseconds: number): void {
    this.settle({ late: milliseconds });
  }

  failed(state: EndpointState, until: number): void {
    this.retryAt.set(state, until);
  }

  /** What has come of it already, or will. */
  async taken(): Promise<Turn> {
    const turn = this.turn ?? (await new Promise<Turn>((resolve) => (this.resolve = resolve)));
    this.turn = undefined;
    return turn;
  }

  /** The call is over: whatever it was given is free again. */
  abandon(): void {
    if (this.turn !== undefined && "attempt" in this.turn) this.turn.attempt.cancel();
    this.turn = undefined;
  }

  private settle(turn: Turn): void {
    this.turn = turn;
    this.resolve(turn);
  }
}
