import { once } from "node:events";
import * as http from "node:http";
import { connect } from "node:http2";
import * as https from "node:https";
import { type Duplex, type Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";

export const PROTOCOLS = ["HTTP/1.1", "HTTP/1.1 over TLS", "HTTP/2"] as const;
export type Protocol = (typeof PROTOCOLS)[number];

/** More than request buffering holds. */
const LARGE_BODY = Buffer.alloc(3 * 1_024 * 1_024, "x");

const PATIENCE_MILLISECONDS = 100;
/** By when every request has ended, whatever the machine is busy with. */
const END_MILLISECONDS = 30_000;

/** How the body of a request is sent. `undefined` as the last piece: it is never finished. */
export const BODIES = {
  none: [],
  "with-its-headers": ["prompt"],
  "in-pieces": ["pro", "mpt"],
  "in-chunks": ["pro", "mpt"],
  "above-the-hold": [LARGE_BODY],
  "above-the-hold-in-chunks": [LARGE_BODY],
  unfinished: ["pro", undefined],
} as const;
export type Body = keyof typeof BODIES;

/** What the client does beside waiting: leave before the answer or in the middle of it, or not read it. */
export type Manners = "waits" | "leaves" | "does not read";

/** Ends when the answer does, or with what the client did; tells the status, or that the answer broke off. */
export async function ask(
  protocol: Protocol,
  url: string,
  path: string,
  body: Body,
  manners: Manners,
  /** When a client that does not read begins to: one that reads nothing does not notice an end either. */
  untilOver: () => Promise<void>,
): Promise<number | "broken off" | "left" | "no end"> {
  const patience = new AbortController();
  const noEnd = sleep(END_MILLISECONDS, "no end" as const, { signal: patience.signal });
  noEnd.catch(() => undefined);
  const exchange = protocol === "HTTP/2" ? overHttp2(url, path, body) : overHttp1(url, path, body);
  exchange.upload.on("error", () => undefined);
  void send(exchange.upload, body);
  try {
    return await Promise.race([noEnd, outcome(exchange, manners, untilOver)]);
  } finally {
    patience.abort();
    exchange.leave();
  }
}

async function outcome(
  exchange: ClientExchange,
  manners: Manners,
  untilOver: () => Promise<void>,
): Promise<number | "broken off" | "left"> {
  try {
    if (manners === "leaves") {
      // With response buffering on, nothing of the answer comes. Any other moment has to do as well.
      await Promise.race([exchange.answer.catch(() => undefined), sleep(PATIENCE_MILLISECONDS)]);
      return "left";
    }
    const { status, isComplete } = await exchange.answer;
    if (manners === "does not read") await untilOver();
    return (await isComplete()) ? status : "broken off";
  } catch {
    return "broken off";
  }
}

interface Answer {
  readonly status: number;
  /** Reads to the end, and tells whether it was one. */
  readonly isComplete: () => Promise<boolean>;
}

interface ClientExchange {
  readonly upload: Duplex | http.ClientRequest;
  readonly answer: Promise<Answer>;
  readonly leave: () => void;
}

function overHttp1(url: string, path: string, body: Body): ClientExchange {
  const pieces = BODIES[body];
  const length = pieces.reduce((sum, piece) => sum + (piece?.length ?? 100), 0);
  const counted = pieces.length > 0 && !body.endsWith("in-chunks");
  const request = (url.startsWith("https") ? https : http).request(`${url}${path}`, {
    method: pieces.length > 0 ? "POST" : "GET",
    agent: false,
    rejectUnauthorized: false,
    headers: counted ? { "content-length": length } : {},
  });
  const answer = (once(request, "response") as Promise<[http.IncomingMessage]>).then(([stream]) => ({
    status: stream.statusCode ?? 0,
    isComplete: () => readToEnd(stream),
  }));
  return { upload: request, answer, leave: () => request.destroy() };
}

function overHttp2(url: string, path: string, body: Body): ClientExchange {
  const session = connect(url, { rejectUnauthorized: false });
  session.on("error", () => undefined);
  const method = BODIES[body].length > 0 ? "POST" : "GET";
  const stream = session.request({ ":method": method, ":path": path }, { endStream: method === "GET" });
  // A stream whose connection has gone ends like one that is complete, or does not end at all.
  const whole = () =>
    new Promise<boolean>((resolve) => {
      const closed = () => resolve(stream.rstCode === 0 && !session.destroyed);
      if (stream.closed || session.destroyed) closed();
      session.once("close", closed);
      stream.once("close", closed);
      stream.resume();
    });
  const answer = new Promise<Answer>((resolve, reject) => {
    stream.once("response", (headers) => resolve({ status: Number(headers[":status"]), isComplete: whole }));
    session.once("close", () => reject(new Error("closed without an answer")));
    stream.once("close", () => reject(new Error("closed without an answer")));
  });
  answer.catch(() => undefined);
  return { upload: stream, answer, leave: () => session.destroy() };
}

async function send(upload: Duplex | http.ClientRequest, body: Body): Promise<void> {
  const pieces = BODIES[body];
  for (const [index, piece] of pieces.entries()) {
    if (piece === undefined) return;
    if (index > 0) await sleep(10);
    if (upload.destroyed) return;
    if (index === pieces.length - 1) upload.end(piece);
    else upload.write(piece);
  }
  if (pieces.length === 0 && !upload.writableEnded) upload.end();
}

async function readToEnd(stream: Readable): Promise<boolean> {
  try {
    for await (const chunk of stream) void chunk;
    return true;
  } catch {
    return false;
  }
}
