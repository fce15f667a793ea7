/** What an operation answers when it succeeds. */
export type Answer =
  | { readonly kind: "json"; readonly status: number; readonly body: unknown }
  /** Server-sent events, each a whole frame with its blank line. */
  | { readonly kind: "events"; readonly frames: readonly string[] }
  | { readonly kind: "bytes"; readonly contentType: string; readonly bytes: Uint8Array };

export function jsonAnswer(body: unknown, status = 200): Answer {
  return { kind: "json", status, body };
}

/** A frame of the chat completions API: data only. */
export function dataFrame(data: unknown): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}

/** A frame of the Responses API: its type is the event's name and a field of the data. */
export function eventFrame(data: { readonly type: string; readonly [field: string]: unknown }): string {
  return `event: ${data.type}\n${dataFrame(data)}`;
}
