import fc from "fast-check";
import { leastNoticed, noticeableShare, POWER, powerAgainst, requestsFor } from "../../lib/verify/power.js";
import { createReport, exitCodeOf } from "../../lib/verify/report.js";
import { MAX_INSTANCES, testRoundRobin } from "../../lib/verify/round-robin.js";
import { RUN, samplesOf } from "../support/verify-run.js";

/** The chance that the test fails on a split of two, with the preferred one ahead, over every count there can be. */
function powerByTrying(requests: number, instances: number, share: number): number {
  let mass = (1 - share) ** requests;
  let power = 0;
  for (let count = 0; count <= requests; count += 1) {
    if (2 * count > requests && !testRoundRobin([count, requests - count], instances).possible) power += mass;
    mass *= ((requests - count) / (count + 1)) * (share / (1 - share));
  }
  return power;
}

const ALL = Array.from({ length: MAX_INSTANCES }, (_, at) => at + 1);

test("the default number of requests notices a 60/40 split of two in 90 % of runs, however many instances", () => {
  const weak = ALL.filter((instances) => powerByTrying(requestsFor(instances), instances, 0.6) < 0.9);
  expect(weak).toEqual([]);
});

test("and is not larger than it has to be", () => {
  const wasteful = ALL.filter((instances) => powerByTrying(requestsFor(instances) - 12, instances, 0.6) >= 0.9);
  expect(wasteful).toEqual([]);
});

test.each([
  [1, 60],
  [2, 72],
  [4, 84],
  [10, 132],
  [125, 804],
  [1_000, 804],
])("for %i instances it is %i", (instances, requests) => {
  expect(requestsFor(instances)).toBe(requests);
});

test.each([4, 10, 125])("for %i instances, runs with a random 60/40 split are not as expected", (instances) => {
  const requests = requestsFor(instances);
  const random = pseudoRandom(instances);
  const runs = Array.from({ length: 400 }, () => {
    const east = Array.from({ length: requests }, random).filter((value) => value < 0.6).length;
    const run = { ...RUN, wanted: requests, connections: instances };
    return exitCodeOf(createReport(run, samplesOf({ East: east, West: requests - east })));
  });
  // 90 % is the least; four standard errors below it is 84 %.
  expect(runs.filter((code) => code === 1).length / runs.length).toBeGreaterThan(0.84);
});

test("the count that is noticed is the smallest, however the others share the rest", () => {
  const sensitivity = fc.record({
    requests: fc.integer({ min: 1, max: 300 }),
    backends: fc.integer({ min: 2, max: 8 }),
    instances: fc.integer({ min: 1, max: 20 }),
    unplaced: fc.nat(10),
  });
  const weights = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 8, maxLength: 8 });
  fc.assert(
    fc.property(sensitivity, weights, (given, anyWeights) => {
      const { requests, backends, instances, unplaced } = given;
      const least = leastNoticed(given);
      const others = backends - 1;
      const isPossible = (preferred: number, shares: readonly number[]): boolean =>
        testRoundRobin([preferred, ...shares], instances, unplaced).possible;
      if (least <= requests) {
        expect(isPossible(least, shared(requests - least, anyWeights.slice(0, others)))).toBe(false);
      }
      const evenly = shared(Math.max(0, requests - least + 1), Array<number>(others).fill(1));
      expect(isPossible(Math.min(least - 1, requests), evenly)).toBe(true);
    }),
  );
});

test("the noticeable share is the smallest that is noticed in 90 % of runs", () => {
  const any = fc.record({
    requests: fc.integer({ min: 1, max: 2_000 }),
    backends: fc.integer({ min: 2, max: 12 }),
    instances: fc.integer({ min: 1, max: MAX_INSTANCES }),
    unplaced: fc.nat(20),
  });
  fc.assert(
    fc.property(any, (sensitivity) => {
      const share = noticeableShare(sensitivity);
      if (share === undefined) {
        expect(powerAgainst(1, sensitivity)).toBe(0);
      } else {
        expect(powerAgainst(share, sensitivity)).toBeGreaterThanOrEqual(POWER);
        expect(powerAgainst(share - 1e-4, sensitivity)).toBeLessThan(POWER);
      }
    }),
  );
});

/** As many in all, in proportion to the weights. */
function shared(total: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((all, weight) => all + weight, 0);
  const shares = weights.map((weight) => Math.floor((total * weight) / sum));
  const left = total - shares.reduce((all, share) => all + share, 0);
  return shares.map((share, at) => share + (at < left ? 1 : 0));
}

/** Numbers from 0 to 1, the same in every run (Park and Miller's generator). */
function pseudoRandom(seed: number): () => number {
  let state = seed * 7_919;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}
