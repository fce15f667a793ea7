import { type IncomingMessage } from "node:http";
import { Buffered } from "./buffering.js";
import { Countdown } from "./countdown.js";

/** All of a body, or the request where the rest of it has still to be read. */
export type RequestBody = Buffer | IncomingMessage;

export interface ReadBodyOptions {
  /** Hold it back until it is complete, or until the buffer is full. */
  readonly hold: boolean;
  readonly clientTimeoutMilliseconds: number;
  readonly onBody: (body: RequestBody) => void;
  /** The client sent nothing for the timeout. A client that leaves is noticed by the exchange. */
  readonly onStall: () => void;
}

/** Reads as much of a request's body as has to be there before a backend is asked. */
export function readBody(request: IncomingMessage, { hold, ...options }: ReadBodyOptions): void {
  const { onBody } = options;
  const read = () => (hold ? holdBody(request, options) : onBody(request));
  if (request.httpVersionMajor > 1) {
    read();
    return;
  }
  // Over HTTP/1.1, a short body has mostly arrived with the headers, and the parser comes to it next: no need to stream it.
  setImmediate(() => {
    if (request.destroyed) return;
    if (request.complete) onBody((request.read() as Buffer | null) ?? Buffer.alloc(0));
    else read();
  });
}

/** A body that fills the buffer is the request again, with what was read put back. */
function holdBody(
  request: IncomingMessage,
  { clientTimeoutMilliseconds, onBody, onStall }: Omit<ReadBodyOptions, "hold">,
): void {
  const held = new Buffered();
  const stop = () => {
    stall.dispose();
    request.off("data", onData).off("end", onEnd).off("close", stop);
  };
  const stall = new Countdown(clientTimeoutMilliseconds, () => {
    stop();
    onStall();
  });
  const onData = (chunk: Buffer) => {
    stall.restart();
    if (!held.add(chunk)) return;
    stop();
    request.pause();
    request.unshift(held.take());
    onBody(request);
  };
  const onEnd = () => {
    stop();
    onBody(held.take());
  };
  request.on("data", onData).once("end", onEnd).once("close", stop);
  stall.restart();
}
