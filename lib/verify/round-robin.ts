/** As many as an Application Gateway can have. https://learn.microsoft.com/azure/application-gateway/application-gateway-autoscaling-zone-redundant */
export const MAX_INSTANCES = 125;

/** Whether counts are what a round robin can produce. */
export interface RoundRobinTest {
  /** How many instances the gateway is taken to have; also how far apart the counts may be. */
  readonly instances: number;
  /** Between the highest and the lowest count. */
  readonly difference: number;
  /** Requests whose backend is unknown; each counts for the backend where it fits best. */
  readonly unplaced: number;
  readonly possible: boolean;
}

/**
 * Exact: `possible` holds if, and only if, a round robin of so many instances can produce these counts.
 *
 * An instance that serves m requests in turn gives each of n members ⌊m/n⌋ or ⌈m/n⌉ of them, wherever it starts and
 * whether requests overlap or not. So its counts differ by at most 1, and the sums over g instances by at most g.
 * Conversely, for counts that differ by at most g, let instance i (from 1 to g) give one request more to the members
 * whose count is at least i above the lowest, and share the rest evenly: with the members in order of their counts,
 * that is g round robins.
 */
export function testRoundRobin(counts: readonly number[], instances: number, unplaced = 0): RoundRobinTest {
  const most = Math.max(...counts);
  const lacking = counts.reduce((sum, count) => sum + Math.max(0, most - instances - count), 0);
  return { instances, difference: most - Math.min(...counts), unplaced, possible: lacking <= unplaced };
}

/** After so many requests, each of these members has served one, wherever each instance starts. */
export function requestsToReachAll(members: number, instances: number): number {
  // One fewer can be (members - 1) requests for each instance, all of which leave the same member out.
  return instances * (members - 1) + 1;
}
