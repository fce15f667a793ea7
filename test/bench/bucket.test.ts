import fc from "fast-check";
import { Bucket, Window } from "../../bench/goodput/bucket.js";

describe("a bucket", () => {
  test("refills steadily, up to what comes in its period", () => {
    const bucket = new Bucket(60_000, 10_000);
    expect(bucket.level(0)).toBe(0);
    expect(bucket.level(2_500)).toBe(2_500);
    expect(bucket.level(60_000)).toBe(10_000);
    bucket.take(4_000, 60_000);
    expect(bucket.level(61_000)).toBe(7_000);
    expect(bucket.reset(61_000)).toBe(3_000);
  });

  test("tells when an amount fits", () => {
    const bucket = new Bucket(60_000, 10_000);
    expect(bucket.until(3_000, 1_000)).toBe(2_000);
    expect(bucket.until(1_000, 1_000)).toBe(0);
    expect(bucket.until(10_001, 1_000)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("a window", () => {
  test("begins with the first use after the last one, and is full again at its end", () => {
    const window = new Window(60, 10_000);
    window.take(10, 3_000);
    expect(window.level(12_999)).toBe(0);
    expect(window.until(1, 5_000)).toBe(8_000);
    expect(window.reset(5_000)).toBe(8_000);
    expect(window.level(13_000)).toBe(10);
    expect(window.reset(14_000)).toBe(0);
    window.take(1, 20_000);
    expect(window.until(10, 21_000)).toBe(9_000);
    expect(window.until(11, 21_000)).toBe(Number.POSITIVE_INFINITY);
  });
});

test.each([
  ["a bucket", (perMinute: number) => new Bucket(perMinute, 10_000)],
  ["a window", (perMinute: number) => new Window(perMinute, 10_000)],
])("%s lets in no more than its rate allows, and an amount fits when it said so", (_, create) => {
  const uses = fc.array(fc.record({ after: fc.nat(15_000), share: fc.double({ min: 0, max: 1, noNaN: true }) }));
  fc.assert(
    fc.property(uses, fc.integer({ min: 60, max: 600_000 }), (list, perMinute) => {
      const limit = create(perMinute);
      let now = 0;
      let taken = 0;
      for (const { after, share } of list) {
        now += after;
        const amount = share * limit.capacity;
        now += limit.until(amount, now);
        expect(limit.level(now)).toBeGreaterThanOrEqual(amount - 1e-6 * limit.capacity);
        limit.take(amount, now);
        taken += amount;
      }
      // A window may be used up at its end, and the next one at its beginning.
      expect(taken).toBeLessThanOrEqual((perMinute * (now + 20_000)) / 60_000 + 1e-6 * taken);
    }),
  );
});
