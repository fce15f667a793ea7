import { AzurermProvider } from "@cdktf/provider-azurerm/lib/provider";
import { ResourceGroup } from "@cdktf/provider-azurerm/lib/resource-group";
import { type TerraformProvider, type TerraformStack } from "cdktf";
import { type AccountConfig, placeOfAccount } from "../config/backend-config.js";
import { type GatewayConfig } from "../config/gateway-config.js";
import { ValidationError } from "../constructs/validation.js";

/** Where an account is created. */
export interface AccountPlace {
  /** Undefined for the stack's own. */
  readonly provider: TerraformProvider | undefined;
  readonly resourceGroupName: string;
  /** Undefined where it is not known at synthesis. */
  readonly subscriptionId: string | undefined;
}

/** The subscriptions and resource groups that accounts are created in: a provider and a group for each, however many accounts. */
export class AccountPlaces {
  private readonly providers = new Map<string, AzurermProvider>();
  private readonly groups = new Map<string, string>();

  /** @throws ValidationError where it is not known which subscription is the stack's own. */
  constructor(
    private readonly stack: TerraformStack,
    private readonly config: GatewayConfig,
    homeGroupName: string,
  ) {
    const { resourceGroup, subscriptionId } = config;
    const named = config.backends.find((each) => each.kind === "new account" && each.account.subscriptionId);
    if (named && subscriptionId === undefined) {
      throw new ValidationError(
        stack,
        "subscriptionId: is needed where an account names its own, to tell whether that is another one; set it, or the environment variable ARM_SUBSCRIPTION_ID",
      );
    }
    this.groups.set(groupKey(subscriptionId, resourceGroup.name), homeGroupName);
    // Those that are created first: an account may name as existing what another one creates.
    for (const backend of config.backends) if (backend.kind === "new account") this.createGroup(backend.account);
  }

  /** Where an account is created. */
  of(account: AccountConfig): AccountPlace {
    const { subscriptionId, resourceGroup } = placeOfAccount(account, this.config);
    return {
      provider: this.provider(subscriptionId),
      resourceGroupName: this.groups.get(groupKey(subscriptionId, resourceGroup.name)) ?? resourceGroup.name,
      subscriptionId,
    };
  }

  /** The provider of a subscription; undefined for the stack's own. */
  provider(subscriptionId: string | undefined): AzurermProvider | undefined {
    const id = subscriptionId?.toLowerCase();
    if (id === undefined || id === this.config.subscriptionId?.toLowerCase()) return undefined;
    const known = this.providers.get(id);
    if (known) return known;
    const alias = `subscription-${id}`;
    const provider = new AzurermProvider(this.stack, `Azurerm-${id}`, { alias, features: [{}], subscriptionId: id });
    this.providers.set(id, provider);
    return provider;
  }

  private createGroup(account: AccountConfig): void {
    const { subscriptionId, resourceGroup } = placeOfAccount(account, this.config);
    const { kind, name } = resourceGroup;
    const key = groupKey(subscriptionId, name);
    if (kind === "existing" || this.groups.has(key)) return;
    const { location, tags } = this.config;
    const provider = this.provider(subscriptionId);
    const id = ["ResourceGroup", ...(provider ? [subscriptionId?.toLowerCase()] : []), name.toLowerCase()].join("-");
    const group = new ResourceGroup(this.stack, id, { name, location, tags, ...(provider && { provider }) });
    this.groups.set(key, group.name);
  }
}

/** Azure ignores the case of both. */
function groupKey(subscriptionId: string | undefined, name: string): string {
  return [subscriptionId ?? "", name].join("/").toLowerCase();
}
