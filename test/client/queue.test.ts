import fc from "fast-check";
import { Breaker } from "../../lib/client/endpoints/breaker.js";
import { DeploymentState } from "../../lib/client/endpoints/deployment-state.js";
import { EndpointState } from "../../lib/client/endpoints/endpoint-state.js";
import { checkedEndpoint } from "../../lib/client/endpoints/endpoint.js";
import { Queue, type Waiter } from "../../lib/client/endpoints/queue.js";

beforeEach(() => jest.useFakeTimers({ now: 0 }));
afterEach(() => jest.useRealTimers());

const now = () => performance.now();

/** Holds so many tokens, of which so many come back in a second. */
class Bucket {
  readonly state: EndpointState;
  private level: number;
  private at = now();

  constructor(
    private readonly perSecond: number,
    readonly capacity: number,
    level = capacity,
  ) {
    this.level = level;
    const endpoint = checkedEndpoint({ url: "https://a.example", apiKey: "k" }, "endpoint");
    const deployment = new DeploymentState(0);
    const [origin, operation] = [new Breaker(), new Breaker()];
    const breakers = { origin, endpoint: new Breaker(), operation, deployment: deployment.breaker };
    this.state = new EndpointState(endpoint, "a", deployment, breakers, []);
  }

  timeUntil(tokens: number): number {
    return Math.max(0, Math.ceil(((tokens - this.left()) / this.perSecond) * 1_000));
  }

  take(tokens: number): boolean {
    const left = this.left();
    if (left < tokens - 1e-6) return false;
    [this.level, this.at] = [left - tokens, now()];
    return true;
  }

  private left(): number {
    return Math.min(this.capacity, this.level + ((now() - this.at) / 1_000) * this.perSecond);
  }
}

/** A call that notes what becomes of it. */
class Call implements Waiter {
  dueAt: number | undefined;
  readonly startedAt = now();
  readonly deadlineAt: number;
  wentAt: number | undefined;
  toldAt: number | undefined;
  attempts = 0;

  constructor(
    private readonly queue: Queue,
    private readonly buckets: readonly Bucket[],
    readonly tokens: number,
    deadline: number,
    /** How often it is refused when it is its turn. */
    private refusals = 0,
  ) {
    this.deadlineAt = this.startedAt + deadline;
  }

  get isOver(): boolean {
    return this.wentAt !== undefined || this.toldAt !== undefined;
  }

  join(): this {
    if (this.queue.join(this).kind === "refused") this.giveUp();
    return this;
  }

  candidates(): readonly EndpointState[] {
    return this.buckets.map(({ state }) => state);
  }

  likelyAt(state: EndpointState): number {
    return now() + (this.buckets.find((bucket) => bucket.state === state)?.timeUntil(this.tokens) ?? 0);
  }

  choose(among: readonly EndpointState[]): EndpointState | undefined {
    return among[0];
  }

  go(state: EndpointState): void {
    this.attempts++;
    if (this.refusals-- > 0) {
      setTimeout(() => this.join(), 30);
      return;
    }
    expect(this.buckets.find((bucket) => bucket.state === state)?.take(this.tokens)).toBe(true);
    this.wentAt = now();
  }

  giveUp(): void {
    this.toldAt = now();
  }
}

function setUp(buckets: readonly Bucket[], { deadline = 30_000, maximum = 1_000 } = {}) {
  const queue = new Queue(buckets.length, maximum, now);
  const call = (tokens: number, refusals = 0) => new Call(queue, buckets, tokens, deadline, refusals).join();
  return { queue, call };
}

describe("the queue", () => {
  test("lets a call go at once where there is room, without a timer", () => {
    const { queue, call } = setUp([new Bucket(10, 100)]);
    expect([call(60).wentAt, call(40).wentAt, queue.length, jest.getTimerCount()]).toEqual([0, 0, 0, 0]);
  });

  test("releases calls one by one as room comes back, those of like size as they came, by one timer", () => {
    const { queue, call } = setUp([new Bucket(100, 100, 0)]);
    const calls = [call(50), call(50), call(50)];
    expect([queue.length, jest.getTimerCount()]).toEqual([3, 1]);
    jest.advanceTimersByTime(2_000);
    expect(calls.map(({ wentAt }) => wentAt)).toEqual([500, 1_000, 1_500]);
    expect([queue.length, jest.getTimerCount()]).toEqual([0, 0]);
  });

  test("lets small calls pass a large one, but only those that come before it is due", () => {
    const { call } = setUp([new Bucket(100, 400, 0)], { deadline: 10_000 });
    // Of average size, so it is due after 5 s.
    const large = call(100);
    const small: Call[] = [];
    for (let second = 0; second < 12; second++) {
      small.push(call(50), call(50));
      jest.advanceTimersByTime(1_000);
    }
    expect(
      small.filter(({ wentAt = 0, startedAt }) => startedAt > 0 && wentAt < (large.wentAt ?? 0)).length,
    ).toBeGreaterThan(0);
    expect(large.wentAt).toBeLessThanOrEqual(6_000);
  });

  test("keeps the endpoint for a large call that it will go to first; the others are free for those behind it", () => {
    const { call } = setUp([new Bucket(100, 1_000, 0), new Bucket(10, 1_000, 50)]);
    const large = call(300);
    const same = call(300);
    jest.advanceTimersByTime(1_000);
    // The first is kept for `large`; `same` keeps the second one.
    expect([large.isOver, same.isOver]).toEqual([false, false]);
    jest.advanceTimersByTime(2_000);
    expect(large.wentAt).toBe(3_000);
  });

  test("tells a call at once that it cannot be served in time, when that becomes known", () => {
    const { queue, call } = setUp([new Bucket(10, 1_000, 0)], { deadline: 10_000 });
    expect(call(101).toldAt).toBe(0);
    const [first, second] = [call(90), call(90)];
    jest.advanceTimersByTime(9_000);
    expect([first.wentAt, second.toldAt, queue.length, jest.getTimerCount()]).toEqual([9_000, 9_000, 0, 0]);
  });

  test("tells a call in time that never comes near the front", () => {
    const { queue, call } = setUp([new Bucket(10, 1_000, 0)], { deadline: 10_000 });
    const calls = Array.from({ length: 30 }, () => call(90));
    jest.advanceTimersByTime(10_100);
    expect(calls.filter(({ wentAt }) => wentAt !== undefined)).toHaveLength(1);
    expect(calls.every(({ isOver, deadlineAt, toldAt = 0 }) => isOver && toldAt <= deadlineAt + 1)).toBe(true);
    expect([queue.length, jest.getTimerCount()]).toEqual([0, 0]);
  });

  test("is bounded: one call more is told at once", () => {
    const { queue, call } = setUp([new Bucket(10, 100, 0)], { maximum: 2 });
    const calls = [call(10), call(20), call(30)];
    expect(calls.map(({ toldAt }) => toldAt)).toEqual([undefined, undefined, 0]);
    expect(queue.length).toBe(2);
  });

  test("a call that leaves makes way at once, and leaves no timer", () => {
    const { queue, call } = setUp([new Bucket(100, 100, 40)]);
    const first = call(90);
    const second = call(90);
    queue.leave(first);
    jest.advanceTimersByTime(500);
    expect([first.wentAt, second.wentAt]).toEqual([undefined, 500]);
    const third = call(90);
    queue.leave(third);
    expect([queue.length, jest.getTimerCount()]).toEqual([0, 0]);
  });

  test("a call that was released and refused returns to its place in front", () => {
    const { call } = setUp([new Bucket(100, 100, 40)]);
    const refused = call(50, 1);
    const later = [call(50), call(50)];
    jest.advanceTimersByTime(3_000);
    expect(refused.attempts).toBe(2);
    expect(refused.wentAt).toBeLessThan(later[1]?.wentAt ?? 0);
  });

  test("wakes with the answer of a probe", async () => {
    const { call } = setUp([new Bucket(100, 100)]);
    const bucket = new Bucket(100, 100);
    const breaker = bucket.state.breakers.endpoint;
    breaker.fail(breaker.enter(0), { reason: "failed", hintMilliseconds: 1 }, LENGTHS, 0, () => 0);
    jest.advanceTimersByTime(100);
    const probe = breaker.enter(now());
    const queue = new Queue(1, 10, now);
    const waiter = new Call(queue, [bucket], 10, 30_000);
    waiter.likelyAt = (state) => Math.max(now(), state.likelyAt(10, now()));
    waiter.join();
    expect(waiter.isOver).toBe(false);
    breaker.succeed(probe);
    await Promise.resolve();
    expect(waiter.wentAt).toBe(100);
    expect(call(1).wentAt).toBe(100);
  });
});

const LENGTHS = { throttled: 1_000, failed: 1_000, misconfigured: 1_000, maximum: 10_000 };

describe("whatever comes", () => {
  const plan = fc.array(
    fc.record({
      pause: fc.integer({ min: 0, max: 3_000 }),
      tokens: fc.integer({ min: 1, max: 500 }),
      refusals: fc.constantFrom(0, 0, 0, 1, 3),
      leaves: fc.constantFrom(false, false, false, true),
    }),
    { minLength: 1, maxLength: 40 },
  );
  const rates = fc.array(fc.integer({ min: 5, max: 300 }), { minLength: 1, maxLength: 4 });

  test("the queue empties, no call goes past its deadline, and each is released once, and once more per refusal", () => {
    fc.assert(
      fc.property(plan, rates, (steps, perSecond) => {
        const { queue, call } = setUp(perSecond.map((rate) => new Bucket(rate, 500)));
        const left = new Set<Call>();
        const calls = steps.map(({ pause, tokens, refusals, leaves }) => {
          jest.advanceTimersByTime(pause);
          const made = call(tokens, refusals);
          if (leaves && !made.isOver && made.attempts === 0) {
            queue.leave(made);
            left.add(made);
          }
          return { made, refusals };
        });
        jest.advanceTimersByTime(31_000);
        expect([queue.length, jest.getTimerCount()]).toEqual([0, 0]);
        for (const { made, refusals } of calls.filter((one) => !left.has(one.made))) {
          expect([made.wentAt === undefined, made.toldAt === undefined]).toContain(true);
          expect(made.isOver).toBe(true);
          expect(made.wentAt ?? 0).toBeLessThanOrEqual(made.deadlineAt);
          expect(made.attempts).toBeLessThanOrEqual(1 + refusals);
        }
      }),
      { numRuns: 60 },
    );
  });

  test("nobody starves: what comes is served where there is room for all, the large as well as the small", () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 5, maxLength: 30 });
    fc.assert(
      fc.property(sizes, rates, (list, perSecond) => {
        const total = perSecond.reduce((sum, rate) => sum + rate, 0);
        const { call } = setUp(
          perSecond.map((rate) => new Bucket(rate, 500, 0)),
          { deadline: 500_000 },
        );
        // Nine tenths of what comes back.
        const calls = list.map((tokens) => {
          const made = call(tokens);
          jest.advanceTimersByTime(Math.ceil((tokens / total / 0.9) * 1_000));
          return made;
        });
        jest.advanceTimersByTime(500_000);
        expect(calls.map(({ wentAt }) => wentAt !== undefined)).toEqual(calls.map(() => true));
      }),
      { numRuns: 60 },
    );
  });

  test("a call is passed only by calls that came before it was due", () => {
    fc.assert(
      fc.property(plan, (steps) => {
        const bucket = new Bucket(100, 500, 0);
        const { call } = setUp([bucket]);
        const calls = steps.map(({ pause, tokens }) => {
          jest.advanceTimersByTime(pause);
          return call(tokens);
        });
        jest.advanceTimersByTime(31_000);
        const served = calls.filter(({ wentAt }) => wentAt !== undefined);
        for (const one of served) {
          for (const other of served) {
            const passed = other.startedAt > one.startedAt && (other.wentAt ?? 0) < (one.wentAt ?? 0);
            if (passed) expect(other.startedAt).toBeLessThanOrEqual(one.dueAt ?? 0);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});
