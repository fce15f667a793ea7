import fc from "fast-check";
import { requestsFor } from "../../lib/verify/index.js";
import { createReport } from "../../lib/verify/report.js";
import { MAX_INSTANCES, requestsToReachAll, testRoundRobin } from "../../lib/verify/round-robin.js";
import { RUN, sampleOf } from "../support/verify-run.js";

/**
 * Who serves each request of a gateway that takes turns perfectly: each instance by itself, in an order of its own
 * choice, from wherever it stands.
 *
 * @param assignment the instance of each request
 */
function served(members: number, starts: readonly number[], assignment: readonly number[]): number[] {
  const turns = [...starts];
  return assignment.map((instance) => {
    const turn = turns[instance] ?? 0;
    turns[instance] = turn + 1;
    return turn % members;
  });
}

function countsOf(members: number, chosen: readonly number[]): number[] {
  return Array.from({ length: members }, (_, member) => chosen.filter((each) => each === member).length);
}

/** Instances, members, where each instance starts, and an instance for each request: runs of one included. */
const perfectRun = fc
  .record({ instances: fc.integer({ min: 1, max: MAX_INSTANCES }), members: fc.integer({ min: 2, max: 12 }) })
  .chain(({ instances, members }) => {
    const instance = fc.nat(instances - 1);
    const run = fc.tuple(instance, fc.integer({ min: 1, max: 40 }));
    return fc.record({
      instances: fc.constant(instances),
      members: fc.constant(members),
      starts: fc.array(fc.nat(members - 1), { minLength: instances, maxLength: instances }),
      assignment: fc.oneof(
        fc.array(instance, { minLength: 1, maxLength: 400 }),
        fc
          .array(run, { minLength: 1, maxLength: 40 })
          .map((runs) => runs.flatMap(([at, n]) => Array<number>(n).fill(at))),
        // The worst there is: every instance begins with the same member, and is not asked again.
        fc.constant(Array.from({ length: instances }, (_, at) => at)),
      ),
    });
  });

describe("a perfect gateway of up to 125 instances", () => {
  test("is never called anything else, whichever instance serves which request", () => {
    fc.assert(
      fc.property(perfectRun, fc.array(fc.nat()), ({ instances, members, starts, assignment }, nameless) => {
        const chosen = served(members, starts, assignment);
        expect(testRoundRobin(countsOf(members, chosen), instances).possible).toBe(true);
        // Nor if some requests have no answer, or one that does not say whose it is.
        const known = chosen.filter((_, at) => !nameless.includes(at));
        const unplaced = chosen.length - known.length;
        expect(testRoundRobin(countsOf(members, known), instances, unplaced).possible).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test("is as expected, if there are requests enough to reach all of its backends", () => {
    const anyRun = perfectRun.chain((run) =>
      fc.record({
        ...Object.fromEntries(Object.entries(run).map(([key, value]) => [key, fc.constant(value)])),
        run: fc.constant(run),
        seed: fc.array(fc.nat(run.instances - 1), { minLength: 1, maxLength: 50 }),
        told: fc.boolean(),
      }),
    );
    fc.assert(
      fc.property(anyRun, ({ run: { instances, members, starts, assignment }, seed, told }) => {
        const least = requestsToReachAll(members, instances);
        const requests = [
          ...assignment,
          ...Array.from({ length: least - assignment.length }, (_, at) => seed[at % seed.length] ?? 0),
        ];
        const samples = served(members, starts, requests).map((member) => sampleOf(`backend ${member}`));
        // A connection stays with one instance; more connections than instances are no harm.
        const run = { ...RUN, wanted: samples.length, connections: instances };
        const expectations = { backends: members, ...(told ? { instances } : {}) };
        expect(createReport(run, samples, expectations).failures).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  test("reaches all backends with exactly so many", () => {
    fc.assert(
      fc.property(perfectRun, ({ instances, members, starts, assignment }) => {
        const least = requestsToReachAll(members, instances);
        const requests = Array.from({ length: least }, (_, at) => assignment[at % assignment.length] ?? 0);
        expect(countsOf(members, served(members, starts, requests))).not.toContain(0);
      }),
    );
  });

  test("reaches all backends with the default number of requests", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 100 }), (instances, members) => {
        const bound = Math.min(instances, MAX_INSTANCES);
        expect(requestsFor(instances, members)).toBeGreaterThanOrEqual(requestsToReachAll(members, bound));
      }),
      { numRuns: 30 },
    );
  });
});

/** All counts that round robins of so many instances can produce, of small numbers, by trying. */
function reachable(instances: number, members: number, requests: number): Set<string> {
  let found = new Set(["0".repeat(members)]);
  const shares = (of: number): number[][] => {
    const sets: number[][] = [];
    for (let set = 0; set < 2 ** members; set += 1) {
      const counts = Array.from({ length: members }, (_, at) => Math.floor(of / members) + ((set >> at) & 1));
      if (counts.reduce((sum, count) => sum + count, 0) === of) sets.push(counts);
    }
    return sets;
  };
  for (let instance = 0; instance < instances; instance += 1) {
    const next = new Set<string>();
    for (const before of found) {
      const counts = [...before].map(Number);
      const left = requests - counts.reduce((sum, count) => sum + count, 0);
      for (let of = 0; of <= left; of += 1) {
        for (const share of shares(of)) next.add(counts.map((count, at) => count + (share[at] ?? 0)).join(""));
      }
    }
    found = next;
  }
  return new Set(
    [...found].filter((counts) => [...counts].reduce((sum, count) => sum + Number(count), 0) === requests),
  );
}

/** All ways to share so many requests out. */
function compositions(requests: number, members: number): number[][] {
  if (members === 1) return [[requests]];
  return Array.from({ length: requests + 1 }, (_, first) => first).flatMap((first) =>
    compositions(requests - first, members - 1).map((rest) => [first, ...rest]),
  );
}

test.each([
  [1, 2, 7],
  [2, 2, 8],
  [3, 2, 9],
  [1, 3, 8],
  [2, 3, 8],
  [3, 3, 7],
  [2, 4, 6],
])(
  "%i instances, %i members, %i requests: possible is what can be, and nothing else",
  (instances, members, requests) => {
    const can = reachable(instances, members, requests);
    for (const counts of compositions(requests, members)) {
      expect([counts, testRoundRobin(counts, instances).possible]).toEqual([counts, can.has(counts.join(""))]);
    }
  },
);

test("one request fewer than are needed to reach all can leave a backend out", () => {
  const [members, instances] = [3, 4];
  const least = requestsToReachAll(members, instances);
  expect(least).toBe(9);
  const spread = Array.from({ length: least - 1 }, (_, at) => at % instances);
  expect(countsOf(members, served(members, Array<number>(instances).fill(0), spread))[2]).toBe(0);
});
