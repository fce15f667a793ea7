import { sampleOf } from "./text.js";

/** `response_format` of chat completions, `text.format` of the Responses API. */
export interface ReplyFormat {
  readonly type?: unknown;
  readonly schema?: unknown;
}

/** What the model writes: the account's reply, or JSON where the caller asked for it. */
export function replyIn(format: ReplyFormat | undefined, reply: string): string {
  if (format?.type === "json_schema") return JSON.stringify(sampleOf(format.schema));
  if (format?.type === "json_object") return JSON.stringify({ reply });
  return reply;
}
