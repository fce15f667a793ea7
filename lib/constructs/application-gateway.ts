import { ApplicationGateway as ApplicationGatewayResource } from "@cdktf/provider-azurerm/lib/application-gateway";
import { type ITerraformDependable, Token } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { DEFAULT_PRIVATE_BACKEND, DEFAULT_STREAMING } from "../rules/defaults.js";
import { REQUEST_BUFFERING_WARNING } from "../rules/firewall.js";
import { needsHttpsProblem, timeoutWarnings } from "../rules/gateway.js";
import { probeWarning } from "../rules/health-probe.js";
import { isOpenAiFqdn, poolWarnings } from "../rules/host-name.js";
import { privateOnlyWarning, unreachableBackendsProblem } from "../rules/network.js";
import { RESOURCE_TYPES } from "../rules/resource-id.js";
import { nameProblem } from "../rules/resource-name.js";
import { type AdditionalListener, type GatewayPool } from "./additional-listener.js";
import { BackendSettings, type BackendSettingsOptions } from "./backend-settings.js";
import { claimName, claimPublicIpAddress } from "./claimed-name.js";
import { addDependencies } from "./dependency.js";
import { type IFirewallPolicy } from "./firewall-policy.js";
import { frontendIpConfiguration } from "./frontend-blocks.js";
import { type ClientCertificates, clientCertificateBlocks } from "./client-certificates.js";
import { type GatewayListener, ListenerProtocol } from "./gateway-listener.js";
import { GATEWAY_NAMES } from "./gateway-names.js";
import { checkZones, GatewayNetwork, type GatewayNetworkOptions, type IGatewayNetwork } from "./gateway-network.js";
import { type GatewayRoute } from "./gateway-route.js";
import { type DerivedRouting, EMPTY_ROUTING, GatewayRouting } from "./gateway-routing.js";
import { DEFAULT_SCALE, type GatewayScale } from "./gateway-scale.js";
import { HealthProbe } from "./health-probe.js";
import { type IManagedIdentity } from "./managed-identity.js";
import { type Placement, placement, warnOfUnknownLocation } from "./placement.js";
import { valueKey } from "./reference.js";
import { checkedResourceId, refuseAtSynth, validate, ValidationError } from "./validation.js";
import { warn, warnAtSynth } from "./warning.js";

/** An Application Gateway, created by this app or existing. */
export interface IApplicationGateway extends IConstruct {
  /** The Azure resource id. */
  readonly gatewayId: string;
}

/** What has to be known of an existing gateway. */
export interface ApplicationGatewayAttributes {
  /** The Azure resource id. */
  readonly gatewayId: string;
}

/** What can be chosen about a gateway. */
export interface ApplicationGatewayOptions extends BackendSettingsOptions {
  /** Where clients reach the gateway. */
  readonly listener: GatewayListener;
  /**
   * Certificates that clients have to present, on every listener with TLS.
   *
   * @default - none
   */
  readonly clientCertificates?: ClientCertificates;
  /**
   * How the gateway finds out which backends are up.
   *
   * @default new HealthProbe()
   */
  readonly healthProbe?: HealthProbe;
  /**
   * Whether responses pass through as they arrive (response buffering off).
   *
   * @default true
   */
  readonly streaming?: boolean;
  /**
   * How many instances the gateway runs.
   *
   * @default GatewayScale.auto()
   */
  readonly scale?: GatewayScale;
  /**
   * The policy of a web application firewall, which makes the gateway a WAF_v2. It has to be in the gateway's region.
   *
   * @default - no firewall
   */
  readonly firewallPolicy?: IFirewallPolicy;
  /**
   * What has to be in place before the gateway is created, such as a role on the vault for an identity of your own. What is in
   * another stack is in place already, as that stack is deployed first.
   *
   * @default - none
   */
  readonly dependsOn?: readonly ITerraformDependable[];
}

/** How a gateway reaches a backend. */
export interface BackendReach {
  /**
   * Whether its name resolves to a private endpoint in the gateway's network. Azure then ends no request after 4 minutes, and
   * the gateway needs no way to the Internet.
   *
   * @default false
   */
  readonly private?: boolean;
}

/** Props of {@link ApplicationGateway}. */
export interface ApplicationGatewayProps
  extends Placement, ApplicationGatewayOptions, Pick<GatewayNetworkOptions, "zones"> {
  /** 1 to 80 letters, digits, underscores, periods and hyphens. */
  readonly name: string;
  /** The subnet and its addresses. */
  readonly network: IGatewayNetwork;
  /** Reads the listener's certificate; it has no other use, as a gateway gets no tokens for its backends. */
  readonly identity: IManagedIdentity;
  /**
   * Pools besides that of all backends; more can be added with `addPool`.
   *
   * @default - none
   */
  readonly pools?: readonly GatewayPool[];
  /**
   * Where requests go by their paths; more can be added with `addRoute`.
   *
   * @default - all go to all backends in turn
   */
  readonly routes?: readonly GatewayRoute[];
  /**
   * Listeners besides the main one; more can be added with `addListener`.
   *
   * @default - none
   */
  readonly listeners?: readonly AdditionalListener[];
}

/**
 * An Application Gateway (Standard_v2, or WAF_v2 with a firewall's policy) that spreads requests over Azure OpenAI endpoints in turn.
 *
 * Cookie affinity is off, and each backend gets its own host name, as Azure OpenAI needs. Beside the pool of all backends it
 * may have others, which routes and further listeners lead to.
 */
export class ApplicationGateway extends Construct implements IApplicationGateway {
  /**
   * An existing gateway.
   * @throws ValidationError when the id is malformed.
   */
  static fromApplicationGatewayAttributes(
    scope: Construct,
    id: string,
    attributes: ApplicationGatewayAttributes,
  ): IApplicationGateway {
    return new ImportedApplicationGateway(scope, id, attributes);
  }

  /**
   * Waits for what roles and accounts it depends on.
   * @internal
   */
  readonly _resource: ApplicationGatewayResource;
  private readonly healthProbe: HealthProbe;
  private readonly settings: BackendSettings;
  private readonly routing: GatewayRouting;
  private readonly privateBackends = new Set<string>();

  /** @throws ValidationError for anything that Azure would refuse. */
  constructor(
    scope: Construct,
    id: string,
    private readonly props: ApplicationGatewayProps,
  ) {
    super(scope, id);
    const { name, network, identity, listener, firewallPolicy, zones, clientCertificates } = props;
    const { healthProbe = new HealthProbe(), streaming = DEFAULT_STREAMING, scale = DEFAULT_SCALE } = props;
    const place = placement(this, props);
    validate(this, "name", name, nameProblem("gateway"));
    claimName(this, "application gateway", name, place.resourceGroupName);
    if (network.publicIpAddressId !== undefined) claimPublicIpAddress(this, network.publicIpAddressId);
    checkZones(this, zones);
    warnOfUnknownLocation(this, props.location);
    this.settings = new BackendSettings(this, props);
    this.healthProbe = healthProbe;
    const identityId = checkedResourceId(this, "identity.identityId", identity.identityId, RESOURCE_TYPES.identity);

    if (clientCertificates && listener.protocol !== ListenerProtocol.HTTPS)
      throw new ValidationError(this, `clientCertificates: ${needsHttpsProblem()}`);
    const capacity = scale._render(this, firewallPolicy ? "WAF_v2" : "Standard_v2");
    const probe = healthProbe._render(this);
    listener._check(this);
    const sslPolicy = listener.tlsPolicy._render(this);
    const context = { name, ...place, identity };
    this.routing = new GatewayRouting(this, listener, this.settings, { ...context, network, clientCertificates });
    this._resource = new ApplicationGatewayResource(this, "Resource", {
      name,
      ...place,
      identity: { type: "UserAssigned", identityIds: [identityId] },
      enableHttp2: true,
      ...capacity,
      ...(zones && { zones: [...zones] }),
      ...(firewallPolicy && { firewallPolicyId: firewallPolicy.firewallPolicyId }),
      // Both have to be said. A stream needs the answer's buffering off; WAF would refuse the request's.
      global: { requestBufferingEnabled: true, responseBufferingEnabled: !streaming },
      gatewayIpConfiguration: [{ name: GATEWAY_NAMES.ipConfiguration, subnetId: network.subnetId }],
      frontendIpConfiguration: frontendIpConfiguration(network),
      ...(clientCertificates && clientCertificateBlocks(this, clientCertificates)),
      sslPolicy,
      probe: [probe],
      ...EMPTY_ROUTING,
    });
    addDependencies(this._resource, [
      ...network.dependencies,
      ...(props.dependsOn ?? []),
      ...this.routing.dependencies,
    ]);
    GatewayNetwork._ofSubnet(this, network.subnetId)?._admit(this, listener.ports, {
      ...scale.instances,
      privateFrontends: network.privateIpAddress === undefined ? 0 : 1,
      isPublic: network.publicIpAddressId !== undefined,
    });
    for (const pool of props.pools ?? []) this.addPool(pool);
    for (const route of props.routes ?? []) this.addRoute(route);
    for (const additional of props.listeners ?? []) this.addListener(additional);
    this.routing.putInto(this._resource);
    refuseAtSynth(this, () => this.problems());
    warnAtSynth(this, () => this.warnings());
    if (firewallPolicy) warn(this, REQUEST_BUFFERING_WARNING);
  }

  /** The Azure resource id. */
  get gatewayId(): string {
    return this._resource.id;
  }

  /** The members of the pool of all backends. */
  get backendFqdns(): readonly string[] {
    return this.routing.fqdns;
  }

  /**
   * Adds a host name to the pool of all backends.
   * @param dependencies what has to exist before it can answer
   * @param options how the gateway reaches it
   * @throws ValidationError for a malformed name, one that is in the pool, or one too many.
   */
  addBackend(fqdn: string, dependencies: readonly ITerraformDependable[] = [], options: BackendReach = {}): void {
    this.routing.addBackend(fqdn);
    if (options.private ?? DEFAULT_PRIVATE_BACKEND) this.privateBackends.add(valueKey(this, fqdn));
    this.routing.putInto(this._resource);
    addDependencies(this._resource, dependencies);
  }

  /**
   * Adds a pool, to which routes and listeners can lead.
   * @throws ValidationError for a name that is malformed or taken, or a member that {@link addBackend} would refuse.
   */
  addPool(pool: GatewayPool): void {
    this.routing.addPool(pool);
    this.routing.putInto(this._resource);
  }

  /**
   * Sends requests elsewhere than to all backends, by their paths. Paths are compared in the order in which routes are added.
   * @throws ValidationError for a route that is malformed, or a name or a path that another one has.
   */
  addRoute(route: GatewayRoute): void {
    this.routing.addRoute(route);
    this.routing.putInto(this._resource);
  }

  /**
   * Adds a listener.
   * @throws ValidationError for a listener that Azure would refuse, or a name that another one has.
   */
  addListener(listener: AdditionalListener): void {
    addDependencies(this._resource, this.routing.addListener(listener));
    this.routing.putInto(this._resource);
    GatewayNetwork._ofSubnet(this, this.props.network.subnetId)?._open(this, listener.listener.ports);
  }

  /**
   * Routing that is computed anew whenever something is added.
   * @internal
   */
  _derive(derived: () => DerivedRouting): void {
    this.routing.derived = derived;
    this.routing.putInto(this._resource);
  }

  private problems(): string[] {
    const isEmpty = this.backendFqdns.length === 0;
    const { publicIpAddressId, egressIpAddresses } = this.props.network;
    const isIsolated = publicIpAddressId === undefined && egressIpAddresses.length === 0;
    return [
      ...(isIsolated && this.publicBackends.length > 0
        ? [`backends: ${unreachableBackendsProblem(this.publicBackends)}`]
        : []),
      ...(isEmpty ? ["backends: the pool is empty; add at least one Azure OpenAI endpoint"] : []),
      ...this.routing.problems(),
    ];
  }

  private get publicBackends(): readonly string[] {
    return this.backendFqdns.filter((fqdn) => !this.privateBackends.has(valueKey(this, fqdn)));
  }

  private warnings(): string[] {
    const { requestTimeoutSeconds, drainTimeoutSeconds } = this.settings;
    const known = this.backendFqdns.filter((fqdn) => !Token.isUnresolved(fqdn));
    // What is known only after apply is most likely an account.
    const hasAccounts = known.length < this.backendFqdns.length || known.some(isOpenAiFqdn);
    const { path, statusCodes } = this.healthProbe;
    const areProbeValuesKnown = ![path, ...statusCodes].some((value) => Token.isUnresolved(value));
    const probe = hasAccounts && areProbeValuesKnown ? probeWarning(path, statusCodes) : undefined;
    return [
      ...poolWarnings(known, this.backendFqdns.length),
      ...timeoutWarnings({
        requestTimeoutSeconds,
        drainTimeoutSeconds,
        streaming: this.props.streaming ?? DEFAULT_STREAMING,
        hasPublicBackends: hasAccounts && this.publicBackends.length > 0,
      }),
      ...(probe === undefined ? [] : [probe]),
      ...(this.props.network.publicIpAddressId === undefined ? [privateOnlyWarning()] : []),
    ];
  }
}

class ImportedApplicationGateway extends Construct implements IApplicationGateway {
  readonly gatewayId: string;

  constructor(scope: Construct, id: string, { gatewayId }: ApplicationGatewayAttributes) {
    super(scope, id);
    this.gatewayId = checkedResourceId(this, "gatewayId", gatewayId, RESOURCE_TYPES.gateway);
  }
}
