import { eventFrame, type EventsAnswer, type StreamFailure } from "../answer.js";
import { streamedError } from "../stream-failure.js";
import { type WrittenText } from "../text.js";
import { type FunctionCallItem, type MessageItem, type OutputItem, type ReasoningItem } from "./output.js";

interface ResponseEvent {
  readonly type: string;
  readonly [field: string]: unknown;
}

interface ItemPosition {
  readonly item_id: string;
  readonly output_index: number;
}

export interface StreamedResponse {
  readonly response: { readonly status: string; readonly background: boolean };
  readonly output: readonly OutputItem[];
  readonly written: WrittenText;
}

/** The answer as a stream: every event of each output item, and the whole response at the end. */
export function responseStream({ response, output, written }: StreamedResponse): EventsAnswer {
  const unfinished = { ...response, completed_at: null, incomplete_details: null, output: [], usage: null };
  const inProgress = { ...unfinished, status: "in_progress" };
  const queued = { ...unfinished, status: "queued" };
  const beginning: ResponseEvent[] = [
    { type: "response.created", response: response.background ? queued : inProgress },
    ...(response.background ? [{ type: "response.queued", response: queued }] : []),
    { type: "response.in_progress", response: inProgress },
  ];
  const events = [
    ...beginning,
    ...output.flatMap((item, index) => itemEvents(item, index, written)),
    { type: `response.${response.status}`, response },
  ];
  return {
    kind: "events",
    frames: events.map(numberedFrame(0)),
    framesBeforeFailure: beginning.length,
    failure: (failure, sent) => failureEvents(failure, inProgress).map(numberedFrame(sent)),
  };
}

function numberedFrame(first: number): (event: ResponseEvent, index: number) => string {
  return (event, index) => eventFrame({ ...event, sequence_number: first + index });
}

/** The nested `error` is Azure's; OpenAI's own has its fields beside the type. Sources: docs/fake-openai.md. */
function failureEvents(failure: StreamFailure, response: object): ResponseEvent[] {
  const { code, message, form } = failure;
  const failed = (error: object | null): ResponseEvent => ({
    type: "response.failed",
    response: { ...response, status: "failed", error },
  });
  const error: ResponseEvent = { type: "error", error: streamedError(failure) };
  switch (form) {
    case "response.failed":
      return [failed({ code, message })];
    case "error":
      return [error];
    case "response.failed, error":
      return [failed(null), error];
  }
}

function itemEvents(item: OutputItem, index: number, written: WrittenText): ResponseEvent[] {
  const at = { item_id: item.id, output_index: index };
  return [
    { type: "response.output_item.added", output_index: index, item: unfinishedItem(item) },
    ...contentEvents(item, at, written),
    { type: "response.output_item.done", output_index: index, item },
  ];
}

function unfinishedItem(item: OutputItem): unknown {
  switch (item.type) {
    case "reasoning":
      return { ...item, summary: [] };
    case "message":
      return { ...item, status: "in_progress", content: [] };
    case "function_call":
      return { ...item, status: "in_progress", arguments: "" };
  }
}

function contentEvents(item: OutputItem, at: ItemPosition, written: WrittenText): ResponseEvent[] {
  switch (item.type) {
    case "reasoning":
      return summaryEvents(item, at);
    case "message":
      return textEvents(item, at, written);
    case "function_call":
      return argumentEvents(item, at);
  }
}

function summaryEvents({ summary }: ReasoningItem, item: ItemPosition): ResponseEvent[] {
  return summary.flatMap((part, index) => {
    const at = { ...item, summary_index: index };
    return [
      { type: "response.reasoning_summary_part.added", ...at, part: { ...part, text: "" } },
      { type: "response.reasoning_summary_text.delta", ...at, delta: part.text },
      { type: "response.reasoning_summary_text.done", ...at, text: part.text },
      { type: "response.reasoning_summary_part.done", ...at, part },
    ];
  });
}

function textEvents({ content }: MessageItem, item: ItemPosition, written: WrittenText): ResponseEvent[] {
  return content.flatMap((part, index) => {
    const at = { ...item, content_index: index };
    return [
      { type: "response.content_part.added", ...at, part: { ...part, text: "", logprobs: [] } },
      ...written.tokens.map((delta, token) => {
        const logprobs = part.logprobs.slice(token, token + 1);
        return { type: "response.output_text.delta", ...at, delta, logprobs };
      }),
      { type: "response.output_text.done", ...at, text: part.text, logprobs: part.logprobs },
      { type: "response.content_part.done", ...at, part },
    ];
  });
}

function argumentEvents({ name, arguments: text }: FunctionCallItem, at: ItemPosition): ResponseEvent[] {
  const half = Math.ceil(text.length / 2);
  return [
    ...[text.slice(0, half), text.slice(half)].map((delta) => ({
      type: "response.function_call_arguments.delta",
      ...at,
      delta,
    })),
    { type: "response.function_call_arguments.done", ...at, name, arguments: text },
  ];
}
