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
  // Over HTTP/1.1, a short body has mostly arrived with the headers once the parser has returned: no need to stream it.
  queueMicrotask(() => {
    if (request.destroyed) return;
    if (request.httpVersionMajor < 2 && request.complete) {
      options.onBody((request.read() as Buffer | null) ?? Buffer.alloc(0));
    } else if (hold) holdBody(request, options);
    else options.onBody(request);
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
