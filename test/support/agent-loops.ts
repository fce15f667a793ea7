import { createAzure } from "@ai-sdk/azure";
import { type BaseMessage, HumanMessage, ToolMessage } from "@langchain/core/messages";
import { tool as langChainTool } from "@langchain/core/tools";
import { ChatOpenAI } from "@langchain/openai";
import { generateText, jsonSchema, type ModelMessage, stepCountIs, streamText, tool } from "ai";
import OpenAI from "openai";
import { z } from "zod";
import { AGENT_MODEL, type AgentLoop } from "./agents.js";

const PARAMETERS = {
  type: "object" as const,
  properties: { city: { type: "string" as const } },
  required: ["city"],
  additionalProperties: false,
};

function openAiLoop(streamed: boolean): AgentLoop {
  return async (url, fetch, storage) => {
    const client = new OpenAI({ baseURL: `${url}/openai/v1`, apiKey: "key", maxRetries: 0, fetch });
    const tools = [{ type: "function" as const, name: "weather", parameters: PARAMETERS, strict: true }];
    const input: OpenAI.Responses.ResponseInputItem[] = [{ role: "user", content: "weather?" }];
    const request = { model: AGENT_MODEL, tools, ...storage };
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

function vercelLoop(streamed: boolean): AgentLoop {
  return async (url, fetch, storage) => {
    const azure = createAzure({ baseURL: `${url}/openai/v1`, apiKey: "key", fetch });
    const weather = tool({
      inputSchema: jsonSchema<{ city: string }>(PARAMETERS),
      execute: () => Promise.resolve("21"),
    });
    let failure: unknown;
    const request = {
      model: azure.responses(AGENT_MODEL),
      tools: { weather },
      stopWhen: stepCountIs(3),
      maxRetries: 0,
      providerOptions: { openai: { ...storage }, azure: { ...storage } },
      onError: ({ error }: { error: unknown }) => void (failure = error),
    };
    const turn = async (messages: ModelMessage[]) => {
      if (!streamed) return generateText({ ...request, messages });
      const result = streamText({ ...request, messages });
      await result.consumeStream();
      if (failure !== undefined) throw failure;
      return { text: await result.text };
    };
    return (await turn([{ role: "user", content: "weather?" }])).text;
  };
}

function langChainLoop(streamed: boolean): AgentLoop {
  const weather = langChainTool(() => "21", { name: "weather", schema: z.object({ city: z.string() }) });
  return async (url, fetch, storage) => {
    const model = new ChatOpenAI({
      model: AGENT_MODEL,
      apiKey: "key",
      maxRetries: 0,
      useResponsesApi: true,
      streaming: streamed,
      zdrEnabled: storage.store === false,
      configuration: { baseURL: `${url}/openai/v1`, fetch },
    }).bindTools([weather]);
    const messages: BaseMessage[] = [new HumanMessage("weather?")];
    for (;;) {
      const answer = await model.invoke(messages, storage.include === undefined ? {} : { include: storage.include });
      messages.push(answer);
      if (answer.tool_calls?.length === 0) return answer.text;
      for (const { id = "" } of answer.tool_calls ?? []) {
        messages.push(new ToolMessage({ tool_call_id: id, content: "21" }));
      }
    }
  };
}

/** LangChain loses the encrypted content of a streamed answer, and sends no reasoning back. */
export const LANG_CHAIN_STREAMED = langChainLoop(true);

/** Each whole and streamed. */
export const AGENT_SDKS: readonly (readonly [string, readonly [whole: AgentLoop, streamed: AgentLoop]])[] = [
  ["the openai SDK", [openAiLoop(false), openAiLoop(true)]],
  ["Vercel AI SDK", [vercelLoop(false), vercelLoop(true)]],
  ["LangChain", [langChainLoop(false), LANG_CHAIN_STREAMED]],
];

export const AGENT_LOOPS: readonly (readonly [string, AgentLoop])[] = AGENT_SDKS.flatMap(
  ([name, [whole, streamed]]): [string, AgentLoop][] => [
    [`${name}, whole`, whole],
    [`${name}, streamed`, streamed],
  ],
);
