import { type ServerHttp2Session } from "node:http2";
import { type Socket } from "node:net";
import { Countdown } from "./countdown.js";
import { type Exchange } from "./exchange.js";
import { type GatewayInstance } from "./gateway-instance.js";
import { remove } from "./remove.js";

/** https://learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits#application-gateway-limits */
const HTTP2_MAXIMUM_REQUESTS = 1_000;
/** https://learn.microsoft.com/azure/application-gateway/application-gateway-faq */
const HTTP2_IDLE_MILLISECONDS = 180_000;

/** A connection of a client, and its requests in flight: several, where it pipelines or speaks HTTP/2. */
export class ClientConnection {
  private readonly exchanges: Exchange[] = [];
  private readonly idle: Countdown | undefined;
  private requests = 0;
  private next: (() => void) | undefined;

  constructor(
    private readonly connection: Socket | ServerHttp2Session,
    /** It stays with the instance that it reached first. */
    readonly instance: GatewayInstance,
    timeScale: number,
  ) {
    if (isSession(connection)) {
      this.idle = new Countdown(HTTP2_IDLE_MILLISECONDS / timeScale, () => connection.close());
    }
    // Node tells only the first of several pipelined answers that the client has left.
    connection.once("close", () => {
      this.idle?.dispose();
      for (const exchange of [...this.exchanges]) exchange.close();
    });
  }

  /** The request whose body has not arrived yet, if there is one. */
  get unfinished(): Exchange | undefined {
    return this.exchanges.find((exchange) => !exchange.isRead);
  }

  begin(exchange: Exchange): void {
    this.exchanges.push(exchange);
    this.requests += 1;
    this.idle?.stop();
    if (isSession(this.connection) && this.requests === HTTP2_MAXIMUM_REQUESTS) this.connection.close();
  }

  end(exchange: Exchange): void {
    remove(this.exchanges, exchange);
    if (this.exchanges.length > 0 || this.connection.destroyed) return;
    this.idle?.restart();
    const { next } = this;
    this.next = undefined;
    next?.();
  }

  /** Does something once all requests so far have been answered, unless the connection closes before; only the first thing. */
  onceAnswered(next: () => void): void {
    if (this.exchanges.length === 0) next();
    else this.next ??= next;
  }
}

function isSession(connection: Socket | ServerHttp2Session): connection is ServerHttp2Session {
  return "goaway" in connection;
}
