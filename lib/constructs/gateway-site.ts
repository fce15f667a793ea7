import {
  type ApplicationGatewayHttpListener,
  type ApplicationGatewayRedirectConfiguration,
  type ApplicationGatewayRequestRoutingRule,
} from "@cdktf/provider-azurerm/lib/application-gateway";
import { DEFAULT_HTTP_PORT } from "../rules/defaults.js";
import { type SitePriorities } from "../rules/listener-order.js";
import { type FrontendPorts } from "./frontend-ports.js";
import { type GatewayListener } from "./gateway-listener.js";
import { type FrontendName, GATEWAY_NAMES, type SiteNames } from "./gateway-names.js";
import { httpListener } from "./http-listener.js";
import { httpsRedirects } from "./https-redirect.js";
import { routingRule, type RoutingAction } from "./routing-rule.js";

/** A listener of a gateway, and where its requests go. */
export interface GatewaySite {
  /** Where clients reach it. */
  readonly listener: GatewayListener;
  /** Names of its blocks. */
  readonly names: SiteNames;
  /** The name of its certificate's block; undefined without TLS. */
  readonly certificate: string | undefined;
  /** The name of the pool that its requests go to; undefined for what the main listener offers. */
  readonly pool: string | undefined;
  /** Headers that responses get. */
  readonly responseHeaders: Readonly<Record<string, string>> | undefined;
  /** The one address that it is on; undefined for all. */
  readonly frontend: FrontendName | undefined;
}

/** The gateway's blocks of one listener. */
export interface SiteBlocks {
  /** The listener, and those that send clients to it. */
  readonly httpListener: readonly ApplicationGatewayHttpListener[];
  /** A rule for each listener. */
  readonly requestRoutingRule: readonly ApplicationGatewayRequestRoutingRule[];
  /** What the redirecting rules refer to. */
  readonly redirectConfiguration: readonly ApplicationGatewayRedirectConfiguration[];
}

/** The blocks of a listener, on ports that it may share with other ones. */
export function siteBlocks(
  { listener, names, certificate }: GatewaySite,
  action: RoutingAction,
  ports: FrontendPorts,
  priorities: SitePriorities,
): SiteBlocks {
  const main = httpListener({
    name: names.listener,
    frontendIp: GATEWAY_NAMES.publicFrontend,
    port: ports.nameOf(listener.port, names.port),
    protocol: listener.protocol,
    hostNames: listener.hostNames,
    certificate,
  });
  const rule = routingRule({ name: names.rule, priority: priorities.rule, listener: names.listener, action });
  const redirects = listener.redirectHttp
    ? httpsRedirects(listener, {
        names,
        port: ports.nameOf(DEFAULT_HTTP_PORT, names.redirectPort),
        priority: priorities.redirect,
      })
    : [];
  return {
    httpListener: [main, ...redirects.map((redirect) => redirect.httpListener)],
    requestRoutingRule: [rule, ...redirects.map((redirect) => redirect.requestRoutingRule)],
    redirectConfiguration: redirects.map((redirect) => redirect.redirectConfiguration),
  };
}
