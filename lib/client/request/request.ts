import { type FetchFunction } from "../options.js";
import { type BodyFacts, factsOfForm, factsOfJson, NO_FACTS } from "./body-facts.js";
import { type Body, readBody, type ReadLimits } from "./body.js";
import { type Operation, operationOf } from "./operation.js";
import { statefulPath } from "./references.js";
import { routeOf } from "./route.js";
import { answerTokens } from "./size.js";

/** A caller's request, read once; each attempt is written from it. */
export interface BalancedRequest {
  /** See `Route`. */
  readonly path: string;
  readonly method: string;
  /** In lower case; without credentials, host and length. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Body;
  readonly facts: BodyFacts;
  readonly signal: AbortSignal | undefined;
  /** What else the caller gave to `fetch`. */
  readonly init: RequestInit;
  /** As asked for; undefined where the request names none. */
  readonly deployment: string | undefined;
  readonly deploymentPlace: "path" | "body";
  readonly operation: Operation;
  /** What it refers to that lives on one account; undefined for a request that has nothing to do with stored things. */
  readonly stored: StoredThings | undefined;
  /** About what the service counts against tokens per minute when it comes in; 0 where that cannot be told. */
  readonly tokens: number;
}

export interface StoredThings {
  readonly pathId: string | undefined;
  /** The most telling first: the path's id, then those of the body from its end, where the latest turn is. */
  readonly references: Iterable<string>;
}

export async function readRequest(
  input: Parameters<FetchFunction>[0],
  init: RequestInit = {},
  limits: ReadLimits,
): Promise<BalancedRequest> {
  const request = isRequest(input) ? input : undefined;
  const { path, deployment, resource } = routeOf(request?.url ?? String(input));
  const headers = forwardedHeaders(init.headers ?? request?.headers);
  const signal = init.signal ?? request?.signal;
  const content = init.body ?? request?.body;
  // JSON goes on as text, which has no type of its own.
  if (content instanceof Blob && content.type !== "") headers["content-type"] ??= content.type;
  const body = await readBody(content, headers["content-type"] ?? "", limits, signal);
  const facts = factsOf(body);
  const operation = operationOf(resource, facts.background);
  return {
    path,
    method: (init.method ?? request?.method ?? "GET").toUpperCase(),
    headers,
    body,
    facts,
    signal,
    init,
    // The model to tune is one of Azure's, not a deployment.
    deployment: deployment ?? (operation === "fine-tuning" ? undefined : facts.model?.value),
    deploymentPlace: deployment === undefined ? "body" : "path",
    operation,
    stored: storedThings(resource, operation === "chat" && facts.store, facts),
    tokens: tokensOf(operation, body, facts),
  };
}

/** Prompt and longest answer, except for what writes none. */
function tokensOf(operation: Operation, body: Body, facts: BodyFacts): number {
  if (body.kind !== "json") return 0;
  return facts.promptTokens + (WRITES.has(operation) ? answerTokens(facts.answer) : 0);
}

const WRITES: ReadonlySet<Operation> = new Set(["chat", "completions", "responses", "background"]);

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

/** Headers that may carry a caller's credential, in lower case: none of them reaches an endpoint. */
export const CREDENTIAL_HEADERS: ReadonlySet<string> = new Set([
  "api-key",
  "authorization",
  "cookie",
  "ocp-apim-subscription-key",
  "proxy-authorization",
  "subscription-key",
  "x-api-key",
]);

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

function factsOf(body: Body): BodyFacts {
  if (body.kind === "json") return factsOfJson(body.text);
  return body.kind === "form" ? factsOfForm(body.form) : NO_FACTS;
}

function storedThings(resource: string, isStoredChat: boolean, facts: BodyFacts): StoredThings | undefined {
  const stateful = isStoredChat ? { id: undefined } : statefulPath(resource);
  if (stateful === undefined) return undefined;
  const { references } = facts;
  const pathId = stateful.id;
  return { pathId, references: pathId === undefined ? references : before(pathId, references) };
}

function before<T>(first: T, others: Iterable<T>): Iterable<T> {
  return {
    *[Symbol.iterator]() {
      yield first;
      yield* others;
    },
  };
}
