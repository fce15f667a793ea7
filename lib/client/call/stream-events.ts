import { type ServiceError } from "./decision.js";
import { errorFrom, field, serviceErrorOf } from "./service-error.js";

/** What one event at the beginning of a stream is. */
export type Meaning =
  /** It carries nothing of the answer yet. */
  | { readonly kind: "prelude" }
  | { readonly kind: "output" }
  | { readonly kind: "error"; readonly error: ServiceError }
  /** It failed; an event that follows says why. */
  | { readonly kind: "failure-without-error" };

/** Splits the beginning of an event stream into its events, however it is cut into pieces. */
export class EventReader {
  private readonly decoder = new TextDecoder();
  private rest = "";
  private name = "";
  private data: string[] = [];

  /** @returns the meanings of the events that end in this piece; comments are no events. */
  read(chunk: Uint8Array): Meaning[] {
    this.rest += this.decoder.decode(chunk, { stream: true });
    const lines = this.rest.split(/\r\n|\n|\r(?!$)/);
    this.rest = lines.pop() ?? "";
    const meanings: Meaning[] = [];
    for (const line of lines) {
      if (line === "") {
        if (this.name !== "" || this.data.length > 0) meanings.push(meaningOf(this.name, this.data.join("\n")));
        this.name = "";
        this.data = [];
      } else if (line.startsWith("data:")) {
        this.data.push(line.slice("data:".length));
      } else if (line.startsWith("event:")) {
        this.name = line.slice("event:".length).trim();
      }
    }
    return meanings;
  }
}

const PRELUDE: Meaning = { kind: "prelude" };
const OUTPUT: Meaning = { kind: "output" };

function meaningOf(name: string, data: string): Meaning {
  let body: unknown;
  try {
    body = JSON.parse(data);
  } catch {
    return name === "ping" ? PRELUDE : OUTPUT;
  }
  const type = name === "error" ? name : (field(body, "type") ?? name);
  switch (type) {
    case "ping":
    case "message_start":
    case "response.created":
    case "response.queued":
    case "response.in_progress":
      return PRELUDE;
    case "response.failed": {
      const error = serviceErrorOf(field(body, "response"));
      return error === undefined ? { kind: "failure-without-error" } : { kind: "error", error };
    }
    case "error":
      // The Responses API has the error's fields in the event, others an object in it.
      return { kind: "error", error: serviceErrorOf(body) ?? errorFrom(Object(withoutType(body))) };
  }
  const error = serviceErrorOf(body);
  if (error !== undefined) return { kind: "error", error };
  return isEmptyChunk(body) ? PRELUDE : OUTPUT;
}

/** The event's own `type` is no code. */
function withoutType(body: unknown): unknown {
  return field(body, "type") === "error" ? { ...Object(body), type: undefined } : body;
}

/** A chunk of a chat or completion without any text: the prompt filter's, or one with nothing but a role. */
function isEmptyChunk(body: unknown): boolean {
  const choices = field(body, "choices");
  return Array.isArray(choices) && choices.every(isEmptyChoice);
}

function isEmptyChoice(choice: unknown): boolean {
  if ((field(choice, "finish_reason") ?? null) !== null || !isEmpty(field(choice, "text"))) return false;
  const delta = field(choice, "delta");
  if (typeof delta !== "object" || delta === null) return true;
  return Object.entries(delta).every(([name, value]) => name === "role" || isEmpty(value));
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);
}
