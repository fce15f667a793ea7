import { type FetchResponse } from "./connections.js";
import { printable } from "./label.js";

/** The outcome of a stream that ended as if it were whole, and was not. */
export const NO_DONE = "stream without [DONE]";
/** The outcome of a 2xx that is no stream, where one was asked for. */
export const NO_STREAM = "no event stream";

/**
 * Reads a stream of chat completion chunks to its end.
 *
 * @param onText called for each chunk that has text of the answer
 * @returns what is wrong with it: an error in its midst, or no `[DONE]` at its end; undefined if it is whole
 */
export async function readCompletionStream(
  body: FetchResponse["body"],
  onText: () => void,
): Promise<string | undefined> {
  let problem: string | undefined;
  let isDone = false;
  for await (const data of eventData(body)) {
    if (data === "[DONE]") {
      isDone = true;
      continue;
    }
    const chunk = parse(data);
    problem ??= problemOf(chunk);
    if (hasText(chunk)) onText();
  }
  return problem ?? (isDone ? undefined : NO_DONE);
}

/** What each line of data says. https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream */
async function* eventData(body: FetchResponse["body"]): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of body ?? []) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? "";
    yield* lines.flatMap(dataOf);
  }
  yield* (rest + decoder.decode()).split(/\r/).flatMap(dataOf);
}

/** A chunk is one line: services write JSON without line breaks. */
function dataOf(line: string): string[] {
  const [, data] = /^data:(.*)$/s.exec(line) ?? [];
  return data === undefined ? [] : [data.trim()];
}

interface Chunk {
  readonly error?: unknown;
  readonly choices?: unknown;
}

/** Undefined for what is no JSON object. */
function parse(data: string): Chunk | undefined {
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function problemOf(chunk: Chunk | undefined): string | undefined {
  if (chunk === undefined) return "stream event that is not JSON";
  if (chunk.error === undefined || chunk.error === null) return undefined;
  return `stream error ${printable(errorName(chunk.error), 60)}`;
}

/** The error's code, or else what tells most about it. */
export function errorName(error: unknown): string {
  if (typeof error === "string") return error;
  const { code, type, message }: Record<string, unknown> = { ...(error as object) };
  const name = [code, type, message].find(
    (value) => (typeof value === "string" && value !== "") || typeof value === "number",
  );
  return String(name ?? "without a code");
}

function hasText({ choices }: Chunk = {}): boolean {
  return (
    Array.isArray(choices) &&
    choices.some((choice: unknown) => {
      const { delta }: { delta?: unknown } = { ...(choice as object) };
      const { content }: { content?: unknown } = { ...(delta as object) };
      return typeof content === "string" && content !== "";
    })
  );
}
