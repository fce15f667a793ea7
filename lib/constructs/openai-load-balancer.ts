import { type TerraformResource } from "cdktf";
import { Construct } from "constructs";
import { DEFAULT_CLIENT_IDENTITY, DEFAULT_DELETION_LOCK, DEFAULT_PROTECT } from "../rules/defaults.js";
import { hostLabel, type NamedPool } from "../rules/addressing.js";
import { KEY_VAULT_SERVICE_ENDPOINT, unreachableVaultWarning } from "../rules/network.js";
import { nameProblem } from "../rules/resource-name.js";
import { pinnedToManyWarning, spreadWarning } from "../rules/stateful-apis.js";
import { isSameName } from "../rules/text.js";
import { Addressing, type AddressingOptions, addressPath, leadingTo, type LoadBalancerListener } from "./addressing.js";
import { type AccountNetwork, type BoundAccountNetwork, DEFAULT_ACCOUNT_NETWORK } from "./account-network.js";
import { ApplicationGateway, type ApplicationGatewayOptions } from "./application-gateway.js";
import { Callers } from "./callers.js";
import { addDependencies } from "./dependency.js";
import { deletionLock } from "./deletion-lock.js";
import { type GatewayListener } from "./gateway-listener.js";
import { GatewayMonitoring, type GatewayMonitoringOptions } from "./gateway-monitoring.js";
import { GatewayNetwork, type GatewayNetworkOptions } from "./gateway-network.js";
import { DEFAULT_SCALE } from "./gateway-scale.js";
import { GatewayTarget } from "./gateway-target.js";
import { type Grant } from "./grant.js";
import { type IManagedIdentity, ManagedIdentity } from "./managed-identity.js";
import { type ModelDeployment } from "./model-deployment.js";
import { type IOpenAiAccount, OpenAiAccount } from "./openai-account.js";
import { type BoundBackend, type OpenAiBackend } from "./openai-backend.js";
import { type Placement } from "./placement.js";
import { type IPrincipal } from "./principal.js";
import { valueKey } from "./reference.js";
import { refuseAtSynth, validate, ValidationError } from "./validation.js";
import { warnAtSynth } from "./warning.js";

/** Props of {@link OpenAiLoadBalancer}. */
export interface OpenAiLoadBalancerProps extends Placement, ApplicationGatewayOptions, GatewayNetworkOptions {
  /** Prefix of the names of everything that is created: `agw-<name>`, `vnet-<name>` …; 1 to 59 characters. */
  readonly name: string;
  /**
   * The pool; more can be added with `addBackend`.
   *
   * @default - none
   */
  readonly backends?: readonly OpenAiBackend[];
  /**
   * Deployed to every account that is created.
   *
   * @default - none
   */
  readonly deployments?: readonly ModelDeployment[];
  /**
   * Who reaches the accounts that are created.
   *
   * @default AccountNetwork.open()
   */
  readonly accountNetwork?: AccountNetwork;
  /**
   * Whether Terraform refuses to destroy or replace the accounts that are created, and their deployments; advised in
   * production. `terraform destroy` then fails: to destroy them, set it to false and apply first.
   *
   * @default false
   */
  readonly protect?: boolean;
  /**
   * Whether nobody can delete the gateway, the public addresses and the accounts that are created (`CanNotDelete`), nor what is
   * inside them: deployments, and roles on accounts. `terraform destroy` deletes the locks first; to remove a part of what is
   * locked, set it to false and apply first.
   *
   * @default false
   */
  readonly deletionLock?: boolean;
  /**
   * Whether callers may call the other routes of Foundry accounts as well, such as `/models` and `/anthropic`: they are granted
   * `Cognitive Services User`.
   *
   * @default false
   */
  readonly foundryRoutes?: boolean;
  /**
   * An identity of your own that reads the listener's certificate.
   *
   * @default - one is created
   */
  readonly gatewayIdentity?: IManagedIdentity;
  /**
   * Whether an identity for callers is created.
   *
   * @default true
   */
  readonly clientIdentity?: boolean;
  /**
   * Who else may call the models.
   *
   * @default - nobody
   */
  readonly principals?: readonly IPrincipal[];
  /**
   * Logs, a workbook and alerts of the gateway.
   *
   * @default - none
   */
  readonly monitoring?: GatewayMonitoringOptions;
  /**
   * Addresses of single backends and of pools, besides that of all backends in turn.
   *
   * @default - none
   */
  readonly addressing?: AddressingOptions;
  /**
   * Where files, batches, threads, assistants, vector stores, fine-tuning, conversations, containers, evals, videos, uploads and
   * all of `/responses` go. What one account keeps of them, the others do not have. `GatewayTarget.all()` says that they are
   * meant to be spread.
   *
   * @default - they are spread over all backends, with a warning unless there is `addressing`
   */
  readonly statefulApis?: GatewayTarget;
  /**
   * Listeners besides the main one; more can be added with `addListener`.
   *
   * @default - none
   */
  readonly listeners?: readonly LoadBalancerListener[];
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
  /** The subnet and its addresses. */
  readonly network: GatewayNetwork;
  /** Reads the listener's certificate. */
  readonly gatewayIdentity: IManagedIdentity;
  /** For applications that call the models; absent when it was not asked for. */
  readonly clientIdentity?: ManagedIdentity;
  /** The gateway itself. */
  readonly gateway: ApplicationGateway;
  /** What is seen of the gateway; absent when it was not asked for. */
  readonly monitoring?: GatewayMonitoring;
  private readonly accountNetwork: BoundAccountNetwork;
  private readonly isLocked: boolean;
  private readonly locks = new Map<IOpenAiAccount, TerraformResource>();
  private readonly backends: BoundBackend[] = [];
  private readonly callers: Callers;
  private readonly pools: NamedPool[] = [];
  private readonly targets: GatewayTarget[] = [];

  /** @throws ValidationError for anything that Azure would refuse. */
  constructor(
    scope: Construct,
    id: string,
    private readonly props: OpenAiLoadBalancerProps,
  ) {
    super(scope, id);
    const { name, location, resourceGroupName, listener, tags } = props;
    const place = { location, resourceGroupName, tags };
    validate(this, "name", name, nameProblem("prefix"));

    this.network = new GatewayNetwork(this, "Network", {
      ...props,
      listenerPorts: listener.ports,
      instances: (props.scale ?? DEFAULT_SCALE).instances,
    });
    const { accountNetwork = DEFAULT_ACCOUNT_NETWORK } = props;
    this.accountNetwork = accountNetwork._bind(this, { ...place, name, network: this.network });
    this.gatewayIdentity =
      props.gatewayIdentity ?? new ManagedIdentity(this, "GatewayIdentity", { ...place, name: `id-${name}-gateway` });
    this.gateway = new ApplicationGateway(this, "Gateway", {
      ...props,
      listeners: [],
      name: `agw-${name}`,
      network: this.network,
      identity: this.gatewayIdentity,
    });
    this.callers = new Callers(this, {
      gateway: this.gateway._resource,
      foundryRoutes: props.foundryRoutes,
      lockOf: ({ account }) => account && this.locks.get(account),
    });
    this.isLocked = props.deletionLock ?? DEFAULT_DELETION_LOCK;
    const lock = this.isLocked ? deletionLock(this.gateway, "DeletionLock", this.gateway.gatewayId) : undefined;
    if (lock) this.network._lock();
    for (const backend of props.backends ?? []) this.addBackend(backend);
    for (const pool of props.addressing?.pools ?? []) this.addPool(pool);
    for (const listener of props.listeners ?? []) this.addListener(listener);
    this.gateway._derive(() => this.addresses.routing());

    if (props.clientIdentity ?? DEFAULT_CLIENT_IDENTITY) {
      this.clientIdentity = new ManagedIdentity(this, "ClientIdentity", { ...place, name: `id-${name}-client` });
      this.grantInvoke(this.clientIdentity);
    }
    for (const principal of props.principals ?? []) {
      if (this.callers.has(principal)) {
        throw new ValidationError(
          this,
          `principals: "${principal.principalId}" is listed twice; list each principal once`,
        );
      }
      this.grantInvoke(principal);
    }
    if (props.monitoring) {
      this.monitoring = new GatewayMonitoring(this, "Monitoring", {
        ...place,
        ...props.monitoring,
        name,
        gateway: this.gateway,
        maxInstances: (props.scale ?? DEFAULT_SCALE).instances.max,
      });
      if (lock) addDependencies(lock, [this.monitoring._diagnostics]);
    }
    refuseAtSynth(this, () => this.problems());
    warnAtSynth(this, () => this.warnings());
  }

  /** Where clients reach the gateway. */
  get listener(): GatewayListener {
    return this.props.listener;
  }

  /** The base URL for clients; a pattern where the listener's host names all have wildcards. */
  get url(): string {
    const { listener, network } = this;
    return listener.url(listener.plainHostName ?? listener.hostNames[0] ?? network._host);
  }

  /** The public address that clients connect to; absent without one. */
  get publicIpAddress(): string | undefined {
    return this.network.publicIpAddress;
  }

  /** Where requests to public backends come from: allow it on the accounts. Empty where there is no way to the Internet. */
  get egressIpAddresses(): readonly string[] {
    return this.network.egressIpAddresses;
  }

  /** The pool's members, without those that are drained. */
  get backendFqdns(): readonly string[] {
    return this.gateway.backendFqdns;
  }

  /** The accounts that roles can be granted on: all but the backends that are known by name only. */
  get accounts(): readonly IOpenAiAccount[] {
    return this.backends.flatMap(({ account }) => account ?? []);
  }

  /** The base URL for each backend that has an address, by its name. */
  get backendUrls(): Readonly<Record<string, string>> {
    return this.urlsOf(this.addresses.backendNames.map(GatewayTarget.backend));
  }

  /** The base URL for each pool that has an address, by its name. */
  get poolUrls(): Readonly<Record<string, string>> {
    return this.urlsOf(this.addresses.poolNames.map(GatewayTarget.pool));
  }

  /** Who may call the models. */
  get principals(): readonly IPrincipal[] {
    return this.callers.principals;
  }

  /**
   * Adds an endpoint to the pool, and grants every caller the role on it.
   * @throws ValidationError for an endpoint that is malformed, or in the pool already.
   */
  addBackend(backend: OpenAiBackend): void {
    const { resourceGroupName, deployments = [], protect = DEFAULT_PROTECT, tags } = this.props;
    const { accountNetwork } = this;
    const bound = backend._bind(this, { resourceGroupName, deployments, protect, tags, accountNetwork });
    const { account, fqdn } = bound;
    const known = account && this.accounts.find((other) => this.isSame(other.accountId, account.accountId));
    if (known) {
      throw new ValidationError(
        this,
        `backend.accountId: ${fqdn} and ${known.fqdn} are the same account, which has one quota; list each account once`,
      );
    }
    if (this.backends.some((other) => this.isSame(other.fqdn, fqdn)))
      throw new ValidationError(this, `backend.fqdn: "${fqdn}" is listed twice; list each endpoint once`);
    this.checkName(bound);
    this.backends.push(bound);
    if (!bound.isDrained) this.gateway.addBackend(fqdn, [], { private: bound.isPrivate });
    if (!account) return;
    if (bound.isNew) this.lock(account);
    if (!bound.isDrained) this.waitFor(account);
    this.callers.admitTo(bound);
  }

  /**
   * Adds a pool, which has an address where there is `addressing`.
   * @throws ValidationError for a name that is malformed or taken, or a pool without backends.
   */
  addPool(pool: NamedPool): void {
    validate(this, "pool.name", pool.name, nameProblem("pool"));
    if (this.pools.some(({ name }) => isSameName(name, pool.name)))
      throw new ValidationError(this, `pool.name: "${pool.name}" is already the name of a pool; choose another name`);
    if (pool.backends.length === 0)
      throw new ValidationError(this, "pool.backends: [] is empty; list the names of backends");
    this.pools.push(pool);
    this.gateway._derive(() => this.addresses.routing());
  }

  /**
   * Adds a listener.
   * @throws ValidationError for a listener that Azure would refuse, or a name that another one has.
   */
  addListener({ name, listener, target = GatewayTarget.all(), frontend }: LoadBalancerListener): void {
    this.targets.push(target);
    this.gateway.addListener({ name, listener, frontend, ...leadingTo(target) });
    this.gateway._derive(() => this.addresses.routing());
  }

  /**
   * Lets a principal call the models of every account of the pool, those that are added later included.
   *
   * An account joins the pool once the callers have the role on it, except for a caller that itself depends on the gateway.
   * @returns the grants on the accounts so far
   * @throws ValidationError for an object id that was granted the role as another type of principal.
   */
  grantInvoke(principal: IPrincipal): Grant {
    return this.callers.add(principal, this.backends);
  }

  private get addresses(): Addressing {
    const { addressing, statefulApis = GatewayTarget.all(), listener } = this.props;
    return new Addressing({
      options: addressing,
      pools: this.pools,
      backends: this.backends,
      statefulApis,
      mainListener: listener,
      targets: this.targets,
    });
  }

  private urlsOf(targets: readonly GatewayTarget[]): Readonly<Record<string, string>> {
    const { listener, addressing: { domain } = {} } = this.props;
    const url = (target: GatewayTarget) =>
      domain === undefined ? `${this.url}${addressPath(target)}` : listener.url(`${hostLabel(target.name)}.${domain}`);
    return Object.fromEntries(targets.map((target) => [target.name, url(target)]));
  }

  /** A name that is not given and used nowhere may be that of several backends, as before there were names. */
  private checkName({ name, isNamed }: BoundBackend): void {
    const { addressing, statefulApis, listeners = [] } = this.props;
    const isUsed = addressing !== undefined || statefulApis !== undefined || listeners.length > 0;
    if (isUsed && name === "") {
      throw new ValidationError(
        this,
        "backend.name: has no default where the host name is known only after apply; set it",
      );
    }
    const other = this.backends.find((backend) => isSameName(backend.name, name));
    if (!other || !(isUsed || isNamed || other.isNamed) || name === "") return;
    throw new ValidationError(
      this,
      `backend.name: "${name}" is already the name of the backend ${other.fqdn}; give one of them another name`,
    );
  }

  private isSame(one: string, other: string): boolean {
    return valueKey(this, one) === valueKey(this, other);
  }

  private waitFor(account: IOpenAiAccount): void {
    const { _resource: gateway } = this.gateway;
    if (account instanceof OpenAiAccount) account._applyBefore(gateway);
    else addDependencies(gateway, account.dependencies);
  }

  private lock(account: IOpenAiAccount): void {
    if (!this.isLocked || !(account instanceof OpenAiAccount)) return;
    const lock = deletionLock(account, "DeletionLock", account.accountId, account.provider);
    account._applyBefore(lock);
    this.locks.set(account, lock);
  }

  private problems(): string[] {
    const { deployments = [] } = this.props;
    const problems = this.addresses.problems();
    if (deployments.length === 0 || this.backends.some(({ isNew }) => isNew)) return problems;
    return [
      ...problems,
      "deployments: no account is created that they could be put on; add one with OpenAiBackend.newAccount, or leave them out",
    ];
  }

  private warnings(): string[] {
    return [...this.roleWarnings(), ...this.statefulApiWarnings(), ...this.vaultWarnings()];
  }

  private vaultWarnings(): string[] {
    const { publicIpAddressId, egressIpAddresses, _serviceEndpoints: endpoints } = this.network;
    const hasWayOut = publicIpAddressId !== undefined || egressIpAddresses.length > 0;
    if (!this.listener.certificate || hasWayOut || endpoints.includes(KEY_VAULT_SERVICE_ENDPOINT)) return [];
    return [unreachableVaultWarning()];
  }

  private statefulApiWarnings(): string[] {
    const { addressing, statefulApis } = this.props;
    if (statefulApis) {
      const size = this.addresses.sizeOf(statefulApis) ?? 0;
      return size > 1 ? [pinnedToManyWarning(statefulApis.name, size)] : [];
    }
    const size = this.backendFqdns.length;
    return addressing || size < 2 ? [] : [spreadWarning(size)];
  }

  private roleWarnings(): string[] {
    const byNameOnly = this.backends.filter(({ account }) => !account).map(({ fqdn }) => fqdn);
    if (this.principals.length === 0 || byNameOnly.length === 0) return [];
    return [
      `${byNameOnly.join(", ")}: no role is granted, because only the host name is known; give the account id, or grant "Cognitive Services OpenAI User" there yourself, otherwise keyless callers get 401`,
    ];
  }
}
