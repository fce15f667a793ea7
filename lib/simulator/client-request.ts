import { type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { type Http2ServerRequest } from "node:http2";
import { type TLSSocket } from "node:tls";
import { type ErrorInfo } from "./access-log.js";
import { type GatewayStatus } from "./error-page.js";

/** https://learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits#application-gateway-limits */
const MAXIMUM_URL_BYTES = 32 * 1_024;
const MAXIMUM_HEADER_BYTES = 32 * 1_024;
const HTTP2_MAXIMUM_FIELD_BYTES = 8 * 1_024;
const HTTP2_MAXIMUM_HEADER_BYTES = 16 * 1_024;

/** What the gateway knows about a request when its headers have arrived, over HTTP/1.1 or HTTP/2. */
export class ClientRequest {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly httpVersion: string;
  readonly scheme: "http" | "https";
  /** `:authority`, the host of an absolute URL, or the Host header, with a port if the client gave one. */
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
    // A client that takes the gateway for a forward proxy sends an absolute URL; OPTIONS may ask for "*".
    const authority = url.startsWith("/") ? undefined : /^https?:\/\/([^/?#]*)/i.exec(url);
    this.host = String(headers[":authority"] ?? authority?.[1] ?? headers.host ?? "");
    const relative = !authority ? url : url.slice(authority[0].length);
    // Nobody but the client has a use for a fragment.
    const target = relative.includes("#") ? relative.slice(0, relative.indexOf("#")) : relative;
    this.url = target.startsWith("/") ? target : `/${target}`;
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
    if (this.isHttp2) return !(this.message as unknown as Http2ServerRequest).stream.endAfterHeaders;
    return this.contentLength > 0 || this.headers["transfer-encoding"] !== undefined;
  }

  /**
   * Why Application Gateway answers such a request by itself, before it looks for a listener; undefined for a good one.
   * https://learn.microsoft.com/azure/application-gateway/http-response-codes#400--bad-request
   */
  refusal(): { readonly status: GatewayStatus; readonly error: ErrorInfo } | undefined {
    if (this.url.length > MAXIMUM_URL_BYTES) return { status: 413, error: "ERRORINFO_REQUEST_URI_INVALID" };
    const versions = this.isHttp2 ? ["HTTP/2.0"] : ["HTTP/1.0", "HTTP/1.1"];
    if (!versions.includes(this.httpVersion)) return { status: 400, error: "ERRORINFO_INVALID_VERSION" };
    if (this.method === "CONNECT") return { status: 405, error: "ERRORINFO_INVALID_METHOD" };
    if (this.method === "TRACE") return { status: 405, error: "ERRORINFO_INVALID_METHOD_TRACE" };
    if (this.host === "") return { status: 400, error: "ERRORINFO_HTTP_NO_HOST_HEADER" };
    if (!isHost(this.host)) return { status: 400, error: "ERRORINFO_INVALID_HOST" };
    const hasLength = ["content-length", "transfer-encoding"].some((name) => this.headers[name] !== undefined);
    const lacksLength = this.method === "POST" && this.httpVersion === "HTTP/1.1" && !hasLength;
    if (lacksLength || !this.hasGoodHeaders()) return { status: 400, error: "ERRORINFO_INVALID_REQUEST" };
    return undefined;
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

  private get isHttp2(): boolean {
    // A request over HTTP/1.1 can say that it is HTTP/2.0.
    return "stream" in this.message;
  }

  /** Within the limits of size, and none twice that says who asks or for what. */
  private hasGoodHeaders(): boolean {
    const { rawHeaders } = this.message;
    let bytes = 0;
    let hosts = 0;
    let credentials = 0;
    for (let index = 0; index < rawHeaders.length; index += 2) {
      const name = rawHeaders[index] ?? "";
      if (name.startsWith(":")) continue;
      const field = name.length + (rawHeaders[index + 1] ?? "").length;
      if (this.isHttp2 && field > HTTP2_MAXIMUM_FIELD_BYTES) return false;
      bytes += field;
      if (name.length === 4 && name.toLowerCase() === "host") hosts += 1;
      if (name.length === 13 && name.toLowerCase() === "authorization") credentials += 1;
    }
    return bytes <= (this.isHttp2 ? HTTP2_MAXIMUM_HEADER_BYTES : MAXIMUM_HEADER_BYTES) && hosts < 2 && credentials < 2;
  }
}

/** A host name or address, with at most one port. */
function isHost(host: string): boolean {
  return /^(?:\[[\da-f:.]+\]|[\w-]+(?:\.[\w-]+)*\.?)(?::\d*)?$/i.test(host);
}
