import fc from "fast-check";
import { binomialUpperTail } from "../../lib/verify/binomial.js";

/** By the recurrence over trials: no factorials, no logarithms. */
function tailByHand(trials: number, probability: number, least: number): number {
  let masses = [1];
  for (let trial = 0; trial < trials; trial += 1) {
    masses = [...masses, 0].map((mass, k) => mass * (1 - probability) + (masses[k - 1] ?? 0) * probability);
  }
  return masses.slice(Math.max(0, least)).reduce((sum, mass) => sum + mass, 0);
}

test("is the sum of the masses", () => {
  fc.assert(
    fc.property(fc.nat(80), fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: -2, max: 82 }), (n, p, k) => {
      expect(binomialUpperTail(n, p, k)).toBeCloseTo(tailByHand(n, p, k), 12);
    }),
  );
});

test.each([
  [60, 0.6, 31, 0.925376],
  [1_000_000, 0.5, 500_000, 0.500399],
  [1_000_000, 0.5, 501_000, 0.022776],
])("of %i trials at %d, at least %i: %d", (trials, probability, least, tail) => {
  expect(binomialUpperTail(trials, probability, least)).toBeCloseTo(tail, 4);
});
