import { Token } from "cdktf";
import { type Construct } from "constructs";
import { backendFqdnProblem, normalizeFqdn } from "../rules/host-name.js";
import { type IOpenAiAccount, type ModelDeployment, OpenAiAccount, type OpenAiAccountProps } from "./openai-account.js";
import { type Placement } from "./placement.js";
import { validate } from "./validation.js";

/** What an account that a load balancer makes takes from it. */
export interface OpenAiBackendContext extends Pick<Placement, "resourceGroupName" | "tags"> {
  /** Put on every account made here. */
  readonly deployments: readonly ModelDeployment[];
}

/** A pool member as the load balancer sees it. */
export interface BoundBackend {
  readonly fqdn: string;
  /** Roles can be granted on it; absent for a member that is known by name only. */
  readonly account?: IOpenAiAccount;
  /** Whether the load balancer made the account, and put the deployments on it. */
  readonly isNew: boolean;
}

export type NewAccountProps = Omit<OpenAiAccountProps, "resourceGroupName" | "tags">;

/** A member of the gateway's pool. */
export abstract class OpenAiBackend {
  /** A host name, and no more is known: roles are granted elsewhere. */
  static fromFqdn(fqdn: string): OpenAiBackend {
    return new FqdnBackend(fqdn);
  }

  /** An account, imported with `OpenAiAccount.fromAccountAttributes` or made by you. */
  static fromAccount(account: IOpenAiAccount): OpenAiBackend {
    return new AccountBackend(account);
  }

  /** An account that the load balancer makes, with its deployments, in its resource group. */
  static newAccount(props: NewAccountProps): OpenAiBackend {
    return new NewAccountBackend(props);
  }

  /** Called by the load balancer that takes this backend into its pool. */
  abstract bind(scope: Construct, context: OpenAiBackendContext): BoundBackend;
}

class FqdnBackend extends OpenAiBackend {
  constructor(private readonly fqdn: string) {
    super();
  }

  bind(scope: Construct): BoundBackend {
    validate(scope, "backend.fqdn", this.fqdn, backendFqdnProblem);
    return { fqdn: Token.isUnresolved(this.fqdn) ? this.fqdn : normalizeFqdn(this.fqdn), isNew: false };
  }
}

class AccountBackend extends OpenAiBackend {
  constructor(private readonly account: IOpenAiAccount) {
    super();
  }

  bind(): BoundBackend {
    return { fqdn: this.account.fqdn, account: this.account, isNew: false };
  }
}

class NewAccountBackend extends OpenAiBackend {
  constructor(private readonly props: NewAccountProps) {
    super();
  }

  bind(scope: Construct, { resourceGroupName, deployments, tags }: OpenAiBackendContext): BoundBackend {
    const account = new OpenAiAccount(scope, `Account-${this.props.name}`, { ...this.props, resourceGroupName, tags });
    for (const deployment of deployments) account.addDeployment(deployment);
    return { fqdn: account.fqdn, account, isNew: true };
  }
}
