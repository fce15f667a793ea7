import {
  type ApplicationGatewayHttpListener,
  type ApplicationGatewayRedirectConfiguration,
  type ApplicationGatewayRequestRoutingRule,
} from "@cdktf/provider-azurerm/lib/application-gateway";
import { type GatewayListener } from "./gateway-listener.js";
import { GATEWAY_NAMES, type SiteNames } from "./gateway-names.js";
import { httpListener } from "./http-listener.js";

/** The blocks of one redirect. */
export interface HttpsRedirect {
  /** Takes requests for one host name, or any. */
  readonly httpListener: ApplicationGatewayHttpListener;
  /** The listener's rule. */
  readonly requestRoutingRule: ApplicationGatewayRequestRoutingRule;
  /** Where the rule sends clients. */
  readonly redirectConfiguration: ApplicationGatewayRedirectConfiguration;
}

interface HttpsRedirectProps {
  readonly names: SiteNames;
  /** The name of the block of port 80. */
  readonly port: string;
  /** Of the first rule. */
  readonly priority: number;
}

/**
 * What sends HTTP clients of a listener to HTTPS. Azure redirects to no listener of several host names, so each name gets a
 * redirect to its own URL.
 */
export function httpsRedirects(
  listener: GatewayListener,
  { names, port, priority }: HttpsRedirectProps,
): HttpsRedirect[] {
  const { hostNames } = listener;
  const redirect = (hosts: readonly string[], target: Target, number?: number): HttpsRedirect => ({
    httpListener: httpListener({
      name: names.redirectListener(number),
      frontendIp: GATEWAY_NAMES.publicFrontend,
      port,
      protocol: "Http",
      hostNames: hosts,
    }),
    requestRoutingRule: {
      name: names.redirectRule(number),
      priority: priority + (number ?? 0),
      ruleType: "Basic",
      httpListenerName: names.redirectListener(number),
      redirectConfigurationName: names.redirect(number),
    },
    redirectConfiguration: {
      name: names.redirect(number),
      redirectType: "Permanent",
      ...target,
      includePath: true,
      includeQueryString: true,
    },
  });
  if (hostNames.length < 2) return [redirect(hostNames, { targetListenerName: names.listener })];
  return hostNames.map((hostName, at) => redirect([hostName], { targetUrl: listener.url(hostName) }, at + 1));
}

type Target = { readonly targetListenerName: string } | { readonly targetUrl: string };
