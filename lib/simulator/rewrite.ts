import { type HeaderRewrite, type RewriteCondition, type RewriteRule } from "../synthesized/gateway-model.js";
import { re2 } from "../synthesized/re2.js";
import { type Headers, fieldValue, isAcceptable, joined, mayBeRewritten } from "./headers.js";

/** What rewrite rules see of a request, and may change: `path`, `query` and `headers`. */
export interface RewritableRequest {
  path: string;
  /** Without `?`. */
  query: string;
  readonly headers: Headers;
  /** Server variables of the request as it came. */
  readonly variable: (name: string) => string | undefined;
}

export interface RewritableResponse {
  readonly statusCode: number;
  readonly headers: Headers;
}

/**
 * Applies the request half of the rules, lowest sequence first, in place.
 * @returns whether a rule asks for the path map to be evaluated again
 * https://learn.microsoft.com/azure/application-gateway/rewrite-http-headers-url
 */
export function rewriteRequest(rules: readonly RewriteRule[], request: RewritableRequest): boolean {
  let reevaluate = false;
  for (const rule of rules) {
    if (rule.conditions.some(({ variable }) => variable.startsWith("http_resp_"))) continue;
    const captured = evaluate(rule.conditions, request);
    if (captured === undefined) continue;
    const fill = (template: string) => expand(template, captured, request);
    // All values are computed from the request as the rule met it.
    const headers = rule.requestHeaders
      .filter(({ name }) => isAcceptable(name.toLowerCase()))
      .map(({ name, value }) => ({ name, value: fill(value) }));
    const path = rule.url?.path === undefined ? undefined : fill(rule.url.path);
    const query = rule.url?.queryString === undefined ? undefined : fill(rule.url.queryString);
    setHeaders(request.headers, headers);
    if (path !== undefined) request.path = inUrl(path.startsWith("/") ? path : `/${path}`);
    if (query !== undefined) request.query = inUrl(query);
    reevaluate ||= rule.url?.reevaluatePathMap === true;
  }
  return reevaluate;
}

/** Applies the response half of the rules, in place. */
export function rewriteResponse(
  rules: readonly RewriteRule[],
  request: RewritableRequest,
  response: RewritableResponse,
): void {
  for (const rule of rules) {
    if (rule.responseHeaders.length === 0) continue;
    const captured = evaluate(rule.conditions, request, response);
    if (captured === undefined) continue;
    setHeaders(
      response.headers,
      rule.responseHeaders.map(({ name, value }) => ({ name, value: expand(value, captured, request, response) })),
    );
  }
}

/** The groups that the conditions captured, as `var_uri_path_1`; undefined if a condition does not hold. */
function evaluate(
  conditions: readonly RewriteCondition[],
  request: RewritableRequest,
  response?: RewritableResponse,
): Map<string, string> | undefined {
  const captured = new Map<string, string>();
  for (const condition of conditions) {
    const { variable, negate } = condition;
    const value = valueOf(variable, request, response);
    const match = value === undefined ? null : expressionOf(condition).exec(value);
    if ((match === null) !== negate) return undefined;
    match?.slice(1).forEach((group, index) => captured.set(`${variable}_${index + 1}`, group ?? ""));
  }
  return captured;
}

const expressions = new WeakMap<RewriteCondition, RegExp>();

function expressionOf(condition: RewriteCondition): RegExp {
  const known = expressions.get(condition);
  if (known !== undefined) return known;
  const expression = re2(condition.pattern, condition.ignoreCase);
  expressions.set(condition, expression);
  return expression;
}

/** `{http_req_x-tenant}`, `{var_uri_path_1}` and the like; what has no value becomes empty. */
function expand(
  template: string,
  captured: ReadonlyMap<string, string>,
  request: RewritableRequest,
  response?: RewritableResponse,
): string {
  return template.replace(
    /\{((?:var|http_req|http_resp)_[\w-]+)\}/g,
    (_, name: string) => captured.get(name) ?? valueOf(name, request, response) ?? "",
  );
}

function valueOf(variable: string, request: RewritableRequest, response?: RewritableResponse): string | undefined {
  const [, kind, name = ""] = /^(var|http_req|http_resp)_(.*)$/.exec(variable) ?? [];
  if (kind === "http_req") return joined(request.headers[name.toLowerCase()]);
  if (kind === "http_resp") return joined(response?.headers[name.toLowerCase()]);
  if (name === "uri_path") return request.path;
  if (name === "query_string") return request.query;
  if (name === "http_status") return response && String(response.statusCode);
  if (name.startsWith("cookie_")) return cookie(joined(request.headers["cookie"]) ?? "", name.slice("cookie_".length));
  return request.variable(name);
}

function setHeaders(headers: Headers, rewrites: readonly HeaderRewrite[]): void {
  for (const { name, value } of rewrites) {
    const key = name.toLowerCase();
    // Azure refuses to delete Host.
    if (!mayBeRewritten(key) || (key === "host" && value === "")) continue;
    if (value === "") Reflect.deleteProperty(headers, key);
    else headers[key] = fieldValue(value);
  }
}

function cookie(header: string, name: string): string | undefined {
  const pair = header.split(/;\s*/).find((each) => each.startsWith(`${name}=`));
  return pair?.slice(name.length + 1);
}

/** What no URL can hold is written as percent and digits. */
function inUrl(text: string): string {
  return text.replace(/[^\x21-\x7e]+/g, encodeURIComponent);
}
