import { InvalidOptionError } from "../errors.js";
import { checkedNumber, checkedObject, refuseUnknownOptions } from "../validation.js";
import {
  combinedCredential,
  type Credential,
  headerCredential,
  type HeaderProvider,
  headersProblem,
  type HeaderValues,
  isHeaderSafe,
  keyCredential,
  tokenCredential,
  type TokenProvider,
} from "./credential.js";

/**
 * One Azure OpenAI account, or some of its deployments, reached directly or through a gateway or proxy. Each has a
 * credential: `apiKey`, `tokenProvider`, or `headers` where a gateway wants its own.
 */
export interface EndpointOptions {
  /**
   * For events, errors and snapshots; each has its own.
   * @default the url's host, with its path where it has one
   */
  readonly name?: string;
  /**
   * The account, `https://x.openai.azure.com`, or a base with a path prefix, `https://gateway/team-a`: everything
   * before `/openai`. http is for loopback only, because credentials would travel in clear. Several endpoints, with names
   * of their own, may share one url: provisioned and standard deployments of one account.
   */
  readonly url: string;
  /** Sent as `api-key`. Not together with `tokenProvider`. */
  readonly apiKey?: string | undefined;
  /** For keyless access; sent as `authorization: Bearer …`. */
  readonly tokenProvider?: TokenProvider | undefined;
  /**
   * Sent to this endpoint with each request, in place of the caller's of the same name: what a gateway wants, such as
   * `Ocp-Apim-Subscription-Key`. A function is asked for each attempt.
   * @default none
   */
  readonly headers?: HeaderValues | HeaderProvider | undefined;
  /**
   * Replaces the `api-version` of requests that have one, except on `/openai/v1`, where regions differ.
   * @default the caller's
   */
  readonly apiVersion?: string | undefined;
  /**
   * The endpoint's own names of deployments, by the name that callers ask for.
   * @default each is named here as it is asked for
   */
  readonly deployments?: Readonly<Record<string, string>>;
  /**
   * Share of the calls, relative to the other endpoints of its priority; 0 is standby, for fail-over only.
   * For the strategy `weighted`.
   * @default 1
   */
  readonly weight?: number;
  /**
   * The endpoints with the lowest number are used first; the next ones while none of those is available (provisioned
   * throughput first, spilling over to pay-as-you-go). With every strategy.
   * @default 1
   */
  readonly priority?: number;
}

export const DEFAULT_WEIGHT = 1;
export const DEFAULT_PRIORITY = 1;

/** An endpoint whose options have been checked. */
export interface Endpoint {
  readonly name: string;
  /** Origin and path prefix, without a slash at the end. */
  readonly base: string;
  readonly credential: Credential;
  readonly apiVersion: string | undefined;
  /** Undefined where no deployment is renamed, so that no body has to be read for it. */
  readonly deployments: ReadonlyMap<string, string> | undefined;
  readonly weight: number;
  readonly priority: number;
}

const KNOWN = [
  "name",
  "url",
  "apiKey",
  "tokenProvider",
  "headers",
  "apiVersion",
  "deployments",
  "weight",
  "priority",
] as const;
KNOWN satisfies readonly (keyof EndpointOptions)[];

/**
 * @param at where the options stand, such as `endpoints[1]`.
 * @throws InvalidOptionError
 */
export function checkedEndpoint(options: EndpointOptions, at: string): Endpoint {
  refuseUnknownOptions(checkedObject(options, at, "{ url, apiKey }"), KNOWN, at);
  const url = checkedUrl(options.url, `${at}.url`);
  const base = url.origin + url.pathname.replace(/\/+$/, "");
  const name = options.name ?? base.slice(url.protocol.length + 2);
  if (typeof name !== "string" || name === "") {
    throw new InvalidOptionError(`${at}.name`, `is ${JSON.stringify(name)}; give a name or leave it out`);
  }
  return {
    name,
    base,
    credential: checkedCredential(options, at),
    apiVersion: checkedApiVersion(options.apiVersion, `${at}.apiVersion`),
    deployments: checkedDeployments(options.deployments, `${at}.deployments`),
    weight: checkedNumber(options.weight ?? DEFAULT_WEIGHT, `${at}.weight`),
    priority: checkedNumber(options.priority ?? DEFAULT_PRIORITY, `${at}.priority`),
  };
}

const LOOPBACK = /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/;

function checkedUrl(text: unknown, at: string): URL {
  if (typeof text !== "string" || !URL.canParse(text)) {
    // What is not a URL may be a key in the wrong place: it is not quoted.
    throw new InvalidOptionError(at, "is not a URL; give one such as https://my-account.openai.azure.com");
  }
  const url = new URL(text);
  if (url.username !== "" || url.password !== "") {
    throw new InvalidOptionError(at, `has a user name or password (host ${url.host}); give the credential as apiKey`);
  }
  if (url.search !== "" || url.hash !== "") {
    throw new InvalidOptionError(
      at,
      `has a query or fragment (host ${url.host}); give only what stands before /openai, api-version is the caller's`,
    );
  }
  if (url.protocol !== "https:" && !(url.protocol === "http:" && LOOPBACK.test(url.hostname))) {
    throw new InvalidOptionError(at, `"${text}" is not https, so credentials would travel in clear; use https`);
  }
  const inside = /\/(?:openai(?:\/|$)|(?:models|anthropic(?:\/v1)?)\/?$)/.exec(url.pathname);
  if (inside !== null) {
    const before = url.origin + url.pathname.slice(0, inside.index);
    throw new InvalidOptionError(at, `"${text}" goes past the account; give what comes before that: "${before}"`);
  }
  return url;
}

function checkedCredential({ apiKey, tokenProvider, headers }: EndpointOptions, at: string): Credential {
  if (apiKey !== undefined && tokenProvider !== undefined) {
    throw new InvalidOptionError(at, "has both apiKey and tokenProvider; give one of them");
  }
  const credentials: Credential[] = [];
  if (apiKey !== undefined) credentials.push(keyCredential(checkedKey(apiKey, `${at}.apiKey`)));
  if (tokenProvider !== undefined) {
    if (typeof tokenProvider !== "function") {
      throw new InvalidOptionError(
        `${at}.tokenProvider`,
        `is of type ${typeof tokenProvider}; give a function such as getBearerTokenProvider of @azure/identity returns`,
      );
    }
    credentials.push(tokenCredential(tokenProvider));
  }
  if (headers !== undefined) credentials.push(headerCredential(checkedHeaders(headers, `${at}.headers`)));
  if (credentials.length > 0) return combinedCredential(credentials);
  throw new InvalidOptionError(
    at,
    "has no credential: neither apiKey nor tokenProvider nor headers; give one (is a variable unset?)",
  );
}

function checkedKey(apiKey: unknown, at: string): string {
  if (typeof apiKey === "string" && isHeaderSafe(apiKey)) return apiKey;
  throw new InvalidOptionError(
    at,
    "is empty or has characters that a header cannot carry (spaces, line ends); give the key alone",
  );
}

function checkedHeaders(headers: HeaderValues | HeaderProvider, at: string): HeaderValues | HeaderProvider {
  if (typeof headers === "function") return headers;
  const problem = headersProblem(headers);
  if (problem !== undefined) throw new InvalidOptionError(at, `has ${problem}; give { name: value } or a function`);
  return { ...headers };
}

function checkedApiVersion(version: unknown, at: string): string | undefined {
  if (version === undefined || (typeof version === "string" && version !== "")) return version;
  throw new InvalidOptionError(
    at,
    `is ${JSON.stringify(version)}; give a version such as "2024-10-21" or leave it out`,
  );
}

function checkedDeployments(
  deployments: Readonly<Record<string, string>> | undefined,
  at: string,
): ReadonlyMap<string, string> | undefined {
  if (deployments === undefined) return undefined;
  for (const [asked, actual] of Object.entries(checkedObject(deployments, at, '{ "gpt-4o": "gpt-4o-eu" }'))) {
    if (typeof actual !== "string" || actual === "") {
      throw new InvalidOptionError(
        `${at}[${JSON.stringify(asked)}]`,
        `is ${JSON.stringify(actual)}; give the deployment's name at this endpoint`,
      );
    }
  }
  const renamed = Object.entries(deployments).filter(([asked, actual]) => asked !== actual);
  return renamed.length > 0 ? new Map(renamed) : undefined;
}
