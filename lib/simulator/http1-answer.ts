import { type IncomingMessage, type ServerResponse } from "node:http";
import { Socket } from "node:net";
import { type Duplex } from "node:stream";
import { type ClientAnswer } from "./client-answer.js";
import { type Headers, flat } from "./headers.js";

/** Up to here, head and body are written as one text, which is cheaper than two buffers. */
const COPIED_BYTES = 16 * 1_024;

const REQUEST_TIMEOUT = 408;

export class Http1Answer implements ClientAnswer {
  /** Kept, since the request and the answer forget it when they are over. */
  private readonly socket: Socket;
  private switched = false;

  constructor(
    private readonly request: IncomingMessage,
    private readonly response: ServerResponse,
  ) {
    this.socket = request.socket;
  }

  get status(): number {
    if (this.switched) return 101;
    return this.response.headersSent ? this.response.statusCode : 0;
  }

  get isComplete(): boolean {
    return this.switched ? this.socket.writableFinished : this.response.writableFinished;
  }

  begin(status: number, headers: Headers): boolean {
    // A client that stalled will hardly send another request.
    if (status === REQUEST_TIMEOUT) this.response.shouldKeepAlive = false;
    try {
      this.response.writeHead(status, flat(headers));
      return true;
    } catch {
      return false;
    }
  }

  flush(): void {
    if (!this.switched) this.response.flushHeaders();
  }

  write(chunk: Buffer): boolean {
    return this.switched ? this.socket.write(chunk) : this.response.write(chunk);
  }

  onceDrained(listener: () => void): void {
    (this.switched ? this.socket : this.response).once("drain", listener);
  }

  end(chunk?: Buffer): void {
    if (this.switched) {
      if (chunk !== undefined) this.socket.write(chunk);
      this.socket.destroySoon();
    } else if (chunk === undefined) this.response.end();
    else if (chunk.length > COPIED_BYTES) this.response.end(chunk);
    else this.response.end(chunk.toString("latin1"), "latin1");
  }

  switchProtocols(headers: Headers): Duplex {
    this.switched = true;
    this.response.detachSocket(this.socket);
    const lines = flat(headers).map((text, index) => text + (index % 2 === 0 ? ": " : "\r\n"));
    this.socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join("")}\r\n`, "latin1");
    return this.socket;
  }

  onceGone(listener: () => void): () => void {
    this.socket.once("close", listener);
    return () => this.socket.off("close", listener);
  }

  stopUpload(): void {
    this.socket.destroy();
  }

  breakOff(): void {
    // To a client of HTTP/1.0, the end of the connection is the end of the answer; a reset is neither.
    const endsByClosing = this.request.httpVersionMinor === 0 && this.socket instanceof Socket;
    if (endsByClosing && !("encrypted" in this.socket)) this.socket.resetAndDestroy();
    else this.socket.destroy();
  }
}
