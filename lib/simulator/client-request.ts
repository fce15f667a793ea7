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
   * A server variable that rewrite rules can use and this machine can fill.
   * https://learn.microsoft.com/azure/application-gateway/rewrite-http-headers-url#server-variables
   */
  serverVariable(name: string, serverPort: number): string | undefined {
    switch (name) {
      case "add_x_forwarded_for_proxy": {
        const before = this.headers["x-forwarded-for"];
        return before === undefined ? this.clientIp : `${String(before)}, ${this.clientIp}`;
      }
      case "ciphers_used":
        return this.tlsCipher;
      case "client_ip":
        return this.clientIp;
      case "client_port":
        return String(this.clientPort);
      case "host":
        return this.host.replace(/:\d+$/, "");
      case "http_method":
        return this.method;
      case "http_version":
        return this.httpVersion;
      case "request_query":
        return this.query;
      case "request_scheme":
        return this.scheme;
      case "request_uri":
        return this.url;
      case "server_port":
        return String(serverPort);
      case "ssl_connection_protocol":
        return this.tlsProtocol;
      case "ssl_enabled":
        return this.scheme === "https" ? "On" : "";
      default:
        return undefined;
    }
  }
}
