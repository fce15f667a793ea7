import { type Body, type BodyContent, readBody } from "./body.js";
import { CREDENTIAL_HEADERS } from "./credential.js";
import { type Endpoint } from "./endpoint.js";
import { type FetchFunction } from "./options.js";
import { findJsonField, jsonStringField, spliceJsonString } from "./json-field.js";
import { type Operation, operationOf } from "./operation.js";
import { idsIn, statefulPath, subjectIn } from "./sticky.js";

/** A caller's request, read once; each attempt is written from it. */
export interface BalancedRequest {
  /** From `/openai` on, with the query. */
  readonly path: string;
  readonly method: string;
  /** Without credentials, host and length. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Body;
  readonly signal: AbortSignal | undefined;
  /** What else the caller gave to `fetch`. */
  readonly init: RequestInit;
  /** As asked for; undefined where the request names none. */
  readonly deployment: string | undefined;
  readonly deploymentPlace: "path" | "body";
  readonly operation: Operation;
  /** Undefined for a request that has nothing to do with stored things. */
  readonly stored: StoredThings | undefined;
}

export interface StoredThings {
  /** All that it refers to, the path's first. */
  readonly ids: readonly string[];
  /** The one without which the request means nothing: in the path, or such as the response that this one continues. */
  readonly subject: string | undefined;
}

export async function readRequest(
  input: Parameters<FetchFunction>[0],
  init: RequestInit = {},
  maxBufferedBodyBytes: number,
): Promise<BalancedRequest> {
  const request = isRequest(input) ? input : undefined;
  const path = pathFrom(request?.url ?? String(input));
  const headers = forwardedHeaders(init.headers ?? request?.headers);
  const signal = init.signal ?? request?.signal;
  const content = init.body ?? request?.body;
  // JSON goes on as text, which has no type of its own.
  if (content instanceof Blob && content.type !== "") headers["content-type"] ??= content.type;
  const body = await readBody(content, contentType(headers), maxBufferedBodyBytes, signal);
  const [deploymentInPath, resource] = parts(path);
  const deploymentPlace = deploymentInPath === undefined ? "body" : "path";
  const operation = storedOperation(operationOf(resource), body);
  const stateful = operation === "stored-chat" ? { id: undefined } : statefulPath(resource);
  return {
    path,
    method: (init.method ?? request?.method ?? "GET").toUpperCase(),
    headers,
    body,
    signal,
    init,
    deployment: deploymentInPath ?? deploymentInBody(body, resource),
    deploymentPlace,
    operation,
    stored: stateful && storedThings(stateful.id, body),
  };
}

/** What to send to an endpoint; the caller of this adds the credential and the signal, in place. */
export interface WrittenRequest {
  readonly url: string;
  readonly init: RequestInit & { readonly headers: Record<string, string>; duplex?: "half" };
}

export function writeRequest(request: BalancedRequest, endpoint: Endpoint): WrittenRequest {
  const { path, method, headers, body, deployment } = request;
  const actual = deployment === undefined ? undefined : endpoint.deployments?.get(deployment);
  const inPath = actual !== undefined && request.deploymentPlace === "path";
  const init: WrittenRequest["init"] = {
    ...request.init,
    method,
    headers: { ...headers },
    // A redirect that is followed would carry the credential to whatever place it names.
    redirect: "manual",
  };
  const content = contentOf(body, inPath ? undefined : actual);
  if (content !== undefined) init.body = content;
  if (body.kind === "stream") init.duplex = "half";
  const actualPath = inPath ? path.replace(DEPLOYMENT_PATH, `/openai/deployments/${encodeURIComponent(actual)}`) : path;
  return { url: endpoint.base + actualPath, init };
}

const DEPLOYMENT_PATH = /^\/openai\/deployments\/([^/?]+)/;
const RESOURCE = /^\/openai\/(?:v1\/|deployments\/[^/?]+\/)?([^?]*)/;

/**
 * By its form: undici's Request, for one, is not the global one.
 *
 * @throws TypeError for what is no request at all, which would otherwise become a path.
 */
export function isRequest(input: Parameters<FetchFunction>[0]): input is Request {
  if (typeof input === "string" || (typeof input === "object" && input !== null && "href" in input)) return false;
  if (typeof input === "object" && input !== null && "url" in input && "headers" in input) return true;
  throw new TypeError(`input: is of type ${typeof input}; give a string, a URL or a Request`);
}

/** From the first `/openai` on: what stands before it is the caller's base, in whose place an endpoint's goes. */
function pathFrom(url: string): string {
  const text = PLAIN_URL.test(url) && !NOT_PLAIN.test(url) ? url : withoutFragment(url);
  const query = text.indexOf("?");
  const end = query < 0 ? text.length : query;
  const slash = text.indexOf("/", text.indexOf("://") + 3);
  const start = slash < 0 || slash > end ? end : slash;
  const openai = text.indexOf("/openai/", start);
  return text.slice(openai >= 0 && openai < end ? openai : start);
}

const PLAIN_URL = /^https?:\/\//i;
/**
 * Dot segments could climb out of an endpoint's path prefix: they are resolved as fetch would, but before. Tabs
 * and line ends, which fetch takes out, could hide them.
 */
const NOT_PLAIN = /\/(\.|%2e)|[#\\\t\r\n]/i;

function withoutFragment(url: string): string {
  const parsed = new URL(url, "https://base.invalid");
  parsed.hash = "";
  return parsed.href;
}

function parts(path: string): readonly [deployment: string | undefined, resource: string] {
  const deployment = DEPLOYMENT_PATH.exec(path)?.[1];
  return [deployment === undefined ? undefined : decode(deployment), RESOURCE.exec(path)?.[1] ?? ""];
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function forwardedHeaders(headers: RequestInit["headers"]): Record<string, string> {
  const forwarded: Record<string, string> = {};
  for (const [name, value] of headerEntries(headers)) {
    const lower = name.toLowerCase();
    if (!CREDENTIAL_HEADERS.has(lower) && lower !== "host" && lower !== "content-length") forwarded[lower] = value;
  }
  return forwarded;
}

function headerEntries(headers: RequestInit["headers"] = {}): Iterable<readonly [string, string]> {
  if (headers instanceof Headers) return headers;
  // Pairs, a Map, the Headers of another realm.
  if (Symbol.iterator in headers) return new Headers(Array.from(headers as Iterable<[string, string]>));
  return Object.entries(headers as Record<string, string>);
}

function contentType(headers: Readonly<Record<string, string>>): string {
  return headers["content-type"] ?? "";
}

function deploymentInBody(body: Body, resource: string): string | undefined {
  // The model to tune is one of Azure's, not a deployment.
  if (resource.startsWith("fine_tuning/")) return undefined;
  if (body.kind === "json") return jsonStringField(body.text, "model");
  if (body.kind !== "form") return undefined;
  const model = body.form.get("model");
  return typeof model === "string" ? model : undefined;
}

/** Responses are stored unless the request says otherwise, chats where it says so. */
function storedOperation(operation: Operation, body: Body): Operation {
  if (operation === "responses" && storeField(body) === "false") return "unstored-responses";
  if (operation === "chat" && storeField(body) === "true") return "stored-chat";
  return operation;
}

function storeField(body: Body): string | undefined {
  // Most chats have none: that is seen faster without a walk through all fields.
  if (body.kind !== "json" || !body.text.includes('"store"')) return undefined;
  const store = findJsonField(body.text, "store");
  return store && body.text.slice(store.start, store.end);
}

function storedThings(pathId: string | undefined, body: Body): StoredThings {
  const fields = body.kind === "form" ? [...body.form].filter(([, value]) => typeof value === "string") : [];
  const subject = pathId ?? subjectIn(body.kind === "json" ? body.text : JSON.stringify(Object.fromEntries(fields)));
  // A form can have one field several times.
  const ids = idsIn(body.kind === "json" ? body.text : JSON.stringify(fields));
  return { ids: subject === undefined ? ids : [subject, ...ids], subject };
}

function contentOf(body: Body, model: string | undefined): BodyContent | undefined {
  switch (body.kind) {
    case "none":
      return undefined;
    case "json":
      return model === undefined ? body.text : spliceJsonString(body.text, "model", model);
    case "form":
      return model === undefined ? body.form : formWithModel(body.form, model);
    case "opaque":
    case "stream":
      return body.content;
  }
}

function formWithModel(form: FormData, model: string): FormData {
  // Of its own kind, which is the one that the caller's fetch knows.
  const copy = new (form.constructor as typeof FormData)();
  for (const [name, value] of form) {
    if (name === "model") copy.append(name, model);
    else if (typeof value === "string") copy.append(name, value);
    else copy.append(name, value, value.name);
  }
  return copy;
}
