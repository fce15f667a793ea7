import { createAzure } from "@ai-sdk/azure";
import { HumanMessage, ToolMessage, type BaseMessage } from "@langchain/core/messages";
import { tool as langChainTool } from "@langchain/core/tools";
import { ChatOpenAI } from "@langchain/openai";
import { generateText, jsonSchema, type ModelMessage, stepCountIs, streamText, tool } from "ai";
import OpenAI from "openai";
import { z } from "zod";
import { FakeOpenAi } from "../../lib/simulator/index.js";

/** What makes a request stateless. */
interface Options {
  readonly store?: false;
  readonly include?: "reasoning.encrypted_content"[];
}

/** Tool loops of real SDKs, each as its users write them, against one account; then the same over two accounts in turn. */
const REPLY = "It is 21 degrees.";
const MODEL = "gpt-5-mini";
const STORED: readonly (readonly [string, Options])[] = [
  ["stored", {}],
  ["with encrypted reasoning", { store: false, include: ["reasoning.encrypted_content"] }],
];

let east: FakeOpenAi;
let west: FakeOpenAi;
beforeEach(async () => {
  const options = { reply: REPLY, deployments: [{ name: MODEL }] };
  [east, west] = await Promise.all([FakeOpenAi.create(options), FakeOpenAi.create(options)]);
});
afterEach(() => Promise.all([east.close(), west.close()]));

type Loop = (url: string, fetch: typeof globalThis.fetch, options: Options) => Promise<string>;

/** Sends every second request to the other account: what round robin does. */
function inTurn(): typeof globalThis.fetch {
  let count = 0;
  return (input, init) => {
    const [from, to] = count++ % 2 === 0 ? [west, east] : [east, west];
    return fetch(String(input).replace(from.url, to.url), init);
  };
}

const PARAMETERS = {
  type: "object" as const,
  properties: { city: { type: "string" as const } },
  required: ["city"],
  additionalProperties: false,
};

function openAiLoop(streamed: boolean): Loop {
  return async (url, fetch, options) => {
    const client = new OpenAI({ baseURL: `${url}/openai/v1`, apiKey: "key", maxRetries: 0, fetch });
    const tools = [{ type: "function" as const, name: "weather", parameters: PARAMETERS, strict: true }];
    const input: OpenAI.Responses.ResponseInputItem[] = [{ role: "user", content: "weather?" }];
    const request = { model: MODEL, tools, ...options };
    for (;;) {
      const response = streamed
        ? await client.responses.stream({ ...request, input }).finalResponse()
        : await client.responses.create({ ...request, input });
      const ids = response.output.flatMap((item) => (item.type === "function_call" ? item.call_id : []));
      if (ids.length === 0) return response.output_text;
      input.push(...(response.output as typeof input));
      input.push(...ids.map((id) => ({ type: "function_call_output" as const, call_id: id, output: "21" })));
    }
  };
}

function vercelLoop(streamed: boolean): Loop {
  return async (url, fetch, options) => {
    const azure = createAzure({ baseURL: `${url}/openai/v1`, apiKey: "key", fetch });
    const weather = tool({
      inputSchema: jsonSchema<{ city: string }>(PARAMETERS),
      execute: () => Promise.resolve("21"),
    });
    let failure: unknown;
    const request = {
      model: azure.responses(MODEL),
      tools: { weather },
      stopWhen: stepCountIs(3),
      maxRetries: 0,
      providerOptions: { openai: { ...options }, azure: { ...options } },
      onError: ({ error }: { error: unknown }) => void (failure = error),
    };
    const turn = async (messages: ModelMessage[]) => {
      if (!streamed) return generateText({ ...request, messages });
      const result = streamText({ ...request, messages });
      await result.consumeStream();
      if (failure !== undefined) throw failure;
      return { text: await result.text, response: await result.response };
    };
    const question: ModelMessage = { role: "user", content: "weather?" };
    const first = await turn([question]);
    const second = await turn([question, ...first.response.messages, { role: "user", content: "and tomorrow?" }]);
    expect(first.text).toBe(REPLY);
    return second.text;
  };
}

function langChainLoop(streamed: boolean): Loop {
  return async (url, fetch, options) => {
    const weather = langChainTool(() => "21", { name: "weather", schema: z.object({ city: z.string() }) });
    const model = new ChatOpenAI({
      model: MODEL,
      apiKey: "key",
      maxRetries: 0,
      useResponsesApi: true,
      streaming: streamed,
      zdrEnabled: options.store === false,
      configuration: { baseURL: `${url}/openai/v1`, fetch },
    }).bindTools([weather]);
    const messages: BaseMessage[] = [new HumanMessage("weather?")];
    for (;;) {
      const answer = await model.invoke(messages, options.include === undefined ? {} : { include: options.include });
      messages.push(answer);
      if (answer.tool_calls?.length === 0) return answer.text;
      for (const { id = "" } of answer.tool_calls ?? []) {
        messages.push(new ToolMessage({ tool_call_id: id, content: "21" }));
      }
    }
  };
}

const LANG_CHAIN_STREAMED = langChainLoop(true);
const LOOPS = [false, true].flatMap((streamed): [string, Loop][] => {
  const how = streamed ? "streamed" : "whole";
  return [
    [`the openai SDK, ${how}`, openAiLoop(streamed)],
    [`Vercel AI SDK, ${how}`, vercelLoop(streamed)],
    [`LangChain, ${how}`, streamed ? LANG_CHAIN_STREAMED : langChainLoop(false)],
  ];
});

describe.each(LOOPS)("%s", (_, loop) => {
  test.each(STORED)("calls a tool and gets an answer, %s", async (_name, options) => {
    expect(await loop(east.url, globalThis.fetch, options)).toBe(REPLY);
    expect(east.requests.map(({ status }) => status)).not.toContain(400);
    expect(east.requestCount).toBeGreaterThan(1);
  });

  test.each(STORED)("fails over two accounts in turn, %s", async (_name, options) => {
    const answer = loop(east.url, inTurn(), options);
    // LangChain loses the encrypted content of a streamed answer, and sends no reasoning back.
    if (loop === LANG_CHAIN_STREAMED && options.store === false) expect(await answer).toBe(REPLY);
    else await expect(answer).rejects.toThrow(options.store === false ? /could not be verified/ : /not found/);
  });
});
