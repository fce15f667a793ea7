/** Header names are in lower case; several values of one header are a list. */
export type Headers = Record<string, string | readonly string[] | undefined>;

/** Empty, and without the names that every object inherits: `constructor` is a header like any other. */
export function noHeaders(): Headers {
  return Object.create(null) as Headers;
}

/** Several values of one name become a list. */
export function append(headers: Headers, name: string, value: string): void {
  const before = headers[name];
  if (before === undefined) headers[name] = value;
  else headers[name] = typeof before === "string" ? [before, value] : [...before, value];
}

/** All values in one text, or undefined. */
export function joined(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === "object" ? value.join(", ") : value;
}

/** https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2 */
export function isToken(name: string): boolean {
  return /^[\w!#$%&'*+.^`|~-]+$/.test(name);
}

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
  const named = joined(headers["connection"]);
  const dropped = named === undefined ? [] : named.toLowerCase().split(/\s*,\s*/);
  const kept = noHeaders();
  for (const name in headers) {
    if (name.startsWith(":") || HOP_BY_HOP.has(name) || dropped.includes(name)) continue;
    kept[name] = headers[name];
  }
  return kept;
}

/**
 * Without the headers that Application Gateway discards: names may have letters, digits and hyphens.
 * https://learn.microsoft.com/azure/application-gateway/rewrite-http-headers-url#limitations
 */
export function acceptable(headers: Headers): Headers {
  for (const name in headers) if (!isAcceptable(name)) Reflect.deleteProperty(headers, name);
  return headers;
}

/** May a request to a backend have such a header? Answers may have any that HTTP allows. */
export function isAcceptable(name: string): boolean {
  return /^[a-z\d-]+$/.test(name);
}

/**
 * Headers of the connection and of the message's length are not what a rewrite rule can change; Azure names Connection,
 * Upgrade and X-Original-Host. https://learn.microsoft.com/azure/application-gateway/rewrite-http-headers-url#limitations
 */
export function mayBeRewritten(name: string): boolean {
  return isToken(name) && !HOP_BY_HOP.has(name) && name !== "content-length" && name !== "x-original-host";
}

/** Without the characters that would end a header; others than Latin-1 as the bytes of UTF-8. */
export function fieldValue(value: string): string {
  if (/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) return value;
  const bytes = /[^\0-\xff]/.test(value) ? Buffer.from(value, "utf8").toString("latin1") : value;
  return bytes.replace(/[^\t\x20-\x7e\x80-\xff]/g, "");
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
export function addForwardedHeaders(headers: Headers, request: ForwardedFor): void {
  const { clientIp, clientPort } = request;
  const client = `${clientIp.includes(":") ? `[${clientIp}]` : clientIp}:${clientPort}`;
  const before = joined(headers["x-forwarded-for"]);
  headers["x-forwarded-for"] = before === undefined ? client : `${before}, ${client}`;
  headers["x-forwarded-port"] = String(request.port);
  headers["x-forwarded-proto"] = request.scheme;
  headers["x-original-host"] = request.host;
  headers["x-original-url"] = request.url;
  headers["x-appgw-trace-id"] = request.traceId;
}

/** Name and value in turn. */
export function flat(headers: Headers): string[] {
  const list: string[] = [];
  for (const name in headers) {
    const value = headers[name];
    if (typeof value === "string") list.push(name, value);
    else for (const one of value ?? []) list.push(name, one);
  }
  return list;
}
