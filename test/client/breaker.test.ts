import {
  Breaker,
  type CooldownReason,
  JITTER,
  MAX_PROBE_MILLISECONDS,
  MIN_HINT_MILLISECONDS,
} from "../../lib/client/endpoints/breaker.js";

const LENGTHS = { throttled: 10_000, failed: 1_000, misconfigured: 60_000, maximum: 300_000 };
const noJitter = () => 0;

/** Lets the attempt of a generation fail; at time 0 unless said otherwise. */
function fail(
  breaker: Breaker,
  reason: CooldownReason,
  { generation = breaker.enter(0), hint = undefined as number | undefined, now = 0, random = noJitter } = {},
): number | undefined {
  return breaker.fail(generation, { reason, hintMilliseconds: hint }, LENGTHS, now, random);
}

function coolingDown(reason: CooldownReason, hint?: number): Breaker {
  const breaker = new Breaker();
  fail(breaker, reason, { hint });
  return breaker;
}

describe("Breaker", () => {
  test.each([
    ["throttled", LENGTHS.throttled, "available"],
    ["failed", LENGTHS.failed, "half-open"],
    ["misconfigured", LENGTHS.misconfigured, "half-open"],
  ] as const)("one that is %s cools down for its own length, and is %s then", (reason, length, then) => {
    const breaker = coolingDown(reason);
    expect([length - 1, length].map((now) => breaker.isAvailable(now))).toEqual([false, true]);
    expect(coolingDown(reason).snapshot(length - 1)).toEqual({
      status: "cooling-down",
      reason,
      cooldownMilliseconds: 1,
      consecutiveFailures: 1,
    });
    expect(breaker.snapshot(length)).toEqual({
      status: then,
      reason: then === "available" ? undefined : reason,
      cooldownMilliseconds: 0,
      consecutiveFailures: 1,
    });
  });

  test("takes the length that the endpoint asked for, up to the maximum", () => {
    expect(coolingDown("throttled", 420).cooldownEnd(0)).toBe(420);
    expect(coolingDown("throttled", 86_400_000).cooldownEnd(0)).toBe(LENGTHS.maximum);
  });

  test("a throttled one returns for everybody at once", () => {
    const breaker = coolingDown("throttled");
    breaker.enter(LENGTHS.throttled);
    expect(breaker.isAvailable(LENGTHS.throttled)).toBe(true);
    expect(breaker.probed(LENGTHS.throttled)).toBeUndefined();
  });

  test.each(["failed", "misconfigured"] as const)("one that %s is probed by exactly one", async (reason) => {
    const breaker = coolingDown(reason);
    const later = LENGTHS[reason];
    const probe = breaker.enter(later);
    expect(breaker.isAvailable(later)).toBe(false);
    const settled = breaker.probed(later);
    expect(breaker.succeed(probe)).toBe(true);
    await settled;
    expect(breaker.isAvailable(later)).toBe(true);
    breaker.enter(later);
    expect(breaker.isAvailable(later)).toBe(true);
  });

  test("a probe that is given up lets another one in", async () => {
    const breaker = coolingDown("failed");
    const probe = breaker.enter(LENGTHS.failed);
    const settled = breaker.probed(LENGTHS.failed);
    breaker.release(probe);
    await settled;
    expect(breaker.isAvailable(LENGTHS.failed)).toBe(true);
    breaker.enter(LENGTHS.failed);
    expect(breaker.isAvailable(LENGTHS.failed)).toBe(false);
  });

  test("failures in a row double the cooldown, up to the maximum, and an answer ends the row", () => {
    const breaker = new Breaker();
    const lengths: (number | undefined)[] = [];
    for (let now = 0; lengths.length < 10; now = breaker.cooldownEnd(now)) {
      lengths.push(fail(breaker, "failed", { generation: breaker.enter(now), now }));
    }
    expect(lengths).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300].map((seconds) => seconds * 1_000));
    expect(breaker.consecutiveFailures).toBe(10);
    breaker.succeed(breaker.enter(1_000_000));
    expect(fail(breaker, "failed")).toBe(1_000);
  });

  test("jitter lengthens a cooldown by a share at most, and never what the endpoint asked for", () => {
    const random = () => 1;
    const breaker = new Breaker();
    expect(fail(breaker, "failed", { random })).toBe(1_000 * (1 + JITTER));
    expect(fail(breaker, "throttled", { hint: 700, random, now: 2_000 })).toBe(700);
  });

  test("of many attempts that were under way, only the first to fail counts", () => {
    const breaker = new Breaker();
    const [first = 0, second = 0, third = 0] = [breaker.enter(0), breaker.enter(0), breaker.enter(0)];
    expect(fail(breaker, "failed", { generation: first })).toBe(1_000);
    expect(fail(breaker, "failed", { generation: second, now: 500 })).toBeUndefined();
    expect(breaker.cooldownEnd(500)).toBe(1_000);
    expect(breaker.consecutiveFailures).toBe(1);
    expect([breaker.succeed(third), breaker.isAvailable(500)]).toEqual([false, false]);
    expect(breaker.hasChangedSince(third)).toBe(true);
  });

  test("a hint is never shorter than the least, so that nobody is asked a thousand times a second", () => {
    expect(coolingDown("throttled", 1).cooldownEnd(0)).toBe(MIN_HINT_MILLISECONDS);
  });

  test("of attempts that were throttled together, the longest hint counts", () => {
    const breaker = new Breaker();
    const generations = [breaker.enter(0), breaker.enter(0), breaker.enter(0)];
    const lengths = [1_000, 60_000, 2_000].map((hint, index) =>
      fail(breaker, "throttled", { generation: generations[index] ?? 0, hint }),
    );
    expect(lengths).toEqual([1_000, 60_000, undefined]);
    expect([breaker.cooldownEnd(0), breaker.consecutiveFailures]).toEqual([60_000, 1]);
  });

  test("a probe without an answer keeps others away for as long as the cooldown was, up to a limit", () => {
    const short = coolingDown("failed");
    short.enter(1_000);
    expect([1_999, 2_000].map((now) => short.isAvailable(now))).toEqual([false, true]);
    const long = coolingDown("misconfigured");
    const end = LENGTHS.misconfigured + MAX_PROBE_MILLISECONDS;
    long.enter(LENGTHS.misconfigured);
    expect([end - 1, end].map((now) => long.isAvailable(now))).toEqual([false, true]);
  });

  test("a cooldown that was lifted is over, unless another one has followed", () => {
    const breaker = coolingDown("misconfigured");
    expect([breaker.lift(0), breaker.isAvailable(0), breaker.lift(0)]).toEqual([true, true, false]);
    const other = coolingDown("misconfigured");
    fail(other, "failed", { generation: other.enter(60_000), now: 60_000 });
    expect([other.lift(0), other.isCoolingDownFor("failed", 60_000)]).toEqual([false, true]);
  });

  test("an imported cooldown counts where it is longer than what is known", () => {
    const breaker = new Breaker();
    expect([breaker.coolDown(0, 0), breaker.coolDown(500, 0), breaker.coolDown(400, 0)]).toEqual([false, true, false]);
    expect([499, 500].map((now) => breaker.isAvailable(now))).toEqual([false, true]);
    expect(breaker.snapshot(500).status).toBe("available");
  });
});
