import { untilAborted } from "./until-aborted.js";

/** What `fetch` takes as a body. */
export type BodyContent = NonNullable<RequestInit["body"]>;

/**
 * A request's body, in the one form that serves each attempt.
 *
 * - `none`;
 * - `json`: text whose fields can be read and replaced;
 * - `form`: a FormData, likewise;
 * - `opaque`: bytes, Blob, text, URLSearchParams: sent as it is, as often as needed;
 * - `stream`: sent as it is, once.
 */
export type Body =
  | { readonly kind: "none" }
  | { readonly kind: "json"; readonly text: string }
  | { readonly kind: "form"; readonly form: FormData }
  | { readonly kind: "opaque"; readonly content: BodyContent }
  | { readonly kind: "stream"; readonly content: BodyContent };

/** @param maxBufferedBytes a stream of up to this length becomes replayable. */
export async function readBody(
  content: BodyContent | null | undefined,
  contentType: string,
  maxBufferedBytes: number,
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
  if (content instanceof ArrayBuffer || content instanceof DataView || ArrayBuffer.isView(content)) {
    return isJson(contentType) ? { kind: "json", text: utf8.decode(content) } : { kind: "opaque", content };
  }
  if (content instanceof URLSearchParams) return { kind: "opaque", content };
  const { bytes, rest } = await buffered(content, maxBufferedBytes, signal);
  if (rest !== undefined) return { kind: "stream", content: rest };
  return isJson(contentType) ? { kind: "json", text: utf8.decode(bytes) } : { kind: "opaque", content: bytes };
}

/** By its tag: undici's FormData, for one, is not the global one. */
function isForm(content: BodyContent): content is FormData {
  return Object.prototype.toString.call(content) === "[object FormData]";
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

interface Buffered {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The whole stream, what was read included, where it is longer than the limit. */
  readonly rest: BodyContent | undefined;
}

async function buffered(content: BodyContent, limit: number, signal: AbortSignal | undefined): Promise<Buffered> {
  const nothing = new Uint8Array(0);
  if (limit === 0) return { bytes: nothing, rest: content };
  const stream = new Response(content).body;
  if (stream === null) return { bytes: nothing, rest: undefined };
  const reader = stream.getReader();
  const chunks: Uint8Array[] = [];
  try {
    for (let length = 0; length <= limit;) {
      const { done, value } = await untilAborted(reader.read(), signal);
      if (done) return { bytes: joined(chunks, length), rest: undefined };
      chunks.push(value);
      length += value.byteLength;
    }
  } catch (error) {
    reader.cancel(error).catch(() => undefined);
    reader.releaseLock();
    throw error;
  }
  const rest = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const chunk = chunks.shift() ?? (await reader.read()).value;
      if (chunk === undefined) controller.close();
      else controller.enqueue(chunk);
    },
    cancel: (reason) => reader.cancel(reason),
  });
  return { bytes: nothing, rest };
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return bytes;
}
