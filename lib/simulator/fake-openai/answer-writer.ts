import { type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { type Answer } from "./answer.js";
import { type FaultAction } from "./faults.js";

export interface WriteOptions {
  readonly headers: Readonly<Record<string, string>>;
  /** Between two events of a stream. */
  readonly eventIntervalMilliseconds: number;
  readonly fault: FaultAction | undefined;
  /** Aborted when the client is gone or the server closes. */
  readonly signal: AbortSignal;
}

const DRIP_BYTES = 64;

/** Sends an answer whole, or as far as the fault lets it. */
export async function writeAnswer(response: ServerResponse, answer: Answer, options: WriteOptions): Promise<void> {
  const { headers, fault, signal } = options;
  const pieces = piecesOf(answer, fault);
  response.writeHead(answer.kind === "json" ? answer.status : 200, {
    ...headers,
    "content-type": contentTypeOf(answer),
    // A stream's length is not known when it starts; every other body is announced, so that a cut is seen as one.
    ...(answer.kind === "events" ? {} : { "content-length": Buffer.concat(pieces).length }),
  });
  const interval =
    fault?.kind === "drip"
      ? fault.interval.toMilliseconds()
      : answer.kind === "events"
        ? options.eventIntervalMilliseconds
        : 0;
  for (const [index, piece] of pieces.entries()) {
    if (fault?.kind === "cut" && index === cutAt(answer, fault.afterEvents)) return cut(response);
    if (index > 0 && interval > 0) await sleep(interval, undefined, { signal });
    if (!response.write(piece)) await drained(response, signal);
  }
  if (fault?.kind === "cut") return cut(response);
  response.end();
}

/** Closes the connection once everything written has left. */
function cut(response: ServerResponse): void {
  response.flushHeaders();
  response.socket?.destroySoon();
}

function contentTypeOf(answer: Answer): string {
  switch (answer.kind) {
    case "json":
      return "application/json";
    case "events":
      return "text/event-stream; charset=utf-8";
    case "bytes":
      return answer.contentType;
  }
}

/** What is written at one go. A cut breaks any body but a stream in the middle. */
function piecesOf(answer: Answer, fault: FaultAction | undefined): Uint8Array[] {
  if (answer.kind === "events") return answer.frames.map((frame) => Buffer.from(frame));
  const body = answer.kind === "json" ? Buffer.from(JSON.stringify(answer.body)) : answer.bytes;
  const size =
    fault?.kind === "drip" ? DRIP_BYTES : fault?.kind === "cut" ? Math.ceil(body.length / 2) : Math.max(1, body.length);
  const pieces = [];
  for (let at = 0; at < body.length; at += size) pieces.push(body.subarray(at, at + size));
  return pieces;
}

function cutAt(answer: Answer, afterEvents: number): number {
  return answer.kind === "events" ? afterEvents : 1;
}

function drained(response: ServerResponse, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const aborted = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error("aborted"));
    signal.addEventListener("abort", aborted, { once: true });
    response.once("drain", () => {
      signal.removeEventListener("abort", aborted);
      resolve();
    });
  });
}
