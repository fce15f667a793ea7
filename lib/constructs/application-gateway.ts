import { ApplicationGateway as ApplicationGatewayResource } from "@cdktf/provider-azurerm/lib/application-gateway";
import { type ITerraformDependable, Token } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { Duration } from "../duration.js";
import {
  DEFAULT_DRAIN_TIMEOUT_SECONDS,
  DEFAULT_PRIVATE_BACKEND,
  DEFAULT_REQUEST_TIMEOUT_SECONDS,
  DEFAULT_STREAMING,
} from "../rules/defaults.js";
import { drainTimeoutProblem, MAX_BACKENDS, requestTimeoutProblem, timeoutWarnings } from "../rules/gateway.js";
import { probeWarning } from "../rules/health-probe.js";
import { backendFqdnProblem, isOpenAiFqdn, normalizeFqdn, poolWarnings } from "../rules/host-name.js";
import { privateOnlyWarning, unreachableBackendsProblem } from "../rules/network.js";
import { RESOURCE_TYPES } from "../rules/resource-id.js";
import { nameProblem } from "../rules/resource-name.js";
import { claimName, claimPublicIpAddress } from "./claimed-name.js";
import { addDependencies } from "./dependency.js";
import { type GatewayListener } from "./gateway-listener.js";
import { GATEWAY_NAMES } from "./gateway-names.js";
import { frontendAddresses } from "./frontend-addresses.js";
import { checkZones, GatewayNetwork, type GatewayNetworkOptions, type IGatewayNetwork } from "./gateway-network.js";
import { DEFAULT_SCALE, type GatewayScale } from "./gateway-scale.js";
import { HealthProbe } from "./health-probe.js";
import { type IManagedIdentity } from "./managed-identity.js";
import { type Placement, placement, warnOfUnknownLocation } from "./placement.js";
import { valueKey } from "./reference.js";
import { checkedResourceId, refuseAtSynth, secondsOf, validate, ValidationError } from "./validation.js";
import { warnAtSynth } from "./warning.js";

const BACKEND_PORT = 443;
/** Azure's own default, spelt out: left out, it shows up as a change at the next plan. */
const AFFINITY_COOKIE_NAME = "ApplicationGatewayAffinity";

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
export interface ApplicationGatewayOptions {
  /** Where clients reach the gateway. */
  readonly listener: GatewayListener;
  /**
   * How long a backend may take to respond before clients get a 504; whole seconds, 1 to 86400.
   *
   * @default Duration.seconds(240)
   */
  readonly requestTimeout?: Duration;
  /**
   * How long open requests may continue after a configuration update; whole seconds, 1 to 3600.
   *
   * @default Duration.seconds(300)
   */
  readonly drainTimeout?: Duration;
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
}

/**
 * An Application Gateway (Standard_v2) that spreads requests over Azure OpenAI endpoints in turn.
 *
 * It has one pool. Cookie affinity is off, and each backend gets its own host name, as Azure OpenAI needs.
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
  private readonly requestTimeoutSeconds: number;
  private readonly drainTimeoutSeconds: number;
  private readonly streaming: boolean;
  private readonly healthProbe: HealthProbe;
  private readonly network: IGatewayNetwork;
  private readonly fqdns = new Map<string, string>();
  private readonly privateFqdns = new Set<string>();

  /** @throws ValidationError for anything that Azure would refuse. */
  constructor(scope: Construct, id: string, props: ApplicationGatewayProps) {
    super(scope, id);
    const { name, network, identity, listener, zones } = props;
    const {
      requestTimeout = Duration.seconds(DEFAULT_REQUEST_TIMEOUT_SECONDS),
      drainTimeout = Duration.seconds(DEFAULT_DRAIN_TIMEOUT_SECONDS),
      healthProbe = new HealthProbe(),
      streaming = DEFAULT_STREAMING,
      scale = DEFAULT_SCALE,
    } = props;
    const place = placement(this, props);
    validate(this, "name", name, nameProblem("gateway"));
    claimName(this, "application gateway", name, place.resourceGroupName);
    if (network.publicIpAddressId !== undefined) claimPublicIpAddress(this, network.publicIpAddressId);
    checkZones(this, zones);
    warnOfUnknownLocation(this, props.location);
    this.requestTimeoutSeconds = secondsOf(this, "requestTimeout", requestTimeout, requestTimeoutProblem);
    this.drainTimeoutSeconds = secondsOf(this, "drainTimeout", drainTimeout, drainTimeoutProblem);
    this.network = network;
    this.streaming = streaming;
    this.healthProbe = healthProbe;
    const identityId = checkedResourceId(this, "identity.identityId", identity.identityId, RESOURCE_TYPES.identity);

    const capacity = scale._render(this);
    const probe = healthProbe._render(this);
    const { frontendIpConfiguration, names: frontends } = frontendAddresses(network);
    const { blocks, dependencies } = listener._render(this, { name, ...place, identity, frontends });
    this._resource = new ApplicationGatewayResource(this, "Resource", {
      name,
      ...place,
      identity: { type: "UserAssigned", identityIds: [identityId] },
      enableHttp2: true,
      ...capacity,
      ...(zones && { zones: [...zones] }),
      // Both have to be said. A stream needs the answer's buffering off; WAF would refuse the request's.
      global: { requestBufferingEnabled: true, responseBufferingEnabled: !streaming },
      gatewayIpConfiguration: [{ name: GATEWAY_NAMES.ipConfiguration, subnetId: network.subnetId }],
      frontendIpConfiguration,
      ...blocks,
      backendAddressPool: [],
      backendHttpSettings: [this.backendSettings()],
      probe: [probe],
    });
    addDependencies(this._resource, [...network.dependencies, ...(props.dependsOn ?? []), ...dependencies]);
    GatewayNetwork._ofSubnet(this, network.subnetId)?._admit(this, listener.ports, {
      ...scale.instances,
      privateFrontends: network.privateIpAddress === undefined ? 0 : 1,
      isPublic: network.publicIpAddressId !== undefined,
    });
    refuseAtSynth(this, () => this.problems());
    warnAtSynth(this, () => this.warnings());
  }

  /** The Azure resource id. */
  get gatewayId(): string {
    return this._resource.id;
  }

  /** The pool's members. */
  get backendFqdns(): readonly string[] {
    return [...this.fqdns.values()];
  }

  /**
   * Adds a host name to the pool.
   * @param dependencies what has to exist before it can answer
   * @param options how the gateway reaches it
   * @throws ValidationError for a malformed name, one that is in the pool, or one too many.
   */
  addBackend(fqdn: string, dependencies: readonly ITerraformDependable[] = [], options: BackendReach = {}): void {
    validate(this, "backend.fqdn", fqdn, backendFqdnProblem);
    const member = Token.isUnresolved(fqdn) ? fqdn : normalizeFqdn(fqdn);
    const key = valueKey(this, fqdn);
    if (this.fqdns.has(key))
      throw new ValidationError(this, `backend.fqdn: "${member}" is listed twice; list each endpoint once`);
    if (this.fqdns.size >= MAX_BACKENDS) {
      throw new ValidationError(
        this,
        `backends: a gateway takes ${MAX_BACKENDS} at most; leave some out, or use a second gateway`,
      );
    }
    this.fqdns.set(key, member);
    if (options.private ?? DEFAULT_PRIVATE_BACKEND) this.privateFqdns.add(member);
    this._resource.putBackendAddressPool([{ name: GATEWAY_NAMES.backendPool, fqdns: [...this.fqdns.values()] }]);
    addDependencies(this._resource, dependencies);
  }

  private backendSettings() {
    return {
      name: GATEWAY_NAMES.backendSettings,
      protocol: "Https",
      port: BACKEND_PORT,
      cookieBasedAffinity: "Disabled",
      affinityCookieName: AFFINITY_COOKIE_NAME,
      pickHostNameFromBackendAddress: true,
      requestTimeout: this.requestTimeoutSeconds,
      connectionDraining: { enabled: true, drainTimeoutSec: this.drainTimeoutSeconds },
      probeName: GATEWAY_NAMES.probe,
    };
  }

  private problems(): string[] {
    if (this.fqdns.size === 0) return ["backends: the pool is empty; add at least one Azure OpenAI endpoint"];
    const isIsolated = this.network.publicIpAddressId === undefined && this.network.egressIpAddresses.length === 0;
    const isPublic = (fqdn: string) => !this.privateFqdns.has(fqdn);
    const unreachable = isIsolated ? this.backendFqdns.filter(isPublic) : [];
    return unreachable.length > 0 ? [unreachableBackendsProblem(unreachable)] : [];
  }

  private warnings(): string[] {
    const known = this.backendFqdns.filter((fqdn) => !Token.isUnresolved(fqdn));
    const hasPublicBackends = this.backendFqdns.some((fqdn) => !this.privateFqdns.has(fqdn));
    // What is known only after apply is most likely an account.
    const hasAccounts = known.length < this.fqdns.size || known.some(isOpenAiFqdn);
    const { path, statusCodes } = this.healthProbe;
    const areProbeValuesKnown = ![path, ...statusCodes].some((value) => Token.isUnresolved(value));
    const probe = hasAccounts && areProbeValuesKnown ? probeWarning(path, statusCodes) : undefined;
    return [
      ...poolWarnings(known, this.fqdns.size),
      ...timeoutWarnings({
        requestTimeoutSeconds: this.requestTimeoutSeconds,
        drainTimeoutSeconds: this.drainTimeoutSeconds,
        streaming: this.streaming,
        hasPublicBackends: hasAccounts && hasPublicBackends,
      }),
      ...(probe === undefined ? [] : [probe]),
      ...(this.network.publicIpAddressId === undefined ? [privateOnlyWarning()] : []),
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
