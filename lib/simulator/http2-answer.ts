import { type Http2ServerResponse, type ServerHttp2Stream, constants } from "node:http2";
import { type ClientAnswer } from "./client-answer.js";
import { type Headers } from "./headers.js";

export class Http2Answer implements ClientAnswer {
  /** Kept, since the answer forgets it when it is over. */
  private readonly stream: ServerHttp2Stream;
  private taken = false;

  constructor(private readonly response: Http2ServerResponse) {
    this.stream = response.stream;
  }

  get status(): number {
    return this.response.headersSent ? this.response.statusCode : 0;
  }

  get isComplete(): boolean {
    return this.taken || (this.response.writableEnded && this.stream.rstCode === constants.NGHTTP2_NO_ERROR);
  }

  begin(status: number, headers: Headers): boolean {
    // Node refuses two values of a header that can have one only; the first is sent then.
    return this.tryToBegin(status, headers) || this.tryToBegin(status, withFirstValues(headers));
  }

  flush(): void {
    // They are sent already.
  }

  write(chunk: Buffer): boolean {
    return this.response.write(chunk);
  }

  onceDrained(listener: () => void): void {
    this.response.once("drain", listener);
  }

  end(chunk?: Buffer): void {
    // A client may reset a stream of which it has taken all, instead of sending the rest of its request.
    this.stream.once("finish", () => {
      this.taken = !this.stream.closed && !this.stream.destroyed;
    });
    if (chunk === undefined) this.response.end();
    else this.response.end(chunk);
  }

  switchProtocols(): undefined {
    return undefined;
  }

  onceGone(listener: () => void): () => void {
    this.stream.once("close", listener);
    return () => this.stream.off("close", listener);
  }

  stopUpload(): void {
    this.stream.destroy();
  }

  breakOff(): void {
    if (!this.stream.destroyed) this.stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  }

  private tryToBegin(status: number, headers: Headers): boolean {
    try {
      this.response.writeHead(status, headers as Record<string, string | string[]>);
      return true;
    } catch {
      for (const name of this.response.getHeaderNames()) this.response.removeHeader(name);
      return false;
    }
  }
}

function withFirstValues(headers: Headers): Headers {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      typeof value === "object" && name !== "set-cookie" ? value[0] : value,
    ]),
  );
}
