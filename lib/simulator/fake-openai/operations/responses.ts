import { type Account } from "../account.js";
import { type Answer, jsonAnswer } from "../answer.js";
import { type Conversation, type Item, type StoredResponse } from "../item.js";
import { type ModelRequest, parseBody } from "../operation.js";
import { reasoningTokens, replyIn } from "../reply.js";
import { responseStream } from "../responses/events.js";
import { checkToolOutputs, inputItems } from "../responses/input.js";
import { functionCallItem, messageItem, type OutputItem, reasoningItem } from "../responses/output.js";
import { RESPONSE_REQUEST, type ResponseRequest } from "../responses/request.js";
import { ServiceError } from "../service-error.js";
import { CHARACTERS_PER_TOKEN, countTokens, write, type WrittenText } from "../text.js";
import { type ToolCall, toolCallFor } from "../tool-call.js";

/** `POST /responses`: stored on this account unless `store` is false. */
export function createResponse({ account, deployment, body }: ModelRequest): Answer {
  const request = parseBody(RESPONSE_REQUEST, body);
  const encrypted = request.include?.includes(ENCRYPTED_REASONING) === true;
  if (encrypted && deployment.kind === "chat") throw ServiceError.encryptedContentNotSupported();
  const reasons = deployment.kind === "reasoning";
  const { previous, conversation } = continued(account, request);
  const input = inputItems(account, request.input ?? []);
  checkToolOutputs(input, earlierItems(account, previous, conversation));

  const limit = request.max_output_tokens ?? Number.POSITIVE_INFINITY;
  const thought = reasons ? reasoningTokens(limit) : 0;
  const call = toolCallOf(request, input);
  const written = write(call === undefined ? replyIn(request.text?.format, account.reply) : "", limit - thought);
  const summarized = typeof request.reasoning?.summary === "string";
  const topLogprobs = request.include?.includes(LOGPROBS) === true ? (request.top_logprobs ?? 0) : undefined;
  const output: OutputItem[] = [
    ...(reasons ? [reasoningItem(account.identity, { summarized, encrypted })] : []),
    call === undefined ? messageItem(account.identity, written, topLogprobs) : functionCallItem(account.identity, call),
  ];
  const response = {
    ...echoOf(request, reasons),
    id: account.identity.issueId("resp"),
    object: "response",
    created_at: account.nowSeconds(),
    completed_at: account.nowSeconds(),
    status: written.truncated ? "incomplete" : "completed",
    error: null,
    incomplete_details: written.truncated ? { reason: "max_output_tokens" } : null,
    model: deployment.model,
    output,
    conversation: conversation === undefined ? null : { id: conversation.object.id },
    usage: usageOf(input, written, call, thought),
  };
  if (response.store) {
    const stored = { input: account.storeItems(input), output: account.storeItems(output) };
    account.responses.put(response.id, { response, ...stored }, CHARACTERS_PER_TOKEN * response.usage.total_tokens);
    conversation?.items.push(...stored.input, ...stored.output);
  }
  if (request.stream === true) return responseStream({ response, output, written });
  if (!response.background) return jsonAnswer(response);
  return jsonAnswer({ ...response, status: "queued", completed_at: null, output: [], usage: null });
}

const ENCRYPTED_REASONING = "reasoning.encrypted_content";
const LOGPROBS = "message.output_text.logprobs";

interface Continued {
  readonly previous: StoredResponse | undefined;
  readonly conversation: Conversation | undefined;
}

/** What the request continues. @throws ServiceError if this account does not hold it */
function continued(account: Account, request: ResponseRequest): Continued {
  const { previous_response_id: previousId, conversation: reference, background, store } = request;
  const conversationId = typeof reference === "string" ? reference : reference?.id;
  if (typeof previousId === "string" && conversationId !== undefined) {
    const message = "Mutually exclusive parameters: 'previous_response_id' and 'conversation'.";
    throw ServiceError.invalidRequest(message, null, "mutually_exclusive_parameters");
  }
  if (background === true && store === false) {
    throw ServiceError.invalidRequest("Background mode requires 'store' to be true.", "store");
  }
  const previous = typeof previousId === "string" ? account.responses.get(previousId) : undefined;
  if (typeof previousId === "string" && previous === undefined) {
    throw ServiceError.previousResponseNotFound(previousId, account.notHeldErrors);
  }
  const conversation = conversationId === undefined ? undefined : account.conversation(conversationId);
  return { previous, conversation };
}

function* earlierItems(
  account: Account,
  previous: StoredResponse | undefined,
  conversation: Conversation | undefined,
): Iterable<Item> {
  if (conversation !== undefined) yield* conversation.items;
  for (let stored = previous; stored !== undefined;) {
    yield* stored.output;
    yield* stored.input;
    const { previous_response_id: id } = stored.response;
    stored = id === null ? undefined : account.responses.get(id);
  }
}

function toolCallOf({ tools, tool_choice: choice }: ResponseRequest, input: readonly Item[]): ToolCall | undefined {
  const functions = (tools ?? []).flatMap(({ type, name, parameters }) =>
    type === "function" && name !== undefined ? { name, parameters } : [],
  );
  return toolCallFor(functions, choice, input.at(-1)?.type === "function_call_output");
}

/** The fields of a response that say what the request asked for, or the service's default. */
function echoOf(request: ResponseRequest, reasons: boolean) {
  return {
    background: request.background ?? false,
    content_filters: null,
    instructions: request["instructions"] ?? null,
    max_output_tokens: request.max_output_tokens ?? null,
    max_tool_calls: request["max_tool_calls"] ?? null,
    metadata: request["metadata"] ?? {},
    parallel_tool_calls: request["parallel_tool_calls"] ?? true,
    previous_response_id: request.previous_response_id ?? null,
    prompt_cache_key: request["prompt_cache_key"] ?? null,
    reasoning: {
      effort: request.reasoning?.effort ?? (reasons ? "medium" : null),
      summary: request.reasoning?.summary ?? null,
    },
    safety_identifier: request["safety_identifier"] ?? null,
    service_tier: "default",
    store: request.store ?? true,
    temperature: request["temperature"] ?? 1,
    text: { format: { type: "text" }, ...request.text },
    tool_choice: request.tool_choice ?? "auto",
    tools: request.tools ?? [],
    top_logprobs: request.top_logprobs ?? 0,
    top_p: request["top_p"] ?? 1,
    truncation: request["truncation"] ?? "disabled",
    user: request["user"] ?? null,
  };
}

function usageOf(prompt: readonly Item[], written: WrittenText, call: ToolCall | undefined, thought: number) {
  const input = countTokens(prompt);
  const output = thought + (call === undefined ? written.tokens.length : countTokens(call.arguments));
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: thought },
    total_tokens: input + output,
  };
}
