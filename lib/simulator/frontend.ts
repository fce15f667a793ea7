import * as http from "node:http";
import * as http2 from "node:http2";
import * as https from "node:https";
import { type AddressInfo, type Socket } from "node:net";
import { type Protocol } from "../synthesized/gateway-model.js";
import { type Certificate } from "./certificate.js";

/** https://learn.microsoft.com/azure/application-gateway/application-gateway-faq (keep-alive timeout of v2) */
const KEEP_ALIVE_MILLISECONDS = 75_000;

/** Room for the longest URL that is answered with 413 rather than with a closed connection, and for headers. */
const MAXIMUM_HEADER_BYTES = 96 * 1_024;

const HOST = "127.0.0.1";

export interface FrontendOptions {
  readonly protocol: Protocol;
  /** Offers HTTP/2 to clients that negotiate it; TLS only, as on Azure. */
  readonly http2: boolean;
  readonly certificate: Certificate;
  /** `connection` is the same object for all requests of a client connection. */
  readonly onRequest: (request: http.IncomingMessage, response: http.ServerResponse, connection: object) => void;
}

/** A local port that stands for one frontend port of the gateway. */
export class Frontend {
  static async open(options: FrontendOptions): Promise<Frontend> {
    const server = serverFor(options);
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(0, HOST, () => {
        server.off("error", reject);
        resolve();
      });
    });
    const scheme = options.protocol === "Https" ? "https" : "http";
    return new Frontend(server, `${scheme}://${HOST}:${(server.address() as AddressInfo).port}`);
  }

  private readonly sockets = new Set<Socket>();
  private readonly sessions = new Set<http2.ServerHttp2Session>();

  private constructor(
    private readonly server: http.Server | https.Server | http2.Http2SecureServer,
    readonly url: string,
  ) {
    server.on("connection", (socket: Socket) => {
      this.sockets.add(socket);
      socket.once("close", () => this.sockets.delete(socket));
    });
    server.on("session", (session: http2.ServerHttp2Session) => {
      this.sessions.add(session);
      session.once("close", () => this.sessions.delete(session));
    });
  }

  /** No new connections, and no new requests on those that are open; those without a request are closed. */
  stopAccepting(): void {
    this.server.close();
    for (const session of this.sessions) session.close();
    if ("closeIdleConnections" in this.server) this.server.closeIdleConnections();
  }

  /** Closes what is still open. */
  async destroy(): Promise<void> {
    const closed = new Promise((resolve) => (this.server.listening ? this.server.close(resolve) : resolve(undefined)));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }
}

function serverFor({ protocol, http2: offersHttp2, certificate, onRequest }: FrontendOptions) {
  const options: http.ServerOptions = {
    keepAliveTimeout: KEEP_ALIVE_MILLISECONDS,
    maxHeaderSize: MAXIMUM_HEADER_BYTES,
    // The gateway has timers of its own for slow clients.
    requestTimeout: 0,
  };
  if (protocol === "Http") {
    return http.createServer(options, (request, response) => onRequest(request, response, request.socket));
  }
  if (!offersHttp2) {
    return https.createServer({ ...options, ...certificate }, (request, response) =>
      onRequest(request, response, request.socket),
    );
  }
  const settings = { maxHeaderListSize: MAXIMUM_HEADER_BYTES };
  const server = http2.createSecureServer({ ...certificate, allowHTTP1: true, settings });
  // Clients that choose HTTP/1.1 get the same as without HTTP/2; the constructor does not take these options.
  Object.assign(server, options);
  server.on("request", (request, response) => {
    const connection = request.httpVersionMajor < 2 ? request.socket : (request.stream.session ?? request.stream);
    // Node's compatibility API: the same methods, other classes.
    onRequest(request as unknown as http.IncomingMessage, response as unknown as http.ServerResponse, connection);
  });
  return server;
}
