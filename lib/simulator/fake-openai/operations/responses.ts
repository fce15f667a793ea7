import { randomUUID } from "node:crypto";
import { z } from "zod";
import { type Answer, eventFrame, jsonAnswer } from "../answer.js";
import { type ModelRequest, type OperationRequest, parseBody } from "../operation.js";
import { ServiceError } from "../service-error.js";
import { countTokens, sampleOf, write, type WrittenText } from "../text.js";
import { type ToolCall, toolCallFor } from "../tool-call.js";

const REQUEST = z.looseObject({
  input: z.union([z.string(), z.array(z.looseObject({ type: z.string().optional() })).min(1)]),
  stream: z.boolean().nullish(),
  store: z.boolean().nullish(),
  previous_response_id: z.string().nullish(),
  max_output_tokens: z.int().positive().nullish(),
  tools: z
    .array(z.looseObject({ type: z.string(), name: z.string().optional(), parameters: z.unknown().optional() }))
    .nullish(),
  tool_choice: z.unknown().optional(),
  text: z.looseObject({ format: z.looseObject({ schema: z.unknown().optional() }).optional() }).nullish(),
});

/** `POST /responses`: stored on this account unless `store` is false. */
export function createResponse({ account, deployment, body }: ModelRequest): Answer {
  const request = parseBody(REQUEST, body);
  const previous = request.previous_response_id ?? null;
  if (previous !== null && !account.responses.has(previous)) throw ServiceError.previousResponseNotFound(previous);
  const answered = Array.isArray(request.input) && request.input.at(-1)?.type === "function_call_output";
  const tools = (request.tools ?? []).flatMap(({ type, name, parameters }) =>
    type === "function" && name !== undefined ? { name, parameters } : [],
  );
  const call = toolCallFor(tools, request.tool_choice, answered);
  const schema = request.text?.format?.schema;
  const reply = schema === undefined ? account.reply : JSON.stringify(sampleOf(schema));
  const written = call === undefined ? write(reply, request.max_output_tokens ?? undefined) : write("");
  const item = call === undefined ? messageItem(written.text) : callItem(call);
  const input = countTokens(request.input);
  const output = call === undefined ? written.tokens.length : countTokens(call.arguments);
  const response = {
    id: `resp_${randomUUID().replaceAll("-", "")}`,
    object: "response",
    created_at: account.nowSeconds(),
    status: written.truncated ? "incomplete" : "completed",
    error: null,
    incomplete_details: written.truncated ? { reason: "max_output_tokens" } : null,
    model: deployment.model,
    output: [item],
    previous_response_id: previous,
    store: request.store ?? true,
    tool_choice: request.tool_choice ?? "auto",
    tools: request.tools ?? [],
    parallel_tool_calls: true,
    usage: {
      input_tokens: input,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: output,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: input + output,
    },
  };
  if (response.store) account.responses.set(response.id, response);
  return request.stream === true ? streamOf(response, item, written) : jsonAnswer(response);
}

/** `GET` and `DELETE /responses/{id}`: 404 on every account but the one that made it. */
export function storedResponse({ account, method, rest: [id = "", ...more] }: OperationRequest): Answer {
  if (more.length > 0) throw ServiceError.resourceNotFound();
  const response = account.responses.get(id);
  if (response === undefined) throw ServiceError.objectNotFound(`Response with id '${id}' not found.`);
  if (method === "GET") return jsonAnswer(response);
  if (method !== "DELETE") throw ServiceError.resourceNotFound();
  account.responses.delete(id);
  return jsonAnswer({ id, object: "response", deleted: true });
}

type Item = ReturnType<typeof messageItem> | ReturnType<typeof callItem>;

function messageItem(text: string) {
  const part = { type: "output_text" as const, text, annotations: [] };
  const id = `msg_${randomUUID().replaceAll("-", "")}`;
  return { type: "message" as const, id, status: "completed", role: "assistant", content: [part] };
}

function callItem(call: ToolCall) {
  const id = `fc_${randomUUID().replaceAll("-", "")}`;
  const { id: callId, name, arguments: text } = call;
  return { type: "function_call" as const, id, status: "completed", call_id: callId, name, arguments: text };
}

function streamOf(response: { readonly status: string }, item: Item, written: WrittenText): Answer {
  const started = { ...response, status: "in_progress", output: [], usage: null };
  const at = { item_id: item.id, output_index: 0 };
  const events: ResponseEvent[] = [
    { type: "response.created", response: started },
    { type: "response.in_progress", response: started },
    { type: "response.output_item.added", output_index: 0, item: unfinished(item) },
    ...(item.type === "message" ? textEvents(at, written) : argumentEvents(at, item.arguments)),
    { type: "response.output_item.done", output_index: 0, item },
    { type: `response.${response.status}`, response },
  ];
  return { kind: "events", frames: events.map((event, index) => eventFrame({ ...event, sequence_number: index })) };
}

interface ResponseEvent {
  readonly type: string;
  readonly [field: string]: unknown;
}

interface ItemPosition {
  readonly item_id: string;
  readonly output_index: number;
}

function unfinished(item: Item): unknown {
  const empty = item.type === "message" ? { content: [] } : { arguments: "" };
  return { ...item, status: "in_progress", ...empty };
}

function textEvents(item: ItemPosition, { text, tokens }: WrittenText): ResponseEvent[] {
  const at = { ...item, content_index: 0 };
  const part = (partText: string): unknown => ({ type: "output_text", text: partText, annotations: [] });
  return [
    { type: "response.content_part.added", ...at, part: part("") },
    ...tokens.map((delta) => ({ type: "response.output_text.delta", ...at, delta, logprobs: [] })),
    { type: "response.output_text.done", ...at, text, logprobs: [] },
    { type: "response.content_part.done", ...at, part: part(text) },
  ];
}

function argumentEvents(at: ItemPosition, text: string): ResponseEvent[] {
  return [
    { type: "response.function_call_arguments.delta", ...at, delta: text },
    { type: "response.function_call_arguments.done", ...at, arguments: text },
  ];
}
