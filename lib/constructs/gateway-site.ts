import {
  type ApplicationGatewayConfig,
  type ApplicationGatewayHttpListener,
  type ApplicationGatewayRedirectConfiguration,
  type ApplicationGatewayRequestRoutingRule,
  type ApplicationGatewaySslCertificate,
} from "@cdktf/provider-azurerm/lib/application-gateway";
import { type ITerraformDependable } from "cdktf";
import { type IConstruct } from "constructs";
import { DEFAULT_HTTP_PORT } from "../rules/defaults.js";
import { type FrontendPorts } from "./frontend-ports.js";
import { type GatewayCertificateContext } from "./gateway-certificate.js";
import { type GatewayListener } from "./gateway-listener.js";
import { GATEWAY_NAMES, type SiteNames } from "./gateway-names.js";
import { httpListener } from "./http-listener.js";
import { httpsRedirects } from "./https-redirect.js";
import { type RouteTarget, routingRule, RULE_PRIORITY } from "./routing-rule.js";

/** The gateway's blocks of one listener. */
export interface SiteBlocks {
  /** Its certificate, if it has one. */
  readonly sslCertificate: readonly ApplicationGatewaySslCertificate[];
  /** The listener, and those that send clients to it. */
  readonly httpListener: readonly ApplicationGatewayHttpListener[];
  /** A rule for each listener. */
  readonly requestRoutingRule: readonly ApplicationGatewayRequestRoutingRule[];
  /** What the redirecting rules refer to. */
  readonly redirectConfiguration: readonly ApplicationGatewayRedirectConfiguration[];
}

/** A listener of a gateway with its certificate, and where its requests go. */
export class GatewaySite {
  /** The TLS versions and ciphers of the gateway whose main listener this is. */
  readonly sslPolicy: ApplicationGatewayConfig["sslPolicy"];
  /** What has to exist before the gateway takes its certificate. */
  readonly dependencies: readonly ITerraformDependable[];
  private readonly certificate?: ApplicationGatewaySslCertificate;

  /**
   * Warns of what is legal but unwise.
   * @throws ValidationError for a listener that Azure would refuse.
   */
  constructor(
    scope: IConstruct,
    /** Where clients reach it. */
    readonly listener: GatewayListener,
    private readonly names: SiteNames,
    private readonly target: RouteTarget,
    context: GatewayCertificateContext,
  ) {
    listener._check(scope);
    this.sslPolicy = listener.tlsPolicy._render(scope);
    const certificate = listener.certificate?._render(scope, {
      ...context,
      hostNames: listener.hostNames,
      blockName: names.certificate,
    });
    this.certificate = certificate?.block;
    this.dependencies = certificate?.dependencies ?? [];
  }

  /** The gateway's blocks, on ports that it may share with other sites. */
  _render(ports: FrontendPorts): SiteBlocks {
    const { listener, names, certificate } = this;
    const main = httpListener({
      name: names.listener,
      frontendIp: GATEWAY_NAMES.publicFrontend,
      port: ports.nameOf(listener.port, names.port),
      protocol: listener.protocol,
      hostNames: listener.hostNames,
      certificate: certificate?.name,
    });
    const rule = routingRule({
      name: names.rule,
      priority: RULE_PRIORITY,
      listener: names.listener,
      target: this.target,
    });
    const redirects = listener.redirectHttp
      ? httpsRedirects(listener, names, ports.nameOf(DEFAULT_HTTP_PORT, names.redirectPort))
      : [];
    return {
      sslCertificate: certificate ? [certificate] : [],
      httpListener: [main, ...redirects.map((redirect) => redirect.httpListener)],
      requestRoutingRule: [rule, ...redirects.map((redirect) => redirect.requestRoutingRule)],
      redirectConfiguration: redirects.map((redirect) => redirect.redirectConfiguration),
    };
  }
}
