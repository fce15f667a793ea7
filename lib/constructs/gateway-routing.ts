import {
  type ApplicationGateway,
  type ApplicationGatewaySslCertificate,
} from "@cdktf/provider-azurerm/lib/application-gateway";
import { type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { nameProblem } from "../rules/resource-name.js";
import { isSameName } from "../rules/text.js";
import { type AdditionalListener, type GatewayPool, ListenerFrontend } from "./additional-listener.js";
import { BackendPool } from "./backend-pool.js";
import { type BackendSettings } from "./backend-settings.js";
import { askingForCertificates, type ClientCertificates } from "./client-certificates.js";
import { onFrontends } from "./frontend-blocks.js";
import { type GatewayCertificateContext } from "./gateway-certificate.js";
import { type GatewayListener } from "./gateway-listener.js";
import { GATEWAY_NAMES, MAIN_SITE, type SiteNames, siteNames } from "./gateway-names.js";
import { type IGatewayNetwork } from "./gateway-network.js";
import { checkRoute, type GatewayRoute } from "./gateway-route.js";
import { type GatewaySite } from "./gateway-site.js";
import { type RoutingBlocks, routingBlocks, type RoutingParts, routingProblems } from "./routing-blocks.js";
import { validate, ValidationError } from "./validation.js";

/** What a load balancer derives from its backends, anew for each that is added. */
export interface DerivedRouting {
  /** Pools of single backends, and of several. */
  readonly pools: readonly GatewayPool[];
  /** Paths that lead to them. */
  readonly routes: readonly GatewayRoute[];
  /** Host names that lead to them, on the port and with the certificate of the main listener. */
  readonly listeners: readonly AdditionalListener[];
}

/** Blocks that a gateway cannot be without; they are put in once it is known what to route. */
export const EMPTY_ROUTING = {
  frontendPort: [],
  httpListener: [],
  requestRoutingRule: [],
  backendAddressPool: [],
  backendHttpSettings: [],
};

/** What routing takes from its gateway. */
interface RoutingContext extends GatewayCertificateContext {
  /** Whose addresses listeners are on. */
  readonly network: IGatewayNetwork;
  /** What listeners with TLS ask for. */
  readonly clientCertificates: ClientCertificates | undefined;
}

/**
 * Everything between clients and backends: listeners, routes and pools.
 * @internal
 */
export class GatewayRouting {
  /** What has to exist before the gateway takes the main listener's certificate. */
  readonly dependencies: readonly ITerraformDependable[];
  /** What is computed from the backends. */
  derived: () => DerivedRouting = () => ({ pools: [], routes: [], listeners: [] });
  private readonly pool: BackendPool;
  private readonly pools: BackendPool[] = [];
  private readonly routes: GatewayRoute[] = [];
  private readonly site: GatewaySite;
  private readonly sites: GatewaySite[] = [];
  private readonly certificates: ApplicationGatewaySslCertificate[] = [];

  /** @throws ValidationError for a certificate that Azure would refuse. */
  constructor(
    private readonly scope: Construct,
    listener: GatewayListener,
    private readonly settings: BackendSettings,
    private readonly context: RoutingContext,
  ) {
    this.pool = new BackendPool(scope, GATEWAY_NAMES.backendPool);
    const certificate = this.takeCertificate(scope, listener, MAIN_SITE, undefined);
    this.dependencies = certificate?.dependencies ?? [];
    this.site = {
      listener,
      names: MAIN_SITE,
      certificate: certificate?.name,
      pool: undefined,
      responseHeaders: undefined,
      frontend: undefined,
    };
  }

  /** The members of the pool of all backends. */
  get fqdns(): readonly string[] {
    return this.pool.fqdns;
  }

  /** Adds a member to the pool of all backends. */
  addBackend(fqdn: string): void {
    this.pool.add(fqdn);
  }

  /**
   * Adds a pool.
   * @throws ValidationError for a name that is malformed or taken, or a member that {@link addBackend} would refuse.
   */
  addPool({ name, fqdns }: GatewayPool): void {
    validate(this.scope, "pool.name", name, nameProblem("pool"));
    if ([this.pool, ...this.pools].some((other) => isSameName(other.name, name)))
      throw new ValidationError(this.scope, `pool.name: "${name}" is already the name of a pool; choose another name`);
    this.pools.push(BackendPool.of(this.scope, name, fqdns));
  }

  /**
   * Adds a route.
   * @throws ValidationError for one that is malformed, or a name or a path that another one has.
   */
  addRoute(route: GatewayRoute): void {
    checkRoute(this.scope, route, this.routes);
    this.routes.push(route);
  }

  /**
   * Adds a listener.
   * @returns what has to exist before the gateway takes its certificate
   * @throws ValidationError for a listener that Azure would refuse, or a name that another one has.
   */
  addListener({
    name,
    listener,
    pool,
    responseHeaders,
    frontend,
  }: AdditionalListener): readonly ITerraformDependable[] {
    validate(this.scope, "listener.name", name, nameProblem("listener"));
    const names = siteNames(name, listener.port);
    if (this.sites.some((other) => isSameName(other.names.listener, names.listener))) {
      throw new ValidationError(
        this.scope,
        `listener.name: "${name}" is already the name of a listener; choose another name`,
      );
    }
    const scope = new Construct(this.scope, `Listener-${name.toLowerCase()}`);
    listener._check(scope);
    const { publicIpAddressId, privateIpAddress } = this.context.network;
    const address = frontend === ListenerFrontend.PUBLIC ? publicIpAddressId : privateIpAddress;
    if (frontend !== undefined && address === undefined) {
      throw new ValidationError(
        scope,
        `listener.frontend: the gateway has no ${frontend} address; leave frontend out, or give the gateway one`,
      );
    }
    const { tlsPolicy } = this.site.listener;
    if (!listener.hasDefaultTlsPolicy && listener.tlsPolicy.name !== tlsPolicy.name) {
      throw new ValidationError(
        scope,
        `listener.tlsPolicy: ${listener.tlsPolicy.name} is not that of the main listener, ${tlsPolicy.name}, and a gateway has one; leave it out here`,
      );
    }
    const certificate = this.takeCertificate(scope, listener, names, this.site.certificate);
    this.sites.push({ listener, names, certificate: certificate?.name, pool, responseHeaders, frontend });
    return certificate?.dependencies ?? [];
  }

  /** Writes the blocks of all that was added so far. */
  putInto(resource: ApplicationGateway): void {
    const blocks = this.blocks(this.parts());
    resource.putFrontendPort(blocks.frontendPort);
    resource.putHttpListener(blocks.httpListener);
    resource.putRequestRoutingRule(blocks.requestRoutingRule);
    resource.putBackendAddressPool(blocks.backendAddressPool);
    resource.putBackendHttpSettings(blocks.backendHttpSettings);
    // What there is none of is left out: an empty list would be written as one.
    if (this.certificates.length > 0) resource.putSslCertificate(this.certificates);
    if (blocks.redirectConfiguration.length > 0) resource.putRedirectConfiguration(blocks.redirectConfiguration);
    if (blocks.urlPathMap.length > 0) resource.putUrlPathMap(blocks.urlPathMap);
    else resource.resetUrlPathMap();
    if (blocks.rewriteRuleSet.length > 0) resource.putRewriteRuleSet(blocks.rewriteRuleSet);
    else resource.resetRewriteRuleSet();
  }

  /** What is wrong once everything is added. */
  problems(): string[] {
    const parts = this.parts();
    return routingProblems(parts, this.blocks(parts), this.certificates.length);
  }

  private blocks(parts: RoutingParts): RoutingBlocks {
    const { network, clientCertificates } = this.context;
    const blocks = onFrontends(routingBlocks(parts), network);
    return clientCertificates ? { ...blocks, httpListener: blocks.httpListener.map(askingForCertificates) } : blocks;
  }

  private takeCertificate(
    scope: Construct,
    listener: GatewayListener,
    { certificate: blockName }: SiteNames,
    mainBlockName: string | undefined,
  ) {
    const { hostNames } = listener;
    const certificate = listener.certificate?._render(scope, { ...this.context, hostNames, blockName, mainBlockName });
    if (certificate?.block) this.certificates.push(certificate.block);
    return certificate;
  }

  private parts(): RoutingParts {
    const { pools, routes, listeners } = this.derived();
    const { certificate } = this.site;
    const derivedSites = listeners.map(({ name, listener, pool, responseHeaders, frontend }) => ({
      listener,
      names: siteNames(name, listener.port),
      certificate,
      pool,
      responseHeaders,
      frontend,
    }));
    return {
      sites: [this.site, ...this.sites, ...derivedSites],
      routes: [...this.routes, ...routes],
      pools: [this.pool, ...this.pools, ...pools.map(({ name, fqdns }) => BackendPool.of(this.scope, name, fqdns))],
      settings: this.settings,
    };
  }
}
