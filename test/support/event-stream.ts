import { type ServerResponse } from "node:http";
import { type Step } from "./scripted-endpoint.js";

/** One event, as the services write it: a `type` is its name, too. */
export function sse(data: object | string): string {
  if (typeof data === "string") return `data: ${data}\n\n`;
  const name = "type" in data ? `event: ${String(data.type)}\n` : "";
  return `${name}data: ${JSON.stringify(data)}\n\n`;
}

/** Begins an event stream with these events, and leaves it open. */
export function open(response: ServerResponse, ...events: readonly (object | string)[]): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.flushHeaders();
  for (const event of events) response.write(sse(event));
}

/** A whole event stream. */
export function stream(events: readonly (object | string)[], headers: Readonly<Record<string, string>> = {}): Step {
  return { status: 200, headers: { "content-type": "text/event-stream", ...headers }, body: events.map(sse).join("") };
}

export const CHAT_FILTER = { choices: [], created: 0, id: "", model: "", object: "", prompt_filter_results: [] };
export const CHAT_ROLE = chunk({ role: "assistant", content: "", refusal: null });

export function chunk(delta: object, finish_reason: string | null = null): object {
  return { id: "chatcmpl-1", object: "chat.completion.chunk", choices: [{ index: 0, delta, finish_reason }] };
}

export const RESPONSE_CREATED = {
  type: "response.created",
  response: { id: "resp_1", status: "in_progress", error: null },
};
export const RESPONSE_IN_PROGRESS = { ...RESPONSE_CREATED, type: "response.in_progress" };
export const RESPONSE_DELTA = { type: "response.output_text.delta", item_id: "msg_1", delta: "hi" };

export const RATE_LIMITED = {
  code: "rate_limit_exceeded",
  type: "too_many_requests",
  message: "Too fast.",
  param: null,
};
export const SERVER_ERROR = { code: "server_error", message: "The server had an error." };
