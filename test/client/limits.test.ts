import { getEventListeners } from "node:events";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { DeadlineError, Duration } from "../../lib/client/index.js";
import { balance, CHAT } from "../support/balanced.js";
import { type Step } from "../support/scripted-endpoint.js";

/** On the real clock, which timers follow. */
function start(scripts: Step[][], options: Parameters<typeof balance>[1]) {
  return balance(scripts, { now: () => performance.now(), ...options });
}

const SHORT = Duration.milliseconds(40);
const LONG = Duration.minutes(10);
const post = { method: "POST", body: "{}" };

describe("attemptTimeout", () => {
  test("an endpoint that sends no headers in time is given up for the next", async () => {
    // The second one answers at once, without a socket: however busy the machine is, it is in time.
    const { post, endpoints, events } = await start([["hang"], []], {
      attemptTimeout: SHORT,
      fetch: async (url, init) =>
        String(url).startsWith(String(endpoints[0]?.url)) ? globalThis.fetch(url, init) : new Response("ok"),
    });
    expect(await post()).toBe(200);
    expect(events).toContainEqual(
      expect.objectContaining({
        type: "cooldown",
        endpoint: "a",
        scope: "deployment",
        errorCode: "ERR_ATTEMPT_TIMEOUT",
      }),
    );
  });

  test("closes the connection that it gives up", async () => {
    const { post, endpoints } = await start([["hang"], []], { attemptTimeout: Duration.milliseconds(500) });
    await post();
    while (endpoints[0]?.abandoned !== 1) await new Promise((resolve) => setTimeout(resolve, 2));
  });

  test("is over where the work must not run twice, and where nobody answers", async () => {
    const { post } = await start([["hang", "hang"], ["hang"]], { attemptTimeout: SHORT });
    expect(await post("https://any.example/openai/v1/images/generations")).toBe("ERR_ATTEMPT_TIMEOUT");
    expect(await post()).toBe("ERR_ENDPOINTS_UNREACHABLE");
  });

  test("does not touch a body that takes longer", async () => {
    const { fetch } = await start([[]], {
      attemptTimeout: SHORT,
      fetch: async (_, init) =>
        new Response(
          new ReadableStream({
            async start(controller) {
              await new Promise((resolve) => setTimeout(resolve, 2 * SHORT.toMilliseconds()));
              if (init?.signal?.aborted === true) controller.error(init.signal.reason);
              else controller.enqueue(new TextEncoder().encode("whole"));
              controller.close();
            },
          }),
        ),
    });
    expect(await (await fetch(CHAT, post)).text()).toBe("whole");
  });
});

describe("deadline", () => {
  test("is a timeout, no abort, and cools down the one that held the call until then", async () => {
    const { fetch, events } = await start([["hang"], ["hang"]], { deadline: SHORT });
    const error: unknown = await fetch(CHAT, post).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DeadlineError);
    expect(error).toMatchObject({
      name: "TimeoutError",
      code: "ERR_DEADLINE",
      message: "timed out: no answer within the deadline of 40 ms (attempts: 1)",
    });
    expect(events.map((event) => (event.type === "attempt" ? event.outcome : event.type))).toEqual([
      "timed-out",
      "cooldown",
    ]);
  });

  test("bounds all attempts together", async () => {
    const scripts: Step[][] = [["hang"], ["hang"], ["hang"], []];
    const { post, log } = await start(scripts, { attemptTimeout: SHORT, deadline: Duration.milliseconds(100) });
    expect(await post()).toBe("ERR_DEADLINE");
    // On a busy machine, the first has not arrived by then.
    expect(["", "a", "ab", "abc"]).toContain(log.join(""));
  });

  test("one of years is none", async () => {
    const { post } = await start([[]], { deadline: Duration.hours(200_000), attemptTimeout: Duration.hours(100_000) });
    expect(await post()).toBe(200);
  });
});

describe("a fetch that does not heed its signal", () => {
  test("is given up by attemptTimeout, and its late answer let go", async () => {
    let answer: (value: Response) => void = () => undefined;
    const late = new Promise<Response>((resolve) => (answer = resolve));
    const { post, endpoints } = await start([[], []], {
      attemptTimeout: SHORT,
      fetch: (url) => (String(url).startsWith(String(endpoints[0]?.url)) ? late : Promise.resolve(new Response("ok"))),
    });
    expect(await post()).toBe(200);
    await new Promise<void>((cancel) => answer(new Response(new ReadableStream({ cancel: () => cancel() }))));
  });

  test("is given up also where what its error says never comes", async () => {
    const { post, endpoints } = await start([[], []], {
      attemptTimeout: SHORT,
      fetch: async (url) => {
        const isFirst = String(url).startsWith(String(endpoints[0]?.url));
        return isFirst ? new Response(new ReadableStream(), { status: 404 }) : new Response("ok");
      },
    });
    expect(await post()).toBe(200);
  });

  test("is ended by the deadline, and its late error is nobody's", async () => {
    let fail: (value: unknown) => void = () => undefined;
    const unhandled = jest.fn();
    process.once("unhandledRejection", unhandled);
    const { fetch } = await start([[], []], {
      deadline: SHORT,
      fetch: () => new Promise<Response>((_, reject) => (fail = reject)),
    });
    await expect(fetch(CHAT, post)).rejects.toBeInstanceOf(DeadlineError);
    fail(new TypeError("fetch failed"));
    await new Promise((resolve) => setImmediate(resolve));
    process.off("unhandledRejection", unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });
});

describe("waiting when no endpoint is available", () => {
  const throttled: Step = { status: 429, headers: { "retry-after-ms": "30" } };

  test("starts another lap when the first is available", async () => {
    const { post, log } = await start([[throttled], [throttled]], { whenExhausted: "wait", deadline: LONG });
    expect(await post()).toBe(200);
    expect(log.slice(0, 2).join("")).toBe("ab");
    expect(log).toHaveLength(3);
  });

  test("is not begun where it would outlast the deadline", async () => {
    const long: Step = { status: 429, headers: { "retry-after": "60" } };
    const { post } = await start([[long], [long]], { whenExhausted: "wait", deadline: Duration.seconds(30) });
    expect(await post()).toBe(429);
  });

  test("is not for a sole endpoint, which is not asked again and again", async () => {
    const { post, log } = await start([[503, 503]], { whenExhausted: "wait", deadline: LONG });
    expect(await post()).toBe(503);
    expect(log).toEqual(["a"]);
  });

  test("ends with the caller's abort", async () => {
    const long: Step = { status: 429, headers: { "retry-after": "60" } };
    const { fetch, log } = await start([[long], [long]], { whenExhausted: "wait", deadline: LONG });
    const caller = new AbortController();
    const call = fetch(CHAT, { ...post, signal: caller.signal });
    while (log.length < 2) await new Promise((resolve) => setTimeout(resolve, 2));
    caller.abort(new Error("left"));
    await expect(call).rejects.toThrow(new Error("left"));
  });
});

describe.each([
  ["without time limits", {}],
  ["with time limits", { attemptTimeout: LONG, deadline: Duration.hours(1) }],
])("the caller's abort %s", (_, options) => {
  test("before the call sends nothing", async () => {
    const { fetch, log } = await start([[]], options);
    await expect(fetch(CHAT, { ...post, signal: AbortSignal.abort(new Error("left")) })).rejects.toThrow(
      new Error("left"),
    );
    expect(log).toEqual([]);
  });

  test("during an attempt stops it, rejects with the reason, and cools down nobody", async () => {
    const { fetch, log, events, endpoints } = await start([["hang"], []], options);
    const caller = new AbortController();
    const call = fetch(CHAT, { ...post, signal: caller.signal });
    while (log.length < 1) await new Promise((resolve) => setTimeout(resolve, 2));
    const reason = { any: "thing" };
    caller.abort(reason);
    await expect(call).rejects.toBe(reason);
    expect(events.map((event) => (event.type === "attempt" ? event.outcome : event.type))).toEqual(["aborted"]);
    expect(log.join("")).toBe("a");
    while (endpoints[0]?.abandoned !== 1) await new Promise((resolve) => setTimeout(resolve, 2));
  });

  test("reaches the body that is being read", async () => {
    let sent: AbortSignal | null | undefined;
    const { fetch } = await start([[]], {
      ...options,
      fetch: async (_, init) => {
        sent = init?.signal;
        return new Response(new ReadableStream({ pull: () => new Promise(() => undefined) }));
      },
    });
    const caller = new AbortController();
    const response = await fetch(CHAT, { ...post, signal: caller.signal });
    const aborted = new Promise((resolve) => sent?.addEventListener("abort", resolve));
    caller.abort(new Error("left"));
    await aborted;
    expect(sent?.reason).toEqual(new Error("left"));
    expect(response.bodyUsed).toBe(false);
  });

  test("with a signal that outlives many calls leaves at most one listener", async () => {
    const { fetch } = await start([[]], { ...options, fetch: async () => new Response("ok") });
    const { signal } = new AbortController();
    for (let n = 0; n < 100; n++) await fetch(CHAT, { ...post, signal });
    expect(getEventListeners(signal, "abort").length).toBeLessThanOrEqual(1);
  });
});

test("attempts without a body to read leave no listener on a signal that outlives them", async () => {
  let sent = 0;
  const { post } = await start([[], []], {
    attemptTimeout: LONG,
    fetch: async () => {
      if (sent++ % 2 === 1) return new Response(null, { status: 204 });
      throw new TypeError("fetch failed");
    },
  });
  const { signal } = new AbortController();
  expect([await post(CHAT, { signal }), sent]).toEqual([204, 2]);
  expect(getEventListeners(signal, "abort")).toEqual([]);
});

test("the caller's abort is the reason, whatever the fetch underneath makes of it", async () => {
  const caller = new AbortController();
  const { fetch, events } = await start([[], []], {
    fetch: async () => {
      caller.abort("left");
      throw new TypeError("fetch failed", { cause: Object.assign(new Error(), { code: "ECONNRESET" }) });
    },
  });
  await expect(fetch(CHAT, { ...post, signal: caller.signal })).rejects.toBe("left");
  expect(events.filter(({ type }) => type === "cooldown")).toEqual([]);
});

test("a body can be aborted for as long as it is read, whatever the garbage collector has taken", async () => {
  setFlagsFromString("--expose-gc");
  const collectGarbage = runInNewContext("gc") as () => void;
  const { fetch } = await start([[]], {
    deadline: LONG,
    fetch: async (_, init) => {
      const signal = init?.signal;
      return new Response(
        new ReadableStream({
          start: (controller) => signal?.addEventListener("abort", () => controller.error(signal.reason)),
        }),
      );
    },
  });
  const caller = new AbortController();
  const reader = (await fetch(CHAT, { ...post, signal: caller.signal })).body?.getReader();
  for (let n = 0; n < 3; n++) {
    await new Promise((resolve) => setImmediate(resolve));
    collectGarbage();
  }
  caller.abort("left");
  await expect(reader?.read()).rejects.toBe("left");
});
