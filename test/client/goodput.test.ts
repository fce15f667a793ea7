import fc from "fast-check";
import { createLoadBalancedFetch, Duration, type LoadBalancedFetchOptions } from "../../lib/client/index.js";

beforeEach(() => jest.useFakeTimers({ now: 0, doNotFake: ["nextTick", "queueMicrotask", "setImmediate"] }));
afterEach(() => jest.useRealTimers());

const CHAT = "https://any.example/openai/deployments/gpt/chat/completions";
const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Numbers from 0 up to 1, the same ones for the same seed. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
}

/** Deployments with a quota of tokens, 10 s of which they hold. */
class Servers {
  requests = 0;
  private readonly levels: number[];
  private at = performance.now();

  constructor(
    private readonly perMillisecond: readonly number[],
    private readonly headers: boolean,
  ) {
    this.levels = perMillisecond.map((rate) => rate * 10_000);
  }

  readonly fetch = async (url: unknown, init?: RequestInit): Promise<Response> => {
    this.requests++;
    const index = Number(/e(\d+)\./.exec(String(url))?.[1]);
    const { max_tokens: tokens } = JSON.parse(String(init?.body)) as { max_tokens: number };
    this.refill();
    const [level = 0, rate = 1] = [this.levels[index], this.perMillisecond[index]];
    if (level < tokens) {
      await sleep(30);
      const hint = tokens > rate * 10_000 ? 86_400_000 : Math.ceil((tokens - level) / rate);
      return new Response("{}", { status: 429, headers: { "retry-after-ms": String(hint) } });
    }
    this.levels[index] = level - tokens;
    const told = {
      "x-ratelimit-remaining-tokens": String(Math.floor(level - tokens)),
      "x-ratelimit-limit-tokens": String(rate * 60_000),
    };
    await sleep(200 + tokens / 4);
    return new Response("{}", this.headers ? { headers: told } : {});
  };

  private refill(): void {
    const now = performance.now();
    for (const [index, rate] of this.perMillisecond.entries()) {
      this.levels[index] = Math.min(rate * 10_000, (this.levels[index] ?? 0) + (now - this.at) * rate);
    }
    this.at = now;
  }
}

interface Load {
  readonly perMillisecond?: readonly number[];
  readonly demand: number;
  readonly processes?: number;
  readonly seconds?: number;
  readonly headers?: boolean;
  readonly options?: Partial<LoadBalancedFetchOptions>;
}

const MEAN_TOKENS = 1_400;

/** Sends requests of unequal size, at random times. */
async function run({
  perMillisecond = [0.5, 1, 2, 4.5],
  demand,
  processes = 1,
  seconds = 60,
  headers = true,
  options = {},
}: Load) {
  const random = numbers(7);
  const servers = new Servers(perMillisecond, headers);
  const clients = Array.from({ length: processes }, (_, process) =>
    createLoadBalancedFetch({
      endpoints: perMillisecond.map((_rate, index) => ({ url: `https://e${index}.example`, apiKey: "k" })),
      fetch: servers.fetch,
      random: numbers(process),
      ...options,
    }),
  );
  const total = perMillisecond.reduce((sum, rate) => sum + rate, 0);
  const calls: Promise<number>[] = [];
  const start = performance.now();
  for (let at = 0; at < seconds * 1_000;) {
    at -= (Math.log(1 - random()) * MEAN_TOKENS) / demand / total;
    // Many small ones, few large ones.
    const tokens = Math.ceil(200 + MEAN_TOKENS * 3 * random() ** 2.5);
    const client = clients[Math.floor(random() * processes)];
    await jest.advanceTimersByTimeAsync(Math.max(0, start + at - performance.now()));
    const sent = client?.(CHAT, { method: "POST", body: JSON.stringify({ max_tokens: tokens }) });
    if (sent !== undefined) calls.push(sent.then(({ status }) => status).catch(() => 0));
  }
  await jest.advanceTimersByTimeAsync(120_000);
  const statuses = await Promise.all(calls);
  const good = statuses.filter((status) => status === 200).length;
  return { share: good / calls.length, attempts: servers.requests / good, timers: jest.getTimerCount() };
}

const WAITS = { whenExhausted: "wait", deadline: Duration.seconds(30) } as const;

describe("goodput in virtual time, quotas unknown and unequal", () => {
  test.each<[string, Load, number, number]>([
    ["one process at its quotas, answering", { demand: 1 }, 0.97, 1.05],
    ["one process above its quotas, answering", { demand: 1.3 }, 0.83, 1.05],
    ["one process at its quotas, waiting", { demand: 1, options: WAITS }, 0.99, 1.05],
    ["one process above its quotas, waiting", { demand: 1.3, options: WAITS }, 0.9, 1.1],
    ["without headers, waiting", { demand: 1, headers: false, options: WAITS }, 0.98, 1.3],
    ["eight processes at their quotas, answering", { demand: 1, processes: 8 }, 0.96, 1.4],
    ["eight processes at their quotas, waiting", { demand: 1, processes: 8, options: WAITS }, 0.98, 2],
  ])("%s", async (_, load, share, attempts) => {
    const result = await run(load);
    expect(result.share).toBeGreaterThanOrEqual(share);
    expect(result.attempts).toBeLessThanOrEqual(attempts);
    expect(result.timers).toBe(0);
  });
});

test("whatever the endpoints do, a call asks each of them at most once before it waits, and once after each wait", async () => {
  const answers = fc.array(fc.constantFrom(200, 429, 503), { minLength: 1, maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(
      answers,
      fc.integer({ min: 2, max: 4 }),
      fc.integer({ min: 1, max: 5 }),
      async (script, n, many) => {
        const attempts = new Map<string, number>();
        let step = 0;
        let queued = 0;
        const fetch = createLoadBalancedFetch({
          endpoints: Array.from({ length: n }, (_, index) => ({ url: `https://e${index}.example`, apiKey: "k" })),
          ...WAITS,
          onEvent: ({ type }) => void (queued += Number(type === "queued")),
          fetch: async (_, init) => {
            const call = new Headers(init?.headers).get("x-call") ?? "";
            attempts.set(call, (attempts.get(call) ?? 0) + 1);
            await sleep(20);
            return new Response("{}", { status: script[step++] ?? 200, headers: { "retry-after-ms": "100" } });
          },
        });
        const calls = Array.from({ length: many }, (_, call) =>
          fetch(CHAT, { method: "POST", body: "{}", headers: { "x-call": String(call) } }),
        );
        await jest.advanceTimersByTimeAsync(60_000);
        expect((await Promise.all(calls)).every(({ status }) => [200, 429].includes(status))).toBe(true);
        const total = [...attempts.values()].reduce((sum, count) => sum + count, 0);
        expect(total).toBeLessThanOrEqual(n * (many + queued));
        expect(jest.getTimerCount()).toBe(0);
      },
    ),
    { numRuns: 40 },
  );
});
