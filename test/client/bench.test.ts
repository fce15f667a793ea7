import { Bench, JITTER, MAX_PROBE_MILLISECONDS, MIN_HINT_MILLISECONDS } from "../../lib/client/bench.js";

const LENGTHS = { throttled: 10_000, failed: 1_000, misconfigured: 60_000, maximum: 300_000 };
const noJitter = () => 0;

function benched(reason: "throttled" | "failed" | "misconfigured", hint?: number): Bench {
  const bench = new Bench();
  bench.fail(bench.enter(0), reason, hint, LENGTHS, 0, noJitter);
  return bench;
}

describe("Bench", () => {
  test.each([
    ["throttled", LENGTHS.throttled],
    ["failed", LENGTHS.failed],
    ["misconfigured", LENGTHS.misconfigured],
  ] as const)("benches one that is %s for its own length", (reason, length) => {
    const bench = benched(reason);
    expect(bench.until).toBe(length);
    expect(bench.isFree(length - 1)).toBe(false);
    expect(bench.isFree(length)).toBe(true);
  });

  test("takes the length that the endpoint asked for, up to the maximum", () => {
    expect(benched("throttled", 420).until).toBe(420);
    expect(benched("throttled", 86_400_000).until).toBe(LENGTHS.maximum);
  });

  test("a throttled one returns for everybody at once", () => {
    const bench = benched("throttled");
    bench.enter(0);
    expect(bench.isFree(LENGTHS.throttled)).toBe(true);
    expect(bench.probed).toBeUndefined();
  });

  test.each(["failed", "misconfigured"] as const)("one that %s is probed by exactly one", async (reason) => {
    const bench = benched(reason);
    const later = LENGTHS[reason];
    const probe = bench.enter(later);
    expect(bench.isFree(later)).toBe(false);
    const settled = bench.probed;
    expect(bench.succeed(probe)).toBe(true);
    await settled;
    expect(bench.isFree(later)).toBe(true);
    bench.enter(0);
    expect(bench.isFree(later)).toBe(true);
  });

  test("a probe that is given up lets another one in", async () => {
    const bench = benched("failed");
    const probe = bench.enter(LENGTHS.failed);
    const settled = bench.probed;
    bench.release(probe);
    await settled;
    expect(bench.isFree(LENGTHS.failed)).toBe(true);
    bench.enter(LENGTHS.failed);
    expect(bench.isFree(LENGTHS.failed)).toBe(false);
  });

  test("failures in a row double the bench, up to the maximum, and an answer ends the row", () => {
    const bench = new Bench();
    const lengths: (number | undefined)[] = [];
    for (let now = 0; lengths.length < 10; now = bench.until) {
      lengths.push(bench.fail(bench.enter(0), "failed", undefined, LENGTHS, now, noJitter));
    }
    expect(lengths).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300].map((seconds) => seconds * 1_000));
    expect(bench.consecutiveFailures).toBe(10);
    bench.succeed(bench.enter(0));
    expect(bench.fail(bench.enter(0), "failed", undefined, LENGTHS, 0, noJitter)).toBe(1_000);
  });

  test("jitter lengthens a bench by a share at most, and never what the endpoint asked for", () => {
    const most = () => 1;
    const bench = new Bench();
    expect(bench.fail(bench.enter(0), "failed", undefined, LENGTHS, 0, most)).toBe(1_000 * (1 + JITTER));
    expect(bench.fail(bench.enter(0), "throttled", 700, LENGTHS, 0, most)).toBe(700);
  });

  test("of many attempts that were under way, only the first to fail counts", () => {
    const bench = new Bench();
    const passes = [bench.enter(0), bench.enter(0), bench.enter(0)] as const;
    expect(bench.fail(passes[0], "failed", undefined, LENGTHS, 0, noJitter)).toBe(1_000);
    expect(bench.fail(passes[1], "failed", undefined, LENGTHS, 500, noJitter)).toBeUndefined();
    expect(bench.until).toBe(1_000);
    expect(bench.consecutiveFailures).toBe(1);
    expect(bench.succeed(passes[2])).toBe(false);
    expect(bench.reason).toBe("failed");
  });

  test("a hint is never shorter than the least, so that nobody is asked a thousand times a second", () => {
    expect(benched("throttled", 1).until).toBe(MIN_HINT_MILLISECONDS);
  });

  test("of attempts that were throttled together, the longest hint counts", () => {
    const bench = new Bench();
    const passes = [bench.enter(0), bench.enter(0), bench.enter(0)] as const;
    const lengths = [1_000, 60_000, 2_000].map((hint, index) =>
      bench.fail(passes[index] ?? 0, "throttled", hint, LENGTHS, 0, noJitter),
    );
    expect(lengths).toEqual([1_000, 60_000, undefined]);
    expect([bench.until, bench.consecutiveFailures]).toEqual([60_000, 1]);
  });

  test("a probe without an answer keeps others away for as long as the bench was, up to a limit", () => {
    const short = benched("failed");
    short.enter(1_000);
    expect([1_999, 2_000].map((now) => short.isFree(now))).toEqual([false, true]);
    const long = benched("misconfigured");
    const end = LENGTHS.misconfigured + MAX_PROBE_MILLISECONDS;
    long.enter(LENGTHS.misconfigured);
    expect([end - 1, end].map((now) => long.isFree(now))).toEqual([false, true]);
  });

  test("a bench that was lifted is over, unless another one has followed", () => {
    const bench = benched("misconfigured");
    expect([bench.lift(0), bench.isFree(0), bench.lift(0)]).toEqual([true, true, false]);
    const other = benched("misconfigured");
    other.fail(other.enter(60_000), "failed", undefined, LENGTHS, 60_000, noJitter);
    expect([other.lift(0), other.reason]).toEqual([false, "failed"]);
  });
});
