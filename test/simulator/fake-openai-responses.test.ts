import fc from "fast-check";
import OpenAI from "openai";
import { AccountIdentity } from "../../lib/simulator/fake-openai/account-identity.js";
import { FakeOpenAi, type FakeOpenAiOptions } from "../../lib/simulator/index.js";

type ResponseInput = OpenAI.Responses.ResponseInputItem[];

const TOOLS = [
  { type: "function" as const, name: "weather", parameters: { type: "object", properties: {} }, strict: false },
];
const ENCRYPTED = { store: false, include: ["reasoning.encrypted_content" as const] };
const MODEL = "gpt-5-mini";

const servers: FakeOpenAi[] = [];
async function start(options: FakeOpenAiOptions = {}): Promise<OpenAI> {
  const server = await FakeOpenAi.create({ deployments: [{ name: MODEL }, { name: "gpt-4o" }], ...options });
  servers.push(server);
  return new OpenAI({ baseURL: `${server.url}/openai/v1`, apiKey: "key-1", maxRetries: 0 });
}
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

/** A response, or the last event of its stream. */
async function respond(client: OpenAI, streamed: boolean, body: object): Promise<OpenAI.Responses.Response> {
  const request = { model: MODEL, ...body };
  return streamed ? client.responses.stream(request).finalResponse() : client.responses.create(request);
}

/** The first turn of a tool loop, and the input of its second: everything given back, with the tool's result. */
async function firstTurn(client: OpenAI, streamed: boolean, options: object) {
  const input: ResponseInput = [{ role: "user", content: "weather?" }];
  const response = await respond(client, streamed, { input, tools: TOOLS, ...options });
  const [reasoning, call] = response.output;
  if (reasoning?.type !== "reasoning" || call?.type !== "function_call") throw new Error("no reasoning and a call");
  const result = { type: "function_call_output" as const, call_id: call.call_id, output: "21" };
  const items = [reasoning, call].map(({ id }) => ({ type: "item_reference" as const, id: id ?? "" }));
  return {
    response,
    reasoning,
    call,
    whole: [...input, ...response.output, result] as ResponseInput,
    referenced: [...input, ...items, result] as ResponseInput,
    result: [result] as ResponseInput,
  };
}

describe.each([
  ["whole", false],
  ["streamed", true],
])("a reasoning model, answers %s", (_, streamed) => {
  test("continues from encrypted reasoning that it made, and from no other account's", async () => {
    const [east, west] = await Promise.all([start(), start()]);
    const { reasoning, whole } = await firstTurn(east, streamed, ENCRYPTED);
    expect(reasoning.encrypted_content).toMatch(/^gAAAA/);
    const second = await respond(east, streamed, { input: whole, tools: TOOLS, ...ENCRYPTED });
    expect(second.output_text).toBe("Hello from fake-openai.");
    await expect(respond(west, streamed, { input: whole, tools: TOOLS, ...ENCRYPTED })).rejects.toMatchObject({
      status: 400,
      code: "invalid_encrypted_content",
      type: "invalid_request_error",
      message: expect.stringMatching(/The encrypted content gAAA\.\.\.\S{4} could not be verified\.$/),
    });
  });

  test.each(["whole", "referenced"] as const)("continues from stored items given back %s", async (form) => {
    const [east, west] = await Promise.all([start(), start()]);
    const { reasoning, [form]: input } = await firstTurn(east, streamed, {});
    expect(reasoning.encrypted_content).toBeUndefined();
    expect((await respond(east, streamed, { input, tools: TOOLS })).output_text).toBe("Hello from fake-openai.");
    await expect(respond(west, streamed, { input, tools: TOOLS })).rejects.toMatchObject({
      status: 400,
      code: null,
      param: "input",
      message: `400 Item with id '${reasoning.id}' not found.`,
    });
  });

  test("continues from a previous response, on its own account only", async () => {
    const [east, west] = await Promise.all([start(), start()]);
    const { response, result } = await firstTurn(east, streamed, {});
    const next = { input: result, previous_response_id: response.id, tools: TOOLS };
    expect((await respond(east, streamed, next)).output_text).toBe("Hello from fake-openai.");
    await expect(respond(west, streamed, next)).rejects.toMatchObject({
      status: 400,
      code: "previous_response_not_found",
      param: "previous_response_id",
    });
  });

  test("forgets what was not to be stored", async () => {
    const client = await start();
    const { response, reasoning, whole, result } = await firstTurn(client, streamed, { store: false });
    await expect(respond(client, streamed, { input: whole, tools: TOOLS })).rejects.toMatchObject({
      message: expect.stringContaining(
        `Item with id '${reasoning.id}' not found. Items are not persisted when \`store\` is set to false.`,
      ),
    });
    const next = { input: result, previous_response_id: response.id };
    await expect(respond(client, streamed, next)).rejects.toMatchObject({ code: "previous_response_not_found" });
    await expect(client.responses.retrieve(response.id)).rejects.toMatchObject({ status: 404 });
  });

  test("counts what it thought", async () => {
    const { usage } = await respond(await start(), streamed, { input: "hi" });
    expect(usage).toMatchObject({ output_tokens: 67, output_tokens_details: { reasoning_tokens: 64 } });
  });
});

test("an account may refuse without a code", async () => {
  const [east, west] = await Promise.all([start(), start({ notHeldErrors: "uncoded" })]);
  const encrypted = await firstTurn(east, false, ENCRYPTED);
  const stored = await firstTurn(east, false, {});
  const ask = (body: object) => respond(west, false, { tools: TOOLS, ...body });
  await expect(ask({ input: encrypted.whole })).rejects.toMatchObject({
    status: 400,
    code: null,
    message: `400 The encrypted content for item ${encrypted.reasoning.id} could not be verified.`,
  });
  await expect(ask({ input: stored.referenced })).rejects.toMatchObject({ status: 404, code: null });
  await expect(ask({ input: "hi", previous_response_id: stored.response.id })).rejects.toMatchObject({
    status: 400,
    code: null,
    message: `400 Previous response with id '${stored.response.id}' not found.`,
  });
});

describe("refused:", () => {
  test("encrypted reasoning that was changed", async () => {
    const client = await start();
    const { reasoning, whole } = await firstTurn(client, false, ENCRYPTED);
    const content = reasoning.encrypted_content ?? "";
    const changed = content.slice(0, 40) + (content[40] === "A" ? "B" : "A") + content.slice(41);
    const input = whole.map((item) => ("encrypted_content" in item ? { ...item, encrypted_content: changed } : item));
    await expect(respond(client, false, { input })).rejects.toMatchObject({ code: "invalid_encrypted_content" });
  });

  test.each([
    ["a reference", { type: "item_reference", id: "msg_1" }],
    ["a reference that leaves out its type", { id: "msg_1" }],
    ["a message", { type: "message", id: "msg_1", role: "assistant", content: "hi" }],
    ["a call", { type: "function_call", id: "msg_1", call_id: "call_1", name: "weather", arguments: "{}" }],
  ])("%s with an id that nobody issued", async (_, item) => {
    const client = await start();
    await expect(respond(client, false, { input: [item] })).rejects.toMatchObject({
      message: "400 Item with id 'msg_1' not found.",
    });
  });

  test("the output of a tool that was not called", async () => {
    const client = await start();
    const { response, result } = await firstTurn(client, false, {});
    await expect(respond(client, false, { input: result })).rejects.toMatchObject({
      status: 400,
      message: expect.stringMatching(/No tool call found for function call output with call_id call_\w+\./),
    });
    const later = await respond(client, false, { input: result, previous_response_id: response.id });
    const last = { input: result, previous_response_id: later.id };
    expect((await respond(client, false, last)).output_text).toBe("Hello from fake-openai.");
  });

  test("encrypted reasoning of a model that does not reason", async () => {
    const client = await start();
    await expect(respond(client, false, { model: "gpt-4o", input: "hi", ...ENCRYPTED })).rejects.toMatchObject({
      status: 400,
      param: "include",
    });
  });

  test("a previous response and a conversation at once", async () => {
    const client = await start();
    const both = { input: "hi", previous_response_id: "resp_1", conversation: "conv_1" };
    await expect(respond(client, false, both)).rejects.toMatchObject({ code: "mutually_exclusive_parameters" });
  });

  test("a response in the background that is not to be stored", async () => {
    const client = await start();
    const request = { input: "hi", background: true, store: false };
    await expect(respond(client, false, request)).rejects.toMatchObject({ status: 400, param: "store" });
  });
});

test("a stream of reasoning with a summary and a call has every event", async () => {
  const client = await start();
  const types: string[] = [];
  const request = { model: MODEL, input: "hi", tools: TOOLS, reasoning: { summary: "auto" as const }, stream: true };
  const numbers: number[] = [];
  for await (const event of await client.responses.create({ ...request, stream: true })) {
    types.push(event.type);
    numbers.push(event.sequence_number);
  }
  expect(types).toEqual([
    "response.created",
    "response.in_progress",
    "response.output_item.added",
    "response.reasoning_summary_part.added",
    "response.reasoning_summary_text.delta",
    "response.reasoning_summary_text.done",
    "response.reasoning_summary_part.done",
    "response.output_item.done",
    "response.output_item.added",
    "response.function_call_arguments.delta",
    "response.function_call_arguments.delta",
    "response.function_call_arguments.done",
    "response.output_item.done",
    "response.completed",
  ]);
  expect(numbers).toEqual(types.map((_type, index) => index));
});

test("a response in the background is queued, and complete when it is looked at", async () => {
  const client = await start();
  const queued = await respond(client, false, { input: "hi", background: true });
  expect(queued).toMatchObject({ status: "queued", background: true, output: [] });
  expect(await client.responses.retrieve(queued.id)).toMatchObject({ status: "completed" });
  expect(await client.responses.cancel(queued.id)).toMatchObject({ id: queued.id });
  const whole = await respond(client, false, { input: "hi" });
  await expect(client.responses.cancel(whole.id)).rejects.toMatchObject({ status: 400 });
});

test("the input items of a stored response can be listed, newest first, and referred to", async () => {
  const client = await start();
  const messages = ["first", "second"].map((content) => ({ role: "user" as const, content }));
  const { id } = await respond(client, false, { input: messages });
  const { data } = await client.responses.inputItems.list(id);
  expect(data).toMatchObject([{ content: "second" }, { content: "first" }]);
  const input = [{ type: "item_reference", id: data[0]?.id }];
  expect((await respond(client, false, { input })).status).toBe("completed");
});

describe("a conversation", () => {
  test("collects the items of its responses", async () => {
    const client = await start();
    const items = [{ type: "message" as const, role: "user" as const, content: "weather?" }];
    const { id } = await client.conversations.create({ metadata: { topic: "weather" } });
    const called = await respond(client, false, { conversation: id, input: items, tools: TOOLS });
    const call = called.output.find((item) => item.type === "function_call");
    const result = [{ type: "function_call_output", call_id: call?.call_id ?? "", output: "21" }];
    const answer = await respond(client, false, { conversation: { id }, input: result, tools: TOOLS });
    expect(answer.conversation).toEqual({ id });
    const { data } = await client.conversations.items.list(id);
    expect(data.map(({ type }) => type).reverse()).toEqual([
      "message",
      "reasoning",
      "function_call",
      "function_call_output",
      "reasoning",
      "message",
    ]);
  });

  test("is created, changed, read and deleted with its items", async () => {
    const client = await start();
    const message = { type: "message" as const, role: "user" as const, content: "hi" };
    const { id } = await client.conversations.create({ items: [message] });
    const added = await client.conversations.items.create(id, { items: [message] });
    const itemId = String(added.first_id);
    expect(await client.conversations.items.retrieve(itemId, { conversation_id: id })).toMatchObject({ id: itemId });
    await client.conversations.items.delete(itemId, { conversation_id: id });
    expect((await client.conversations.items.list(id)).data).toHaveLength(1);
    expect(await client.conversations.update(id, { metadata: { a: "b" } })).toMatchObject({ metadata: { a: "b" } });
    expect((await client.conversations.retrieve(id)).metadata).toEqual({ a: "b" });
    expect((await client.conversations.items.list(id)).data).toHaveLength(1);
    await client.conversations.delete(id);
    await expect(client.conversations.retrieve(id)).rejects.toMatchObject({ status: 404 });
  });

  test("is unknown to another account", async () => {
    const [east, west] = await Promise.all([start(), start()]);
    const { id } = await east.conversations.create({});
    await expect(west.conversations.retrieve(id)).rejects.toMatchObject({ status: 404 });
    await expect(respond(west, false, { conversation: id, input: "hi" })).rejects.toMatchObject({
      status: 404,
      message: `404 Conversation with id '${id}' not found.`,
    });
  });
});

test("an account knows its own ids and texts, whatever they are, and nothing else", () => {
  const [own, other] = [new AccountIdentity(), new AccountIdentity()];
  fc.assert(
    fc.property(fc.string(), fc.string(), (prefix, text) => {
      const id = own.issueId(prefix);
      expect([own.hasIssued(id), other.hasIssued(id), own.hasIssued(text)]).toEqual([true, false, false]);
      const encrypted = own.encrypt(text);
      expect([own, other].map((account) => account.canDecrypt(encrypted))).toEqual([true, false]);
      expect(own.canDecrypt(text)).toBe(false);
    }),
  );
});
