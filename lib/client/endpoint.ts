import { type Credential, isHeaderSafe, keyCredential, tokenCredential, type TokenProvider } from "./credential.js";
import { InvalidOptionError } from "./errors.js";
import { checkedNumber, checkedObject, refuseUnknownOptions } from "./validation.js";

/** One Azure OpenAI account, reached directly or through a gateway or proxy. */
export interface EndpointOptions {
  /**
   * For events, errors and snapshots.
   * @default the url's host, with its path where it has one
   */
  readonly name?: string;
  /**
   * The account, `https://x.openai.azure.com`, or a base with a path prefix, `https://gateway/team-a`: all that
   * stands before `/openai`. http is for loopback only, because credentials would travel in clear.
   */
  readonly url: string;
  /** Sent as `api-key`. Exactly one of this and `tokenProvider`. */
  readonly apiKey?: string | undefined;
  /** For keyless access; sent as `authorization: Bearer …`. */
  readonly tokenProvider?: TokenProvider;
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
   * The endpoints with the lowest number are used first; the next ones while none of those is free (provisioned
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
  /** Undefined where no deployment is renamed, so that no body has to be read for it. */
  readonly deployments: ReadonlyMap<string, string> | undefined;
  readonly weight: number;
  readonly priority: number;
}

const KNOWN = ["name", "url", "apiKey", "tokenProvider", "deployments", "weight", "priority"] as const;
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
  const inside = /\/openai(\/|$)/.exec(url.pathname);
  if (inside !== null) {
    const before = url.origin + url.pathname.slice(0, inside.index);
    throw new InvalidOptionError(at, `"${text}" goes past the account; give what stands before /openai: "${before}"`);
  }
  return url;
}

function checkedCredential({ apiKey, tokenProvider }: EndpointOptions, at: string): Credential {
  if (apiKey !== undefined && tokenProvider !== undefined) {
    throw new InvalidOptionError(at, "has both apiKey and tokenProvider; give exactly one");
  }
  if (tokenProvider !== undefined) {
    if (typeof tokenProvider === "function") return tokenCredential(tokenProvider);
    throw new InvalidOptionError(
      `${at}.tokenProvider`,
      `is of type ${typeof tokenProvider}; give a function such as getBearerTokenProvider of @azure/identity returns`,
    );
  }
  if (apiKey === undefined) {
    throw new InvalidOptionError(at, "has neither apiKey nor tokenProvider; give exactly one (is a variable unset?)");
  }
  if (typeof apiKey !== "string" || !isHeaderSafe(apiKey)) {
    throw new InvalidOptionError(
      `${at}.apiKey`,
      "is empty or has characters that a header cannot carry (spaces, line ends); give the key alone",
    );
  }
  return keyCredential(apiKey);
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
