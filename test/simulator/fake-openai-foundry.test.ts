import { FakeOpenAi, type FakeOpenAiOptions, Fault } from "../../lib/simulator/index.js";

const MESSAGES = [{ role: "user", content: "hi" }];
const CHAT = "/models/chat/completions?api-version=2024-05-01-preview";
const CLAUDE = { model: "claude-sonnet-4-5", max_tokens: 100, messages: MESSAGES };

let server: FakeOpenAi;
async function start(options: FakeOpenAiOptions = {}): Promise<void> {
  server = await FakeOpenAi.create({
    deployments: [{ name: "gpt-4o" }, { name: "claude-sonnet-4-5" }],
    apiKeys: ["key-1"],
    ...options,
  });
}
afterEach(() => server.close());

async function post(path: string, body: object, headers: Record<string, string> = { "api-key": "key-1" }) {
  const response = await fetch(server.url + path, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  const isJson = response.headers.get("content-type") === "application/json";
  return { status: response.status, headers: response.headers, text, body: isJson ? (JSON.parse(text) as object) : {} };
}

/** As Anthropic's SDKs send it. */
function claude(body: object, headers: Record<string, string> = {}) {
  return post("/anthropic/v1/messages", body, {
    "x-api-key": "key-1",
    "anthropic-version": "2023-06-01",
    ...headers,
  });
}

describe("the model inference API", () => {
  test("completes chats of the deployment in the body", async () => {
    await start();
    const { status, body } = await post(CHAT, { model: "gpt-4o", messages: MESSAGES });
    expect(status).toBe(200);
    expect(body).toMatchObject({ object: "chat.completion", model: "gpt-4o" });
    expect(server.requests[0]?.deployment).toBe("gpt-4o");
  });

  test.each([
    ["without an api-version", "/models/chat/completions", 404],
    ["with one of another API", "/models/chat/completions?api-version=2024-10-21", 404],
    ["on a path of another API", "/models/responses?api-version=2024-05-01-preview", 404],
  ])("answers 404 %s", async (_, path, status) => {
    await start();
    expect((await post(path, { model: "gpt-4o", messages: MESSAGES, input: "hi" })).status).toBe(status);
  });
});

describe("the Anthropic API", () => {
  test("answers a message", async () => {
    await start();
    const { status, body, headers } = await claude(CLAUDE);
    expect(status).toBe(200);
    expect(headers.get("x-ms-deployment-name")).toBe("claude-sonnet-4-5");
    expect(body).toMatchObject({
      type: "message",
      role: "assistant",
      model: "claude-sonnet-4-5",
      content: [{ type: "text", text: "Hello from fake-openai." }],
      stop_reason: "end_turn",
      usage: { output_tokens: 3 },
    });
    expect((await claude({ ...CLAUDE, max_tokens: 1 })).body).toMatchObject({ stop_reason: "max_tokens" });
  });

  test("streams a message", async () => {
    await start();
    const { text } = await claude({ ...CLAUDE, stream: true });
    expect([...text.matchAll(/^event: (.*)$/gm)].map(([, type]) => type)).toEqual([
      "message_start",
      "ping",
      "content_block_start",
      "content_block_delta",
      "content_block_delta",
      "content_block_delta",
      "content_block_stop",
      "message_delta",
      "message_stop",
    ]);
  });

  test("calls a tool, plain and streamed, and answers its result", async () => {
    await start();
    const tools = [{ name: "weather", input_schema: { type: "object", properties: { a: {} }, required: [] } }];
    const called = await claude({ ...CLAUDE, tools });
    const { content } = called.body as { content: { id: string }[] };
    expect(called.body).toMatchObject({ stop_reason: "tool_use", content: [{ type: "tool_use", name: "weather" }] });
    expect((await claude({ ...CLAUDE, tools, stream: true })).text).toContain("input_json_delta");
    expect((await claude({ ...CLAUDE, tools, tool_choice: { type: "none" } })).body).toMatchObject({
      stop_reason: "end_turn",
    });
    const result = { role: "user", content: [{ type: "tool_result", tool_use_id: content[0]?.id, content: "21" }] };
    const messages = [...MESSAGES, { role: "assistant", content }, result];
    expect((await claude({ ...CLAUDE, tools, messages })).body).toMatchObject({ stop_reason: "end_turn" });
  });

  test.each<[string, object, Record<string, string>, object]>([
    ["a body without max_tokens", { model: CLAUDE.model, messages: MESSAGES }, {}, { message: /max_tokens/ }],
    ["a request without a version", CLAUDE, { "anthropic-version": "" }, { message: /anthropic-version/ }],
  ])("refuses %s in its own format", async (_, body, headers, { message }: { message?: RegExp }) => {
    await start();
    const refusal = await claude(body, headers);
    expect(refusal.status).toBe(400);
    expect(refusal.body).toEqual({
      type: "error",
      error: { type: "invalid_request_error", message: expect.stringMatching(message ?? "") },
    });
  });

  test("turns a wrong key away, and hides it in the log", async () => {
    await start();
    expect((await claude(CLAUDE, { "x-api-key": "key-2" })).status).toBe(401);
    expect(JSON.stringify(server.requests)).not.toContain("key-2");
  });

  test("tells a rate limit inside a stream", async () => {
    await start();
    server.inject(Fault.streamError());
    const { text } = await claude({ ...CLAUDE, stream: true });
    expect([...text.matchAll(/^event: (.*)$/gm)].map(([, type]) => type)).toEqual(["message_start", "ping", "error"]);
    expect(text).toContain('{"type":"error","error":{"type":"rate_limit_error"');
  });
});

describe("spillover", () => {
  const PROVISIONED = [{ name: "provisioned", model: "gpt-4o", requestsPerMinute: 1 }, { name: "standard" }];
  const body = { model: "provisioned", messages: MESSAGES };
  const spill = { "api-key": "key-1", "x-ms-spillover-deployment": "standard" };

  test("takes what the provisioned deployment refuses, and says so", async () => {
    await start({ deployments: PROVISIONED });
    const [first, second] = [await post(CHAT, body, spill), await post(CHAT, body, spill)];
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(first.headers.get("x-ms-spillover-from-deployment")).toBeNull();
    expect(Object.fromEntries(second.headers)).toMatchObject({
      "x-ms-deployment-name": "standard",
      "x-ms-spillover-from-deployment": "provisioned",
      "x-ms-spillover-error": "429",
    });
    expect(first.headers.get("x-ratelimit-limit-requests")).toBe("1");
    const limits = [...second.headers.keys()].filter((name) => /^(retry-after|x-ratelimit)/.test(name));
    expect(limits).toEqual([]);
    expect(server.requests[1]?.deployment).toBe("standard");
    expect((await post(CHAT, body)).status).toBe(429);
  });

  test("takes over from a fault, and is an error where the other deployment is unknown", async () => {
    await start({ deployments: PROVISIONED });
    server.inject(Fault.status(503));
    expect((await post(CHAT, body, spill)).headers.get("x-ms-spillover-error")).toBe("503");
    expect((await post(CHAT, body, { ...spill, "x-ms-spillover-deployment": "other" })).status).toBe(404);
  });
});
