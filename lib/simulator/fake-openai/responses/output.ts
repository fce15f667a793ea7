import { type AccountIdentity } from "../account-identity.js";
import { tokenLogprobs } from "../logprobs.js";
import { type WrittenText } from "../text.js";
import { type ToolCall } from "../tool-call.js";

export type OutputItem = ReasoningItem | MessageItem | FunctionCallItem;
export type ReasoningItem = ReturnType<typeof reasoningItem>;
export type MessageItem = ReturnType<typeof messageItem>;
export type FunctionCallItem = ReturnType<typeof functionCallItem>;

const SUMMARY = "Thinking about the answer.";

export interface ReasoningProps {
  /** Whether the caller asked for a summary. */
  readonly summarized: boolean;
  /** Whether the caller asked for `reasoning.encrypted_content`. */
  readonly encrypted: boolean;
}

export function reasoningItem(identity: AccountIdentity, { summarized, encrypted }: ReasoningProps) {
  const id = identity.issueId("rs");
  return {
    type: "reasoning" as const,
    id,
    summary: summarized ? [{ type: "summary_text" as const, text: SUMMARY }] : [],
    ...(encrypted ? { encrypted_content: identity.encrypt(`${SUMMARY} ${id}`) } : {}),
  };
}

/** @param topLogprobs how many alternatives each token has; undefined for no log probabilities */
export function messageItem(
  identity: AccountIdentity,
  { text, tokens, truncated }: WrittenText,
  topLogprobs: number | undefined,
) {
  const logprobs = topLogprobs === undefined ? [] : tokenLogprobs(tokens, topLogprobs);
  return {
    type: "message" as const,
    id: identity.issueId("msg"),
    status: truncated ? "incomplete" : "completed",
    role: "assistant",
    content: [{ type: "output_text" as const, text, annotations: [], logprobs }],
  };
}

export function functionCallItem(identity: AccountIdentity, { id: callId, name, arguments: text }: ToolCall) {
  const id = identity.issueId("fc");
  return { type: "function_call" as const, id, status: "completed", call_id: callId, name, arguments: text };
}
