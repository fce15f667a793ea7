import OpenAI, { AzureOpenAI } from "openai";
import { createUnsignedToken, FakeOpenAi, type FakeOpenAiOptions, REDACTED } from "../../lib/simulator/index.js";

const MESSAGES = [{ role: "user" as const, content: "Say hello" }];
const WEATHER = {
  type: "object",
  properties: { city: { type: "string" }, days: { type: "integer" }, unit: { enum: ["celsius", "kelvin"] } },
  required: ["city", "days", "unit"],
};
const WEATHER_TOOL = { type: "function" as const, function: { name: "weather", parameters: WEATHER } };
const CLOCK_TOOL = { type: "function" as const, function: { name: "clock" } };

const servers: FakeOpenAi[] = [];
async function start(options: FakeOpenAiOptions = {}): Promise<FakeOpenAi> {
  const server = await FakeOpenAi.create({
    name: "east",
    deployments: [
      { name: "chat", model: "gpt-4o" },
      { name: "embed", model: "text-embedding-3-large" },
      { name: "speech", model: "whisper" },
      { name: "image", model: "gpt-image-1" },
    ],
    ...options,
  });
  servers.push(server);
  return server;
}
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

function azure(server: FakeOpenAi): AzureOpenAI {
  return new AzureOpenAI({ endpoint: server.url, apiKey: "key-1", apiVersion: "2025-03-01-preview", maxRetries: 0 });
}
function v1(server: FakeOpenAi): OpenAI {
  return new OpenAI({ baseURL: `${server.url}/openai/v1`, apiKey: "key-1", maxRetries: 0 });
}
async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const events: T[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

describe.each([
  ["legacy", azure],
  ["v1", v1],
])("the openai SDK on the %s API", (_, clientOf) => {
  test("completes a chat", async () => {
    const client = clientOf(await start());
    const completion = await client.chat.completions.create({ model: "chat", messages: MESSAGES });
    expect(completion.model).toBe("gpt-4o");
    expect(completion.choices[0]?.message).toMatchObject({ role: "assistant", content: "Hello from east." });
    expect(completion.choices[0]?.finish_reason).toBe("stop");
    expect(completion.usage).toMatchObject({ completion_tokens: 3 });
  });

  test("streams a chat, with Azure's first chunk of no choices and the usage last when asked for", async () => {
    const client = clientOf(await start());
    const stream = await client.chat.completions.create({
      model: "chat",
      messages: MESSAGES,
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks = await collect(stream);
    expect(chunks[0]?.choices).toEqual([]);
    expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? "").join("")).toBe("Hello from east.");
    expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe("stop");
    expect(chunks.at(-1)?.usage?.completion_tokens).toBe(3);
  });

  test("sends no usage in a stream that did not ask for it", async () => {
    const client = clientOf(await start());
    const chunks = await collect(
      await client.chat.completions.create({ model: "chat", messages: MESSAGES, stream: true }),
    );
    expect(chunks.filter((chunk) => "usage" in chunk)).toEqual([]);
  });

  test("stops at the token limit", async () => {
    const client = clientOf(await start());
    const completion = await client.chat.completions.create({ model: "chat", messages: MESSAGES, max_tokens: 2 });
    expect(completion.choices[0]).toMatchObject({ message: { content: "Hello from" }, finish_reason: "length" });
  });

  test.each([
    ["the first tool", { tools: [WEATHER_TOOL, CLOCK_TOOL] }],
    [
      "the tool that the choice names",
      { tools: [CLOCK_TOOL, WEATHER_TOOL], tool_choice: { type: "function" as const, function: { name: "weather" } } },
    ],
  ])("calls %s with arguments that satisfy its schema, then answers the result", async (_name, offer) => {
    const client = clientOf(await start());
    const ask = { model: "chat", ...offer };
    const first = await client.chat.completions.create({ ...ask, messages: MESSAGES });
    const message = first.choices[0]?.message;
    const call = message?.tool_calls?.[0];
    expect(first.choices[0]?.finish_reason).toBe("tool_calls");
    expect(call).toMatchObject({
      function: { name: "weather", arguments: '{"city":"text","days":1,"unit":"celsius"}' },
    });

    const result = { role: "tool" as const, tool_call_id: call?.id ?? "", content: "sunny" };
    const messages = message === undefined ? [] : [...MESSAGES, message, result];
    const second = await client.chat.completions.create({ ...ask, messages });
    expect(second.choices[0]?.message.content).toBe("Hello from east.");
  });

  test("streams a tool call", async () => {
    const client = clientOf(await start());
    const runner = client.chat.completions.stream({ model: "chat", messages: MESSAGES, tools: [WEATHER_TOOL] });
    const completion = await runner.finalChatCompletion();
    expect(completion.choices[0]?.message.tool_calls).toMatchObject([
      { function: { name: "weather", arguments: '{"city":"text","days":1,"unit":"celsius"}' } },
    ]);
  });

  test("answers text where the choice is none", async () => {
    const client = clientOf(await start());
    const ask = { model: "chat", messages: MESSAGES, tools: [WEATHER_TOOL], tool_choice: "none" as const };
    const completion = await client.chat.completions.create(ask);
    expect(completion.choices[0]?.message.content).toBe("Hello from east.");
  });

  test("writes structured output by its schema", async () => {
    const client = clientOf(await start());
    const completion = await client.chat.completions.create({
      model: "chat",
      messages: MESSAGES,
      response_format: { type: "json_schema", json_schema: { name: "weather", schema: WEATHER } },
    });
    expect(JSON.parse(completion.choices[0]?.message.content ?? "")).toEqual({
      city: "text",
      days: 1,
      unit: "celsius",
    });
  });

  test("embeds each input as a unit vector, the same for the same text", async () => {
    const client = clientOf(await start());
    const { data } = await client.embeddings.create({ model: "embed", input: ["a", "b", "a"], dimensions: 16 });
    expect(data.map(({ embedding }) => embedding.length)).toEqual([16, 16, 16]);
    expect(Math.hypot(...(data[1]?.embedding ?? []))).toBeCloseTo(1, 5);
    expect(data[2]?.embedding).toEqual(data[0]?.embedding);
    expect(data[1]?.embedding).not.toEqual(data[0]?.embedding);
  });

  test("transcribes audio and makes images", async () => {
    const client = clientOf(await start());
    const file = new File(["sound"], "a.wav");
    expect(await client.audio.transcriptions.create({ model: "speech", file })).toMatchObject({
      text: "Hello from east.",
    });
    const images = await client.images.generate({ model: "image", prompt: "a dot", n: 2 });
    expect(images.data).toHaveLength(2);
  });

  test("creates, reads, continues and deletes a response", async () => {
    const client = clientOf(await start());
    const first = await client.responses.create({ model: "chat", input: "hi" });
    expect(first.output_text).toBe("Hello from east.");
    expect((await client.responses.retrieve(first.id)).id).toBe(first.id);
    const second = await client.responses.create({ model: "chat", input: "more", previous_response_id: first.id });
    expect(second.previous_response_id).toBe(first.id);
    await client.responses.delete(first.id);
    await expect(client.responses.retrieve(first.id)).rejects.toMatchObject({ status: 404 });
  });

  test("streams a response in the Responses API's own events", async () => {
    const client = clientOf(await start());
    const events = await collect(await client.responses.create({ model: "chat", input: "hi", stream: true }));
    expect(events.map(({ type }) => type)).toEqual([
      "response.created",
      "response.in_progress",
      "response.output_item.added",
      "response.content_part.added",
      "response.output_text.delta",
      "response.output_text.delta",
      "response.output_text.delta",
      "response.output_text.done",
      "response.content_part.done",
      "response.output_item.done",
      "response.completed",
    ]);
    expect(events.map(({ sequence_number: number }) => number)).toEqual(events.map((_event, index) => index));
  });

  test("calls a tool in a response, plain and streamed, then answers its output", async () => {
    const client = clientOf(await start());
    const tools = [{ type: "function" as const, name: "weather", parameters: WEATHER, strict: true }];
    const called = await client.responses.create({ model: "chat", input: "hi", tools });
    const call = called.output[0];
    expect(call).toMatchObject({ type: "function_call", name: "weather" });
    const streamed = await client.responses.stream({ model: "chat", input: "hi", tools }).finalResponse();
    expect(streamed.output[0]).toMatchObject({ arguments: '{"city":"text","days":1,"unit":"celsius"}' });

    const callId = call?.type === "function_call" ? call.call_id : "";
    const output = [{ type: "function_call_output" as const, call_id: callId, output: "sunny" }];
    const answer = await client.responses.create({
      model: "chat",
      input: output,
      tools,
      previous_response_id: called.id,
    });
    expect(answer.output_text).toBe("Hello from east.");
  });

  test("takes, lists, reads and deletes a file", async () => {
    const client = clientOf(await start());
    const file = await client.files.create({ file: new File(["lines"], "train.jsonl"), purpose: "fine-tune" });
    expect(file).toMatchObject({ bytes: 5, filename: "train.jsonl", purpose: "fine-tune" });
    expect((await client.files.list()).data.map(({ id }) => id)).toEqual([file.id]);
    expect(await (await client.files.content(file.id)).text()).toBe("lines");
    await client.files.delete(file.id);
    await expect(client.files.retrieve(file.id)).rejects.toMatchObject({ status: 404 });
  });

  test("lists the models, not the deployments", async () => {
    const client = clientOf(await start());
    expect((await client.models.list()).data.map(({ id }) => id)).toEqual([
      "gpt-4o",
      "text-embedding-3-large",
      "whisper",
      "gpt-image-1",
    ]);
    expect((await client.models.retrieve("gpt-4o")).id).toBe("gpt-4o");
  });
});

test("what is stored on one account is unknown to another", async () => {
  const [east, west] = await Promise.all([start(), start({ name: "west" })]);
  const response = await v1(east).responses.create({ model: "chat", input: "hi" });
  await expect(v1(west).responses.retrieve(response.id)).rejects.toMatchObject({ status: 404 });
  const next = { model: "chat", input: "more", previous_response_id: response.id };
  await expect(v1(west).responses.create(next)).rejects.toMatchObject({
    status: 400,
    code: "previous_response_not_found",
  });
});

test("a response that was not to be stored is not", async () => {
  const client = v1(await start());
  const response = await client.responses.create({ model: "chat", input: "hi", store: false });
  await expect(client.responses.retrieve(response.id)).rejects.toMatchObject({ status: 404 });
});

test("answers carry the headers of Azure OpenAI", async () => {
  const server = await start({ region: "Sweden Central", deployments: [{ name: "chat", requestsPerMinute: 30 }] });
  const { response } = await azure(server)
    .chat.completions.create({ model: "chat", messages: MESSAGES })
    .withResponse();
  const headers = Object.fromEntries(response.headers);
  expect(headers).toMatchObject({
    "x-ms-region": "Sweden Central",
    "x-ms-deployment-name": "chat",
    "x-ratelimit-limit-requests": "30",
    "x-ratelimit-remaining-requests": "4",
  });
  const uuid = /^[0-9a-f-]{36}$/;
  expect(headers["apim-request-id"]).toMatch(uuid);
  expect(headers["x-request-id"]).toMatch(uuid);
  expect(headers["azureml-model-session"]).toMatch(/^v\d+/);
});

test("the log tells what was asked, without the credentials", async () => {
  const server = await start({ principals: ["app-1"] });
  const token = createUnsignedToken({ appid: "app-1" });
  await azure(server).chat.completions.create(
    { model: "chat", messages: MESSAGES },
    {
      headers: { "api-key": null, authorization: `Bearer ${token}` },
    },
  );
  await v1(server).models.list({ headers: { "api-key": "key-1" } });
  const [first, second] = server.requests;
  expect(first).toMatchObject({
    method: "POST",
    path: "/openai/deployments/chat/chat/completions?api-version=2025-03-01-preview",
    caller: { kind: "principal", principal: "app-1" },
    deployment: "chat",
    body: { messages: MESSAGES },
    status: 200,
    completed: true,
  });
  expect(first?.headers["authorization"]).toBe(REDACTED);
  expect(second?.headers["api-key"]).toBe(REDACTED);
  expect(JSON.stringify(server.requests)).not.toMatch(new RegExp(`${token}|key-1`));
});

test("the log remembers the last requests only, the count all of them", async () => {
  const server = await start({ requestLogSize: 3 });
  for (let i = 0; i < 7; i += 1) await fetch(`${server.url}/openai/v1/models/${i}`, { headers: { "api-key": "k" } });
  expect(server.requests.map(({ path }) => path)).toEqual([4, 5, 6].map((i) => `/openai/v1/models/${i}`));
  expect(server.requestCount).toBe(7);
});
