import fc from "fast-check";
import { type ServerResponse } from "node:http";
import { createLoadBalancedFetch, Duration } from "../../lib/client/index.js";
import { balance, CHAT } from "../support/balanced.js";
import {
  CHAT_FILTER,
  CHAT_ROLE,
  chunk,
  open,
  RATE_LIMITED,
  RESPONSE_CREATED,
  RESPONSE_DELTA,
  sse,
  stream,
} from "../support/event-stream.js";
import { type ScriptedEndpoint, type Step } from "../support/scripted-endpoint.js";

const RESPONSES = "https://any.example/openai/v1/responses";
const POST = { method: "POST", body: '{"model":"gpt","stream":true}' };
const LONG = Duration.minutes(10);
const onRealTime = { now: () => performance.now() };

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
}

const left = (endpoint: ScriptedEndpoint | undefined) => until(() => endpoint?.abandoned === 1);

describe("when it is handed over", () => {
  /** A stream that begins so and then says nothing more until the test says so. */
  async function opened(events: object[], options: Parameters<typeof balance>[1] = {}, url = CHAT, init = POST) {
    let response: ServerResponse | undefined;
    const first: Step = (answering) => {
      response = answering;
      open(answering, ...events);
    };
    const servers = await balance([[first], []], { commitAfter: LONG, ...onRealTime, ...options });
    const given = await servers.fetch(url, init);
    return { ...servers, given, end: (text = "") => response?.end(text) };
  }

  test("at once with its first output: nothing more is waited for", async () => {
    const { given, end, log } = await opened([CHAT_ROLE, chunk({ content: "hi" })]);
    end();
    expect(await given.text()).toBe(sse(CHAT_ROLE) + sse(chunk({ content: "hi" })));
    expect(log).toEqual(["a"]);
  });

  test("after commitAfter, where a model thinks for long", async () => {
    const { given, end } = await opened([RESPONSE_CREATED], { commitAfter: Duration.milliseconds(20) }, RESPONSES);
    end(sse(RESPONSE_DELTA));
    expect(await given.text()).toBe(sse(RESPONSE_CREATED) + sse(RESPONSE_DELTA));
  });

  test("with 64 KiB of what is no output", async () => {
    const padded = { ...CHAT_FILTER, padding: "x".repeat(70_000) };
    const { given, end } = await opened([padded]);
    end();
    expect(await given.text()).toBe(sse(padded));
  });

  test("with its headers, where that is asked for and in the background", async () => {
    const { given, end } = await opened([], { commit: "headers" });
    end(sse({ error: RATE_LIMITED }));
    expect(await given.text()).toBe(sse({ error: RATE_LIMITED }));
    const background = { ...POST, body: '{"model":"gpt","stream":true,"background":true}' };
    const other = await opened([], {}, RESPONSES, background);
    other.end(sse(RESPONSE_CREATED));
    expect(await other.given.text()).toBe(sse(RESPONSE_CREATED));
  });
});

describe("firstEventTimeout", () => {
  const timeouts = { ...onRealTime, firstEventTimeout: Duration.milliseconds(300), commitAfter: LONG };
  const good = stream([chunk({ content: "hi" })]);

  test.each<[string, Step]>([
    ["no headers", "hang"],
    ["headers and no event", (response) => open(response)],
    ["nothing but comments", (response) => (open(response), response.write(": keep alive\n\n: keep alive\n\n"))],
  ])("%s in time: the next endpoint, the connection closed", async (_, first) => {
    const { fetch, log, endpoints, events } = await balance([[first], [good]], timeouts);
    expect(await (await fetch(CHAT, POST)).text()).toContain("hi");
    expect(log.join("")).toBe("ab");
    expect(events).toContainEqual(
      expect.objectContaining({ type: "cooldown", scope: "deployment", errorCode: "ERR_ATTEMPT_TIMEOUT" }),
    );
    await left(endpoints[0]);
  });

  test("an event in time is enough, and what is not streamed may take longer", async () => {
    const slow = (response: ServerResponse) => void setTimeout(() => response.end("{}"), 600);
    const { fetch, log } = await balance([[slow], [slow]], timeouts);
    await (await fetch(CHAT, { method: "POST", body: '{"model":"gpt"}' })).text();
    expect(log.join("")).toBe("a");
    const thinking: Step = (response) => {
      open(response, RESPONSE_CREATED);
      setTimeout(() => response.end(sse(RESPONSE_DELTA)), 600);
    };
    const other = await balance([[thinking], []], timeouts);
    expect(await (await other.fetch(RESPONSES, POST)).text()).toContain("hi");
    expect(other.log.join("")).toBe("a");
  });
});

describe("cancelling reaches the endpoint", () => {
  const events = {
    chat: [CHAT, CHAT_ROLE, chunk({ content: "hi" })],
    responses: [RESPONSES, RESPONSE_CREATED, RESPONSE_DELTA],
  };

  describe.each(Object.entries(events))("%s", (_, [url, prelude, output]) => {
    test.each<[string, object[]]>([
      ["before its first event", []],
      ["before its first output", [prelude as object]],
    ])("by the caller's abort %s", async (__, first) => {
      const { fetch, endpoints, log } = await balance([[(response) => open(response, ...first)], []], {
        commitAfter: LONG,
      });
      const caller = new AbortController();
      const call = fetch(url as string, { ...POST, signal: caller.signal });
      await until(() => log.length === 1);
      caller.abort(new Error("left"));
      await expect(call).rejects.toThrow("left");
      await left(endpoints[0]);
    });

    test.each(["cancel", "abort", "a reader's cancel"])("by %s once it is handed over", async (how) => {
      const step: Step = (response) => open(response, prelude as object, output as object);
      const { fetch, endpoints } = await balance([[step], []]);
      const caller = new AbortController();
      const response = await fetch(url as string, { ...POST, signal: caller.signal });
      const reader = how === "cancel" ? undefined : response.body?.getReader();
      if (reader === undefined) await response.body?.cancel();
      else if (how === "abort") {
        await reader.read();
        caller.abort(new Error("left"));
        await expect(reader.read().then(() => reader.read())).rejects.toThrow("left");
      } else await reader.cancel();
      await left(endpoints[0]);
    });
  });

  test("also where the fetch does not heed its signal", async () => {
    let cancelled = 0;
    const body = () => new ReadableStream({ cancel: () => void cancelled++ });
    const { fetch } = await balance([[], []], {
      fetch: async () => new Response(body(), { headers: { "content-type": "text/event-stream" } }),
    });
    const caller = new AbortController();
    const call = fetch(CHAT, { ...POST, signal: caller.signal });
    setTimeout(() => caller.abort(new Error("left")), 5);
    await expect(call).rejects.toThrow("left");
    await until(() => cancelled === 1);
  });
});

test("no more is read than the caller reads", async () => {
  let pulled = 0;
  const { fetch } = await balance([[]], {
    fetch: async () =>
      new Response(
        new ReadableStream(
          {
            pull(controller) {
              pulled++;
              controller.enqueue(new TextEncoder().encode(sse(chunk({ content: "hi" }))));
            },
          },
          { highWaterMark: 0 },
        ),
        { headers: { "content-type": "text/event-stream" } },
      ),
  });
  const response = await fetch(CHAT, POST);
  expect(pulled).toBe(1);
  const reader = response.body?.getReader();
  for (let n = 0; n < 5; n++) await reader?.read();
  await new Promise((resolve) => setImmediate(resolve));
  expect(pulled).toBe(5);
});

test("the response looks like fetch's own", async () => {
  const { fetch, endpoints } = await balance([[stream([chunk({ content: "hi" })], { "x-mine": "1" })]]);
  const response = await fetch(CHAT, POST);
  const { ok, status, redirected, type, bodyUsed } = response;
  expect({ ok, status, redirected, type, bodyUsed }).toEqual({
    ok: true,
    status: 200,
    redirected: false,
    type: "basic",
    bodyUsed: false,
  });
  expect(response).toBeInstanceOf(Response);
  expect(response.headers.get("x-mine")).toBe("1");
  expect(response.url).toBe(CHAT.replace("https://any.example", endpoints[0]?.url ?? ""));
  const clone = response.clone();
  expect(clone.url).toBe(response.url);
  expect(await clone.text()).toBe(await response.text());
  expect([response.bodyUsed, clone.bodyUsed]).toEqual([true, true]);
});

test("every stream is passed on byte for byte, however it is cut", async () => {
  const event = fc.oneof(
    fc.constantFrom<object[]>(CHAT_FILTER, CHAT_ROLE, RESPONSE_CREATED, RESPONSE_DELTA).map(sse),
    fc.string({ unit: "grapheme" }).map((content) => sse(chunk({ content }))),
    fc.constantFrom(": ping\n\n", "\n\n", "data: [DONE]\n\n", "retry: 1\n", "data: {broken\r\n\r\n", "\r\r"),
  );
  const cuts = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(fc.array(event), cuts, fc.constantFrom(CHAT, RESPONSES), async (events, lengths, url) => {
      const bytes = new TextEncoder().encode(events.join(""));
      const fetch = createLoadBalancedFetch({
        endpoints: [{ url: "https://a.example", apiKey: "k" }],
        fetch: async () => {
          let [at, n] = [0, 0];
          const body = new ReadableStream({
            pull(controller) {
              const piece = bytes.slice(at, (at += lengths[n++ % lengths.length] ?? 1));
              if (piece.length > 0) controller.enqueue(piece);
              else controller.close();
            },
          });
          return new Response(body, { headers: { "content-type": "text/event-stream" } });
        },
      });
      const response = await fetch(url, POST);
      expect(new Uint8Array(await response.arrayBuffer())).toEqual(bytes);
    }),
    { numRuns: 200 },
  );
});
