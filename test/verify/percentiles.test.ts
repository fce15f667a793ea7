import fc from "fast-check";
import { percentilesOf } from "../../lib/verify/percentiles.js";

test("of 1 to 100", () => {
  const times = Array.from({ length: 100 }, (_, i) => 100 - i);
  expect(percentilesOf(times)).toEqual({
    p50Milliseconds: 50,
    p90Milliseconds: 90,
    p99Milliseconds: 99,
    maxMilliseconds: 100,
  });
});

test("of nothing there are none", () => {
  expect(percentilesOf([])).toBeUndefined();
});

test("are measured times in order, and half of all are at or below the median", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(), { minLength: 1 }), (times) => {
      const found = percentilesOf(times);
      const values = Object.values(found ?? {}).map(Number);
      expect(values).toEqual([...values].sort((a, b) => a - b));
      for (const value of values) expect(times).toContain(value);
      const below = times.filter((time) => time <= (found?.p50Milliseconds ?? 0)).length;
      expect(below).toBeGreaterThanOrEqual(times.length / 2);
      expect(found?.maxMilliseconds).toBe(Math.max(...times));
    }),
  );
});
