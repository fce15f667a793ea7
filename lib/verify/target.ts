import { UsageError } from "./usage-error.js";

/** Where the requests go and what they ask. */
export interface Target {
  /** Of the gateway or account; a path is kept as a prefix. */
  readonly url: string;
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
}

/**
 * A short chat: no token limit, since older models refuse the new parameter and newer models the old one.
 *
 * @throws UsageError
 */
export function prepareRequest(target: Target): PreparedRequest {
  const { api = DEFAULT_API, deployment, stream = false } = target;
  const url = parseUrl(target.url);
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
  return { url: url.href, body: JSON.stringify(body) };
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
  return url;
}
