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
  const url = new URL("listener" in target ? localUrl(target.listener.name) : target.url);
  if ("listener" in target) {
    const { hostNames } = target.listener;
    url.hostname = listenerTakes(hostNames, askedHost(host)) ? hostName(host) : (hostNames[0] ?? hostName(host));
  }
  const base = url.href.slice(0, url.href.length - url.pathname.length - url.search.length - url.hash.length);
  const kept = includePath ? `${url.pathname.replace(/\/$/, "")}${path}` : url.pathname;
  return `${base}${kept}${includeQueryString && query !== "" ? `?${query}` : url.search}`;
}
