import { Breaker, type BreakerSnapshot } from "./breaker.js";

/** How old a rate-limit header may be: Azure counts by the minute. */
export const REMAINING_VALID_MILLISECONDS = 60_000;

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
  private requests = 0;
  private remainingRequests: number | undefined;
  private remainingTokens: number | undefined;
  private remainingSeenAt = Number.NEGATIVE_INFINITY;
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

  /** It gave an HTTP answer, whatever it says. Takes note of `x-ratelimit-remaining-*`. */
  answered(headers: Headers, now: number): void {
    this.answeredAt = now;
    this.aborts = 0;
    const requests = count(headers.get("x-ratelimit-remaining-requests"));
    const tokens = count(headers.get("x-ratelimit-remaining-tokens"));
    if (requests === undefined && tokens === undefined) return;
    this.remainingRequests = requests;
    this.remainingTokens = tokens;
    this.remainingSeenAt = now;
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

  /**
   * Tokens left as far as known, else requests, shared with the requests under way: their answers will tell of less,
   * and without them all would go to the same one. Where nothing is known one request is sent to find out.
   */
  room(now: number): number {
    const left = this.remainingRequests === 0 ? 0 : (this.remainingTokens ?? this.remainingRequests);
    if (left !== undefined && this.isFresh(now)) return left / (1 + this.requests);
    return this.requests === 0 ? Number.POSITIVE_INFINITY : 1 / this.requests;
  }

  snapshot(deployment: string | undefined, now: number): DeploymentSnapshot {
    const fresh = this.isFresh(now);
    return {
      deployment,
      ...this.breaker.snapshot(now),
      underWay: this.requests,
      remainingRequests: fresh ? this.remainingRequests : undefined,
      remainingTokens: fresh ? this.remainingTokens : undefined,
    };
  }

  private isFresh(now: number): boolean {
    return now - this.remainingSeenAt <= REMAINING_VALID_MILLISECONDS;
  }
}

function count(text: string | null): number | undefined {
  return text !== null && /^\d+$/.test(text) ? Number(text) : undefined;
}
