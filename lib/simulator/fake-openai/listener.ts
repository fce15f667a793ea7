import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, type Socket } from "node:net";
import { type Certificate } from "../certificate.js";

/** `refusing`: the port is closed, a connection gets ECONNREFUSED; the same port opens again. `closed` is final. */
export type ListenerState = "listening" | "refusing" | "closed";

const HOST = "127.0.0.1";

/** A port on loopback that can be closed, with every connection to it, and opened again. */
export class Listener {
  private readonly server: Server;
  private readonly sockets = new Map<number | undefined, Socket>();
  private currentState: ListenerState = "refusing";
  private boundPort = 0;

  constructor(
    private readonly certificate: Certificate | undefined,
    serve: RequestListener,
  ) {
    this.server = certificate === undefined ? createServer(serve) : createTlsServer({ ...certificate }, serve);
    this.server.on("connection", (socket: Socket) => {
      const { remotePort } = socket;
      this.sockets.set(remotePort, socket);
      socket.once("close", () => this.sockets.delete(remotePort));
    });
  }

  get state(): ListenerState {
    return this.currentState;
  }

  get port(): number {
    return this.boundPort;
  }

  get url(): string {
    return `${this.certificate === undefined ? "http" : "https"}://${HOST}:${this.boundPort}`;
  }

  /** @throws Error if the port is taken or the listener is closed. */
  async listen(port = this.boundPort): Promise<void> {
    if (this.currentState === "listening") return;
    if (this.currentState === "closed") throw new Error(`${this.url} is closed for good: create another server`);
    this.server.listen(port, HOST);
    await once(this.server, "listening");
    const address = this.server.address() as AddressInfo;
    this.boundPort = address.port;
    this.currentState = "listening";
  }

  async refuse(): Promise<void> {
    if (this.currentState !== "listening") return;
    this.currentState = "refusing";
    await this.stop();
  }

  async close(): Promise<void> {
    const wasListening = this.currentState === "listening";
    this.currentState = "closed";
    if (wasListening) await this.stop();
  }

  /** Sends a TCP RST to the client at this port: of the TCP socket, which under TLS is not the request's own. */
  reset(remotePort: number | undefined): void {
    this.sockets.get(remotePort)?.resetAndDestroy();
  }

  private async stop(): Promise<void> {
    const closed = once(this.server, "close");
    this.server.close();
    for (const socket of this.sockets.values()) socket.destroy();
    await closed;
  }
}
