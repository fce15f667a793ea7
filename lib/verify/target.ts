import { UsageError } from "./usage-error.js";

/** Where the requests go and what they ask. */
export interface Target {
  /** Of the gateway or account; a path is put before that of the API. */
  readonly url: string;
  /** The host name to ask for, of a gateway that DNS does not name: `url` then says where to connect. @default the URL's */
  readonly host?: string;
  /** @default "legacy" */
  readonly api?: Api;
  /** The deployment's name. */
  readonly deployment: string;
  /** @default {@link DEFAULT_API_VERSION} for the legacy API, none for v1 */
  readonly apiVersion?: string;
  /** @default false */
  readonly stream?: boolean;
}

export type Api = "legacy" | "v1";

export const DEFAULT_API: Api = "legacy";
export const DEFAULT_API_VERSION = "2024-10-21";

/** A request that can be sent again and again. */
export interface PreparedRequest {
  readonly url: string;
  readonly body: string;
  readonly stream: boolean;
  /** Where to connect, if not to the URL's host. */
  readonly address: URL | undefined;
}

/**
 * A short chat: no token limit, since older models refuse the new parameter and newer models the old one.
 *
 * @throws UsageError
 */
export function prepareRequest(target: Target): PreparedRequest {
  const { api = DEFAULT_API, deployment, stream = false } = target;
  const url = parseUrl(target.url);
  const address = target.host === undefined ? undefined : new URL(url.origin);
  if (target.host !== undefined) url.hostname = checkedHost(target.host);
  if (deployment === "")
    throw new UsageError("deployment is empty: give the name of a deployment that every backend has");
  const prefix = url.pathname.replace(/\/+$/, "");
  const apiVersion = target.apiVersion ?? (api === "legacy" ? DEFAULT_API_VERSION : undefined);
  url.pathname =
    api === "legacy"
      ? `${prefix}/openai/deployments/${encodeURIComponent(deployment)}/chat/completions`
      : `${prefix}/openai/v1/chat/completions`;
  if (apiVersion !== undefined) url.searchParams.set("api-version", apiVersion);
  const body = {
    ...(api === "v1" ? { model: deployment } : {}),
    messages: [{ role: "user", content: "Reply with one word: hello" }],
    ...(stream ? { stream: true } : {}),
  };
  return { url: url.href, body: JSON.stringify(body), stream, address };
}

/** A name as it is in a certificate or a listener: no scheme, no port, no path. */
function checkedHost(host: string): string {
  const label = /^[a-z\d_]([\w-]{0,61}[a-z\d])?$/i;
  const labels = host.split(".");
  // A number at the end would make it an address.
  if (host.length <= 253 && labels.every((each) => label.test(each)) && !/^\d+$/.test(labels.at(-1) ?? "")) return host;
  throw new UsageError(`host is a host name alone, such as llm.example.com, which the listener takes; got "${host}"`);
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // Not quoted if there may be a password in it.
  if (url !== undefined && (url.username !== "" || url.password !== "")) {
    throw new UsageError("url has a user name or a password in it: use an api key or a token instead");
  }
  if (url === undefined || !["http:", "https:"].includes(url.protocol)) {
    throw new UsageError(
      `url is not an http or https address: got "${text}", expected something like https://gateway.example.com`,
    );
  }
  if (url.search !== "" || url.hash !== "") {
    throw new UsageError(`url is the base address, without "?" and "#": got "${text}"`);
  }
  const [, base, path] = /^(.*?)(\/openai(?:\/.*)?)$/i.exec(url.pathname) ?? [];
  if (path !== undefined) {
    throw new UsageError(
      `url ends in "${path}", which is the API's part and is added by itself: give "${url.origin}${base}"`,
    );
  }
  return url;
}
