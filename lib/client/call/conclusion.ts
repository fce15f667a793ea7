import { RANK, type RefusedOutcome } from "./kept-answer.js";

/** How a call stands that no endpoint serves any more. */
export interface Standing {
  /** What the answer that was kept refused it for; undefined where none was kept. */
  readonly kept: RefusedOutcome | undefined;
  /** Where it may go. */
  readonly endpoints: number;
  /** Of these, how many were asked since it last waited, or can never serve it. */
  readonly asked: number;
  /** Of these, how many can never serve it: they do not hold what it refers to, or it is too large for them. */
  readonly unsuitable: number;
  /** Until one of them can be asked; undefined where one can be already, or none ever. */
  readonly milliseconds: number | undefined;
}

/**
 * Whose answer the caller gets: an endpoint's own, which was kept, or a 429 that says when one can be asked again. A pure
 * function; its table is in the tests.
 *
 * An endpoint's own tells more, except where it is the 429 of one of several, and where one that has not answered may be the
 * right one: it may hold what others do not, or have room for what they find too large.
 */
export function conclude({ kept, endpoints, asked, unsuitable, milliseconds }: Standing): "kept" | "when" {
  if (milliseconds === undefined) return "kept";
  if (kept === "throttled") return endpoints > 1 ? "when" : "kept";
  const isFailure = kept !== undefined && RANK[kept] === RANK.failed;
  return !isFailure && (unsuitable > 0 || asked < endpoints) ? "when" : "kept";
}
