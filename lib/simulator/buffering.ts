import { type IncomingMessage } from "node:http";

/**
 * How much of one body a buffer holds; then it is emptied towards the other side and filled again. Above the largest
 * body that a firewall policy can allow, so that one can be judged before anything is sent.
 */
export const BUFFER_BYTES = 2 * 1_024 * 1_024;

/** Collects chunks until there are {@link BUFFER_BYTES}. */
export class Buffered {
  private chunks: Buffer[] = [];
  private bytes = 0;

  /** @returns whether the buffer is full */
  add(chunk: Buffer): boolean {
    this.chunks.push(chunk);
    this.bytes += chunk.length;
    return this.bytes >= BUFFER_BYTES;
  }

  /** All that was collected, in one piece. */
  take(): Buffer {
    const all = Buffer.concat(this.chunks);
    this.chunks = [];
    this.bytes = 0;
    return all;
  }
}

/** A short body has mostly arrived with the headers, once the parser has returned: then there is nothing to stream. */
export async function arrivedBody(request: IncomingMessage): Promise<Buffer | undefined> {
  await Promise.resolve();
  return request.complete ? ((request.read() as Buffer | null) ?? undefined) : undefined;
}

/**
 * Holds a request's body back until it is complete, or until the buffer is full: then the body is the request again, with
 * what was read put back.
 */
export function bufferedBody(
  request: IncomingMessage,
  clientTimeoutMilliseconds: number,
): Promise<Buffer | IncomingMessage | "client left" | "client stalled"> {
  return new Promise((resolve) => {
    const held = new Buffered();
    const onData = (chunk: Buffer) => {
      timer.refresh();
      if (!held.add(chunk)) return;
      request.pause();
      request.unshift(held.take());
      done(request);
    };
    const onEnd = () => done(held.take());
    const onClose = () => done("client left");
    const done = (outcome: Parameters<typeof resolve>[0]) => {
      clearTimeout(timer);
      request.off("data", onData).off("end", onEnd).off("close", onClose);
      resolve(outcome);
    };
    const timer = setTimeout(() => done("client stalled"), clientTimeoutMilliseconds);
    request.on("data", onData).on("end", onEnd).on("close", onClose);
  });
}
