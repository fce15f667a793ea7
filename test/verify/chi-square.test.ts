import fc from "fast-check";
import { chiSquareSurvival, testEvenness } from "../../lib/verify/chi-square.js";

// Critical values as printed in statistics tables (NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.4).
test.each([
  [1, 2.706, 0.1],
  [1, 3.841, 0.05],
  [1, 6.635, 0.01],
  [1, 10.828, 0.001],
  [2, 5.991, 0.05],
  [2, 9.21, 0.01],
  [3, 7.815, 0.05],
  [4, 13.277, 0.01],
  [5, 11.07, 0.05],
  [9, 16.919, 0.05],
  [10, 29.588, 0.001],
  [20, 31.41, 0.05],
  [30, 43.773, 0.05],
  [50, 76.154, 0.01],
  [100, 124.342, 0.05],
])("with %i degrees of freedom, %d is exceeded with probability %d", (degreesOfFreedom, x, p) => {
  expect(chiSquareSurvival(x, degreesOfFreedom)).toBeCloseTo(p, 4);
});

const anyX = fc.double({ min: 0, max: 500, noNaN: true });
const anyDegrees = fc.integer({ min: 1, max: 300 });

test("two degrees of freedom are the exponential distribution", () => {
  fc.assert(fc.property(anyX, (x) => expect(chiSquareSurvival(x, 2)).toBeCloseTo(Math.exp(-x / 2), 12)));
});

test("even degrees of freedom are a Poisson sum", () => {
  fc.assert(
    fc.property(anyX, fc.integer({ min: 1, max: 60 }), (x, half) => {
      let term = Math.exp(-x / 2);
      let sum = 0;
      for (let i = 0; i < half; i += 1, term *= x / 2 / i) sum += term;
      expect(chiSquareSurvival(x, 2 * half)).toBeCloseTo(sum, 10);
    }),
  );
});

test("is a probability that falls with x and rises with the degrees of freedom", () => {
  fc.assert(
    fc.property(anyX, anyX, anyDegrees, (x, more, degreesOfFreedom) => {
      const p = chiSquareSurvival(x, degreesOfFreedom);
      expect(p).toBeGreaterThanOrEqual(0);
      expect(p).toBeLessThanOrEqual(1);
      expect(chiSquareSurvival(x + more, degreesOfFreedom)).toBeLessThanOrEqual(p + 1e-12);
      expect(chiSquareSurvival(x, degreesOfFreedom + 1)).toBeGreaterThanOrEqual(p - 1e-12);
    }),
  );
});

test("Pearson's statistic of a textbook die: 60 throws", () => {
  const test = testEvenness([5, 8, 9, 8, 10, 20]);
  expect(test.statistic).toBeCloseTo(13.4, 10);
  expect(test.degreesOfFreedom).toBe(5);
  expect(test.pValue).toBeCloseTo(0.0199, 4);
});

test("equal counts are as even as can be, and one count of all is as uneven", () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 50 }), fc.integer({ min: 5, max: 1_000 }), (backends, each) => {
      expect(testEvenness(Array.from({ length: backends }, () => each)).pValue).toBe(1);
      const all = Array.from({ length: backends }, (_, i) => (i === 0 ? each * backends : 0));
      expect(testEvenness(all).pValue).toBeLessThan(0.002);
    }),
  );
});

test.each([[[]], [[7]], [[0, 0]]])("refuses %j", (counts) => {
  expect(() => testEvenness(counts)).toThrow(
    new RangeError(`evenness needs two counts or more and an observation; got [${counts.join(", ")}]`),
  );
});
