import { History, kindOf } from "../../lib/ui/page/history.js";
import { HISTORY_SECONDS, type Tick, TICK_MILLISECONDS } from "../../lib/ui/view.js";

/** The tick with this number, in which each backend got so many requests. */
function tick(number: number, requests: readonly number[], change: Partial<Tick> = {}): Tick {
  return {
    at: number * TICK_MILLISECONDS,
    traffic: { running: true, rate: 10, way: "gateway" },
    statuses: {},
    backends: requests.map((count) => ({
      condition: "up",
      requests: count,
      latencies: [],
      quotaLeft: undefined,
      health: ["Healthy"],
      reason: "",
      client: undefined,
    })),
    ...change,
  };
}

/** What the charts show at the end. */
function after(ticks: readonly Tick[]) {
  const history = new History();
  for (const each of ticks) history.add(each);
  return { history, last: history.moments.at(-1) };
}

test("shares are of the last 5 seconds, and of no fewer than 3 requests", () => {
  const full = Array.from({ length: 20 }, (_, number) => tick(number, [1, 3]));
  expect(after([tick(0, [0, 50]), ...full]).last?.backends.map(({ share }) => share)).toEqual([25, 75]);
  expect(after([tick(0, [1, 1])]).last?.backends.map(({ share }) => share)).toEqual([null, null]);
});

test("latency is the median of the last 5 seconds", () => {
  const [one] = tick(0, [1]).backends;
  const ticks = [900, 10, 30, 20].map((latency, number) => {
    return tick(number, [1], { backends: one ? [{ ...one, latencies: [latency] }] : [] });
  });
  expect(after(ticks).last?.backends[0]?.latency).toBe(30);
});

test("answers are per second, by kind; the headline counts 10 seconds", () => {
  const statuses = { "200": 3, "301": 1, "429": 2, "502": 1, none: 1 };
  const { history, last } = after(Array.from({ length: 60 }, (_, number) => tick(number, [], { statuses })));
  expect(last?.answers).toEqual({ ok: 16, throttled: 8, failed: 8 });
  expect(history.statuses).toEqual({ "200": 120, "301": 40, "429": 80, "502": 40, none: 40 });
});

test.each([
  [200, "ok"],
  [301, "ok"],
  [429, "throttled"],
  [401, "failed"],
  [502, "failed"],
  [Number.NaN, "failed"],
])("%d is %s", (status, kind) => {
  expect(kindOf(status)).toBe(kind);
});

test("two minutes are kept, and a server that has begun anew begins anew here", () => {
  const count = (HISTORY_SECONDS * 1_000) / TICK_MILLISECONDS;
  const ticks = Array.from({ length: count + 50 }, (_, number) => tick(number, [1]));
  expect(after(ticks).history.moments).toHaveLength(count);
  expect(after([...ticks, tick(0, [1])]).history.moments).toHaveLength(1);
});
