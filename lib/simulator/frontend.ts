import * as http from "node:http";
import * as http2 from "node:http2";
import * as https from "node:https";
import { type AddressInfo, type Socket } from "node:net";
import { type Duplex } from "node:stream";
import { type Protocol } from "../synthesized/gateway-model.js";
import { type ErrorInfo } from "./access-log.js";
import { type Certificate } from "./certificate.js";
import { type ClientAnswer } from "./client-answer.js";
import { Http1Answer } from "./http1-answer.js";
import { Http2Answer } from "./http2-answer.js";

/** https://learn.microsoft.com/azure/application-gateway/application-gateway-faq (keep-alive timeout of v2) */
const KEEP_ALIVE_MILLISECONDS = 75_000;

/** Room for the longest URL and the largest headers that are answered rather than met with a closed connection. */
const MAXIMUM_HEADER_BYTES = 96 * 1_024;

/** How often Node looks for clients that have not sent all of their headers, within the time that they have. */
const CHECKS_PER_TIMEOUT = 60;

const HOST = "127.0.0.1";

/** What is the same object for all requests of a client connection. */
export type Connection = Socket | http2.ServerHttp2Session;

export interface FrontendRequest {
  readonly request: http.IncomingMessage;
  readonly answer: ClientAnswer;
  readonly connection: Connection;
  /** The client wants to switch to another protocol, and has sent nothing that belongs to HTTP since. */
  readonly upgrade: boolean;
  /** Calls the listener when the answer has closed, whether complete or not. */
  readonly onClose: (listener: () => void) => void;
}

export interface FrontendOptions {
  readonly protocol: Protocol;
  /** Offers HTTP/2 to clients that negotiate it; TLS only, as on Azure. */
  readonly http2: boolean;
  readonly certificate: Certificate;
  /** How long a client may take to send its headers. */
  readonly clientTimeoutMilliseconds: number;
  readonly onRequest: (request: FrontendRequest) => void;
  /** Does something once the earlier requests of a connection have been answered, unless it closes before. */
  readonly onceAnswered: (socket: Socket, next: () => void) => void;
  /** Half a request, or none; has to answer on the socket. */
  readonly onUnread: (socket: Socket, status: 400 | 405 | 408, error: ErrorInfo) => void;
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
    // From now on, it is about a connection that cannot be accepted.
    server.on("error", (error) => process.emitWarning(`a connection is not accepted: ${error.message}`));
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
    // What was broken off over HTTP/2 is told to the client in a turn of the event loop's own.
    if (this.sessions.size > 0) await new Promise(setImmediate);
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }
}

function serverFor(options: FrontendOptions): http.Server | https.Server | http2.Http2SecureServer {
  const { protocol, certificate, clientTimeoutMilliseconds, onRequest } = options;
  const onHttp1 = (request: http.IncomingMessage, response: http.ServerResponse) => {
    const answer = new Http1Answer(request, response);
    const onClose = (listener: () => void) => void response.once("close", listener);
    onRequest({ request, answer, connection: request.socket, upgrade: false, onClose });
  };
  const http1: http.ServerOptions & { headersTimeout: number } = {
    keepAliveTimeout: KEEP_ALIVE_MILLISECONDS,
    maxHeaderSize: MAXIMUM_HEADER_BYTES,
    headersTimeout: Math.max(1, Math.round(clientTimeoutMilliseconds)),
    connectionsCheckingInterval: Math.max(1, Math.round(clientTimeoutMilliseconds / CHECKS_PER_TIMEOUT)),
    // The gateway has timers of its own for slow uploads, and words of its own for a missing Host.
    requestTimeout: 0,
    requireHostHeader: false,
  };
  if (protocol === "Http") return speakHttp1(http.createServer(http1, onHttp1), options);
  const tls = { ...certificate, handshakeTimeout: handshakeMilliseconds(options) };
  if (!options.http2) {
    const server = https.createServer({ ...http1, ...tls }, onHttp1);
    return speakHttp1(requireTls(server, options), options);
  }
  const settings = { maxHeaderListSize: MAXIMUM_HEADER_BYTES };
  const server = http2.createSecureServer({ ...tls, allowHTTP1: true, settings });
  // Clients that choose HTTP/1.1 get the same as without HTTP/2; the constructor does not take these options.
  Object.assign(server, http1);
  server.on("request", (request, response) => {
    // Node's compatibility API: for HTTP/1.1, they are the classes of node:http.
    if (request instanceof http.IncomingMessage) {
      onHttp1(request as unknown as http.IncomingMessage, response as unknown as http.ServerResponse);
      return;
    }
    const connection = response.stream.session as http2.ServerHttp2Session | undefined;
    // The client has gone.
    if (connection === undefined) return;
    const answer = new Http2Answer(response);
    const onClose = (listener: () => void) => void response.once("close", listener);
    const message = request as unknown as http.IncomingMessage;
    onRequest({ request: message, answer, connection, upgrade: false, onClose });
  });
  return speakHttp1(requireTls(server, options), options);
}

/** The first byte of a client's handshake. https://www.rfc-editor.org/rfc/rfc8446#section-5.1 */
const HANDSHAKE = 22;

/** As long as for headers; but however fast the clocks run, encryption does not. */
function handshakeMilliseconds({ clientTimeoutMilliseconds }: FrontendOptions): number {
  return Math.max(1_000, Math.round(clientTimeoutMilliseconds));
}

/**
 * Hands only those connections to TLS that begin as it does; the others are answered as they speak, with 400.
 * https://learn.microsoft.com/azure/application-gateway/http-response-codes#400--bad-request
 */
function requireTls<T extends https.Server | http2.Http2SecureServer>(server: T, options: FrontendOptions): T {
  const { onUnread } = options;
  const emitter: NodeJS.EventEmitter = server;
  const [handshake] = emitter.listeners("connection") as ((socket: Socket) => void)[];
  emitter.removeAllListeners("connection").on("connection", (socket: Socket) => {
    const leave = () => socket.destroy();
    socket.setTimeout(handshakeMilliseconds(options), leave).on("error", leave);
    socket.once("readable", () => {
      const begun = socket.read() as Buffer | null;
      socket.setTimeout(0);
      if (begun === null) {
        leave();
        return;
      }
      socket.unshift(begun);
      if (begun[0] === HANDSHAKE) handshake?.call(server, socket.off("error", leave));
      else onUnread(socket.resume(), 400, "ERRORINFO_INVALID_REQUEST");
    });
  });
  return server;
}

/** What only HTTP/1.1 has: other protocols to switch to, and bytes that are no request. */
function speakHttp1<T extends http.Server | http2.Http2SecureServer>(
  server: T,
  { onRequest, onceAnswered, onUnread }: FrontendOptions,
): T {
  const emitter: NodeJS.EventEmitter = server;
  const serveUpgrade = (request: http.IncomingMessage, socket: Socket) => {
    // The one of a connection between two requests.
    socket.setTimeout(0);
    const response = new http.ServerResponse(request);
    response.assignSocket(socket);
    response.shouldKeepAlive = false;
    response.once("finish", () => socket.destroySoon());
    const onClose = (listener: () => void) => void response.once("close", listener);
    onRequest({ request, answer: new Http1Answer(request, response), connection: socket, upgrade: true, onClose });
  };
  emitter.on("upgrade", (request: http.IncomingMessage, stream: Duplex, head: Buffer) => {
    const socket = stream as Socket;
    // Node no longer looks after the connection.
    socket.on("error", () => socket.destroy());
    if (request.headers.upgrade?.toLowerCase() === "websocket") {
      if (head.length > 0) socket.unshift(head);
      onceAnswered(socket, () => serveUpgrade(request, socket));
      return;
    }
    // A client that would like HTTP/2 gets what it asks for over HTTP/1.1: read again, without the wish.
    socket.unshift(Buffer.concat([Buffer.from(withoutUpgrade(request), "latin1"), head]));
    onceAnswered(socket, () => emitter.emit("encrypted" in socket ? "secureConnection" : "connection", socket));
  });
  emitter.on("connect", (request: http.IncomingMessage | http2.Http2ServerRequest, socket: Socket) => {
    if (!(request instanceof http.IncomingMessage)) {
      // Over HTTP/2, the second argument is the answer, as for any other request.
      emitter.emit("request", request, socket);
      return;
    }
    socket.on("error", () => socket.destroy());
    onUnread(socket, 405, "ERRORINFO_INVALID_METHOD");
  });
  // Without a listener, Node answers 417 by itself.
  emitter.on("checkExpectation", (request: unknown, response: unknown) => emitter.emit("request", request, response));
  const unreadable = new WeakSet<Socket>();
  emitter.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => {
    if (!socket.writable || NOBODY_TO_ANSWER.includes(error.code ?? "")) socket.destroy();
    // Whatever follows it is unreadable too.
    if (!socket.writable || unreadable.has(socket)) return;
    unreadable.add(socket);
    if (error.code === "ERR_HTTP_REQUEST_TIMEOUT") onUnread(socket, 408, "ERRORINFO_CLIENT_TIMED_OUT");
    else onUnread(socket, 400, REASONS[error.code ?? ""] ?? "ERRORINFO_INVALID_REQUEST");
  });
  return server;
}

/** A client that has left, which is the affair of its requests, or one with which there is no TLS yet. */
const NOBODY_TO_ANSWER = ["ECONNRESET", "HPE_INVALID_EOF_STATE", "ERR_TLS_HANDSHAKE_TIMEOUT"];

/** Of what Node's parser does not like. */
const REASONS: Readonly<Record<string, ErrorInfo>> = {
  HPE_INVALID_METHOD: "ERRORINFO_INVALID_METHOD",
  HPE_INVALID_VERSION: "ERRORINFO_INVALID_VERSION",
  HPE_INVALID_URL: "ERRORINFO_REQUEST_URI_INVALID",
};

function withoutUpgrade({ method, url, httpVersion, rawHeaders }: http.IncomingMessage): string {
  let head = `${method} ${url} HTTP/${httpVersion}\r\n`;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? "";
    if (!/^(upgrade|http2-settings)$/i.test(name)) head += `${name}: ${rawHeaders[index + 1]}\r\n`;
  }
  return `${head}\r\n`;
}
