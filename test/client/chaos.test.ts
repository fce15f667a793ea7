import { getEventListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Agent, fetch as undiciFetch } from "undici";
import {
  createLoadBalancedFetch,
  Duration,
  type FetchFunction,
  type LoadBalancedFetchOptions,
} from "../../lib/client/index.js";
import { CHAT } from "../support/balanced.js";
import { repetitions } from "../support/repetitions.js";
import { type PlainStep, startEndpoints } from "../support/scripted-endpoint.js";

const SOCKET_REQUESTS = repetitions(600, 5_000);
const REQUESTS_IN_MEMORY = repetitions(2_000, 40_000);
const ABORTED_OVER_SOCKETS = repetitions(500, 5_000);
const ABORTED = repetitions(3_000, 40_000);

/** The same chaos in each run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
}

async function inParallel(count: number, width: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: width }, worker));
}

const SHORT_COOLDOWN = {
  throttled: Duration.milliseconds(20),
  failed: Duration.milliseconds(20),
  misconfigured: Duration.milliseconds(20),
  maximum: Duration.milliseconds(100),
};
const THROTTLED: PlainStep = { status: 429, headers: { "retry-after-ms": "5" } };
const CHAOS: readonly PlainStep[] = [200, 200, 200, "reset", 429, THROTTLED, 500, 503];

/** Four endpoints of which one, that may change, is healthy. */
class Chaos {
  healthy = 0;
  readonly random = seeded(4);
  private hangs = 2;

  step(index: number): PlainStep {
    if (index === this.healthy) return 200;
    if (this.hangs > 0 && this.random() < 0.01) {
      this.hangs--;
      return "hang";
    }
    return CHAOS[Math.floor(this.random() * CHAOS.length)] ?? 200;
  }
}

/** The same without sockets, for numbers that sockets would take too long for. */
async function answerInMemory(chaos: Chaos, url: string, signal: AbortSignal | null | undefined): Promise<Response> {
  const step = chaos.step(Number(new URL(url).hostname.charAt(1)));
  await sleep(chaos.random() * 5);
  if (step === "hang") {
    return new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason as Error)));
  }
  if (typeof step === "object") return new Response("", step);
  if (typeof step === "number") return new Response("", { status: step });
  throw new TypeError("fetch failed", { cause: Object.assign(new Error(step), { code: "ECONNRESET" }) });
}

/** Half of the calls while one endpoint stays healthy, half while health moves about. @returns what was lost */
async function soak(requests: number, width: number, chaos: Chaos, options: LoadBalancedFetchOptions, kill: Kill) {
  const common = { ...options, cooldown: SHORT_COOLDOWN, random: chaos.random, attemptTimeout: Duration.seconds(4) };
  const steady = createLoadBalancedFetch(common);
  // Where health moves, the healthy one may be cooling down: calls that wait lose nothing either.
  const patient = createLoadBalancedFetch({ ...common, whenExhausted: "wait", deadline: Duration.minutes(10) });
  const lost: unknown[] = [];
  for (const fetch of [steady, patient]) {
    await inParallel(requests / 2, width, async (index) => {
      if (fetch === patient && index % 1_000 === 0) chaos.healthy = (chaos.healthy + 1) % 4;
      const revive = index % 1_000 === 500 ? await kill((chaos.healthy + 1 + (index % 3)) % 4) : undefined;
      try {
        const response = await fetch(CHAT, { method: "POST", body: "{}" });
        await response.text();
        if (response.status !== 200) lost.push(response.status);
      } catch (error) {
        lost.push(error);
      }
      await revive?.();
    });
  }
  return lost;
}

/** Takes an endpoint down. @returns brings it back */
type Kill = (index: number) => Promise<(() => Promise<void>) | undefined>;

describe("none is lost while one endpoint is healthy, and the others reset, hang, throttle and die:", () => {
  test(`${SOCKET_REQUESTS} requests over sockets`, async () => {
    const chaos = new Chaos();
    const { endpoints, options, close } = await startEndpoints(...[0, 1, 2, 3].map((index) => () => chaos.step(index)));
    // Opening connections can take seconds on a busy machine, which would count as hanging.
    await Promise.all(Array.from({ length: 64 }, async () => (await fetch(endpoints[0]?.url ?? "")).text()));
    const kill: Kill = async (index) => {
      await endpoints[index]?.close();
      return () => endpoints[index]?.open() ?? Promise.resolve();
    };
    expect(await soak(SOCKET_REQUESTS, 64, chaos, { endpoints: options }, kill)).toEqual([]);
    await close();
  });

  test(`${REQUESTS_IN_MEMORY} requests, 1,000 at a time`, async () => {
    const chaos = new Chaos();
    const endpoints = [0, 1, 2, 3].map((index) => ({ url: `https://e${index}.example`, apiKey: "k" }));
    const fetch: FetchFunction = (url, init) => answerInMemory(chaos, String(url), init?.signal);
    expect(await soak(REQUESTS_IN_MEMORY, 1_000, chaos, { endpoints, fetch }, async () => undefined)).toEqual([]);
  });
});

describe("aborted calls leave no rejection unhandled, no listener and no socket", () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => void unhandled.push(reason);
  beforeAll(() => process.on("unhandledRejection", note));
  afterAll(() => process.off("unhandledRejection", note));

  /** Some leave before they start, some at once, some during the attempt. @returns how the calls ended */
  async function leave(calls: number, fetch: FetchFunction, random: () => number): Promise<string[]> {
    const endings = new Set<string>();
    await inParallel(calls, 100, async (index) => {
      const caller = new AbortController();
      const abort = () => caller.abort("left");
      if (index % 10 === 0) abort();
      else if (index % 10 < 5) queueMicrotask(abort);
      else setTimeout(abort, random() * 5);
      const init = { method: "POST", body: "{}", signal: caller.signal };
      const ending = await fetch(CHAT, init).then(({ status }) => String(status), String);
      endings.add(ending);
      // A response that came in time can still be aborted, as long as its body is not read.
      if (ending === "left" && getEventListeners(caller.signal, "abort").length > 0) endings.add("a listener stays");
    });
    return [...endings].sort();
  }

  const limits = { cooldown: SHORT_COOLDOWN, attemptTimeout: Duration.minutes(1) };

  test(`${ABORTED_OVER_SOCKETS} over sockets`, async () => {
    const random = seeded(5);
    const servers = await startEndpoints(
      () => (random() < 0.3 ? 429 : "hang"),
      () => "hang",
    );
    const agent = new Agent();
    const send = (url: unknown, init: object = {}) => undiciFetch(String(url), { ...init, dispatcher: agent });
    const fetch = createLoadBalancedFetch({ endpoints: servers.options, ...limits, fetch: send as never });
    expect(await leave(ABORTED_OVER_SOCKETS, fetch, random)).toEqual(["left"]);
    // Ends only when no request is under way any more, then closes the idle connections.
    await agent.close();
    for (const endpoint of servers.endpoints) {
      while ((await endpoint.connections()) > 0) await sleep(5);
    }
    expect(unhandled).toEqual([]);
    await servers.close();
  });

  test(`${ABORTED} in memory`, async () => {
    const random = seeded(6);
    const fetch = createLoadBalancedFetch({
      endpoints: [0, 1].map((index) => ({ url: `https://e${index}.example`, apiKey: "k" })),
      ...limits,
      fetch: (_, init) =>
        new Promise((resolve, reject) => {
          const { signal } = init ?? {};
          if (random() < 0.3) resolve(new Response("", { status: 429 }));
          if (signal?.aborted === true) reject(signal.reason as Error);
          signal?.addEventListener("abort", () => reject(signal.reason as Error));
        }),
    });
    expect(await leave(ABORTED, fetch, random)).toEqual(["429", "left"]);
    await sleep(10);
    expect(unhandled).toEqual([]);
  });

  test("a signal that outlives its calls", async () => {
    const caller = new AbortController();
    const { signal } = caller;
    const fetch = createLoadBalancedFetch({
      endpoints: [{ url: "https://e0.example", apiKey: "k" }],
      ...limits,
      fetch: (_, init) =>
        new Promise((__, reject) =>
          init?.signal?.addEventListener("abort", () => reject(init.signal?.reason as Error)),
        ),
    });
    const calls = Array.from({ length: 50 }, () => fetch(CHAT, { signal }).catch(String));
    await sleep(1);
    expect(getEventListeners(signal, "abort")).toHaveLength(1);
    caller.abort("left");
    expect(new Set(await Promise.all(calls))).toEqual(new Set(["left"]));
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });
});
