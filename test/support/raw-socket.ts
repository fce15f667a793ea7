import { once } from "node:events";
import { type Socket, connect } from "node:net";

/** A connection that sends and shows bytes as they are. */
export class RawSocket implements Disposable {
  static async open(url: string): Promise<RawSocket> {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port) });
    await once(socket, "connect");
    return new RawSocket(socket);
  }

  /** All that has arrived. */
  received = "";
  private readonly closed: Promise<unknown>;

  private constructor(private readonly socket: Socket) {
    socket.setEncoding("latin1").on("data", (text: string) => (this.received += text));
    socket.on("error", () => undefined);
    this.closed = new Promise((resolve) => socket.once("close", resolve));
  }

  send(text: string): void {
    this.socket.write(text, "latin1");
  }

  /** Resolves with all that arrived once it matches. */
  async until(pattern: RegExp): Promise<string> {
    while (!pattern.test(this.received)) {
      if (this.socket.destroyed) throw new Error(`closed after ${JSON.stringify(this.received)}`);
      await Promise.race([once(this.socket, "data"), this.closed]);
    }
    return this.received;
  }

  /** Resolves with all that arrived once the other side has closed. */
  async untilClosed(): Promise<string> {
    await this.closed;
    return this.received;
  }

  end(): void {
    this.socket.end();
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }
}
