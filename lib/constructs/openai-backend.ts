import { Token } from "cdktf";
import { type Construct } from "constructs";
import { DEFAULT_DRAINED, DEFAULT_PRIVATE_BACKEND } from "../rules/defaults.js";
import { type AddressedDeployment } from "../rules/addressing.js";
import { backendFqdnProblem, normalizeFqdn } from "../rules/host-name.js";
import { guidProblem, parseResourceId, RESOURCE_TYPES } from "../rules/resource-id.js";
import { nameProblem } from "../rules/resource-name.js";
import { type BoundAccountNetwork } from "./account-network.js";
import { type BackendReach } from "./application-gateway.js";
import { type ModelDeployment } from "./model-deployment.js";
import { type IOpenAiAccount, OpenAiAccount, type OpenAiAccountProps } from "./openai-account.js";
import { type Placement } from "./placement.js";
import { validate, ValidationError } from "./validation.js";

/** How a backend takes part in the pool. */
export interface OpenAiBackendOptions {
  /**
   * Names the backend in its address, in pools and in response headers. Unique among the backends, whatever the case; 1 to 64
   * letters, digits, hyphens, underscores and periods.
   *
   * @default - the account's name where the load balancer creates it, else the first label of the host name
   */
  readonly name?: string;
  /**
   * The subscription that the backend is in, for pools by subscription.
   *
   * @default - that of an existing account's id, as far as it is known
   */
  readonly subscriptionId?: string;
  /**
   * Whether the backend is out of the pool, but kept with its roles.
   *
   * An account leaves in two steps. Drain it and apply, so that the pool no longer names it; then take it out and apply again.
   * Taken out at once, a created account is deleted while the pool still sends requests to it.
   *
   * @default false
   */
  readonly drained?: boolean;
}

/** How an existing backend takes part in the pool. */
export interface ExistingBackendOptions extends OpenAiBackendOptions, BackendReach {}

/** Props of an account that a load balancer creates: the rest it has from the load balancer. */
export interface NewAccountProps
  extends
    Omit<OpenAiAccountProps, "resourceGroupName" | "tags" | "protect" | "networkRules" | "publicNetworkAccess">,
    Omit<OpenAiBackendOptions, "name"> {
  /**
   * An existing resource group, in the subscription of the `provider`.
   *
   * @default - that of the load balancer
   */
  readonly resourceGroupName?: string;
  /**
   * The name of the backend; see {@link OpenAiBackendOptions.name}.
   *
   * @default - the account's name
   */
  readonly backendName?: string;
  /**
   * Deployed to this account alone, besides what is deployed to all. A deployment that only some accounts have gets a pool of
   * its name.
   *
   * @default - none
   */
  readonly deployments?: readonly ModelDeployment[];
}

/**
 * What an account that a load balancer creates takes from it.
 * @internal
 */
export interface OpenAiBackendContext extends Pick<Placement, "resourceGroupName" | "tags"> {
  /** Put on every account that is created. */
  readonly deployments: readonly ModelDeployment[];
  /** Whether Terraform refuses to destroy the account. */
  readonly protect: boolean;
  /** Who reaches the account. */
  readonly accountNetwork: BoundAccountNetwork;
}

/**
 * A pool member as the load balancer sees it.
 * @internal
 */
export interface BoundBackend {
  /** Unique among the backends, or empty where none was given and none can be told. */
  readonly name: string;
  /** Whether the name was given. */
  readonly isNamed: boolean;
  /** Those that are known. */
  readonly deployments: readonly AddressedDeployment[];
  /** The subscription that it is in, as far as it is known. */
  readonly subscriptionId: string | undefined;
  /** The host name. */
  readonly fqdn: string;
  /** Roles can be granted on it; absent for a member that is known by name only. */
  readonly account: IOpenAiAccount | undefined;
  /** Whether the load balancer created the account, and put the deployments on it. */
  readonly isNew: boolean;
  /** Whether the gateway reaches it over a private endpoint. */
  readonly isPrivate: boolean;
  /** Whether it is out of the pool. */
  readonly isDrained: boolean;
}

/** A member of the gateway's pool. */
export abstract class OpenAiBackend {
  /** An endpoint of which only the host name is known: grant the roles on its account yourself. */
  static fromFqdn(fqdn: string, options: ExistingBackendOptions = {}): OpenAiBackend {
    return new FqdnBackend(fqdn, options);
  }

  /** An account of your own, or an existing one imported with `OpenAiAccount.fromAccountAttributes`. */
  static fromAccount(account: IOpenAiAccount, options: ExistingBackendOptions = {}): OpenAiBackend {
    return new AccountBackend(account, options);
  }

  /** An account that the load balancer creates, with its deployments, in its resource group. */
  static newAccount(props: NewAccountProps): OpenAiBackend {
    return new NewAccountBackend(props);
  }

  /** Exists in the type only: without it, any object would be assignable to the published type. */
  declare protected readonly nominal: true;

  /**
   * Called by the load balancer that takes this backend into its pool.
   * @internal
   */
  abstract _bind(scope: Construct, context: OpenAiBackendContext): BoundBackend;
}

class FqdnBackend extends OpenAiBackend {
  constructor(
    private readonly fqdn: string,
    private readonly options: ExistingBackendOptions,
  ) {
    super();
  }

  _bind(scope: Construct): BoundBackend {
    validate(scope, "backend.fqdn", this.fqdn, backendFqdnProblem);
    const fqdn = Token.isUnresolved(this.fqdn) ? this.fqdn : normalizeFqdn(this.fqdn);
    return { fqdn, account: undefined, isNew: false, deployments: [], ...taken(scope, this.options, firstLabel(fqdn)) };
  }
}

class AccountBackend extends OpenAiBackend {
  constructor(
    private readonly account: IOpenAiAccount,
    private readonly options: ExistingBackendOptions,
  ) {
    super();
  }

  _bind(scope: Construct): BoundBackend {
    const { account } = this;
    const { fqdn, accountId } = account;
    const known = Token.isUnresolved(accountId) ? undefined : parseResourceId(accountId, RESOURCE_TYPES.account);
    const options = { ...this.options, subscriptionId: this.options.subscriptionId ?? known?.subscriptionId };
    return { fqdn, account, isNew: false, deployments: [], ...taken(scope, options, firstLabel(fqdn)) };
  }
}

class NewAccountBackend extends OpenAiBackend {
  constructor(private readonly props: NewAccountProps) {
    super();
  }

  _bind(scope: Construct, { deployments, accountNetwork, ...context }: OpenAiBackendContext): BoundBackend {
    const { drained, backendName, subscriptionId, deployments: own = [], ...props } = this.props;
    if (Token.isUnresolved(props.name)) {
      throw new ValidationError(
        scope,
        "backend.account.name: is known only after apply; create the account with new OpenAiAccount, and pass it with OpenAiBackend.fromAccount",
      );
    }
    // Azure ignores the case of a name.
    const id = `Account-${props.name.toLowerCase()}`;
    if (scope.node.tryFindChild(id)) {
      throw new ValidationError(
        scope,
        `backend.account.name: "${props.name}" is listed twice; give each account its own name`,
      );
    }
    const account = new OpenAiAccount(scope, id, { ...context, ...accountNetwork.accountProps, ...props });
    for (const deployment of [...deployments, ...own]) account.addDeployment(deployment);
    accountNetwork.connect(account);
    return {
      fqdn: account.fqdn,
      account,
      isNew: true,
      deployments: [
        ...deployments.map(({ name, sku }) => ({ name, sku, isOwn: false })),
        ...own.map(({ name, sku }) => ({ name, sku, isOwn: true })),
      ],
      ...taken(scope, { name: backendName, drained, subscriptionId, private: accountNetwork.isPrivate }, props.name),
    };
  }
}

/** @throws ValidationError for a name that cannot be part of an address. */
function taken(scope: Construct, options: ExistingBackendOptions, defaultName: string) {
  const { name, drained, subscriptionId } = options;
  if (Token.isUnresolved(name)) {
    throw new ValidationError(
      scope,
      "backend.name: is known only after apply; write the name out, it is part of the gateway's paths",
    );
  }
  validate(scope, "backend.name", name, nameProblem("backend"));
  validate(scope, "backend.subscriptionId", subscriptionId, guidProblem);
  return {
    name: name ?? defaultName,
    isNamed: name !== undefined,
    subscriptionId,
    isDrained: drained ?? DEFAULT_DRAINED,
    isPrivate: options.private ?? DEFAULT_PRIVATE_BACKEND,
  };
}

/** Empty where it is known only after apply. */
function firstLabel(fqdn: string): string {
  return Token.isUnresolved(fqdn) ? "" : (fqdn.split(".")[0] ?? "");
}
