import { randomUUID } from "node:crypto";
import { z } from "zod";
import { type Answer, eventFrame, type EventsAnswer, jsonAnswer } from "../answer.js";
import { type ModelRequest } from "../operation.js";
import { ServiceError } from "../service-error.js";
import { isRateLimit } from "../stream-failure.js";
import { countTokens, write } from "../text.js";
import { type ToolCall, toolCallFor } from "../tool-call.js";

const MESSAGES_REQUEST = z.looseObject({
  max_tokens: z.int().positive(),
  messages: z.array(z.looseObject({ role: z.string(), content: z.unknown() })).min(1),
  stream: z.boolean().nullish(),
  tools: z.array(z.looseObject({ name: z.string(), input_schema: z.unknown().optional() })).nullish(),
  tool_choice: z.looseObject({ type: z.string(), name: z.string().optional() }).nullish(),
});

/** `POST /anthropic/v1/messages`: the Claude models of a Foundry account, in Anthropic's own format. */
export function createMessage({ account, deployment, headers, body }: ModelRequest): Answer {
  if (!headers["anthropic-version"]) throw ServiceError.invalidMessage("anthropic-version: header is required");
  const { success, error, data: request } = MESSAGES_REQUEST.safeParse(body);
  if (!success) throw ServiceError.invalidMessage(firstIssue(error));
  const tools = (request.tools ?? []).map(({ name, input_schema: parameters }) => ({ name, parameters }));
  const choice = request.tool_choice?.type === "none" ? "none" : request.tool_choice;
  const call = toolCallFor(tools, choice, endsInToolResult(request.messages.at(-1)?.content));
  const written = write(call === undefined ? account.reply : "", request.max_tokens);
  const message = {
    id: `msg_${randomUUID().replaceAll("-", "")}`,
    type: "message",
    role: "assistant",
    model: deployment.model,
    content: [call === undefined ? { type: "text" as const, text: written.text } : toolUse(call)],
    stop_reason: call !== undefined ? "tool_use" : written.truncated ? "max_tokens" : "end_turn",
    stop_sequence: null,
    usage: {
      input_tokens: countTokens([body["system"], request.messages]),
      output_tokens: call === undefined ? written.tokens.length : countTokens(call.arguments),
    },
  };
  return request.stream === true ? streamOf(message, written.tokens, call) : jsonAnswer(message);
}

function firstIssue({ issues: [issue] }: z.ZodError): string {
  return `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "not accepted"}`;
}

function endsInToolResult(content: unknown): boolean {
  if (!Array.isArray(content)) return false;
  const last: { readonly type?: unknown } | null | undefined = content.at(-1);
  return last?.type === "tool_result";
}

function toolUse({ id, name, arguments: text }: ToolCall) {
  const input: unknown = JSON.parse(text);
  return { type: "tool_use" as const, id: id.replace("call_", "toolu_"), name, input };
}

interface Message {
  readonly content: readonly (ReturnType<typeof toolUse> | { readonly type: "text"; readonly text: string })[];
  readonly stop_reason: string;
  readonly usage: { readonly input_tokens: number; readonly output_tokens: number };
}

function streamOf(message: Message, tokens: readonly string[], call: ToolCall | undefined): EventsAnswer {
  const { content, stop_reason: reason, usage } = message;
  const begun = { ...message, content: [], stop_reason: null, usage: { ...usage, output_tokens: 0 } };
  const deltas =
    call === undefined
      ? tokens.map((text) => ({ type: "text_delta", text }))
      : [{ type: "input_json_delta", partial_json: call.arguments }];
  const beginning = [{ type: "message_start", message: begun }, { type: "ping" }];
  const events = [
    ...beginning,
    ...content.flatMap((block, index) => [
      {
        type: "content_block_start",
        index,
        content_block: block.type === "text" ? { ...block, text: "" } : { ...block, input: {} },
      },
      ...deltas.map((delta) => ({ type: "content_block_delta", index, delta })),
      { type: "content_block_stop", index },
    ]),
    {
      type: "message_delta",
      delta: { stop_reason: reason, stop_sequence: null },
      usage: { output_tokens: usage.output_tokens },
    },
    { type: "message_stop" },
  ];
  return {
    kind: "events",
    frames: events.map(eventFrame),
    framesBeforeFailure: beginning.length,
    failure: (failure) => {
      const type = isRateLimit(failure) ? "rate_limit_error" : "api_error";
      return [eventFrame({ type: "error", error: { type, message: failure.message } })];
    },
  };
}
