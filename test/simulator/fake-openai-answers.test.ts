import OpenAI from "openai";
import { FakeOpenAi } from "../../lib/simulator/index.js";

const MESSAGES = [{ role: "user" as const, content: "Say hello" }];
const DEPLOYMENTS = [
  { name: "chat", model: "gpt-4o" },
  { name: "reasoning", model: "o4-mini" },
  { name: "small", model: "text-embedding-3-small" },
  { name: "large", model: "text-embedding-3-large" },
  { name: "ada", model: "text-embedding-ada-002" },
  { name: "speech", model: "whisper" },
  { name: "image", model: "gpt-image-1" },
  { name: "claude", model: "claude-opus-4-1" },
  { name: "anything" },
];

let server: FakeOpenAi;
let client: OpenAI;
beforeEach(async () => {
  server = await FakeOpenAi.create({ name: "east", deployments: DEPLOYMENTS });
  client = new OpenAI({ baseURL: `${server.url}/openai/v1`, apiKey: "key-1", maxRetries: 0 });
});
afterEach(() => server.close());

type ChatBody = Omit<OpenAI.ChatCompletionCreateParamsNonStreaming, "model" | "messages">;
function chat(body: Partial<OpenAI.ChatCompletionCreateParamsNonStreaming> & ChatBody = {}) {
  return client.chat.completions.create({ model: "chat", messages: MESSAGES, ...body });
}

describe("a chat completion", () => {
  test("has as many choices as asked for, whole and streamed", async () => {
    const { choices, usage } = await chat({ n: 3 });
    expect(choices.map(({ index, message }) => [index, message.content])).toEqual(
      [0, 1, 2].map((index) => [index, "Hello from east."]),
    );
    expect(usage?.completion_tokens).toBe(9);

    const streamed = client.chat.completions.stream({ model: "chat", messages: MESSAGES, n: 3 });
    expect((await streamed.finalChatCompletion()).choices).toMatchObject(
      choices.map(({ message, ...choice }) => ({ ...choice, message: { content: message.content } })),
    );
  });

  test("is JSON where a JSON object is asked for, and the messages say so", async () => {
    const format = { response_format: { type: "json_object" as const } };
    const messages = [{ role: "user" as const, content: "Answer in JSON." }];
    const { choices } = await chat({ ...format, messages });
    expect(JSON.parse(choices[0]?.message.content ?? "")).toEqual({ reply: "Hello from east." });
    await expect(chat(format)).rejects.toMatchObject({ status: 400, param: "messages" });
  });

  test("tells log probabilities, whole and streamed", async () => {
    const ask = { logprobs: true, top_logprobs: 2 };
    const { choices } = await chat(ask);
    const content = choices[0]?.logprobs?.content ?? [];
    expect(content.map(({ token }) => token)).toEqual(["Hello", " from", " east."]);
    expect(content[0]).toEqual({
      token: "Hello",
      logprob: 0,
      bytes: [72, 101, 108, 108, 111],
      top_logprobs: [
        { token: "Hello", logprob: 0, bytes: [72, 101, 108, 108, 111] },
        { token: "Hello1", logprob: -9999, bytes: [72, 101, 108, 108, 111, 49] },
      ],
    });
    const streamed = client.chat.completions.stream({ model: "chat", messages: MESSAGES, ...ask });
    expect((await streamed.finalChatCompletion()).choices[0]?.logprobs?.content).toEqual(content);
    expect((await chat()).choices[0]?.logprobs).toBeNull();
    await expect(chat({ top_logprobs: 2 })).rejects.toMatchObject({ status: 400, param: "top_logprobs" });
  });

  test("has the details of its usage", async () => {
    const details = {
      prompt_tokens_details: { audio_tokens: 0, cached_tokens: 0 },
      completion_tokens_details: {
        accepted_prediction_tokens: 0,
        audio_tokens: 0,
        reasoning_tokens: 0,
        rejected_prediction_tokens: 0,
      },
    };
    expect((await chat()).usage).toMatchObject(details);
    expect((await chat({ model: "reasoning" })).usage).toMatchObject({
      completion_tokens: 67,
      completion_tokens_details: { reasoning_tokens: 64 },
    });
  });

  test("of a reasoning model takes max_completion_tokens, not max_tokens", async () => {
    await expect(chat({ model: "reasoning", max_tokens: 100 })).rejects.toMatchObject({
      status: 400,
      param: "max_tokens",
      code: "unsupported_parameter",
      message:
        "400 Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
    });
    const { usage, choices } = await chat({ model: "reasoning", max_completion_tokens: 4 });
    expect(choices[0]).toMatchObject({ finish_reason: "length", message: { content: "Hello from" } });
    expect(usage).toMatchObject({ completion_tokens: 4, completion_tokens_details: { reasoning_tokens: 2 } });
  });
});

describe("an embedding", () => {
  const embed = (model: string, more: Partial<OpenAI.EmbeddingCreateParams> = {}) =>
    client.embeddings.create({ model, input: "hello", ...more });

  test.each([
    ["small", undefined, 1_536],
    ["large", undefined, 3_072],
    ["large", 256, 256],
    ["ada", undefined, 1_536],
    ["anything", undefined, 1_536],
  ])("of %s with dimensions %p is %i wide", async (model, dimensions, width) => {
    const more = dimensions === undefined ? {} : { dimensions };
    expect((await embed(model, more)).data[0]?.embedding).toHaveLength(width);
  });

  test.each<[string, Partial<OpenAI.EmbeddingCreateParams>, string]>([
    ["small", { dimensions: 2_000 }, "Invalid value for 'dimensions': at most 1536 for this model; got 2000."],
    ["ada", { dimensions: 256 }, "This model does not support specifying dimensions."],
    ["small", { input: Array.from({ length: 2_049 }, () => "a") }, "Invalid 'input': at most 2048 inputs; got 2049."],
  ])("of %s refuses %p", async (model, more, message) => {
    await expect(embed(model, more)).rejects.toMatchObject({ status: 400, message: `400 ${message}` });
  });
});

describe("the wrong kind of model is refused:", () => {
  const file = () => new File(["sound"], "a.wav");
  test.each<[string, string, string, () => Promise<unknown>]>([
    ["chatCompletion", "small", "text-embedding-3-small", () => chat({ model: "small" })],
    ["chatCompletion", "claude", "claude-opus-4-1", () => chat({ model: "claude" })],
    ["responses", "speech", "whisper", () => client.responses.create({ model: "speech", input: "hi" })],
    ["embeddings", "chat", "gpt-4o", () => client.embeddings.create({ model: "chat", input: "hi" })],
    ["imageGenerations", "chat", "gpt-4o", () => client.images.generate({ model: "chat", prompt: "a dot" })],
    [
      "audioTranscriptions",
      "image",
      "gpt-image-1",
      () => client.audio.transcriptions.create({ model: "image", file: file() }),
    ],
  ])("%s of %s", async (operation, _deployment, model, ask) => {
    await expect(ask()).rejects.toMatchObject({
      status: 400,
      code: "OperationNotSupported",
      error: {
        message: `The ${operation} operation does not work with the specified model, ${model}. Please choose different model and try again. You can learn more about which models can be used with each operation here: https://go.microsoft.com/fwlink/?linkid=2197993.`,
      },
    });
  });

  test("a name that says nothing takes every operation", async () => {
    const model = "anything";
    await chat({ model });
    await client.responses.create({ model, input: "hi" });
    await client.embeddings.create({ model, input: "hi" });
    await client.images.generate({ model, prompt: "a dot" });
    await client.audio.transcriptions.create({ model, file: file() });
    expect(server.requests.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  });
});

describe("x-ms-client-request-id", () => {
  const idOf = async (headers: Record<string, string>, path = "/openai/v1/models") =>
    (await fetch(server.url + path, { headers: { "api-key": "k", ...headers } })).headers.get("x-ms-client-request-id");

  test("comes back as it was sent, also with an error", async () => {
    expect(await idOf({ "x-ms-client-request-id": "mine-1" })).toBe("mine-1");
    expect(await idOf({ "x-ms-client-request-id": "mine-2" }, "/nowhere")).toBe("mine-2");
  });

  test("is made where none was sent", async () => {
    expect(await idOf({})).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe("a response", () => {
  test("repeats what was asked for, and says what was not", async () => {
    const asked = {
      instructions: "be brief",
      metadata: { topic: "weather" },
      max_output_tokens: 100,
      parallel_tool_calls: false,
      prompt_cache_key: "conversation-1",
      temperature: 0.5,
      truncation: "auto" as const,
    };
    expect(await client.responses.create({ model: "chat", input: "hi", ...asked })).toMatchObject({
      ...asked,
      background: false,
      conversation: null,
      error: null,
      incomplete_details: null,
      reasoning: { effort: null, summary: null },
      service_tier: "default",
      store: true,
      text: { format: { type: "text" } },
      tool_choice: "auto",
      tools: [],
      top_logprobs: 0,
      top_p: 1,
    });
  });

  test("tells log probabilities if asked to include them", async () => {
    const ask = { model: "chat", input: "hi", include: ["message.output_text.logprobs" as const], top_logprobs: 1 };
    const { output } = await client.responses.create(ask);
    expect(output).toMatchObject([{ content: [{ logprobs: [{ token: "Hello" }, {}, {}] }] }]);
    const tokens: string[] = [];
    for await (const event of await client.responses.create({ ...ask, stream: true })) {
      if (event.type === "response.output_text.delta") tokens.push(...event.logprobs.map(({ token }) => token));
    }
    expect(tokens).toEqual(["Hello", " from", " east."]);
  });
});
