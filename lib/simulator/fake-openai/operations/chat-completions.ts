import { randomUUID } from "node:crypto";
import { type Answer, jsonAnswer } from "../answer.js";
import { CHAT_REQUEST, type ChatRequest } from "../chat/request.js";
import { chatStream } from "../chat/stream.js";
import { logprobsOf } from "../logprobs.js";
import { type ModelRequest, parseBody } from "../operation.js";
import { reasoningTokens, replyIn } from "../reply.js";
import { ServiceError } from "../service-error.js";
import { countTokens, write, type WrittenText } from "../text.js";
import { type ToolCall, toolCallFor } from "../tool-call.js";

export function chatCompletions({ account, deployment, body }: ModelRequest): Answer {
  const request = parseBody(CHAT_REQUEST, body);
  const reasons = deployment.kind === "reasoning";
  check(request, reasons);
  const tools = (request.tools ?? []).flatMap((tool) => tool.function ?? []);
  const call = toolCallFor(tools, request.tool_choice, request.messages.at(-1)?.role === "tool");
  const limit = request.max_completion_tokens ?? request.max_tokens ?? Number.POSITIVE_INFINITY;
  const thought = reasons ? reasoningTokens(limit) : 0;
  const format = { type: request.response_format?.type, schema: request.response_format?.json_schema?.schema };
  const written = write(call === undefined ? replyIn(format, account.reply) : "", limit - thought);
  const choices = request.n ?? 1;
  const answer = {
    common: { id: `chatcmpl-${randomUUID()}`, created: account.nowSeconds(), model: deployment.model },
    choices,
    written,
    call,
    finishReason: call !== undefined ? "tool_calls" : written.truncated ? "length" : "stop",
    topLogprobs: request.logprobs === true ? (request.top_logprobs ?? 0) : undefined,
    usage: usageOf(countTokens(request.messages), choices, completionTokens(written, call), thought),
  };
  if (request.stream === true) return chatStream(answer, request.stream_options?.include_usage === true);
  const { common, finishReason, topLogprobs, usage } = answer;
  return jsonAnswer({
    ...common,
    object: "chat.completion",
    system_fingerprint: null,
    choices: Array.from({ length: choices }, (_, index) => ({
      index,
      message: { role: "assistant", refusal: null, annotations: [], ...messageOf(written, call) },
      logprobs: topLogprobs === undefined || call !== undefined ? null : logprobsOf(written.tokens, topLogprobs),
      finish_reason: finishReason,
      content_filter_results: {},
    })),
    usage,
    prompt_filter_results: [{ prompt_index: 0, content_filter_results: {} }],
  });
}

/** @throws ServiceError 400 for what does not go together */
function check(request: ChatRequest, reasons: boolean): void {
  if (reasons && typeof request.max_tokens === "number") throw ServiceError.maxTokensNotSupported();
  if (request.response_format?.type === "json_object" && !/json/i.test(JSON.stringify(request.messages))) {
    const message =
      "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.";
    throw ServiceError.invalidRequest(message, "messages");
  }
  if (typeof request.top_logprobs === "number" && request.logprobs !== true) {
    throw ServiceError.invalidRequest("'top_logprobs' is only allowed when 'logprobs' is enabled.", "top_logprobs");
  }
}

function messageOf(written: WrittenText, call: ToolCall | undefined): Record<string, unknown> {
  if (call === undefined) return { content: written.text };
  const { id, name, arguments: text } = call;
  return { content: null, tool_calls: [{ id, type: "function", function: { name, arguments: text } }] };
}

function completionTokens(written: WrittenText, call: ToolCall | undefined): number {
  return call === undefined ? written.tokens.length : countTokens(call.arguments);
}

function usageOf(prompt: number, choices: number, written: number, thought: number): unknown {
  const completion = choices * (thought + written);
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { audio_tokens: 0, cached_tokens: 0 },
    completion_tokens_details: {
      accepted_prediction_tokens: 0,
      audio_tokens: 0,
      reasoning_tokens: choices * thought,
      rejected_prediction_tokens: 0,
    },
  };
}
