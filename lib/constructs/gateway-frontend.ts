import {
  type ApplicationGatewayConfig,
  type ApplicationGatewaySslCertificate,
} from "@cdktf/provider-azurerm/lib/application-gateway";
import { DEFAULT_HTTP_PORT } from "../rules/defaults.js";
import { type GatewayListener } from "./gateway-listener.js";
import { GATEWAY_NAMES } from "./gateway-names.js";

/** Lower runs first. */
const RULE_PRIORITY = 100;
const REDIRECT_RULE_PRIORITY = 200;

/** The gateway's blocks that face the clients. */
export type GatewayFrontend = Pick<
  ApplicationGatewayConfig,
  "frontendPort" | "httpListener" | "sslCertificate" | "sslPolicy" | "requestRoutingRule" | "redirectConfiguration"
>;

/** Ports, listeners, certificate and rules of a listener. */
export function gatewayFrontend(
  listener: GatewayListener,
  certificate: ApplicationGatewaySslCertificate | undefined,
): GatewayFrontend {
  const main = {
    name: GATEWAY_NAMES.listener,
    frontendIpConfigurationName: GATEWAY_NAMES.frontendIp,
    frontendPortName: GATEWAY_NAMES.port,
    protocol: listener.protocol,
    ...withHostNames(listener.hostNames),
    ...(certificate && { sslCertificateName: certificate.name }),
  };
  const rule = {
    name: GATEWAY_NAMES.rule,
    priority: RULE_PRIORITY,
    ruleType: "Basic",
    httpListenerName: GATEWAY_NAMES.listener,
    backendAddressPoolName: GATEWAY_NAMES.backendPool,
    backendHttpSettingsName: GATEWAY_NAMES.backendSettings,
  };
  const redirects = listener.redirectHttp ? redirectsTo(listener) : [];
  return {
    frontendPort: [
      { name: GATEWAY_NAMES.port, port: listener.port },
      ...(listener.redirectHttp ? [{ name: GATEWAY_NAMES.redirectPort, port: DEFAULT_HTTP_PORT }] : []),
    ],
    sslCertificate: certificate && [certificate],
    httpListener: [main, ...redirects.map((redirect) => redirect.httpListener)],
    requestRoutingRule: [rule, ...redirects.map((redirect) => redirect.requestRoutingRule)],
    ...(redirects.length > 0 && { redirectConfiguration: redirects.map((redirect) => redirect.redirectConfiguration) }),
  };
}

/**
 * What sends HTTP clients to HTTPS. Azure redirects to no listener of several host names, so each name gets a redirect to
 * its own URL.
 */
function redirectsTo(listener: GatewayListener) {
  const { hostNames } = listener;
  if (hostNames.length < 2) return [redirect(hostNames, { targetListenerName: GATEWAY_NAMES.listener })];
  return hostNames.map((hostName, at) => redirect([hostName], { targetUrl: listener.url(hostName) }, at + 1));
}

function redirect(
  hostNames: readonly string[],
  target: { targetListenerName: string } | { targetUrl: string },
  number?: number,
) {
  return {
    httpListener: {
      name: GATEWAY_NAMES.redirectListener(number),
      frontendIpConfigurationName: GATEWAY_NAMES.frontendIp,
      frontendPortName: GATEWAY_NAMES.redirectPort,
      protocol: "Http",
      ...withHostNames(hostNames),
    },
    requestRoutingRule: {
      name: GATEWAY_NAMES.redirectRule(number),
      priority: REDIRECT_RULE_PRIORITY + (number ?? 0),
      ruleType: "Basic",
      httpListenerName: GATEWAY_NAMES.redirectListener(number),
      redirectConfigurationName: GATEWAY_NAMES.redirect(number),
    },
    redirectConfiguration: {
      name: GATEWAY_NAMES.redirect(number),
      redirectType: "Permanent",
      ...target,
      includePath: true,
      includeQueryString: true,
    },
  };
}

function withHostNames(hostNames: readonly string[]): { hostNames?: string[] } {
  return hostNames.length > 0 ? { hostNames: [...hostNames] } : {};
}
