import { CognitiveAccount } from "@cdktf/provider-azurerm/lib/cognitive-account";
import { CognitiveDeployment } from "@cdktf/provider-azurerm/lib/cognitive-deployment";
import { type RoleAssignment } from "@cdktf/provider-azurerm/lib/role-assignment";
import { Annotations, type ITerraformDependable, Token } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { DEFAULT_ACCOUNT_KIND, DEFAULT_ACCOUNT_SKU_NAME, DEFAULT_LOCAL_AUTH_ENABLED } from "../rules/defaults.js";
import { backendFqdnProblem, normalizeFqdn } from "../rules/host-name.js";
import { openAiDomain } from "../rules/location.js";
import {
  ACCOUNT_KINDS,
  ACCOUNT_SKUS,
  DEPLOYMENT_SKUS,
  deploymentCapacityProblem,
  nonEmptyProblem,
} from "../rules/openai.js";
import { oneOf } from "../rules/problem.js";
import { RESOURCE_TYPES } from "../rules/resource-id.js";
import { nameProblem } from "../rules/resource-name.js";
import { type Placement, placement, warnOfUnknownLocation } from "./placement.js";
import { type IPrincipal } from "./principal.js";
import { Role } from "./role.js";
import { checkedResourceId, validate, ValidationError } from "./validation.js";

/** Kinds of Azure AI accounts that serve OpenAI models. */
export enum OpenAiAccountKind {
  OPEN_AI = "OpenAI",
  /** An Azure AI Foundry account. */
  AI_SERVICES = "AIServices",
}

/** An Azure OpenAI account, made here or elsewhere. */
export interface IOpenAiAccount extends IConstruct {
  /** The Azure resource id. */
  readonly accountId: string;
  /** The host name that it answers under. */
  readonly fqdn: string;
  /** What has to exist before the account can answer: nothing for one made elsewhere. */
  readonly dependencies: readonly ITerraformDependable[];
  /** Lets the principal call the models with an Entra token: role `Cognitive Services OpenAI User`. */
  grantInvoke(principal: IPrincipal): RoleAssignment;
}

/** A model put on an account under a name. The version is pinned: it changes only when you change it. */
export interface ModelDeployment {
  /** The name in the URL or the body's `model`; 2 to 64 characters. */
  readonly name: string;
  /** For example `gpt-4o`. */
  readonly model: string;
  /** For example `2024-11-20`. */
  readonly version: string;
  /** `Standard`, `GlobalStandard`, `DataZoneStandard`, `ProvisionedManaged` … */
  readonly sku: string;
  /** Thousands of tokens per minute, or provisioned throughput units; 1 or more. */
  readonly capacityUnits: number;
}

export interface OpenAiAccountAttributes {
  /** The Azure resource id. */
  readonly accountId: string;
  /** The host name that it answers under, such as `my-account.openai.azure.com`. */
  readonly fqdn: string;
}

export interface OpenAiAccountProps extends Placement {
  /** 2 to 64 letters, digits, and inner hyphens and underscores. */
  readonly name: string;
  /** @default "S0" */
  readonly skuName?: string;
  /** @default OpenAiAccountKind.OPEN_AI */
  readonly kind?: OpenAiAccountKind;
  /**
   * First label of its host name, unique in the whole of Azure; Entra tokens need it.
   * @default the name in lower case
   */
  readonly customSubdomain?: string;
  /**
   * Whether API keys are accepted beside Entra tokens.
   * @default false
   */
  readonly localAuthEnabled?: boolean;
}

/**
 * An Azure OpenAI account.
 *
 * A deleted account stays soft-deleted for 48 hours, and so does its subdomain; the provider purges it on destroy.
 */
export class OpenAiAccount extends Construct implements IOpenAiAccount {
  /**
   * An account made elsewhere.
   * @throws ValidationError when the id or the host name is malformed.
   */
  static fromAccountAttributes(scope: Construct, id: string, attributes: OpenAiAccountAttributes): IOpenAiAccount {
    return new ImportedOpenAiAccount(scope, id, attributes);
  }

  readonly fqdn: string;
  /** In Azure's spelling: `eastus`. */
  readonly location: string;
  private readonly resource: CognitiveAccount;
  private readonly deploymentNames = new Set<string>();

  /** @throws ValidationError for anything that Azure would refuse. */
  constructor(scope: Construct, id: string, props: OpenAiAccountProps) {
    super(scope, id);
    const place = placement(this, props);
    validate(this, "name", props.name, nameProblem("account"));
    const customSubdomain = props.customSubdomain ?? this.defaultSubdomain(props.name);
    validate(this, "customSubdomain", customSubdomain, nameProblem("customSubdomain"));
    validate(this, "skuName", props.skuName, oneOf(ACCOUNT_SKUS));
    validate(this, "kind", props.kind, oneOf(ACCOUNT_KINDS));
    warnOfUnknownLocation(this, props.location);

    this.location = place.location;
    this.fqdn = `${customSubdomain}.${openAiDomain(props.location)}`;
    this.resource = new CognitiveAccount(this, "Resource", {
      name: props.name,
      ...place,
      kind: props.kind ?? DEFAULT_ACCOUNT_KIND,
      skuName: props.skuName ?? DEFAULT_ACCOUNT_SKU_NAME,
      customSubdomainName: customSubdomain,
      localAuthEnabled: props.localAuthEnabled ?? DEFAULT_LOCAL_AUTH_ENABLED,
    });
  }

  get accountId(): string {
    return this.resource.id;
  }

  get dependencies(): readonly ITerraformDependable[] {
    return [this.resource];
  }

  /**
   * Puts a model on this account.
   * @throws ValidationError for a deployment that Azure would refuse, or a name that is taken.
   */
  addDeployment(deployment: ModelDeployment): void {
    const { name, model, version, sku, capacityUnits } = deployment;
    validate(this, "deployment.name", name, nameProblem("deployment"));
    validate(this, "deployment.model", model, nonEmptyProblem);
    validate(this, "deployment.version", version, nonEmptyProblem);
    validate(this, "deployment.sku", sku, oneOf(DEPLOYMENT_SKUS));
    validate(this, "deployment.capacityUnits", capacityUnits, deploymentCapacityProblem);
    if (Token.isUnresolved(name)) {
      throw new ValidationError(
        this,
        "deployment.name: only Terraform knows it; write the name out, it is part of the Terraform address",
      );
    }
    if (sku.endsWith("Batch")) {
      Annotations.of(this).addWarning(
        `deployment ${name}: ${sku} serves batches, which requests through a gateway do not reach`,
      );
    }
    if (this.deploymentNames.has(name.toLowerCase())) {
      throw new ValidationError(
        this,
        `deployment.name: "${name}" is already on this account; give each deployment its own name`,
      );
    }
    this.deploymentNames.add(name.toLowerCase());
    new CognitiveDeployment(this, `Deployment-${name}`, {
      name,
      cognitiveAccountId: this.accountId,
      model: { format: "OpenAI", name: model, version },
      sku: { name: sku, capacity: capacityUnits },
      versionUpgradeOption: "NoAutoUpgrade",
    });
  }

  grantInvoke(principal: IPrincipal): RoleAssignment {
    return Role.OPENAI_USER.grant(this, this.accountId, principal);
  }

  private defaultSubdomain(name: string): string {
    if (!Token.isUnresolved(name)) return name.toLowerCase();
    throw new ValidationError(this, "customSubdomain: has no default where only Terraform knows the name; set it");
  }
}

class ImportedOpenAiAccount extends Construct implements IOpenAiAccount {
  readonly accountId: string;
  readonly fqdn: string;
  readonly dependencies = [];

  constructor(scope: Construct, id: string, attributes: OpenAiAccountAttributes) {
    super(scope, id);
    this.accountId = checkedResourceId(this, "accountId", attributes.accountId, RESOURCE_TYPES.account);
    validate(this, "fqdn", attributes.fqdn, backendFqdnProblem);
    this.fqdn = Token.isUnresolved(attributes.fqdn) ? attributes.fqdn : normalizeFqdn(attributes.fqdn);
  }

  grantInvoke(principal: IPrincipal): RoleAssignment {
    return Role.OPENAI_USER.grant(this, this.accountId, principal);
  }
}
