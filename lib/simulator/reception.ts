import { type Socket } from "node:net";
import { type GatewayModel, type Listener } from "../synthesized/gateway-model.js";
import { type AccessLogEntry, type ErrorInfo } from "./access-log.js";
import { type Certificate } from "./certificate.js";
import { ClientConnection } from "./client-connection.js";
import { SERVER, errorPage } from "./error-page.js";
import { CLIENT_TIMEOUT_MILLISECONDS, Exchange, type Site } from "./exchange.js";
import { FirewallRules } from "./firewall-rules.js";
import { type Connection, Frontend, type FrontendRequest } from "./frontend.js";
import { type GatewayInstance } from "./gateway-instance.js";
import { type SimulatedGatewayOptions } from "./gateway-options.js";
import { unreadEntry } from "./log-entry.js";
import { remove } from "./remove.js";
import { hostName } from "./routing.js";

const LOCAL_NAMES = ["127.0.0.1", "localhost", "[::1]"];

export interface ReceptionOptions extends Pick<
  SimulatedGatewayOptions,
  "instanceFor" | "defaultHostName" | "clientAddress" | "accessLog"
> {
  readonly model: GatewayModel;
  readonly timeScale: number;
  readonly machines: readonly GatewayInstance[];
  readonly certificate: Certificate;
}

/** What faces the clients: the local ports, the connections to them, and the requests in flight. */
export class Reception {
  private readonly frontends = new Map<string, Frontend>();
  private readonly connections = new WeakMap<Connection, ClientConnection>();
  private readonly exchanges: Exchange[] = [];
  private accepted = 0;
  private onceIdle: (() => void) | undefined;

  constructor(private readonly options: ReceptionOptions) {}

  /** Opens a port for each frontend address and port of the listeners. */
  async open(): Promise<void> {
    const { model, timeScale, certificate } = this.options;
    for (const { frontend, port, protocol } of model.listeners) {
      const key = socketKey({ frontend, port });
      if (this.frontends.has(key)) continue;
      const site = this.site(key);
      const opened = await Frontend.open({
        protocol,
        http2: model.http2,
        certificate,
        clientTimeoutMilliseconds: CLIENT_TIMEOUT_MILLISECONDS / timeScale,
        onRequest: (request) => this.receive(site, request),
        onceAnswered: (socket, next) => this.onceAnswered(socket, next),
        onUnread: (socket, status, error) => this.refuse(socket, status, error),
      });
      this.frontends.set(key, opened);
    }
  }

  /** Where to reach a listener; empty for none. */
  urlOf(listener: Listener | undefined): string {
    return (listener && this.frontends.get(socketKey(listener))?.url) ?? "";
  }

  stopAccepting(): void {
    for (const frontend of this.frontends.values()) frontend.stopAccepting();
  }

  /** Resolves when no request is in flight, or when the time is up. */
  async untilIdle(milliseconds: number): Promise<void> {
    if (this.exchanges.length === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.onceIdle = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Cuts what is in flight and closes the ports. */
  async destroy(): Promise<void> {
    for (const exchange of [...this.exchanges]) exchange.cut();
    await Promise.all([...this.frontends.values()].map((frontend) => frontend.destroy()));
  }

  private site(key: string): Site {
    const { model, timeScale, clientAddress, accessLog } = this.options;
    return {
      model,
      rules: model.rules.filter(({ listener }) => socketKey(listener) === key),
      timeScale,
      firewallRules: new FirewallRules({ clientAddress, timeScale }),
      log: accessLog && ((entry) => this.log(entry)),
      askedHost: (host) => this.askedHost(host),
      localUrl: (name) => this.urlOf(model.listeners.find((listener) => listener.name === name)),
    };
  }

  private receive(site: Site, { request, answer, connection, upgrade, onClose }: FrontendRequest): void {
    let client: ClientConnection;
    try {
      client = this.connectionOf(connection);
    } catch (error) {
      // A defect of the caller's instanceFor is neither silent nor the end of the process.
      process.emitWarning(`the request is answered with 500: ${String(error)}`);
      answer.begin(500, { server: SERVER, "content-type": "text/html" });
      answer.end(Buffer.from(errorPage(500)));
      return;
    }
    // An upload that breaks off is an error of the request too; it is dealt with where the answer closes.
    request.on("error", () => undefined);
    const onOver = (over: Exchange) => {
      client.end(over);
      remove(this.exchanges, over);
      if (this.exchanges.length === 0) this.onceIdle?.();
    };
    const exchange = new Exchange({ site, instance: client.instance, request, answer, upgrade, onOver });
    this.exchanges.push(exchange);
    client.begin(exchange);
    onClose(() => exchange.close());
    exchange.serve();
  }

  /** What is no request, or only half of one, is answered, logged, and the connection closed. */
  private refuse(socket: Socket, status: 400 | 405 | 408, error: ErrorInfo): void {
    const unfinished = this.connections.get(socket)?.unfinished;
    unfinished?.refuse(status, error);
    this.onceAnswered(socket, () => {
      if (unfinished === undefined && socket.writable) this.answerUnread(socket, status, error);
      socket.destroySoon();
    });
  }

  private answerUnread(socket: Socket, status: 400 | 405 | 408, error: ErrorInfo): void {
    const page = errorPage(status);
    const reason = /<title>(.*)<\/title>/.exec(page)?.[1] ?? status;
    const head = `HTTP/1.1 ${reason}\r\nserver: ${SERVER}\r\ncontent-type: text/html\r\nconnection: close\r\n`;
    socket.write(`${head}content-length: ${page.length}\r\n\r\n${page}`);
    const { remoteAddress: clientIp = "", remotePort: clientPort = 0 } = socket;
    const scheme = "encrypted" in socket ? "https" : "http";
    const instance = this.connections.get(socket)?.instance.number ?? 0;
    this.log(() => unreadEntry({ instance, clientIp, clientPort, scheme, status, error, pageBytes: page.length }));
  }

  private onceAnswered(socket: Socket, next: () => void): void {
    const client = this.connections.get(socket);
    if (client === undefined) next();
    else client.onceAnswered(next);
  }

  private log(entry: () => AccessLogEntry): void {
    try {
      this.options.accessLog?.(entry());
    } catch (error) {
      // A defect of the caller's function is neither silent nor the end of the process.
      process.emitWarning(`accessLog threw: ${String(error)}`);
    }
  }

  /** A connection stays with the instance that it reached first. */
  private connectionOf(connection: Connection): ClientConnection {
    const known = this.connections.get(connection);
    if (known !== undefined) return known;
    const { machines, instanceFor, timeScale } = this.options;
    const number = this.accepted;
    this.accepted += 1;
    const socket = "goaway" in connection ? connection.socket : connection;
    const { remoteAddress = "", remotePort = 0 } = socket;
    const chosen = instanceFor?.({ number, remoteAddress, remotePort }) ?? number % machines.length;
    const machine = machines[chosen];
    if (machine === undefined) {
      throw new RangeError(`instanceFor gave ${chosen}; instances are numbered 0 to ${machines.length - 1}`);
    }
    const client = new ClientConnection(connection, machine, timeScale);
    this.connections.set(connection, client);
    return client;
  }

  private askedHost(host: string): string {
    const name = hostName(host);
    const { defaultHostName } = this.options;
    return defaultHostName !== undefined && LOCAL_NAMES.includes(name) ? defaultHostName.toLowerCase() : name;
  }
}

/** Listeners with one frontend address and port share a socket. */
function socketKey({ frontend, port }: Pick<Listener, "frontend" | "port">): string {
  return `${frontend.name}:${port}`;
}
