import { type Duration } from "../../duration.js";
import { untilAborted } from "../abort-relay.js";
import { DeadlineError } from "../errors.js";
import { startTimer } from "../timer.js";

/** What `fetch` takes as a body. */
export type BodyContent = NonNullable<RequestInit["body"]>;

/**
 * A request's body, in the one form that serves each attempt.
 *
 * - `none`;
 * - `json`: text whose fields can be read and replaced;
 * - `form`: a FormData, likewise;
 * - `opaque`: bytes, Blob, text, URLSearchParams: sent as it is, as often as needed;
 * - `stream`: sent as it comes, once. Where it has failed by itself no endpoint is to blame, whatever its error says.
 */
export type Body =
  | { readonly kind: "none" }
  | { readonly kind: "json"; readonly text: string }
  | { readonly kind: "form"; readonly form: FormData }
  | { readonly kind: "opaque"; readonly content: BodyContent }
  | { readonly kind: "stream"; readonly content: BodyContent; readonly hasFailed: () => boolean };

/** What bounds the reading of a body that is a stream. */
export interface ReadLimits {
  /** A stream of up to this length becomes replayable. */
  readonly maxBufferedBodyBytes: number;
  readonly deadline: Duration | undefined;
}

/** @throws DeadlineError where a stream does not come in time. */
export async function readBody(
  content: BodyContent | null | undefined,
  contentType: string,
  limits: ReadLimits,
  signal: AbortSignal | undefined,
): Promise<Body> {
  if (content === null || content === undefined) return { kind: "none" };
  if (typeof content === "string") return textBody(content, contentType);
  if (isForm(content)) return { kind: "form", form: content };
  if (content instanceof Blob) {
    return isJson(contentType || content.type)
      ? { kind: "json", text: await content.text() }
      : { kind: "opaque", content };
  }
  if (content instanceof ArrayBuffer || ArrayBuffer.isView(content)) {
    return isJson(contentType) ? { kind: "json", text: utf8.decode(content) } : { kind: "opaque", content };
  }
  if (content instanceof URLSearchParams) return { kind: "opaque", content };
  const { chunks, rest } = await readUpTo(limits, content, signal);
  if (rest !== undefined) return streamBody(chunks, rest);
  const bytes = joined(chunks);
  return isJson(contentType) ? { kind: "json", text: utf8.decode(bytes) } : { kind: "opaque", content: bytes };
}

/** By its form: undici's FormData, for one, is not the global one. The npm package form-data has the tag, and no fields. */
function isForm(content: BodyContent): content is FormData {
  return (
    Object.prototype.toString.call(content) === "[object FormData]" &&
    "get" in Object(content) &&
    Symbol.iterator in Object(content)
  );
}

const utf8 = new TextDecoder();

function textBody(text: string, contentType: string): Body {
  // A caller that sets no type still means JSON where it sends an object.
  return isJson(contentType) || (contentType === "" && text.startsWith("{"))
    ? { kind: "json", text }
    : { kind: "opaque", content: text };
}

function isJson(contentType: string): boolean {
  return /^application\/([\w.-]+\+)?json\b/i.test(contentType);
}

interface Beginning {
  readonly chunks: Uint8Array[];
  /** What follows; undefined where that is all. */
  readonly rest: ReadableStream<Uint8Array> | undefined;
}

async function readUpTo(
  { maxBufferedBodyBytes, deadline }: ReadLimits,
  content: BodyContent,
  signal: AbortSignal | undefined,
): Promise<Beginning> {
  const rest = new Response(content).body ?? new Blob([]).stream();
  const chunks: Uint8Array[] = [];
  if (maxBufferedBodyBytes === 0) return { chunks, rest };
  let stop = (): void => undefined;
  const late = new Promise<never>((_, reject) => {
    if (deadline === undefined) return;
    stop = startTimer(() => reject(new DeadlineError(String(deadline), 0)), deadline.toMilliseconds());
  });
  const reader = rest.getReader();
  try {
    for (let length = 0; length <= maxBufferedBodyBytes;) {
      const { done, value } = await untilAborted(Promise.race([reader.read(), late]), signal);
      if (done) return { chunks, rest: undefined };
      chunks.push(value);
      length += value.byteLength;
    }
  } catch (error) {
    reader.cancel(error).catch(() => undefined);
    throw error;
  } finally {
    stop();
    reader.releaseLock();
  }
  return { chunks, rest };
}

/** Takes nothing of the rest, and does not lock it, before it is sent. */
function streamBody(chunks: Uint8Array[], rest: ReadableStream<Uint8Array>): Body {
  let failed = false;
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  const read = async () => {
    try {
      reader ??= rest.getReader();
      return (await reader.read()).value;
    } catch (error) {
      failed = true;
      throw error;
    }
  };
  const content = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const chunk = chunks.shift() ?? (await read());
        if (chunk === undefined) controller.close();
        else controller.enqueue(chunk);
      },
      cancel: (reason) => (reader ?? rest).cancel(reason),
    },
    { highWaterMark: 0 },
  );
  return { kind: "stream", content, hasFailed: () => failed };
}

function joined(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.byteLength, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return bytes;
}
