/** Called with each piece of a body as it passes. */
export type Tap = (chunk: Uint8Array) => void;

/**
 * The body of a response whose beginning is looked at before it is known who gets it: what was read is held back, then
 * passed on unchanged and in order, with everything that follows.
 */
export class HeldBody {
  private readonly reader: ReadableStreamDefaultReader<Uint8Array>;
  private readonly chunks: Uint8Array[] = [];
  /** One that was under way when the time was up. */
  private reading: ReturnType<ReadableStreamDefaultReader<Uint8Array>["read"]> | undefined;
  private heldBytes = 0;

  constructor(
    private readonly response: Response,
    body: ReadableStream<Uint8Array>,
    private readonly tap: Tap | undefined,
  ) {
    this.reader = body.getReader();
  }

  get bytes(): number {
    return this.heldBytes;
  }

  /**
   * Reads on.
   *
   * @returns undefined at the end, or where `timeUp` came first.
   * @throws what breaks the body.
   */
  async hold(timeUp?: Promise<void>): Promise<Uint8Array | undefined> {
    this.reading ??= this.reader.read();
    const result = await (timeUp === undefined ? this.reading : Promise.race([this.reading, timeUp]));
    if (result === undefined) return undefined;
    // The end stays where it is, for whoever reads on.
    if (result.done) return undefined;
    this.reading = undefined;
    this.chunks.push(result.value);
    this.heldBytes += result.value.byteLength;
    this.tap?.(result.value);
    return result.value;
  }

  text(): string {
    const decoder = new TextDecoder();
    return this.chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join("");
  }

  /** Frees the connection. */
  cancel(): void {
    this.reader.cancel().catch(() => undefined);
  }

  /** A response like the one it came from, whose body begins with what was held. */
  passOn(): Response {
    const body = new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          const held = this.chunks.shift();
          if (held !== undefined) {
            controller.enqueue(held);
            return;
          }
          const { done, value } = await (this.reading ?? this.reader.read());
          this.reading = undefined;
          if (done) {
            controller.close();
            return;
          }
          this.tap?.(value);
          controller.enqueue(value);
        },
        cancel: (reason) => this.reader.cancel(reason),
      },
      // Nothing is read ahead: the reader's pace is the endpoint's.
      { highWaterMark: 0 },
    );
    return responseLike(this.response, body);
  }
}

/** With the status, headers and `url` of another one, which may be of another class. */
export function responseLike(original: Response, body: ReadableStream<Uint8Array> | null): Response {
  const { status, statusText, headers } = original;
  return withPlace(new Response(body, { status, statusText, headers: [...headers] }), original);
}

/** As a clone of fetch's own response, it tells where it came from. */
function withPlace(response: Response, { url, redirected, type }: Response): Response {
  const clone = response.clone.bind(response);
  return Object.defineProperties(response, {
    url: { value: url },
    redirected: { value: redirected },
    type: { value: type },
    clone: { value: () => withPlace(clone(), response) },
  });
}
