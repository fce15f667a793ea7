import { randomUUID } from "node:crypto";
import { z } from "zod";
import { type Answer, dataFrame, jsonAnswer } from "../answer.js";
import { type ModelRequest, parseBody } from "../operation.js";
import { replyIn } from "../reply.js";
import { countTokens, write, type WrittenText } from "../text.js";
import { type ToolCall, toolCallFor } from "../tool-call.js";

const REQUEST = z.looseObject({
  messages: z.array(z.looseObject({ role: z.string() })).min(1),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().optional() }).nullish(),
  max_tokens: z.int().positive().nullish(),
  max_completion_tokens: z.int().positive().nullish(),
  tools: z
    .array(
      z.looseObject({ function: z.looseObject({ name: z.string(), parameters: z.unknown().optional() }).optional() }),
    )
    .nullish(),
  tool_choice: z.unknown().optional(),
  response_format: z
    .looseObject({
      type: z.string().optional(),
      json_schema: z.looseObject({ schema: z.unknown().optional() }).optional(),
    })
    .nullish(),
});

export function chatCompletions({ account, deployment, body }: ModelRequest): Answer {
  const request = parseBody(REQUEST, body);
  const tools = (request.tools ?? []).flatMap((tool) => tool.function ?? []);
  const call = toolCallFor(tools, request.tool_choice, request.messages.at(-1)?.role === "tool");
  const format = { type: request.response_format?.type, schema: request.response_format?.json_schema?.schema };
  const reply = replyIn(format, account.reply);
  const limit = request.max_completion_tokens ?? request.max_tokens ?? undefined;
  const written = call === undefined ? write(reply, limit) : write("");
  const prompt = countTokens(request.messages);
  const completion = call === undefined ? written.tokens.length : countTokens(call.arguments);
  const common = { id: `chatcmpl-${randomUUID()}`, created: account.nowSeconds(), model: deployment.model };
  const usage = { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion };
  const finish = call !== undefined ? "tool_calls" : written.truncated ? "length" : "stop";

  if (request.stream !== true) {
    const message = { role: "assistant", refusal: null, ...messageOf(written, call) };
    const choice = { index: 0, message, logprobs: null, finish_reason: finish, content_filter_results: {} };
    return jsonAnswer({
      ...common,
      object: "chat.completion",
      choices: [choice],
      usage,
      prompt_filter_results: [{ prompt_index: 0, content_filter_results: {} }],
    });
  }
  const withUsage = request.stream_options?.include_usage === true;
  const chunk = (delta: unknown, finishReason: string | null): string =>
    dataFrame({
      ...common,
      object: "chat.completion.chunk",
      choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason, content_filter_results: {} }],
      ...(withUsage ? { usage: null } : {}),
    });
  return {
    kind: "events",
    frames: [
      FILTER_FRAME,
      chunk({ role: "assistant", content: call === undefined ? "" : null, refusal: null }, null),
      ...deltasOf(written, call).map((delta) => chunk(delta, null)),
      chunk({}, finish),
      ...(withUsage ? [dataFrame({ ...common, object: "chat.completion.chunk", choices: [], usage })] : []),
      "data: [DONE]\n\n",
    ],
    framesBeforeFailure: 0,
    failure: ({ code, message }) => [dataFrame({ error: { message, type: "server_error", param: null, code } })],
  };
}

/** Azure's own first chunk, which OpenAI does not send: no choices, empty strings, the prompt's filter results. */
const FILTER_FRAME = dataFrame({
  choices: [],
  created: 0,
  id: "",
  model: "",
  object: "",
  prompt_filter_results: [{ prompt_index: 0, content_filter_results: {} }],
});

function messageOf(written: WrittenText, call: ToolCall | undefined): Record<string, unknown> {
  if (call === undefined) return { content: written.text };
  const { id, name, arguments: text } = call;
  return { content: null, tool_calls: [{ id, type: "function", function: { name, arguments: text } }] };
}

function deltasOf(written: WrittenText, call: ToolCall | undefined): unknown[] {
  if (call === undefined) return written.tokens.map((content) => ({ content }));
  const { id, name, arguments: text } = call;
  return [
    { tool_calls: [{ index: 0, id, type: "function", function: { name, arguments: "" } }] },
    { tool_calls: [{ index: 0, function: { arguments: text } }] },
  ];
}
