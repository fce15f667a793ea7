import { binomialUpperTail } from "./binomial.js";
import { MAX_INSTANCES, requestsToReachAll } from "./round-robin.js";

/** How often a preference that matters has to be noticed. */
export const POWER = 0.9;
/** What the default number of requests is chosen to notice: a 60/40 split of two. */
export const NOTICED_SHARE_OF_TWO = 0.6;
/** Default numbers of requests are multiples of it: two, three, four and six backends can have equal shares. */
const STEP = 12;

/** What a run has to tell a preference from. */
export interface Sensitivity {
  /** Requests whose backend is known. */
  readonly requests: number;
  readonly backends: number;
  readonly instances: number;
  /** Requests whose backend is unknown. @default 0 */
  readonly unplaced?: number;
}

/**
 * The chance that the test for round robin fails where each request goes, by itself, to one backend with the given
 * probability, and else to any other. It counts the runs in which that backend is too far ahead of the others' mean, so
 * it is a lower bound: with two backends only runs in which the other one comes out ahead are left out.
 */
export function powerAgainst(share: number, sensitivity: Sensitivity): number {
  return binomialUpperTail(sensitivity.requests, share, leastNoticed(sensitivity));
}

/** The smallest share of one backend that is noticed with a chance of {@link POWER}; undefined if none is. */
export function noticeableShare(sensitivity: Sensitivity): number | undefined {
  if (leastNoticed(sensitivity) > sensitivity.requests) return undefined;
  let [low, high] = [1 / sensitivity.backends, 1];
  while (high - low > 1e-6) {
    const middle = (low + high) / 2;
    if (powerAgainst(middle, sensitivity) >= POWER) high = middle;
    else low = middle;
  }
  return high;
}

/** Whether such a run notices a 60/40 split of two in at least nine of ten runs. */
export function noticesSixtyForty(requests: number, instances: number): boolean {
  return powerAgainst(NOTICED_SHARE_OF_TWO, { requests, backends: 2, instances }) >= POWER;
}

/**
 * The default number of requests: enough to notice a 60/40 split of two, and to reach every backend of a gateway that is
 * well.
 *
 * @param instances more than {@link MAX_INSTANCES} count as that many
 * @param backends how many are expected
 */
export function requestsFor(instances: number, backends = 2): number {
  const bound = Math.min(instances, MAX_INSTANCES);
  let requests = Math.ceil(requestsToReachAll(backends, bound) / STEP) * STEP;
  while (!noticesSixtyForty(requests, bound)) requests += STEP;
  return requests;
}

/** The count of one backend from which on round robin cannot have produced it, however the others share the rest. */
export function leastNoticed({ requests, backends, instances, unplaced = 0 }: Sensitivity): number {
  return Math.floor((requests + unplaced + instances * (backends - 1)) / backends) + 1;
}
