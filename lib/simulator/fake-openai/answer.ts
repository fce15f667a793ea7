/** What an operation answers when it succeeds. */
export type Answer =
  | { readonly kind: "json"; readonly status: number; readonly body: unknown }
  | EventsAnswer
  | { readonly kind: "bytes"; readonly contentType: string; readonly bytes: Uint8Array };

export interface EventsAnswer {
  readonly kind: "events";
  /** Server-sent events, each a whole frame with its blank line. */
  readonly frames: readonly string[];
  /** How many frames go out before a failure that is told inside the stream, if not asked otherwise. */
  readonly framesBeforeFailure: number;
  /** The frames that tell a failure after so many others, and end the stream. */
  readonly failure: (failure: StreamFailure, framesSent: number) => readonly string[];
}

/** An error that a stream carries after its 200. */
export interface StreamFailure {
  readonly code: string;
  readonly message: string;
  readonly form: StreamFailureForm;
}

/**
 * How a stream of the Responses API tells its failure: in `response.failed`, in an `error` event, or in a `response.failed`
 * that says nothing and an `error` event after it. Other streams have one way.
 */
export type StreamFailureForm = "response.failed" | "error" | "response.failed, error";

export function jsonAnswer(body: unknown, status = 200): Answer {
  return { kind: "json", status, body };
}

/** A frame of the chat completions API: data only. */
export function dataFrame(data: unknown): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}

/** A frame whose type is the event's name and a field of the data: the Responses API's, and the messages API's. */
export function eventFrame(data: { readonly type: string; readonly [field: string]: unknown }): string {
  return `event: ${data.type}\n${dataFrame(data)}`;
}
