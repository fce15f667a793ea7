import { type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { DEFAULT_CLIENT_IDENTITY, DEFAULT_PROTECT } from "../rules/defaults.js";
import { nameProblem } from "../rules/resource-name.js";
import { ApplicationGateway, type ApplicationGatewayOptions } from "./application-gateway.js";
import { addDependencies, addDependencyUnlessCircular } from "./dependency.js";
import { type GatewayListener } from "./gateway-listener.js";
import { GatewayNetwork, type GatewayNetworkOptions } from "./gateway-network.js";
import { DEFAULT_SCALE } from "./gateway-scale.js";
import { Grant } from "./grant.js";
import { type IManagedIdentity, ManagedIdentity } from "./managed-identity.js";
import { type ModelDeployment } from "./model-deployment.js";
import { type IOpenAiAccount, OpenAiAccount } from "./openai-account.js";
import { type BoundBackend, type OpenAiBackend } from "./openai-backend.js";
import { type Placement } from "./placement.js";
import { type IPrincipal } from "./principal.js";
import { valueKey } from "./reference.js";
import { checkPrincipalType, Role } from "./role.js";
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
   * Whether Terraform refuses to destroy or replace the accounts that are created, and their deployments; advised in
   * production. `terraform destroy` then fails: to destroy them, set it to false and apply first.
   *
   * @default false
   */
  readonly protect?: boolean;
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
    const place = { location, resourceGroupName, tags };
    validate(this, "name", name, nameProblem("prefix"));

    this.network = new GatewayNetwork(this, "Network", {
      ...props,
      listenerPorts: listener.ports,
      instances: (props.scale ?? DEFAULT_SCALE).instances,
    });
    this.gatewayIdentity =
      props.gatewayIdentity ?? new ManagedIdentity(this, "GatewayIdentity", { ...place, name: `id-${name}-gateway` });
    this.gateway = new ApplicationGateway(this, "Gateway", {
      ...props,
      name: `agw-${name}`,
      network: this.network,
      identity: this.gatewayIdentity,
    });
    for (const backend of props.backends ?? []) this.addBackend(backend);

    if (props.clientIdentity ?? DEFAULT_CLIENT_IDENTITY) {
      this.clientIdentity = new ManagedIdentity(this, "ClientIdentity", { ...place, name: `id-${name}-client` });
      this.grantInvoke(this.clientIdentity);
    }
    for (const principal of props.principals ?? []) {
      if (this.callers.has(valueKey(this, principal.principalId))) {
        throw new ValidationError(
          this,
          `principals: "${principal.principalId}" is listed twice; list each principal once`,
        );
      }
      this.grantInvoke(principal);
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

  /** Who may call the models. */
  get principals(): readonly IPrincipal[] {
    return [...this.callers.values()];
  }

  /**
   * Adds an endpoint to the pool, and grants every caller the role on it.
   * @throws ValidationError for an endpoint that is malformed, or in the pool already.
   */
  addBackend(backend: OpenAiBackend): void {
    const { resourceGroupName, deployments = [], protect = DEFAULT_PROTECT, tags } = this.props;
    const bound = backend._bind(this, { resourceGroupName, deployments, protect, tags });
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
    if (!bound.isDrained) this.gateway.addBackend(fqdn, [], { private: bound.isPrivate });
    this.backends.push(bound);
    if (!account) return;
    if (!bound.isDrained) this.waitFor(account);
    for (const principal of this.callers.values()) this.grantOn(bound, account, principal);
  }

  /**
   * Lets a principal call the models of every account of the pool, those that are added later included.
   *
   * An account joins the pool once the callers have the role on it, except for a caller that itself depends on the gateway.
   * @returns the grants on the accounts so far
   * @throws ValidationError for an object id that was granted the role as another type of principal.
   */
  grantInvoke(principal: IPrincipal): Grant {
    checkPrincipalType(this, principal);
    const key = valueKey(this, principal.principalId);
    const caller = this.callers.get(key) ?? principal;
    this.callers.set(key, caller);
    return Grant.combine(
      this.backends.flatMap((bound) => (bound.account ? this.grantOn(bound, bound.account, principal) : [])),
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

  /** The grant is made in this stack: on an account of another stack, that stack would depend on this one. */
  private grantOn({ isDrained }: BoundBackend, account: IOpenAiAccount, principal: IPrincipal): Grant {
    const grant = Role.OPENAI_USER.grant(this, account.accountId, principal);
    const dependencies: readonly ITerraformDependable[] = isDrained ? [] : grant.dependables;
    for (const dependency of dependencies) addDependencyUnlessCircular(this.gateway._resource, dependency);
    return grant;
  }

  private problems(): string[] {
    const { deployments = [] } = this.props;
    if (deployments.length === 0 || this.backends.some(({ isNew }) => isNew)) return [];
    return [
      "deployments: no account is created that they could be put on; add one with OpenAiBackend.newAccount, or leave them out",
    ];
  }

  private warnings(): string[] {
    const byNameOnly = this.backends.filter(({ account }) => !account).map(({ fqdn }) => fqdn);
    if (this.callers.size === 0 || byNameOnly.length === 0) return [];
    return [
      `${byNameOnly.join(", ")}: no role is granted, because only the host name is known; give the account id, or grant "Cognitive Services OpenAI User" there yourself, otherwise keyless callers get 401`,
    ];
  }
}
