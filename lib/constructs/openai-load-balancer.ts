import { type ITerraformDependable, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { type RoleAssignment } from "@cdktf/provider-azurerm/lib/role-assignment";
import { type Duration } from "../duration.js";
import { DEFAULT_CLIENT_IDENTITY } from "../rules/defaults.js";
import { nameProblem } from "../rules/resource-name.js";
import { ApplicationGateway } from "./application-gateway.js";
import { type GatewayListener } from "./gateway-listener.js";
import { GatewayNetwork } from "./gateway-network.js";
import { DEFAULT_SCALE, type GatewayScale } from "./gateway-scale.js";
import { type HealthProbe } from "./health-probe.js";
import { type IManagedIdentity, ManagedIdentity } from "./managed-identity.js";
import { type IOpenAiAccount, type ModelDeployment, OpenAiAccount } from "./openai-account.js";
import { type BoundBackend, type OpenAiBackend } from "./openai-backend.js";
import { type Placement } from "./placement.js";
import { type IPrincipal, refuseOtherOfSameKey } from "./principal.js";
import { Role } from "./role.js";
import { refuseAtSynth, validate, ValidationError, warnAtSynth } from "./validation.js";

export interface OpenAiLoadBalancerProps extends Placement {
  /** Prefix of the names of everything that is made: `agw-<name>`, `vnet-<name>` …; 1 to 59 characters. */
  readonly name: string;
  readonly listener: GatewayListener;
  /** The pool; more can be added with `addBackend`. @default none */
  readonly backends?: readonly OpenAiBackend[];
  /** Put on every account that is made here. @default none */
  readonly deployments?: readonly ModelDeployment[];
  /** Whole seconds until an answer that does not come is a 504, 1 to 86400. @default 240 seconds */
  readonly requestTimeout?: Duration;
  /** Whole seconds that requests may go on after a configuration update, 1 to 3600. @default 300 seconds */
  readonly drainTimeout?: Duration;
  /** @default `new HealthProbe()` */
  readonly healthProbe?: HealthProbe;
  /** Whether answers pass through as they come (response buffering off). @default true */
  readonly streaming?: boolean;
  /** @default 2 to 10 instances */
  readonly scale?: GatewayScale;
  /**
   * An existing subnet, for gateways only and delegated to `Microsoft.Network/applicationGateways`.
   * @default a network, subnet and security group are made here
   */
  readonly subnetId?: string;
  /** IPv4 ranges of the network made here. @default ["10.0.0.0/16"] */
  readonly addressSpace?: readonly string[];
  /** The gateway's subnet, /27 or larger. @default the first /24 of the address space */
  readonly gatewaySubnetPrefix?: string;
  /** IPv4 ranges whose clients may connect. @default anybody on the Internet */
  readonly allowedClientCidrs?: readonly string[];
  /** First label of a host name under `<location>.cloudapp.azure.com`. @default none */
  readonly dnsLabel?: string;
  /** An existing identity that reads the listener's certificate. @default one is made here */
  readonly gatewayIdentity?: IManagedIdentity;
  /** Whether an identity for callers is made here. @default true */
  readonly clientIdentity?: boolean;
  /** Who else may call the models. @default nobody */
  readonly principals?: readonly IPrincipal[];
  /** What has to be in place before the gateway is made, such as a role on the vault for a `gatewayIdentity` of your own. @default none */
  readonly dependsOn?: readonly ITerraformDependable[];
}

/**
 * One gateway, many Azure OpenAI endpoints.
 *
 * ```
 * clients ──► public address ──► listener ──► rule ──► pool ──► account 1 … n
 *                                   │           │                   ▲
 *               Key Vault ──────────┘           └─► HTTPS settings ─┤ ◄── probe
 *                  ▲ Key Vault Secrets User                         │
 *               gateway identity            callers ────────────────┘ Cognitive Services OpenAI User
 * ```
 *
 * The gateway lives in a delegated subnet behind a network security group. It passes the caller's `Authorization` header
 * on and gets no tokens of its own: so every caller holds the role on every account.
 */
export class OpenAiLoadBalancer extends Construct {
  readonly network: GatewayNetwork;
  /** Reads the listener's certificate. */
  readonly gatewayIdentity: IManagedIdentity;
  /** For applications that call the models; absent when it was not asked for. */
  readonly clientIdentity?: ManagedIdentity;
  readonly gateway: ApplicationGateway;
  private readonly backends: BoundBackend[] = [];
  private readonly callers = new Map<string, IPrincipal>();

  /** @throws ValidationError for anything that Azure would refuse. */
  constructor(
    scope: Construct,
    id: string,
    private readonly props: OpenAiLoadBalancerProps,
  ) {
    super(scope, id);
    const { name, location, resourceGroupName, listener, tags } = props;
    validate(this, "name", name, nameProblem("prefix"));

    this.network = new GatewayNetwork(this, "Network", {
      name,
      location,
      resourceGroupName,
      listenerPorts: listener.ports,
      instances: (props.scale ?? DEFAULT_SCALE).instances,
      subnetId: props.subnetId,
      addressSpace: props.addressSpace,
      gatewaySubnetPrefix: props.gatewaySubnetPrefix,
      allowedClientCidrs: props.allowedClientCidrs,
      dnsLabel: props.dnsLabel,
      tags,
    });
    this.gatewayIdentity =
      props.gatewayIdentity ??
      new ManagedIdentity(this, "GatewayIdentity", { name: `id-${name}-gateway`, location, resourceGroupName, tags });
    this.gateway = new ApplicationGateway(this, "Gateway", {
      name: `agw-${name}`,
      location,
      resourceGroupName,
      subnetId: this.network.subnetId,
      publicIpAddressId: this.network.publicIpAddressId,
      identity: this.gatewayIdentity,
      listener,
      requestTimeout: props.requestTimeout,
      drainTimeout: props.drainTimeout,
      healthProbe: props.healthProbe,
      streaming: props.streaming,
      scale: props.scale,
      dependsOn: [...this.network.dependencies, ...(props.dependsOn ?? [])],
      tags,
    });
    for (const backend of props.backends ?? []) this.addBackend(backend);

    if (props.clientIdentity ?? DEFAULT_CLIENT_IDENTITY) {
      this.clientIdentity = new ManagedIdentity(this, "ClientIdentity", {
        name: `id-${name}-client`,
        location,
        resourceGroupName,
        tags,
      });
      this.grantInvoke(this.clientIdentity);
    }
    for (const principal of props.principals ?? []) {
      if (this.callers.has(principal.principalKey)) {
        throw new ValidationError(
          this,
          `principals: "${principal.principalKey}" stands twice; list each principal once`,
        );
      }
      this.grantInvoke(principal);
    }
    refuseAtSynth(this, () => this.problems());
    warnAtSynth(this, () => this.warnings());
  }

  get listener(): GatewayListener {
    return this.props.listener;
  }

  /** The base URL for clients; a pattern where the listener's host names all have wildcards. */
  get url(): string {
    const { listener, dnsLabel } = this.props;
    const address = dnsLabel ? this.network.publicFqdn : this.network.publicIpAddress;
    return listener.url(listener.plainHostName ?? listener.hostNames[0] ?? address);
  }

  /** Where clients connect, and where requests to public backends come from: allow it on the accounts. */
  get publicIpAddress(): string {
    return this.network.publicIpAddress;
  }

  /** The pool's members. */
  get backendFqdns(): readonly string[] {
    return this.gateway.backendFqdns;
  }

  /** The accounts that roles can be granted on: all but the members that are known by name only. */
  get accounts(): readonly IOpenAiAccount[] {
    return this.backends.flatMap(({ account }) => account ?? []);
  }

  /** Who may call the models. */
  get principals(): readonly IPrincipal[] {
    return [...this.callers.values()];
  }

  /**
   * Takes an endpoint into the pool and grants every caller the role on it.
   * @throws ValidationError for an endpoint that is malformed, or in the pool already.
   */
  addBackend(backend: OpenAiBackend): void {
    const { resourceGroupName, deployments = [], tags } = this.props;
    const bound = backend.bind(this, { resourceGroupName, deployments, tags });
    const known = this.accounts.find(
      ({ accountId }) => accountId.toLowerCase() === bound.account?.accountId.toLowerCase(),
    );
    if (known) {
      throw new ValidationError(
        this,
        `backend.accountId: ${bound.fqdn} and ${known.fqdn} are one account, which has one quota; list each account once`,
      );
    }
    this.gateway.addBackend(bound.fqdn, bound.account?.dependencies);
    this.backends.push(bound);
    const { account } = bound;
    if (account) for (const principal of this.callers.values()) this.grantOn(account, principal);
  }

  /**
   * Lets a principal call the models of every account of the pool, those that are added later included.
   * @returns the role assignments on the accounts of now
   * @throws ValidationError for a principal whose key is another one's.
   */
  grantInvoke(principal: IPrincipal): RoleAssignment[] {
    refuseOtherOfSameKey(this, this.callers.get(principal.principalKey) ?? principal, principal);
    this.callers.set(principal.principalKey, principal);
    return this.accounts.map((account) => this.grantOn(account, principal));
  }

  private grantOn(account: IOpenAiAccount, principal: IPrincipal): RoleAssignment {
    if (TerraformStack.of(account) === TerraformStack.of(this)) return account.grantInvoke(principal);
    // An account of another stack cannot hold the grant: that stack would depend on this one.
    const id = `Access-${account.node.addr.slice(-8)}`;
    const scope = (this.node.tryFindChild(id) as Construct | undefined) ?? new Construct(this, id);
    return Role.OPENAI_USER.grant(scope, account.accountId, principal);
  }

  private problems(): string[] {
    const { deployments = [] } = this.props;
    if (deployments.length === 0 || this.backends.some(({ isNew }) => isNew)) return [];
    return [
      "deployments: there is no account made here to put them on; add one with OpenAiBackend.newAccount, or leave them out",
    ];
  }

  private warnings(): string[] {
    const byNameOnly = this.backends.filter(({ account }) => !account).map(({ fqdn }) => fqdn);
    return [
      ...sharedQuotas(this.accounts),
      ...(this.callers.size > 0 && byNameOnly.length > 0
        ? [
            `no role is granted on ${byNameOnly.join(", ")}: only the host name is known; give the account id, or grant "Cognitive Services OpenAI User" there yourself, else keyless callers see 401s`,
          ]
        : []),
    ];
  }
}

/** Quota is per subscription, region and model. */
function sharedQuotas(accounts: readonly IOpenAiAccount[]): string[] {
  const byLocation = new Map<string, string[]>();
  for (const account of accounts) {
    if (!(account instanceof OpenAiAccount)) continue;
    byLocation.set(account.location, [...(byLocation.get(account.location) ?? []), account.fqdn]);
  }
  return [...byLocation]
    .filter(([, fqdns]) => fqdns.length > 1)
    .map(
      ([location, fqdns]) =>
        `${fqdns.join(", ")} are in ${location}: accounts of one subscription and region share one quota, so they add no throughput`,
    );
}
