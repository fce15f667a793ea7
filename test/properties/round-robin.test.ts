import fc from "fast-check";
import { Duration } from "../../lib/duration.js";
import { RoundRobin } from "../../lib/simulator/round-robin.js";
import { repetitions } from "../support/repetitions.js";
import { GatewayUnderTest, fqdnOf } from "../support/simulated-gateway.js";

const NAMES = ["a", "b", "c"] as const;
const PATIENCE = Duration.seconds(5);

/** How far apart the shares of the members are. */
function spread(served: readonly string[], members: readonly string[]): number {
  const counts = members.map((member) => served.filter((each) => each === member).length);
  return Math.max(...counts) - Math.min(...counts);
}

test("whatever changes between requests, only members that may serve are chosen, and evenly while nothing changes", () => {
  const turn = fc.record({ healthy: fc.subarray(["a", "b", "c", "d", "e"]), requests: fc.nat(12) });
  fc.assert(
    fc.property(fc.array(turn, { maxLength: 12 }), (turns) => {
      const roundRobin = new RoundRobin();
      for (const { healthy, requests } of turns) {
        const served: string[] = [];
        for (let request = 0; request < requests; request += 1) {
          const member = roundRobin.next(["a", "b", "c", "d", "e"], (each) => healthy.includes(each));
          if (healthy.length === 0) expect(member).toBeUndefined();
          else served.push(member ?? "nobody");
        }
        if (healthy.length === 0) continue;
        expect(healthy).toEqual(expect.arrayContaining(served));
        expect(spread(served, healthy)).toBeLessThanOrEqual(1);
      }
    }),
  );
});

test("over sockets: no request reaches a member that its instance holds unhealthy, and shares per instance differ by one", async () => {
  const step = fc.record({ healthy: fc.subarray([...NAMES]), requests: fc.integer({ min: 1, max: 20 }) });
  const run = async (
    steps: readonly { readonly healthy: string[]; readonly requests: number }[],
    instances: number,
  ) => {
    await using under = await GatewayUnderTest.create({ probe: { unhealthy_threshold: 1 } }, { instances });
    let logged = 0;
    for (const { healthy, requests } of steps) {
      for (const name of NAMES) under.backend(name).onProbe = healthy.includes(name) ? 200 : 503;
      for (const name of NAMES) {
        await under.gateway.untilBackend(fqdnOf(name), healthy.includes(name) ? "Healthy" : "Unhealthy", PATIENCE);
      }
      await Promise.all(Array.from({ length: requests }, () => under.outcome()));
      const entries = (await under.logged(logged + requests)).slice(logged);
      logged += requests;
      for (let instance = 0; instance < instances; instance += 1) {
        const served = entries
          .filter(({ InstanceId }) => InstanceId === `instance_${instance}`)
          .map(({ ServerRouted, HttpStatus }) => (HttpStatus === 502 ? "nobody" : (ServerRouted[0] ?? "")));
        if (healthy.length === 0) expect(new Set(served)).toEqual(new Set(served.length === 0 ? [] : ["nobody"]));
        else {
          expect(healthy).toEqual(expect.arrayContaining(served));
          expect(spread(served, healthy)).toBeLessThanOrEqual(1);
        }
      }
    }
  };
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 5 }), fc.integer({ min: 1, max: 3 }), run),
    { numRuns: repetitions(8, 100) },
  );
});
