import * as net from "node:net";
import * as tls from "node:tls";
import { type AnswerHandler, AnswerParser } from "./answer-parser.js";
import { Countdown } from "./countdown.js";
import { type Headers } from "./headers.js";

/** What one request wants to know of its connection. After `onEnd` or `onBroken` it is told nothing more. */
export interface ConnectionUser extends AnswerHandler {
  /** All that has arrived by now was handed over. */
  onPause(): void;
  /** The backend takes more of the request's body. */
  onDrain(): void;
  /** Nothing came for the timeout. */
  onSilence(): void;
  /** The connection was refused or closed, or what came is not HTTP. */
  onBroken(): void;
}

export interface BackendTarget {
  /** The local server that stands for the pool member. */
  readonly origin: URL;
  readonly fqdn: string;
  /** How long the backend may be silent. */
  readonly timeoutMilliseconds: number;
}

/** The head of a request. */
export interface BackendRequest {
  readonly method: string;
  /** With the query string. */
  readonly path: string;
  readonly headers: Headers;
  readonly upgrade: boolean;
}

/** Less than what servers give an idle connection, five seconds in Node's case: a request would meet its end. */
const IDLE_MILLISECONDS = 4_000;

/** Up to here, a copy is cheaper than a second buffer to write. */
const COPIED_BYTES = 16 * 1_024;

/** Of all connections: what is read is handed over at once, and copied by whoever keeps it. */
const READ_BUFFER = Buffer.allocUnsafeSlow(64 * 1_024);

/** A connection to a backend, over HTTP/1.1: one request after the other. */
export class BackendConnection {
  /** Until when another request may be sent, on the process's clock. */
  private reusableUntil = 0;
  private readonly socket: net.Socket;
  private readonly parser: AnswerParser;
  private readonly silence: Countdown;
  private user: ConnectionUser | undefined;
  private chunked = false;
  private sentAll = true;
  /** The backend takes no more of the body at the moment. */
  private blocked = false;
  /** The client takes no more of the answer at the moment. */
  private paused = false;
  private closed = false;

  constructor(
    target: BackendTarget,
    private readonly onIdle: (connection: BackendConnection) => void,
    private readonly onClose: (connection: BackendConnection) => void,
  ) {
    this.parser = new AnswerParser({
      onHead: (status, headers) => this.user?.onHead(status, headers),
      onBody: (chunk) => this.user?.onBody(chunk),
      onEnd: () => this.ended(),
    });
    this.silence = new Countdown(target.timeoutMilliseconds, () => this.user?.onSilence());
    this.socket = connect(target, (chunk) => this.read(chunk));
    this.socket.on("drain", () => {
      this.blocked = false;
      this.awaitBackend();
      this.user?.onDrain();
    });
    this.socket.on("end", () => this.readEnd());
    // "close" follows.
    this.socket.on("error", () => undefined);
    this.socket.once("close", () => this.break());
  }

  /** Will the backend still be there for another request? */
  get isFresh(): boolean {
    return performance.now() < this.reusableUntil;
  }

  /**
   * Sends a request on an idle connection.
   * @param body all of it; a stream is sent with `write` and `finish`, in chunks unless the headers have its length
   */
  start(user: ConnectionUser, request: BackendRequest, body: Buffer | "stream" | undefined): void {
    const { method, path, headers, upgrade } = request;
    this.user = user;
    this.sentAll = body !== "stream";
    this.chunked = body === "stream" && headers["content-length"] === undefined;
    this.blocked = false;
    this.parser.begin(method, upgrade);
    this.awaitBackend();
    const framing = this.chunked ? "transfer-encoding: chunked\r\n" : "";
    const connection = upgrade ? "" : "connection: keep-alive\r\n";
    const head = `${method} ${path} HTTP/1.1\r\n${lines(headers)}${framing}${connection}\r\n`;
    if (!(body instanceof Buffer) || body.length === 0) this.socket.write(head, "latin1");
    else if (body.length <= COPIED_BYTES) this.socket.write(head + body.toString("latin1"), "latin1");
    else {
      this.socket.cork();
      this.socket.write(head, "latin1");
      this.socket.write(body);
      this.socket.uncork();
    }
  }

  /**
   * More of the body, or of what a client sends after 101.
   * @returns whether more may follow at once
   */
  write(chunk: Buffer): boolean {
    if (this.closed || chunk.length === 0) return true;
    this.socket.cork();
    if (this.chunked) this.socket.write(`${chunk.length.toString(16)}\r\n`, "latin1");
    this.blocked = !this.socket.write(chunk);
    if (this.chunked) this.blocked = !this.socket.write("\r\n", "latin1");
    this.socket.uncork();
    this.awaitBackend();
    return !this.blocked;
  }

  /** The body is complete. */
  finish(): void {
    if (this.closed) return;
    this.sentAll = true;
    this.awaitBackend();
    if (this.chunked) this.socket.write("0\r\n\r\n", "latin1");
  }

  /** Reads no more, and waits for nothing, until `resume`. */
  pause(): void {
    this.paused = true;
    this.socket.pause();
    this.silence.stop();
  }

  resume(): void {
    this.paused = false;
    if (this.closed) return;
    this.awaitBackend();
    this.socket.resume();
  }

  /** Ends it on behalf of its user, who is told nothing more. */
  destroy(): void {
    this.user = undefined;
    this.sever();
  }

  /** Ends it under its user. */
  sever(): void {
    this.socket.destroy();
    this.break();
  }

  /** It is the backend's turn, unless the client has to take something first, or still to send something. */
  private awaitBackend(): void {
    if (!this.paused && (this.sentAll || this.blocked)) this.silence.restart();
    else this.silence.stop();
  }

  private read(chunk: Buffer): void {
    // Nobody asked for it.
    if (this.user === undefined) return this.sever();
    this.awaitBackend();
    try {
      this.parser.execute(chunk);
      this.user?.onPause();
    } catch {
      this.sever();
    }
  }

  private readEnd(): void {
    this.parser.end();
    this.sever();
  }

  /** The answer is complete. */
  private ended(): void {
    const { user } = this;
    this.user = undefined;
    this.silence.stop();
    this.reusableUntil = performance.now() + Math.min(IDLE_MILLISECONDS, this.parser.keepAliveMilliseconds - 1_000);
    user?.onEnd();
    if (this.closed) return;
    if (this.parser.reusable && this.sentAll) this.onIdle(this);
    else this.destroy();
  }

  private break(): void {
    if (this.closed) return;
    this.closed = true;
    this.silence.dispose();
    this.onClose(this);
    const { user } = this;
    this.user = undefined;
    user?.onBroken();
  }
}

function connect({ origin, fqdn }: BackendTarget, onRead: (chunk: Buffer) => void): net.Socket {
  const host = origin.hostname.replace(/^\[|\]$/g, "");
  const onread = {
    buffer: READ_BUFFER,
    callback: (bytes: number) => {
      onRead(READ_BUFFER.subarray(0, bytes));
      return true;
    },
  };
  const port = Number(origin.port || (origin.protocol === "https:" ? 443 : 80));
  if (origin.protocol !== "https:") return net.connect({ host, port, onread, noDelay: true });
  const servername = net.isIP(fqdn) === 0 ? fqdn : "";
  const options: tls.ConnectionOptions & net.ConnectOpts = {
    host,
    port,
    onread,
    servername,
    rejectUnauthorized: false,
  };
  return tls.connect(options).setNoDelay();
}

function lines(headers: Headers): string {
  let text = "";
  for (const name in headers) {
    const value = headers[name];
    if (typeof value === "string") text += `${name}: ${value}\r\n`;
    else for (const one of value ?? []) text += `${name}: ${one}\r\n`;
  }
  return text;
}
