import { Breaker, type BreakerSnapshot } from "./breaker.js";
import { Room } from "./room.js";

/** So many aborts in a row, before any answer and while other endpoints answer, are a hung endpoint. */
export const HUNG_AFTER_ABORTS = 3;

export interface DeploymentSnapshot extends BreakerSnapshot {
  /** As asked for; undefined stands for calls that name none. */
  readonly deployment: string | undefined;
  /** Requests sent and not answered yet. */
  readonly underWay: number;
  /** By the last `x-ratelimit-remaining-*` headers; undefined where unknown or older than a minute. */
  readonly remainingRequests: number | undefined;
  readonly remainingTokens: number | undefined;
}

/** Counts the choices of all pools: only their order matters. */
let choices = 0;

/** One deployment on one endpoint. */
export class DeploymentState {
  readonly breaker = new Breaker();
  readonly room = new Room();
  private requests = 0;
  private answeredAt = Number.NEGATIVE_INFINITY;
  /** Aborts in a row before an answer, and when the first of them was. */
  private aborts = 0;
  private firstAbortAt = Number.NEGATIVE_INFINITY;

  /** @param turn below 1: its place in the order of the first round. */
  constructor(private turn: number) {}

  /** The running number of the choice that last fell on it; below 1 before the first. */
  get lastChosen(): number {
    return this.turn;
  }

  get underWay(): number {
    return this.requests;
  }

  chosen(): void {
    this.turn = ++choices;
  }

  enter(): void {
    this.chosen();
    this.requests++;
  }

  leave(): void {
    this.requests--;
  }

  /** It gave an HTTP answer, whatever it says. */
  answered(now: number): void {
    this.answeredAt = now;
    this.aborts = 0;
  }

  /**
   * The caller gave up before an answer.
   *
   * @param others the same deployment on the other endpoints.
   * @returns whether that happened so often, while others answered, that it has to be hung.
   */
  abandoned(others: readonly DeploymentState[], now: number): boolean {
    if (this.aborts++ === 0) this.firstAbortAt = now;
    if (this.aborts < HUNG_AFTER_ABORTS) return false;
    if (!others.some((other) => other !== this && other.answeredAt > this.firstAbortAt)) return false;
    this.aborts = 0;
    return true;
  }

  /** Whether it is not cooling down for a request of this size, and has room for it. */
  isAvailable(tokens: number, now: number): boolean {
    return (this.breaker.isAvailable(now) || this.isSpared(tokens, now)) && this.room.hasRoom(tokens, now);
  }

  /** When its cooldown ends, for a request of this size; -Infinity where there is none. */
  cooldownEnd(tokens: number, now: number): number {
    return this.isSpared(tokens, now) ? Number.NEGATIVE_INFINITY : this.breaker.cooldownEnd(now);
  }

  /** Likewise, should the probe under way give no answer until then. */
  availableAt(tokens: number, now: number): number {
    return this.isSpared(tokens, now) ? Number.NEGATIVE_INFINITY : this.breaker.availableAt(now);
  }

  /** Whether its cooldown, if there is one, holds only for larger requests. */
  private isSpared(tokens: number, now: number): boolean {
    return this.breaker.isCoolingDownFor("throttled", now) && this.room.isSparedFrom(tokens, now);
  }

  snapshot(deployment: string | undefined, now: number): DeploymentSnapshot {
    const { tokens, requests } = this.room.remaining(now);
    return {
      deployment,
      ...this.breaker.snapshot(now),
      underWay: this.requests,
      remainingRequests: requests,
      remainingTokens: tokens,
    };
  }
}
