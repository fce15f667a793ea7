import { Duration } from "../../lib/client/index.js";
import { balance, CHAT } from "../support/balanced.js";
import {
  CHAT_FILTER,
  CHAT_ROLE,
  chunk,
  RATE_LIMITED,
  RESPONSE_CREATED,
  RESPONSE_DELTA,
  RESPONSE_IN_PROGRESS,
  SERVER_ERROR,
  sse,
  stream,
} from "../support/event-stream.js";
import { type Step } from "../support/scripted-endpoint.js";

const RESPONSES = "https://any.example/openai/v1/responses";
const POST = { method: "POST", body: '{"model":"gpt","stream":true}' };
const GOOD = [CHAT_FILTER, CHAT_ROLE, chunk({ content: "hi" }), chunk({}, "stop"), "[DONE]"];

async function asked(first: Step, url = CHAT, options: Parameters<typeof balance>[1] = {}) {
  const servers = await balance([[first], [stream(GOOD)]], options);
  const response = await servers.fetch(url, POST);
  const cooldown = servers.events.find((event) => event.type === "cooldown");
  return { ...servers, text: await response.text(), cooldown };
}

describe("a stream that begins with an error goes to the next endpoint", () => {
  test.each<[string, string, (object | string)[], "throttled" | "failed"]>([
    ["a chat's rate limit", CHAT, [{ error: RATE_LIMITED }], "throttled"],
    ["a rate limit by its number", CHAT, [{ error: { code: 429, message: "" } }], "throttled"],
    ["a rate limit without a code", CHAT, [{ error: { code: null, message: "Rate limit is exceeded." } }], "throttled"],
    ["one after the prompt filter and a role", CHAT, [CHAT_FILTER, CHAT_ROLE, { error: RATE_LIMITED }], "throttled"],
    ["a server error", CHAT, [CHAT_ROLE, { error: SERVER_ERROR }], "failed"],
    ["a server error by its number", CHAT, [{ error: { code: "503", message: "" } }], "failed"],
    [
      "a response that failed",
      RESPONSES,
      [RESPONSE_CREATED, RESPONSE_IN_PROGRESS, { type: "response.failed", response: { error: RATE_LIMITED } }],
      "throttled",
    ],
    [
      "a response that failed, explained by the next event",
      RESPONSES,
      [RESPONSE_CREATED, { type: "response.failed", response: { error: null } }, { ...RATE_LIMITED, type: "error" }],
      "throttled",
    ],
    [
      "a response that failed without a word",
      RESPONSES,
      [RESPONSE_CREATED, { type: "response.failed", response: { error: null } }],
      "failed",
    ],
    ["an error event with its fields", RESPONSES, [RESPONSE_CREATED, { type: "error", ...SERVER_ERROR }], "failed"],
    [
      "an error event by its name alone",
      RESPONSES,
      [RESPONSE_CREATED, `\nevent: error\ndata: ${JSON.stringify(RATE_LIMITED)}`],
      "throttled",
    ],
    ["an error event with an object", RESPONSES, [{ type: "error", error: { ...RATE_LIMITED } }], "throttled"],
    [
      "Anthropic's overload",
      "https://any.example/anthropic/v1/messages",
      [
        { type: "message_start" },
        { type: "ping" },
        { type: "error", error: { type: "overloaded_error", message: "" } },
      ],
      "failed",
    ],
    [
      "Anthropic's rate limit",
      "https://any.example/anthropic/v1/messages",
      [{ type: "error", error: { type: "rate_limit_error", message: "" } }],
      "throttled",
    ],
  ])("%s", async (_, url, events, reason) => {
    const { text, log, cooldown, events: told } = await asked(stream(events, { "retry-after": "7" }), url);
    expect(log.join("")).toBe("ab");
    expect(text).toBe(GOOD.map(sse).join(""));
    expect(cooldown).toMatchObject({ endpoint: "a", scope: "deployment", reason, cooldownMilliseconds: 7_000 });
    expect(told[0]).toMatchObject({ type: "attempt", status: 200, outcome: reason });
  });

  test("also where it breaks before its first output", async () => {
    const { text, log, cooldown } = await asked((response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(sse(CHAT_ROLE), () => response.socket?.resetAndDestroy());
    });
    expect([log.join(""), text]).toEqual(["ab", GOOD.map(sse).join("")]);
    expect(cooldown).toMatchObject({ endpoint: "a", scope: "endpoint", reason: "failed" });
  });

  test("also where events are cut into single bytes and lines end in CR LF", async () => {
    const text = [CHAT_ROLE, { error: RATE_LIMITED }].map((event) => sse(event).replaceAll("\n", "\r\n")).join("");
    const { log } = await asked(async (response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      for (const character of text) {
        response.write(character);
        await new Promise((resolve) => setImmediate(resolve));
      }
      response.end();
    });
    expect(log.join("")).toBe("ab");
  });

  test("not where it is the caller's error, a stop by the content filter, or not to be repeated", async () => {
    for (const error of [
      { code: "content_filter", message: "" },
      { code: "context_length_exceeded", message: "" },
    ]) {
      const { text, log, cooldown } = await asked(stream([CHAT_FILTER, { error }]));
      expect([log.join(""), text, cooldown]).toEqual(["a", sse(CHAT_FILTER) + sse({ error }), undefined]);
    }
    const stop = [CHAT_FILTER, chunk({}, "content_filter")];
    expect((await asked(stream(stop))).text).toBe(stop.map(sse).join(""));
    const failing = stream([{ error: SERVER_ERROR }]);
    expect((await asked(failing, CHAT, { retryAmbiguous: [] })).log.join("")).toBe("a");
  });

  test("where all do, the caller gets a 429 that says when; from a sole endpoint, the stream as it came", async () => {
    const limited = stream([{ error: RATE_LIMITED }], { "retry-after-ms": "900" });
    const two = await balance([[limited], [limited]]);
    const response = await two.fetch(CHAT, POST);
    expect([response.status, response.headers.get("retry-after-ms")]).toEqual([429, "900"]);
    const one = await balance([[limited]]);
    const own = await one.fetch(CHAT, POST);
    expect([own.status, await own.text()]).toEqual([200, sse({ error: RATE_LIMITED })]);
  });

  test("where it may wait, it waits", async () => {
    const limited = stream([{ error: RATE_LIMITED }], { "retry-after-ms": "60" });
    const servers = await balance(
      [
        [limited, stream(GOOD)],
        [limited, stream(GOOD)],
      ],
      {
        whenExhausted: "wait",
        deadline: Duration.minutes(1),
        now: () => performance.now(),
      },
    );
    const response = await servers.fetch(CHAT, POST);
    expect(await response.text()).toBe(GOOD.map(sse).join(""));
    expect(servers.events).toContainEqual(expect.objectContaining({ type: "queued", operation: "chat" }));
  });
});

describe("a stream that is handed over", () => {
  test.each<[string, (object | string)[]]>([
    ["with its first output", GOOD],
    ["that ends without any", [CHAT_FILTER, CHAT_ROLE]],
    ["of a tool's call", [CHAT_ROLE, chunk({ tool_calls: [{ index: 0, id: "call_1" }] })]],
    ["of reasoning", [CHAT_ROLE, chunk({ reasoning_content: "hm" })]],
    ["of a response", [RESPONSE_CREATED, RESPONSE_IN_PROGRESS, RESPONSE_DELTA]],
    ["that is no JSON", ["hello", "[DONE]"]],
    ["that is empty", []],
  ])("%s has every byte, and counts as an answer", async (_, events) => {
    const { text, log, events: told } = await asked(stream(events));
    expect([log.join(""), text]).toEqual(["a", events.map(sse).join("")]);
    expect(told).toMatchObject([{ type: "attempt", outcome: "answered" }]);
  });

  test("an error after its output is the caller's", async () => {
    const events = [chunk({ content: "h" }), { error: RATE_LIMITED }];
    const { text, log, cooldown } = await asked(stream(events));
    expect([log.join(""), text, cooldown]).toEqual(["a", events.map(sse).join(""), undefined]);
  });

  test.each<Record<string, string>>([
    { "x-ms-spillover-from-gpt-ptu": "429" },
    { "x-ms-spillover-from-deployment": "gpt-ptu" },
  ])("tells when its headers and its first output came, and whose traffic spilled over (%j)", async (headers) => {
    let now = 10;
    const { events } = await asked(stream(GOOD, headers), CHAT, { now: () => now++ });
    const [attempt] = events;
    if (attempt?.type !== "attempt") throw new Error("no attempt");
    expect(attempt.spilloverFrom).toBe("gpt-ptu");
    expect(attempt.timeToFirstOutputMilliseconds).toBeGreaterThan(attempt.timeToHeadersMilliseconds);
  });
});
