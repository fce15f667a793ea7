import { type IncomingMessage, type RequestListener, type Server, type ServerResponse, createServer } from "node:http";
import { type AddressInfo, type Socket } from "node:net";
import { type Duplex } from "node:stream";

/** Room for a URL of 32 KB, which arrives in X-Original-URL too. */
const MAXIMUM_HEADER_BYTES = 128 * 1_024;

/** What a stub does with a request: a status to answer, or something worse. */
export type Behaviour = number | "reset" | "hang" | RequestListener;

/** A server on a real socket that says who it is in `x-served-by`; probes and other requests can behave differently. */
export class StubBackend implements AsyncDisposable {
  static async create(name: string): Promise<StubBackend> {
    const stub = new StubBackend(name);
    await stub.accept();
    return stub;
  }

  /** Requests other than probes, in the order of their arrival. */
  readonly requests: IncomingMessage[] = [];
  /** Probes, in the order of their arrival. */
  readonly probes: IncomingMessage[] = [];
  onRequest: Behaviour = 200;
  onProbe: Behaviour = 200;
  /** What it does with a request to switch protocols. */
  onUpgrade: ((request: IncomingMessage, socket: Duplex) => void) | undefined;

  private readonly sockets = new Set<Socket>();
  private server: Server | undefined;
  private port = 0;

  private constructor(readonly name: string) {}

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Connections that are open now. */
  get connections(): number {
    return this.sockets.size;
  }

  /** Listens, on the port of the first time. */
  async accept(): Promise<void> {
    const server = createServer({ maxHeaderSize: MAXIMUM_HEADER_BYTES }, (request, response) => {
      const isProbe = request.url?.startsWith("/status") === true;
      (isProbe ? this.probes : this.requests).push(request);
      this.behave(isProbe ? this.onProbe : this.onRequest, request, response);
    });
    server.on("upgrade", (request, socket) => this.onUpgrade?.(request, socket));
    server.on("connection", (socket) => {
      this.sockets.add(socket);
      socket.once("close", () => this.sockets.delete(socket));
    });
    await new Promise<void>((resolve) => server.listen(this.port, "127.0.0.1", resolve));
    this.port = (server.address() as AddressInfo).port;
    this.server = server;
  }

  /** Refuses connections and drops the open ones. */
  async refuse(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (server === undefined) return;
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.refuse();
  }

  private behave(behaviour: Behaviour, request: IncomingMessage, response: ServerResponse): void {
    response.setHeader("x-served-by", this.name);
    if (typeof behaviour === "function") behaviour(request, response);
    else if (typeof behaviour === "number") {
      request.resume();
      response.writeHead(behaviour).end();
    } else if (behaviour === "reset") request.socket.resetAndDestroy();
  }
}
