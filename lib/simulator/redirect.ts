import { type RedirectAction } from "../synthesized/gateway-model.js";
import { hostName, listenerTakes } from "./routing.js";

/** The parts of a request that a redirect keeps. */
export interface RedirectedRequest {
  readonly host: string;
  readonly path: string;
  /** Without `?`. */
  readonly query: string;
}

/**
 * The Location of a redirect. A target listener is named by its local address, where Azure would name port 443.
 * https://learn.microsoft.com/azure/application-gateway/redirect-overview
 */
export function redirectLocation(
  { target, includePath, includeQueryString }: RedirectAction,
  { host, path, query }: RedirectedRequest,
  askedHost: (host: string) => string,
  localUrl: (listener: string) => string,
): string {
  const kept = { path: includePath ? path : "", query: includeQueryString && query !== "" ? `?${query}` : "" };
  if ("listener" in target) {
    const { hostNames, name } = target.listener;
    const url = new URL(localUrl(name));
    url.hostname = listenerTakes(hostNames, askedHost(host)) ? hostName(host) : (hostNames[0] ?? hostName(host));
    return `${url.origin}${kept.path || "/"}${kept.query}`;
  }
  // As it is written: another form of a URL can be another URL to whoever gets it.
  const [, base = "", search = "", fragment = ""] = /^([^?#]*)(\?[^#]*)?(#.*)?$/s.exec(target.url) ?? [];
  const before = kept.path === "" ? base : base.replace(/\/$/, "");
  return `${before}${kept.path}${kept.query || search}${fragment}`;
}
