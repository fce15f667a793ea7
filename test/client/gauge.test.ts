import fc from "fast-check";
import { Gauge, KNOWN_FOR_MILLISECONDS } from "../../lib/client/endpoints/gauge.js";

/** 60 a second. */
const PER_MINUTE = 3_600;

describe("what a limit still lets through", () => {
  test("is unknown at first, so that everything may pass", () => {
    const gauge = new Gauge();
    expect([gauge.timeUntil(1e9, 0), gauge.likelyTimeUntil(1e9, 0, 1), gauge.fullness(1, 0)]).toEqual([
      0,
      0,
      undefined,
    ]);
  });

  test("is what a header says, less what was sent since, and grows at the limit's rate", () => {
    const gauge = new Gauge();
    const first = gauge.take(100, 0);
    gauge.take(50, 10);
    gauge.read(first, 200, PER_MINUTE, 500);
    // 200 + 30 come back - 50; in 10 s 600 come back.
    expect(gauge.fullness(0, 500)).toBeCloseTo(180 / 600);
    expect(gauge.timeUntil(180, 500)).toBe(0);
    expect(gauge.timeUntil(240, 500)).toBeCloseTo(1_000);
    expect(gauge.fullness(0, 59_000)).toBeCloseTo(1);
  });

  test("fills no further than to the highest that was seen, once less was found than should have come back", () => {
    const gauge = new Gauge();
    gauge.read(gauge.take(100, 0), 200, PER_MINUTE, 0);
    expect(gauge.timeUntil(280, 1_500)).toBe(0);
    gauge.read(gauge.take(100, 10_000), 200, PER_MINUTE, 10_000);
    expect(gauge.fullness(0, 20_000)).toBeCloseTo(1);
    expect(gauge.fullness(150, 20_000)).toBeCloseTo(0.5);
  });

  test("counts an answer for the time at which its request was sent: a late one tells nothing new", () => {
    const gauge = new Gauge();
    const early = gauge.take(10, 0);
    const late = gauge.take(10, 100);
    gauge.read(late, 80, PER_MINUTE, 200);
    gauge.read(early, 1_000, PER_MINUTE, 5_000);
    expect(gauge.timeUntil(86, 200)).toBe(0);
    expect(gauge.timeUntil(90, 200)).toBeGreaterThan(0);
  });

  test("is told by a refusal: its size less what comes back by the time of its hint", () => {
    const gauge = new Gauge();
    gauge.read(gauge.take(900, 0), 100, PER_MINUTE, 0);
    gauge.refuse(gauge.take(400, 0), undefined, 6_000, 0);
    // 400 in 6 s at 60 a second: 40 are there.
    expect(gauge.timeUntil(40, 0)).toBe(0);
    expect(gauge.timeUntil(100, 0)).toBeCloseTo(1_000);
    expect(gauge.timeUntil(400, 0)).toBeCloseTo(6_000);
  });

  test("is told better by the headers of a refusal", () => {
    const gauge = new Gauge();
    gauge.read(gauge.take(900, 0), 100, PER_MINUTE, 0);
    gauge.refuse(gauge.take(400, 0), 340, 60_000, 0);
    expect(gauge.timeUntil(400, 0)).toBeCloseTo(1_000);
  });

  test.each([
    ["with hints", 2_000, 1_000],
    ["without", undefined, undefined],
  ])("without headers the rate is learned from what passed between two refusals, %s", (_, first, second) => {
    const gauge = new Gauge();
    gauge.refuse(gauge.take(120, 0), undefined, first, 0);
    expect(gauge.hasRate(0)).toBe(false);
    for (let at = 3_000; at < 10_000; at += 1_000) gauge.take(70, at);
    gauge.refuse(gauge.take(120, 10_000), undefined, second, 10_000);
    expect(gauge.hasRate(10_000)).toBe(true);
    // 490 in 9 s, or in 10 s; a little more, so as to find out should it have risen.
    const wait = gauge.likelyTimeUntil(120, 10_000, 1);
    const rate = 0.049 * 1.1;
    expect(wait).toBeCloseTo(second ?? 120 / rate);
    // Not certain enough to keep anything back that no endpoint has refused.
    expect(gauge.timeUntil(120, 10_000)).toBe(0);
  });

  test("what others take is learned from levels below the expected ones, and forgotten", () => {
    const gauge = new Gauge();
    let level = 600;
    let others = 0.05;
    let mine = 12;
    const waits = (at: number) => gauge.likelyTimeUntil(level + 100, at, 0.5) / gauge.timeUntil(level + 100, at);
    for (let at = 0; at < 46_000; at += 1_000) {
      if (at === 40_000) [others, mine] = [0, 50];
      level = Math.min(600, level + (0.06 - others) * 1_000 - mine);
      gauge.read(gauge.take(mine, at), Math.round(level), PER_MINUTE, at + 50);
      if (at === 39_000) expect(waits(at)).toBeGreaterThan(1.5);
    }
    expect(waits(45_000)).toBeLessThan(1.4);
  });

  test("gets back what was not let in for another reason, also where an earlier answer comes later", () => {
    const gauge = new Gauge();
    gauge.read(gauge.take(10, 0), 90, PER_MINUTE, 0);
    const early = gauge.take(10, 0);
    const refused = gauge.take(80, 0);
    expect(gauge.timeUntil(50, 0)).toBeGreaterThan(0);
    gauge.giveBack(refused);
    expect(gauge.timeUntil(80, 0)).toBe(0);
    gauge.read(early, 80, PER_MINUTE, 0);
    expect(gauge.timeUntil(80, 0)).toBe(0);
    expect(gauge.timeUntil(86, 0)).toBeCloseTo(100);
  });

  test("what is larger than was ever seen passes where it is full", () => {
    const gauge = new Gauge();
    gauge.read(gauge.take(100, 0), 0, PER_MINUTE, 0);
    expect(gauge.timeUntil(5_000, 0)).toBeCloseTo(100 / 0.06);
  });

  test("is forgotten after a minute", () => {
    const gauge = new Gauge();
    gauge.read(gauge.take(100, 0), 0, 1, 0);
    expect(gauge.timeUntil(100, KNOWN_FOR_MILLISECONDS)).toBeGreaterThan(0);
    expect(gauge.timeUntil(100, KNOWN_FOR_MILLISECONDS + 1)).toBe(0);
  });

  test("of a bucket that nobody else uses it knows the level, whatever is sent and in whatever order answers come", () => {
    const sends = fc.array(
      fc.record({
        pause: fc.integer({ min: 1, max: 3_000 }),
        amount: fc.integer({ min: 1, max: 400 }),
        latency: fc.nat(9_000),
      }),
      { minLength: 2, maxLength: 40 },
    );
    fc.assert(
      fc.property(sends, (plan) => {
        const gauge = new Gauge();
        let level = 1_000;
        let now = 0;
        const answers: { at: number; give: () => void }[] = [];
        for (const { pause, amount, latency } of plan) {
          now += pause;
          answers.sort((one, other) => one.at - other.at);
          while ((answers[0]?.at ?? Number.POSITIVE_INFINITY) <= now) answers.shift()?.give();
          level = Math.min(1_000, level + 0.06 * pause);
          // Once it knows anything it sends nothing that is refused.
          const wait = gauge.timeUntil(amount, now);
          if (answers.length === 0 && gauge.hasRate(now) && wait === 0)
            expect(level).toBeGreaterThanOrEqual(amount - 2);
          if (level < amount || wait > 0) continue;
          level -= amount;
          const left = level;
          const taking = gauge.take(amount, now);
          const at = now + latency;
          answers.push({ at, give: () => gauge.read(taking, left, PER_MINUTE, at) });
        }
      }),
    );
  });
});
