import { sampleText } from "./sample.js";

/** `response_format` of chat completions, `text.format` of the Responses API. */
export interface ReplyFormat {
  readonly type?: unknown;
  readonly schema?: unknown;
}

/** What the model writes: the account's reply, or JSON where the caller asked for it. */
export function replyIn(format: ReplyFormat | undefined, reply: string): string {
  if (format?.type === "json_schema") return sampleText(format.schema);
  if (format?.type === "json_object") return JSON.stringify({ reply });
  return reply;
}

/** What thinking costs here; the service counts it in steps of 64. */
const REASONING_TOKENS = 64;

/** Tokens of thinking, which leave at least half of a limit to the answer. */
export function reasoningTokens(limit: number): number {
  return Math.min(REASONING_TOKENS, Math.floor(limit / 2));
}
