import { type Outcome } from "./decision.js";
import { discard } from "./discard.js";

/** Which refusal tells a caller most: one that may pass by itself, then that the request is at fault. */
export const RANK: Readonly<Record<Exclude<Outcome, "answered">, number>> = {
  misconfigured: 0,
  "not-held": 1,
  "too-large": 2,
  throttled: 3,
  failed: 3,
};

export type RefusedOutcome = keyof typeof RANK;

/** The one of an attempt's refusals that the caller gets, should nothing better come. */
export class KeptAnswer {
  private kept: { readonly response: Response; readonly outcome: RefusedOutcome } | undefined;

  get outcome(): RefusedOutcome | undefined {
    return this.kept?.outcome;
  }

  /** Whether asking again later may help. */
  get mayPass(): boolean {
    return this.kept !== undefined && RANK[this.kept.outcome] === RANK.failed;
  }

  /**
   * Holds the last one of those that tell most; but the first of those that do not hold it, which was thought to: only that
   * one knows what the missing thing would be a part of.
   */
  offer(response: Response, outcome: RefusedOutcome): void {
    const held = this.kept?.outcome;
    if (held !== undefined && (RANK[held] > RANK[outcome] || (held === "not-held" && outcome === "not-held"))) {
      discard(response);
      return;
    }
    this.drop();
    this.kept = { response, outcome };
  }

  take(): Response | undefined {
    const response = this.kept?.response;
    this.kept = undefined;
    return response;
  }

  /** Unread it would hold its connection. */
  drop(): void {
    discard(this.take());
  }
}
