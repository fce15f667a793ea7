import {
  type ApplicationGatewayConfig,
  type ApplicationGatewaySslCertificate,
} from "@cdktf/provider-azurerm/lib/application-gateway";
import { DEFAULT_HTTP_PORT } from "../rules/defaults.js";
import { type GatewayListener } from "./gateway-listener.js";
import { type FrontendName, GATEWAY_NAMES } from "./gateway-names.js";

/** Lower runs first. */
const RULE_PRIORITY = 100;
const REDIRECT_RULE_PRIORITY = 200;
/** Between the rules of one frontend and those of the next: a listener has at most 5 host names. */
const FRONTEND_PRIORITY_STEP = 10;

/** The gateway's blocks that face the clients. */
export type GatewayFrontend = Pick<
  ApplicationGatewayConfig,
  "frontendPort" | "httpListener" | "sslCertificate" | "sslPolicy" | "requestRoutingRule" | "redirectConfiguration"
>;

/** Ports, listeners, certificate and rules of a listener, which answers on each of the frontends. */
export function gatewayFrontend(
  listener: GatewayListener,
  certificate: ApplicationGatewaySslCertificate | undefined,
  frontends: readonly FrontendName[],
): GatewayFrontend {
  const parts = frontends.map((name, at) => new FrontendPart(listener, certificate, name, at));
  const redirects = parts.flatMap((part) => part.redirects());
  return {
    frontendPort: [
      { name: GATEWAY_NAMES.port, port: listener.port },
      ...(listener.redirectHttp ? [{ name: GATEWAY_NAMES.redirectPort, port: DEFAULT_HTTP_PORT }] : []),
    ],
    sslCertificate: certificate && [certificate],
    httpListener: [...parts.map((part) => part.listener()), ...redirects.map((redirect) => redirect.httpListener)],
    requestRoutingRule: [
      ...parts.map((part) => part.rule()),
      ...redirects.map((redirect) => redirect.requestRoutingRule),
    ],
    ...(redirects.length > 0 && { redirectConfiguration: redirects.map((redirect) => redirect.redirectConfiguration) }),
  };
}

/** A listener on one frontend. */
class FrontendPart {
  constructor(
    private readonly client: GatewayListener,
    private readonly certificate: ApplicationGatewaySslCertificate | undefined,
    private readonly frontend: FrontendName,
    private readonly at: number,
  ) {}

  listener() {
    return {
      name: this.named(GATEWAY_NAMES.listener),
      frontendIpConfigurationName: this.frontend,
      frontendPortName: GATEWAY_NAMES.port,
      protocol: this.client.protocol,
      ...withHostNames(this.client.hostNames),
      ...(this.certificate && { sslCertificateName: this.certificate.name }),
    };
  }

  rule() {
    return {
      name: this.named(GATEWAY_NAMES.rule),
      priority: this.priority(RULE_PRIORITY),
      ruleType: "Basic",
      httpListenerName: this.named(GATEWAY_NAMES.listener),
      backendAddressPoolName: GATEWAY_NAMES.backendPool,
      backendHttpSettingsName: GATEWAY_NAMES.backendSettings,
    };
  }

  /**
   * What sends HTTP clients to HTTPS. Azure redirects to no listener of several host names, so each name gets a redirect to
   * its own URL.
   */
  redirects() {
    const { hostNames, redirectHttp } = this.client;
    if (!redirectHttp) return [];
    if (hostNames.length < 2)
      return [this.redirect(hostNames, { targetListenerName: this.named(GATEWAY_NAMES.listener) })];
    return hostNames.map((hostName, at) => this.redirect([hostName], { targetUrl: this.client.url(hostName) }, at + 1));
  }

  private redirect(
    hostNames: readonly string[],
    target: { targetListenerName: string } | { targetUrl: string },
    number?: number,
  ) {
    const listenerName = this.named(GATEWAY_NAMES.redirectListener(number));
    const redirectName = this.named(GATEWAY_NAMES.redirect(number));
    return {
      httpListener: {
        name: listenerName,
        frontendIpConfigurationName: this.frontend,
        frontendPortName: GATEWAY_NAMES.redirectPort,
        protocol: "Http",
        ...withHostNames(hostNames),
      },
      requestRoutingRule: {
        name: this.named(GATEWAY_NAMES.redirectRule(number)),
        priority: this.priority(REDIRECT_RULE_PRIORITY + (number ?? 0)),
        ruleType: "Basic",
        httpListenerName: listenerName,
        redirectConfigurationName: redirectName,
      },
      redirectConfiguration: {
        name: redirectName,
        redirectType: "Permanent",
        ...target,
        includePath: true,
        includeQueryString: true,
      },
    };
  }

  /** The names on the first frontend are those of a gateway with one. */
  private named(name: string): string {
    return this.at === 0 ? name : GATEWAY_NAMES.onPrivate(name);
  }

  private priority(first: number): number {
    return first + this.at * FRONTEND_PRIORITY_STEP;
  }
}

function withHostNames(hostNames: readonly string[]): { hostNames?: string[] } {
  return hostNames.length > 0 ? { hostNames: [...hostNames] } : {};
}
