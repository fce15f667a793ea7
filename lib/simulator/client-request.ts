import { type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { type Http2ServerRequest } from "node:http2";
import { type TLSSocket } from "node:tls";

/** What the gateway knows about a request when its headers have arrived, over HTTP/1.1 or HTTP/2. */
export class ClientRequest {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly httpVersion: string;
  readonly scheme: "http" | "https";
  /** Host header or `:authority`, with a port if the client gave one. */
  readonly host: string;
  /** Path and query string. */
  readonly url: string;
  readonly path: string;
  /** Without `?`. */
  readonly query: string;
  readonly clientIp: string;
  readonly clientPort: number;
  readonly tlsProtocol: string;
  readonly tlsCipher: string;

  constructor(readonly message: IncomingMessage) {
    const { socket, headers, method = "GET", url = "/" } = message;
    this.method = method;
    this.headers = headers;
    this.httpVersion = `HTTP/${message.httpVersion}`;
    this.host = headers.host ?? String(headers[":authority"] ?? "");
    // A client that takes the gateway for a forward proxy sends an absolute URL; OPTIONS may ask for "*".
    const relative = url.startsWith("/") ? url : url.replace(/^https?:\/\/[^/?]*/i, "");
    this.url = relative.startsWith("/") ? relative : `/${relative}`;
    const mark = this.url.indexOf("?");
    this.path = mark < 0 ? this.url : this.url.slice(0, mark);
    this.query = mark < 0 ? "" : this.url.slice(mark + 1);
    this.clientIp = socket.remoteAddress ?? "";
    this.clientPort = socket.remotePort ?? 0;
    const tls = "getCipher" in socket ? (socket as TLSSocket) : undefined;
    this.scheme = tls === undefined ? "http" : "https";
    this.tlsProtocol = tls?.getProtocol() ?? "";
    this.tlsCipher = tls?.getCipher().name ?? "";
  }

  /** 0 for a body of unknown length too. */
  get contentLength(): number {
    return Number(this.headers["content-length"] ?? 0);
  }

  get hasBody(): boolean {
    if (this.message.httpVersionMajor < 2) {
      return this.contentLength > 0 || this.headers["transfer-encoding"] !== undefined;
    }
    return !(this.message as unknown as Http2ServerRequest).stream.endAfterHeaders;
  }

  /**
   * The server variables that rewrite rules can use and this machine can fill.
   * https://learn.microsoft.com/azure/application-gateway/rewrite-http-headers-url#server-variables
   */
  serverVariables(serverPort: number): Record<string, string> {
    const before = this.headers["x-forwarded-for"];
    return {
      add_x_forwarded_for_proxy: before === undefined ? this.clientIp : `${String(before)}, ${this.clientIp}`,
      ciphers_used: this.tlsCipher,
      client_ip: this.clientIp,
      client_port: String(this.clientPort),
      host: this.host.replace(/:\d+$/, ""),
      http_method: this.method,
      http_version: this.httpVersion,
      request_query: this.query,
      request_scheme: this.scheme,
      request_uri: this.url,
      server_port: String(serverPort),
      ssl_connection_protocol: this.tlsProtocol,
      ssl_enabled: this.scheme === "https" ? "On" : "",
    };
  }
}
