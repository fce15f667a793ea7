import { getEventListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Agent, fetch as undiciFetch } from "undici";
import { createLoadBalancedFetch, Duration } from "../../lib/client/index.js";
import { startEndpoints, type Step } from "../support/scripted-endpoint.js";
import { CHAT } from "../support/balanced.js";

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

const SHORT_BENCH = {
  throttled: Duration.milliseconds(20),
  failed: Duration.milliseconds(20),
  misconfigured: Duration.milliseconds(20),
  maximum: Duration.milliseconds(100),
};
const CHAOS: readonly Step[] = [
  200,
  200,
  200,
  "reset",
  429,
  500,
  503,
  401,
  { status: 429, headers: { "retry-after-ms": "5" } },
];

test("of 20,000 requests none is lost while one endpoint is healthy, and the others reset, hang, throttle and die", async () => {
  const random = seeded(4);
  let hangs = 20;
  let healthy = 0;
  const chaos = (): Step => {
    if (hangs > 0 && random() < 0.01) {
      hangs--;
      return "hang";
    }
    return CHAOS[Math.floor(random() * CHAOS.length)] ?? 200;
  };
  const servers = await startEndpoints(...[0, 1, 2, 3].map((index) => () => (index === healthy ? 200 : chaos())));
  const options = { endpoints: servers.options, bench: SHORT_BENCH, attemptTimeout: Duration.seconds(2), random };
  const steady = createLoadBalancedFetch(options);
  // Where health moves about, the healthy one may sit on the bench: calls that wait lose nothing either.
  const patient = createLoadBalancedFetch({ ...options, whenExhausted: "wait", deadline: Duration.minutes(1) });
  const lost: unknown[] = [];
  const call = async (fetch: typeof steady, index: number) => {
    const dying = index % 1_000 === 500 ? servers.endpoints[(healthy + 1 + (index % 3)) % 4] : undefined;
    await dying?.close();
    try {
      const response = await fetch(CHAT, { method: "POST", body: "{}" });
      await response.text();
      if (response.status !== 200) lost.push(response.status);
    } catch (error) {
      lost.push(error);
    }
    await dying?.open();
  };
  await inParallel(10_000, 64, (index) => call(steady, index));
  await inParallel(10_000, 64, (index) => {
    if (index % 1_000 === 0) healthy = (healthy + 1) % servers.endpoints.length;
    return call(patient, index);
  });
  expect(lost).toEqual([]);
  await servers.close();
}, 60_000);

test("10,000 aborted calls leave no rejection unhandled, no listener and no socket", async () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => void unhandled.push(reason);
  process.on("unhandledRejection", note);
  const random = seeded(5);
  const servers = await startEndpoints(
    () => (random() < 0.3 ? 429 : "hang"),
    () => "hang",
  );
  const agent = new Agent();
  const fetch = createLoadBalancedFetch({
    endpoints: servers.options,
    attemptTimeout: Duration.minutes(1),
    bench: SHORT_BENCH,
    fetch: (url, init) =>
      undiciFetch(String(url), { ...init, dispatcher: agent } as object) as unknown as Promise<Response>,
  });
  const lasting = new AbortController();
  const reasons = new Map<string, number>();
  await inParallel(10_000, 200, async (index) => {
    const own = new AbortController();
    // Some leave before they start, some at once, some during the attempt.
    if (index % 10 === 0) own.abort("left");
    else if (index % 10 < 5) queueMicrotask(() => own.abort("left"));
    else setTimeout(() => own.abort("left"), random() * 5);
    const ended = await fetch(CHAT, { method: "POST", body: "{}", signal: own.signal }).then(
      (response) => String(response.status),
      String,
    );
    reasons.set(ended, (reasons.get(ended) ?? 0) + 1);
    if (getEventListeners(own.signal, "abort").length > 0) reasons.set("listener", 1);
  });
  const last = Array.from({ length: 20 }, () =>
    fetch(CHAT, { method: "POST", body: "{}", signal: lasting.signal }).catch(String),
  );
  await sleep(20);
  expect(getEventListeners(lasting.signal, "abort").length).toBeLessThanOrEqual(20);
  lasting.abort("left");
  await Promise.all(last);
  expect(getEventListeners(lasting.signal, "abort")).toEqual([]);
  expect([...reasons.keys()].filter((ended) => ended !== "left" && ended !== "429")).toEqual([]);
  // Ends only when no request is under way any more, then closes the idle connections.
  await agent.close();
  for (const endpoint of servers.endpoints) {
    while ((await endpoint.connections()) > 0) await sleep(5);
  }
  process.off("unhandledRejection", note);
  expect(unhandled).toEqual([]);
  await servers.close();
}, 60_000);
