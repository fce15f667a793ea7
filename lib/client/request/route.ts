/** The parts of a request's URL that a balancer has to know. */
export interface Route {
  /** From `/openai`, `/models` or `/anthropic` on, with the query: what stands before is the endpoint's. */
  readonly path: string;
  /** The deployment in the path of the legacy API; undefined elsewhere. */
  readonly deployment: string | undefined;
  /** What is asked for: the path after `/openai/v1/`, `/openai/deployments/{deployment}/`, `/models/` or `/anthropic/v1/`. */
  readonly resource: string;
}

export function routeOf(url: string): Route {
  const path = withoutCredentials(pathFrom(url));
  const deployment = DEPLOYMENT_PATH.exec(path)?.[1];
  return {
    path,
    deployment: deployment === undefined ? undefined : decode(deployment),
    resource: RESOURCE.exec(path)?.[1] ?? "",
  };
}

/** The path with another deployment in it. */
export function withDeployment(path: string, deployment: string): string {
  return path.replace(DEPLOYMENT_PATH, () => `/openai/deployments/${encodeURIComponent(deployment)}`);
}

/** The path with another `api-version`, where it has one that counts: the v1 API has none. */
export function withApiVersion(path: string, apiVersion: string): string {
  if (path.startsWith("/openai/v1/")) return path;
  return path.replace(API_VERSION, (_, before: string) => before + encodeURIComponent(apiVersion));
}

/** Names of query parameters that carry a credential, in lower case. */
export const CREDENTIAL_PARAMETERS: ReadonlySet<string> = new Set([
  "api-key",
  "subscription-key",
  "ocp-apim-subscription-key",
]);

const DEPLOYMENT_PATH = /^\/openai\/deployments\/([^/?]+)/;
const RESOURCE = /^\/(?:openai\/(?:v1\/|deployments\/[^/?]+\/)?|models\/|anthropic\/(?:v1\/)?)([^?]*)/;
const API_VERSION = /([?&]api-version=)[^&]*/;

/** The first of the services' own segments: what stands before it is the caller's base, which an endpoint's replaces. */
const SERVICE = /\/(?:openai\/|anthropic\/|models\/(?=(?:chat\/completions|(?:images\/)?embeddings|info)(?:$|\?)))/g;

function pathFrom(url: string): string {
  const text = PLAIN_URL.test(url) && !NOT_PLAIN.test(url) ? url : withoutFragment(url);
  const query = text.indexOf("?");
  const end = query < 0 ? text.length : query;
  const slash = text.indexOf("/", text.indexOf("://") + 3);
  const start = slash < 0 || slash > end ? end : slash;
  SERVICE.lastIndex = start;
  const service = SERVICE.exec(text)?.index ?? end;
  return text.slice(service < end ? service : start);
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

function withoutCredentials(path: string): string {
  if (!MAY_HAVE_CREDENTIAL.test(path)) return path;
  const query = path.indexOf("?");
  const kept = path
    .slice(query + 1)
    .split("&")
    .filter((parameter) => !CREDENTIAL_PARAMETERS.has(decode(parameter.split("=", 1)[0] ?? "").toLowerCase()));
  return path.slice(0, query) + (kept.length > 0 ? `?${kept.join("&")}` : "");
}

/** In a name, `-key` may be percent-encoded too. */
const MAY_HAVE_CREDENTIAL = /\?.*(key|%)/i;

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
