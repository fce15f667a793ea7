import { getEventListeners } from "node:events";
import { createLoadBalancedFetch, Duration } from "../../lib/client/index.js";
import { balance, CHAT } from "../support/balanced.js";
import { chunk, sse } from "../support/event-stream.js";

const LONG = Duration.minutes(10);
const limits = { attemptTimeout: LONG, firstEventTimeout: LONG, commitAfter: LONG, deadline: Duration.hours(1) };
const realTime = { now: () => performance.now() };
const streamed = '{"model":"gpt","stream":true}';

/** The timers that are running, of those that are started from now on. */
function watchTimers(): ReadonlySet<unknown> {
  const running = new Set<unknown>();
  const [start, stop] = [globalThis.setTimeout, globalThis.clearTimeout];
  jest.spyOn(globalThis, "setTimeout").mockImplementation(((callback: () => void, milliseconds: number) => {
    const timer = start(() => {
      running.delete(timer);
      callback();
    }, milliseconds);
    running.add(timer);
    return timer;
  }) as typeof setTimeout);
  jest.spyOn(globalThis, "clearTimeout").mockImplementation((timer) => {
    running.delete(timer);
    stop(timer);
  });
  return running;
}

afterEach(() => jest.restoreAllMocks());

/** Hangs until its signal aborts, as fetch does. */
const hang = (signal: AbortSignal | null | undefined) =>
  new Promise<never>((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason as Error)));

/** An event stream in memory that goes on, unless its signal aborts. */
function endless(signal: AbortSignal | null | undefined, ...events: readonly object[]): Response {
  const body = new ReadableStream({
    start(controller) {
      for (const event of events) controller.enqueue(new TextEncoder().encode(sse(event)));
      hang(signal).catch((error: unknown) => controller.error(error));
    },
  });
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}

describe("no timer outlives its call", () => {
  type Answer = (signal: AbortSignal | null | undefined) => Response | Promise<Response>;
  const throttled: Answer = () => new Response(null, { status: 429, headers: { "retry-after": "60" } });
  const ok: Answer = () => new Response("ok");
  const delta = chunk({ content: "hi" });

  test.each<[string, Answer, Answer | undefined, string, "answer" | "reject"]>([
    ["answered", ok, undefined, "{}", "answer"],
    ["answered with an error's body", () => Response.json({}, { status: 400 }), undefined, "{}", "answer"],
    ["answered with a stream that goes on", (signal) => endless(signal, delta), undefined, streamed, "answer"],
    ["failed over", () => new Response(null, { status: 503 }), ok, "{}", "answer"],
    [
      "failed over in a stream",
      (signal) => endless(signal, { error: { code: "server_error" } }),
      ok,
      streamed,
      "answer",
    ],
    ["aborted before headers", hang, undefined, "{}", "reject"],
    ["aborted before the first event", (signal) => endless(signal), undefined, streamed, "reject"],
    ["aborted before the first output", (signal) => endless(signal, { type: "ping" }), undefined, streamed, "reject"],
    ["aborted while it waits", throttled, throttled, "{}", "reject"],
  ])("%s", async (_, first, second = hang, body, end) => {
    const answers = [first, second];
    const fetch = createLoadBalancedFetch({
      endpoints: ["a", "b"].map((name) => ({ url: `https://${name}.example`, apiKey: "k" })),
      ...limits,
      whenExhausted: "wait",
      fetch: async (__, init) => (answers.shift() ?? hang)(init?.signal),
    });
    const timers = watchTimers();
    const caller = new AbortController();
    const call = fetch(CHAT, { method: "POST", body, signal: caller.signal });
    if (end === "answer") {
      expect((await call).status).toBeLessThan(500);
    } else {
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(timers.size).toBeGreaterThan(0);
      caller.abort(new Error("left"));
      await expect(call).rejects.toThrow("left");
    }
    expect(timers.size).toBe(0);
  });
});

test("the timer of a token that never comes ends with the call", async () => {
  const fetch = createLoadBalancedFetch({
    endpoints: [{ url: "https://a.example", tokenProvider: () => new Promise(() => undefined) }],
    fetch: async () => new Response("ok"),
  });
  const timers = watchTimers();
  const caller = new AbortController();
  const call = fetch(CHAT, { signal: caller.signal });
  await new Promise((resolve) => setImmediate(resolve));
  expect(timers.size).toBe(1);
  caller.abort(new Error("left"));
  await expect(call).rejects.toThrow("left");
  expect(timers.size).toBe(0);
});

describe("100 calls at the same time on one signal", () => {
  test.each<[string, Parameters<typeof balance>[1], string]>([
    ["plain", {}, "{}"],
    ["with time limits", limits, "{}"],
    ["streamed", {}, streamed],
    ["that wait", { ...limits, whenExhausted: "wait" }, "{}"],
  ])("%s: no warning of too many listeners, and one listener at most stays", async (_, options, body) => {
    const warnings: string[] = [];
    const warn = ({ name }: Error) => void warnings.push(name);
    process.on("warning", warn);
    const ok = () => new Response(sse(chunk({ content: "hi" })), { headers: { "content-type": "text/event-stream" } });
    let throttled = options?.whenExhausted === "wait" ? 2 : 0;
    const { fetch } = await balance([[], []], {
      ...realTime,
      ...options,
      fetch: async () => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        return throttled-- > 0 ? new Response(null, { status: 429, headers: { "retry-after-ms": "60" } }) : ok();
      },
    });
    const { signal } = new AbortController();
    const calls = Array.from({ length: 100 }, () => fetch(CHAT, { method: "POST", body, signal }));
    await new Promise((resolve) => setImmediate(resolve));
    expect(getEventListeners(signal, "abort").length).toBeLessThanOrEqual(1);
    for (const response of await Promise.all(calls)) await response.text();
    await new Promise((resolve) => setImmediate(resolve));
    process.off("warning", warn);
    expect(warnings).toEqual([]);
    expect(getEventListeners(signal, "abort").length).toBeLessThanOrEqual(1);
  });
});
