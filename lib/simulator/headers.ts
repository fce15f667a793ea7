import { type Headers } from "./rewrite.js";

/** Headers that belong to one connection and are not passed on. https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1 */
const HOP_BY_HOP = new Set([
  "connection",
  "expect",
  "http2-settings",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** A copy without pseudo headers, hop-by-hop headers, and what Connection names. */
export function endToEnd(headers: Headers): Headers {
  const named = String(headers["connection"] ?? "").toLowerCase();
  const dropped = named === "" ? [] : named.split(/\s*,\s*/);
  const kept: Headers = {};
  for (const name in headers) {
    if (!name.startsWith(":") && !HOP_BY_HOP.has(name) && !dropped.includes(name)) kept[name] = headers[name];
  }
  return kept;
}

/**
 * Without the headers that Application Gateway discards: names may have letters, digits and hyphens.
 * https://learn.microsoft.com/azure/application-gateway/rewrite-http-headers-url#limitations
 */
export function acceptable(headers: Headers): Headers {
  for (const name in headers) if (!/^[a-z\d-]+$/.test(name)) Reflect.deleteProperty(headers, name);
  return headers;
}

/** Who asked, for the headers that the gateway adds. */
export interface ForwardedFor {
  readonly clientIp: string;
  readonly clientPort: number;
  readonly scheme: string;
  /** The listener's port on Azure. */
  readonly port: number;
  readonly host: string;
  /** Path and query as they arrived. */
  readonly url: string;
  readonly traceId: string;
}

/**
 * The six headers that Application Gateway gives the backend.
 * https://learn.microsoft.com/azure/application-gateway/how-application-gateway-works#modifications-to-the-request
 */
export function addForwardedHeaders(headers: Headers, { clientIp, clientPort, ...request }: ForwardedFor): void {
  const client = `${clientIp.includes(":") ? `[${clientIp}]` : clientIp}:${clientPort}`;
  const before = headers["x-forwarded-for"];
  headers["x-forwarded-for"] = before === undefined ? client : `${String(before)}, ${client}`;
  headers["x-forwarded-port"] = String(request.port);
  headers["x-forwarded-proto"] = request.scheme;
  headers["x-original-host"] = request.host;
  headers["x-original-url"] = request.url;
  headers["x-appgw-trace-id"] = request.traceId;
}

/** Name and value in turn, as undici takes them. */
export function flat(headers: Headers): string[] {
  const list: string[] = [];
  for (const name in headers) {
    const value = headers[name];
    if (typeof value === "string") list.push(name, value);
    else for (const one of value ?? []) list.push(name, one);
  }
  return list;
}
