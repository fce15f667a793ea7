import { createAzure } from "@ai-sdk/azure";
import { HumanMessage } from "@langchain/core/messages";
import { AzureChatOpenAI, AzureOpenAIEmbeddings } from "@langchain/openai";
import { embed, generateText, jsonSchema, streamText, tool } from "ai";
import * as sdk from "openai";
import {
  createLoadBalancedFetch,
  Duration,
  type LoadBalancedFetchOptions,
  type LoadBalancerEvent,
} from "../../lib/client/index.js";
import { FakeOpenAi, Fault } from "../../lib/simulator/index.js";

const MESSAGES = [{ role: "user" as const, content: "Say hello." }];
const WEATHER = { type: "object" as const, properties: { city: { type: "string" as const } }, required: ["city"] };
const TOOLS = [{ type: "function" as const, function: { name: "weather", parameters: WEATHER } }];
const REPLY = "Hello from Azure.";

let servers: FakeOpenAi[] = [];
let events: LoadBalancerEvent[] = [];
beforeEach(async () => {
  events = [];
  // The deployments have different names at each endpoint.
  servers = await Promise.all(
    ["east", "west"].map((name) =>
      FakeOpenAi.create({
        name,
        reply: REPLY,
        apiKeys: [`key-${name}`],
        deployments: [{ name: `gpt-${name}` }, { name: `embed-${name}` }, { name: `whisper-${name}` }],
      }),
    ),
  );
});
afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()));
});

/** The first endpoint comes first. */
function balanced(options: Partial<LoadBalancedFetchOptions> = {}) {
  return createLoadBalancedFetch({
    endpoints: servers.map(({ name, url }) => ({
      name,
      url,
      apiKey: `key-${name}`,
      deployments: { gpt: `gpt-${name}`, embed: `embed-${name}`, whisper: `whisper-${name}` },
    })),
    strategy: "round-robin",
    random: () => 0,
    onEvent: (event) => void events.push(event),
    ...options,
  });
}

function throttleFirst(): void {
  servers[0]?.inject(Fault.throttle());
}

/** Who was asked and what came of it. */
function attempts(): string[] {
  return events.flatMap((event) => (event.type === "attempt" ? [`${event.endpoint} ${event.outcome}`] : []));
}

/** The first endpoint has got a request, at which it hangs. */
async function firstAsked(): Promise<void> {
  while (servers[0]?.requestCount === 0) await new Promise((resolve) => setTimeout(resolve, 2));
}

const FAILED_OVER = ["east throttled", "west answered"];

const clients = [
  {
    name: "AzureOpenAI",
    create: (options: Partial<LoadBalancedFetchOptions> = {}, more: object = {}) =>
      new sdk.AzureOpenAI({
        endpoint: "https://balanced.invalid",
        apiKey: "placeholder",
        apiVersion: "2024-10-21",
        maxRetries: 0,
        fetch: balanced(options),
        ...more,
      }),
  },
  {
    name: "OpenAI with v1",
    create: (options: Partial<LoadBalancedFetchOptions> = {}, more: object = {}) =>
      new sdk.OpenAI({
        baseURL: "https://balanced.invalid/openai/v1",
        apiKey: "placeholder",
        maxRetries: 0,
        fetch: balanced(options),
        ...more,
      }),
  },
];

describe.each(clients)("the openai SDK, $name", ({ create }) => {
  test("completes a chat on the next endpoint", async () => {
    throttleFirst();
    const completion = await create().chat.completions.create({ model: "gpt", messages: MESSAGES });
    expect(completion.choices[0]?.message.content).toBe(REPLY);
    expect(attempts()).toEqual(FAILED_OVER);
    expect(servers[1]?.requests[0]?.deployment).toBe("gpt-west");
  });

  test("streams from the next endpoint", async () => {
    throttleFirst();
    const stream = await create().chat.completions.create({ model: "gpt", messages: MESSAGES, stream: true });
    let text = "";
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? "";
    expect(text).toBe(REPLY);
    expect(attempts()).toEqual(FAILED_OVER);
  });

  test("a stream that breaks is an error, never continued elsewhere", async () => {
    servers[0]?.inject(Fault.cut(4));
    const stream = await create().chat.completions.create({ model: "gpt", messages: MESSAGES, stream: true });
    const read = async () => {
      let chunks = 0;
      for await (const chunk of stream) chunks += chunk.choices.length;
      return chunks;
    };
    await expect(read()).rejects.toMatchObject({ name: "TypeError", message: "terminated" });
    expect(attempts()).toEqual(["east answered"]);
    expect(servers[1]?.requestCount).toBe(0);
  });

  test("embeds", async () => {
    throttleFirst();
    const { data } = await create().embeddings.create({ model: "embed", input: "hello" });
    expect(data).toHaveLength(1);
    expect(attempts()).toEqual(FAILED_OVER);
  });

  test("calls tools", async () => {
    throttleFirst();
    const completion = await create().chat.completions.create({ model: "gpt", messages: MESSAGES, tools: TOOLS });
    expect(completion.choices[0]?.message.tool_calls).toMatchObject([
      { type: "function", function: { name: "weather" } },
    ]);
    expect(attempts()).toEqual(FAILED_OVER);
  });

  test("uploads a file, which is then read where it is", async () => {
    throttleFirst();
    const client = create();
    const file = await client.files.create({
      file: await sdk.toFile(Buffer.from("{}\n"), "batch.jsonl"),
      purpose: "batch",
    });
    for (let n = 0; n < 3; n++) expect((await client.files.retrieve(file.id)).filename).toBe("batch.jsonl");
    expect(attempts()).toEqual([...FAILED_OVER, ...Array.from({ length: 3 }, () => "west answered")]);
  });

  test("aborts", async () => {
    servers[0]?.inject(Fault.hang());
    const caller = new AbortController();
    const call = create().chat.completions.create({ model: "gpt", messages: MESSAGES }, { signal: caller.signal });
    const rejected = expect(call).rejects.toThrow(sdk.APIUserAbortError);
    await firstAsked();
    caller.abort();
    await rejected;
    expect(attempts()).toEqual(["east aborted"]);
  });

  test("takes its own timeout and the balancer's deadline for timeouts", async () => {
    servers.forEach((server) => server.inject(Fault.hang()));
    const own = create({}, { timeout: 500 }).chat.completions.create({ model: "gpt", messages: MESSAGES });
    // Of a subclass, outside jest: in here a DOMException is no Error, which the SDK goes by.
    await expect(own).rejects.toThrow(sdk.APIConnectionError);
    expect(attempts()).toEqual(["east aborted"]);
    const deadline = create({ deadline: Duration.milliseconds(30) });
    await expect(deadline.chat.completions.create({ model: "gpt", messages: MESSAGES })).rejects.toThrow(
      sdk.APIConnectionTimeoutError,
    );
  });

  test("fails over by attempt timeout", async () => {
    servers[0]?.inject(Fault.hang());
    const client = create({ attemptTimeout: Duration.seconds(1) });
    const completion = await client.chat.completions.create({ model: "gpt", messages: MESSAGES });
    expect(completion.choices[0]?.message.content).toBe(REPLY);
    expect(attempts()).toEqual(["east failed", "west answered"]);
  });

  test("shows the 429 of an exhausted pool as its RateLimitError, with the hint", async () => {
    servers.forEach((server) => server.inject(Fault.throttle(Duration.seconds(7))));
    const error: unknown = await create()
      .chat.completions.create({ model: "gpt", messages: MESSAGES })
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(sdk.RateLimitError);
    expect(error).toMatchObject({ status: 429, code: "endpoints_exhausted" });
    expect((error as InstanceType<typeof sdk.RateLimitError>).headers?.get("retry-after")).toBe("7");
  });

  test("shows unreachable endpoints as its APIConnectionError, with what happened where", async () => {
    const client = create();
    await Promise.all(servers.map((server) => server.close()));
    const error: unknown = await client.chat.completions
      .create({ model: "gpt", messages: MESSAGES })
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(sdk.APIConnectionError);
    const { cause } = (error as Error).cause as Error;
    expect((cause as Error).message).toBe("no endpoint answered: east (ECONNREFUSED), west (ECONNREFUSED)");
  });
});

describe("LangChain.js", () => {
  const common = {
    azureOpenAIEndpoint: "https://balanced.invalid",
    azureOpenAIApiKey: "placeholder",
    azureOpenAIApiVersion: "2024-10-21",
    maxRetries: 0,
  };
  const chat = () =>
    new AzureChatOpenAI({ ...common, azureOpenAIApiDeploymentName: "gpt", configuration: { fetch: balanced() } });

  test("invokes", async () => {
    throttleFirst();
    expect((await chat().invoke([new HumanMessage("hello")])).text).toBe(REPLY);
    expect(attempts()).toEqual(FAILED_OVER);
  });

  test("streams", async () => {
    throttleFirst();
    let text = "";
    for await (const chunk of await chat().stream("hello")) text += chunk.text;
    expect(text).toBe(REPLY);
    expect(attempts()).toEqual(FAILED_OVER);
  });

  test("calls tools", async () => {
    throttleFirst();
    const answer = await chat().bindTools(TOOLS).invoke("hello");
    expect(answer.tool_calls).toMatchObject([{ name: "weather" }]);
    expect(attempts()).toEqual(FAILED_OVER);
  });

  test("embeds", async () => {
    throttleFirst();
    const embeddings = new AzureOpenAIEmbeddings({
      ...common,
      // The embeddings do not take an endpoint in place of a name; either is a placeholder.
      azureOpenAIApiInstanceName: "balanced",
      azureOpenAIApiEmbeddingsDeploymentName: "embed",
      configuration: { fetch: balanced() },
    });
    expect((await embeddings.embedQuery("hello")).length).toBeGreaterThan(0);
    expect(attempts()).toEqual(FAILED_OVER);
  });

  test("aborts", async () => {
    servers[0]?.inject(Fault.hang());
    const caller = new AbortController();
    const call = chat().invoke("hello", { signal: caller.signal });
    const rejected = expect(call).rejects.toMatchObject({ name: "AbortError" });
    await firstAsked();
    caller.abort();
    await rejected;
    while (attempts().length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(attempts()).toEqual(["east aborted"]);
  });
});

describe.each([
  ["v1", {}],
  ["deployment-based URLs", { useDeploymentBasedUrls: true, apiVersion: "2024-10-21" }],
])("the Vercel AI SDK with %s", (_, more) => {
  const azure = (options: Partial<LoadBalancedFetchOptions> = {}) =>
    createAzure({ resourceName: "balanced", apiKey: "placeholder", fetch: balanced(options), ...more });
  const chat = (options: Partial<LoadBalancedFetchOptions> = {}) => ({
    model: azure(options).chat("gpt"),
    prompt: "hello",
    maxRetries: 0,
  });

  test("generates", async () => {
    throttleFirst();
    expect((await generateText(chat())).text).toBe(REPLY);
    expect(attempts()).toEqual(FAILED_OVER);
  });

  test("streams", async () => {
    throttleFirst();
    expect(await streamText(chat()).text).toBe(REPLY);
    expect(attempts()).toEqual(FAILED_OVER);
  });

  test("calls tools", async () => {
    throttleFirst();
    const weather = tool({ description: "weather", inputSchema: jsonSchema(WEATHER) });
    const { toolCalls } = await generateText({ ...chat(), tools: { weather } });
    expect(toolCalls).toMatchObject([{ toolName: "weather" }]);
    expect(attempts()).toEqual(FAILED_OVER);
  });

  test("embeds", async () => {
    throttleFirst();
    const { embedding } = await embed({ model: azure().embedding("embed"), value: "hello", maxRetries: 0 });
    expect(embedding.length).toBeGreaterThan(0);
    expect(attempts()).toEqual(FAILED_OVER);
  });

  test("aborts", async () => {
    servers[0]?.inject(Fault.hang());
    const caller = new AbortController();
    const call = generateText({ ...chat(), abortSignal: caller.signal });
    const rejected = expect(call).rejects.toMatchObject({ name: "AbortError" });
    await firstAsked();
    caller.abort();
    await rejected;
    expect(attempts()).toEqual(["east aborted"]);
  });

  test("does not repeat a deadline, and may repeat unreachable endpoints", async () => {
    servers.forEach((server) => server.inject(Fault.hang()));
    await expect(generateText(chat({ deadline: Duration.milliseconds(30) }))).rejects.toMatchObject({
      code: "ERR_DEADLINE",
    });
    await Promise.all(servers.map((server) => server.close()));
    await expect(generateText(chat())).rejects.toMatchObject({ isRetryable: true });
  });
});
