import { type Duplex } from "node:stream";
import { type Headers } from "./headers.js";

/** An answer on its way to a client. What HTTP/1.1 and HTTP/2 do differently, only its implementations know. */
export interface ClientAnswer {
  /** What was sent; 0 before anything was. */
  readonly status: number;
  /** Did the client take all of it? */
  readonly isComplete: boolean;

  /**
   * Status and headers, which leave with the first part of the body, or with `flush`.
   * @returns false if no client could be sent these
   */
  begin(status: number, headers: Headers): boolean;
  flush(): void;
  /** @returns false if the client is slow; `onceDrained` says when it no longer is */
  write(chunk: Buffer): boolean;
  onceDrained(listener: () => void): void;
  end(chunk?: Buffer): void;
  /** Sends 101 and hands over the connection, which is no longer HTTP. Undefined where there is no such thing. */
  switchProtocols(headers: Headers): Duplex | undefined;
  /**
   * Calls the listener when nothing more can come from the client.
   * @returns what takes it back
   */
  onceGone(listener: () => void): () => void;
  /** Of an answer that has ended: the client need not send the rest of its request. */
  stopUpload(): void;
  /** Ends it so that the client cannot take it for complete. */
  breakOff(): void;
}
