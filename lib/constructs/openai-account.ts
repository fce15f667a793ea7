import { CognitiveAccount, type CognitiveAccountNetworkAcls } from "@cdktf/provider-azurerm/lib/cognitive-account";
import { CognitiveDeployment } from "@cdktf/provider-azurerm/lib/cognitive-deployment";
import { type ITerraformDependable, type TerraformProvider, type TerraformResource, Token } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import {
  DEFAULT_ACCOUNT_KIND,
  DEFAULT_ACCOUNT_SKU_NAME,
  DEFAULT_LOCAL_AUTH_ENABLED,
  DEFAULT_PROTECT,
} from "../rules/defaults.js";
import { accountLabelWarning, backendFqdnProblem, normalizeFqdn } from "../rules/host-name.js";
import { MAX_ACCOUNT_IP_RULES, publicAddressOrRangeProblem, tooManyIpRulesProblem } from "../rules/ip-address.js";
import { openAiDomain } from "../rules/location.js";
import {
  ACCOUNT_KINDS,
  ACCOUNT_SKUS,
  DEPLOYMENT_SKUS,
  deploymentCapacityProblem,
  nonEmptyProblem,
} from "../rules/openai.js";
import { oneOf } from "../rules/problem.js";
import { parseResourceId, RESOURCE_TYPES } from "../rules/resource-id.js";
import { nameProblem } from "../rules/resource-name.js";
import { claimName, claimUniqueName } from "./claimed-name.js";
import { addDependencies } from "./dependency.js";
import { type Grant } from "./grant.js";
import { type ModelDeployment } from "./model-deployment.js";
import { type Placement, placement, warnOfUnknownLocation } from "./placement.js";
import { type IPrincipal } from "./principal.js";
import { Role } from "./role.js";
import { warnOfSharedQuota } from "./shared-quota.js";
import { checkedResourceId, isAnyUnresolved, refuse, validate, validateAll, ValidationError } from "./validation.js";
import { warn } from "./warning.js";

/** Kinds of Azure AI accounts that serve OpenAI models. */
export enum OpenAiAccountKind {
  /** An Azure OpenAI account, which Microsoft may upgrade to the other kind. */
  OPEN_AI = "OpenAI",
  /** An Azure AI Foundry account. */
  AI_SERVICES = "AIServices",
}

/** An account that serves OpenAI models, created by this app or existing. */
export interface IOpenAiAccount extends IConstruct {
  /** The Azure resource id. */
  readonly accountId: string;
  /** The host name that it answers under. */
  readonly fqdn: string;
  /** What has to exist before the account can answer: nothing for an existing one. */
  readonly dependencies: readonly ITerraformDependable[];
  /** The provider of its subscription; undefined for that of the stack. */
  readonly provider: TerraformProvider | undefined;
  /** Lets the principal call the models with an Entra token: role `Cognitive Services OpenAI User`. */
  grantInvoke(principal: IPrincipal): Grant;
  /** Lets the principal call the other routes of a Foundry account as well: role `Cognitive Services User`. */
  grantFoundryRoutes(principal: IPrincipal): Grant;
}

/** What has to be known of an existing account. */
export interface OpenAiAccountAttributes {
  /** The Azure resource id. */
  readonly accountId: string;
  /** The host name that it answers under, such as `my-account.openai.azure.com`. */
  readonly fqdn: string;
  /**
   * The provider that roles on it are granted with.
   *
   * @default - that of the stack, which can grant roles in any subscription that its credentials reach
   */
  readonly provider?: TerraformProvider;
}

/** Networks that reach an account. */
export interface AccountNetworkRules {
  /**
   * Public addresses and ranges.
   *
   * @default - none
   */
  readonly ipRanges?: readonly string[];
  /**
   * The Azure resource ids of subnets with the service endpoint `Microsoft.CognitiveServices`.
   *
   * @default - none
   */
  readonly subnetIds?: readonly string[];
}

/** Props of {@link OpenAiAccount}. */
export interface OpenAiAccountProps extends Placement {
  /** 2 to 64 letters, digits, and inner hyphens and underscores. */
  readonly name: string;
  /**
   * The pricing tier; `S0` is the only one.
   *
   * @default "S0"
   */
  readonly skuName?: string;
  /**
   * The kind at creation. A later change has no effect on an account that exists: the provider could only replace it.
   *
   * @default OpenAiAccountKind.AI_SERVICES
   */
  readonly kind?: OpenAiAccountKind;
  /**
   * First label of its host name, unique in the whole of Azure; Entra tokens need it.
   *
   * @default - the name in lower case
   */
  readonly customSubdomain?: string;
  /**
   * Whether API keys are accepted beside Entra tokens.
   *
   * @default false
   */
  readonly localAuthEnabled?: boolean;
  /**
   * The networks that reach the account; all others are denied.
   *
   * @default - any network
   */
  readonly networkRules?: AccountNetworkRules;
  /**
   * Whether the account is reached from other networks than those of its private endpoints.
   *
   * @default true
   */
  readonly publicNetworkAccess?: boolean;
  /**
   * The provider of the subscription that the account is created in.
   *
   * @default - that of the stack
   */
  readonly provider?: TerraformProvider;
  /**
   * Whether Terraform refuses to destroy or replace the account and its deployments (`prevent_destroy`).
   *
   * `terraform destroy` then fails. To destroy them, set it to false and apply first. It does not keep an account that is
   * taken out of the code.
   *
   * @default false
   */
  readonly protect?: boolean;
}

/** What every account can do, wherever it was created. */
export abstract class OpenAiAccountBase extends Construct implements IOpenAiAccount {
  /** The Azure resource id. */
  abstract readonly accountId: string;
  /** The host name that it answers under. */
  abstract readonly fqdn: string;
  /** What has to exist before the account can answer. */
  abstract readonly dependencies: readonly ITerraformDependable[];
  /** The provider of its subscription; undefined for that of the stack. */
  abstract readonly provider: TerraformProvider | undefined;

  /** Lets the principal call the models with an Entra token: role `Cognitive Services OpenAI User`. */
  grantInvoke(principal: IPrincipal): Grant {
    return Role.OPENAI_USER.grant(this, this.accountId, principal, this.provider);
  }

  /** Lets the principal call the other routes of a Foundry account as well: role `Cognitive Services User`. */
  grantFoundryRoutes(principal: IPrincipal): Grant {
    return Role.COGNITIVE_SERVICES_USER.grant(this, this.accountId, principal, this.provider);
  }
}

/**
 * An account that serves OpenAI models.
 *
 * It outlives Microsoft's upgrade from Azure OpenAI to Azure AI Foundry, which changes an account's kind in place. A deleted
 * account stays soft-deleted for 48 hours, and so does its subdomain; the provider purges it on destroy.
 *
 * @see https://learn.microsoft.com/azure/ai-foundry/how-to/upgrade-azure-openai
 */
export class OpenAiAccount extends OpenAiAccountBase {
  /**
   * An existing account.
   * @throws ValidationError when the id or the host name is malformed.
   */
  static fromAccountAttributes(scope: Construct, id: string, attributes: OpenAiAccountAttributes): IOpenAiAccount {
    return new ImportedOpenAiAccount(scope, id, attributes);
  }

  /** `<customSubdomain>.openai.azure.com`, or the domain of the region's cloud. */
  readonly fqdn: string;
  /** In Azure's spelling: `eastus`. */
  readonly location: string;
  /** The provider of its subscription; undefined for that of the stack. */
  readonly provider: TerraformProvider | undefined;
  /**
   * Its name, which what belongs to it is named after.
   * @internal
   */
  readonly _name: string;
  private readonly resource: CognitiveAccount;
  private readonly isProtected: boolean;
  private readonly modelDeployments: { readonly model: ModelDeployment; readonly resource: CognitiveDeployment }[] = [];
  private readonly parts: ITerraformDependable[] = [];
  private readonly dependents: TerraformResource[] = [];

  /** @throws ValidationError for anything that Azure would refuse. */
  constructor(scope: Construct, id: string, props: OpenAiAccountProps) {
    super(scope, id);
    const place = placement(this, props);
    validate(this, "name", props.name, nameProblem("account"));
    const customSubdomain = props.customSubdomain ?? this.defaultSubdomain(props.name);
    validate(this, "customSubdomain", customSubdomain, nameProblem("customSubdomain"));
    validate(this, "skuName", props.skuName, oneOf(ACCOUNT_SKUS));
    validate(this, "kind", props.kind, oneOf(ACCOUNT_KINDS));
    claimName(this, "account", props.name, place.resourceGroupName);
    const domain = openAiDomain(props.location);
    claimUniqueName(this, "customSubdomain", "custom subdomain", customSubdomain, `under ${domain}`);
    warnOfUnknownLocation(this, props.location);

    const networkAcls = this.networkAcls(props.networkRules);
    this.location = place.location;
    this.provider = props.provider;
    this._name = props.name;
    this.fqdn = `${customSubdomain}.${domain}`;
    this.isProtected = props.protect ?? DEFAULT_PROTECT;
    this.resource = new CognitiveAccount(this, "Resource", {
      name: props.name,
      ...place,
      kind: props.kind ?? DEFAULT_ACCOUNT_KIND,
      skuName: props.skuName ?? DEFAULT_ACCOUNT_SKU_NAME,
      customSubdomainName: customSubdomain,
      localAuthEnabled: props.localAuthEnabled ?? DEFAULT_LOCAL_AUTH_ENABLED,
      ...(networkAcls && { networkAcls }),
      ...(props.publicNetworkAccess !== undefined && { publicNetworkAccessEnabled: props.publicNetworkAccess }),
      ...(props.provider && { provider: props.provider }),
      // The provider refuses to plan an upgraded account that has none.
      identity: { type: "SystemAssigned" },
      lifecycle: {
        ...this.lifecycle(),
        // The upgrade changes both, and the provider would replace the account. Terraform wants its own names here.
        ignoreChanges: ["kind", "project_management_enabled"],
      },
    });
    warnOfSharedQuota(this);
  }

  /** The Azure resource id. */
  get accountId(): string {
    return this.resource.id;
  }

  /** The account, its deployments, and what leads to it. */
  get dependencies(): readonly ITerraformDependable[] {
    return [this.resource, ...this.modelDeployments.map(({ resource }) => resource), ...this.parts];
  }

  /** The models on this account. */
  get deployments(): readonly ModelDeployment[] {
    return this.modelDeployments.map(({ model }) => model);
  }

  /**
   * Deploys a model to this account.
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
        "deployment.name: is known only after apply; write the name out, it is part of the Terraform address",
      );
    }
    if (!Token.isUnresolved(sku) && sku.endsWith("Batch"))
      warn(this, `deployment ${name}: ${sku} serves batches, which requests through a gateway do not reach`);
    if (this.deployments.some((other) => other.name.toLowerCase() === name.toLowerCase())) {
      throw new ValidationError(
        this,
        `deployment.name: "${name}" is already on this account; give each deployment its own name`,
      );
    }
    // Azure ignores the case of a name. Under an address of its own, another spelling would be created before this is deleted.
    const resource = new CognitiveDeployment(this, `Deployment-${name.toLowerCase()}`, {
      name,
      cognitiveAccountId: this.accountId,
      model: { format: "OpenAI", name: model, version },
      sku: { name: sku, capacity: capacityUnits },
      versionUpgradeOption: "NoAutoUpgrade",
      lifecycle: this.lifecycle(),
      ...(this.provider && { provider: this.provider }),
    });
    this.modelDeployments.push({ model: deployment, resource });
    for (const dependent of this.dependents) addDependencies(dependent, [resource]);
  }

  /**
   * Makes a resource wait for the account and its deployments, those that are added later included.
   * @internal
   */
  _applyBefore(resource: TerraformResource): void {
    this.dependents.push(resource);
    addDependencies(resource, this.dependencies);
  }

  /**
   * Adds what the account needs before it can be reached, such as a private endpoint.
   * @internal
   */
  _addParts(parts: readonly ITerraformDependable[]): void {
    this.parts.push(...parts);
    for (const dependent of this.dependents)
      addDependencies(
        dependent,
        parts.filter((part) => part !== dependent),
      );
  }

  private networkAcls(rules: AccountNetworkRules | undefined): CognitiveAccountNetworkAcls | undefined {
    if (rules === undefined) return undefined;
    const { ipRanges = [], subnetIds = [] } = rules;
    validateAll(this, "networkRules.ipRanges", ipRanges, publicAddressOrRangeProblem);
    if (ipRanges.length > MAX_ACCOUNT_IP_RULES)
      refuse(this, "networkRules.ipRanges", tooManyIpRulesProblem(ipRanges.length));
    const ids = subnetIds.map((id) => checkedResourceId(this, "networkRules.subnetIds", id, RESOURCE_TYPES.subnet));
    return {
      defaultAction: "Deny",
      ipRules: [...ipRanges],
      ...(ids.length > 0 && { virtualNetworkRules: ids.map((subnetId) => ({ subnetId })) }),
    };
  }

  private lifecycle(): { preventDestroy: true } | undefined {
    return this.isProtected ? { preventDestroy: true } : undefined;
  }

  private defaultSubdomain(name: string): string {
    if (!Token.isUnresolved(name)) return name.toLowerCase();
    throw new ValidationError(this, "customSubdomain: has no default where the name is known only after apply; set it");
  }
}

class ImportedOpenAiAccount extends OpenAiAccountBase {
  readonly accountId: string;
  readonly fqdn: string;
  readonly provider: TerraformProvider | undefined;
  readonly dependencies = [];

  constructor(scope: Construct, id: string, { accountId, fqdn, provider }: OpenAiAccountAttributes) {
    super(scope, id);
    this.provider = provider;
    this.accountId = checkedResourceId(this, "accountId", accountId, RESOURCE_TYPES.account);
    validate(this, "fqdn", fqdn, backendFqdnProblem);
    this.fqdn = Token.isUnresolved(fqdn) ? fqdn : normalizeFqdn(fqdn);
    if (isAnyUnresolved(accountId, fqdn)) return;
    const warning = accountLabelWarning(parseResourceId(accountId, RESOURCE_TYPES.account).name, fqdn);
    if (warning) warn(this, `accountId: ${warning}`);
  }
}
