import { type Block } from "./block.js";
import { type Target, type Value } from "./expression.js";
import { identity } from "./identity.js";
import { type Relations, type ResourceType, ownGroup, ownName, placement } from "./resource-type.js";

const API_VERSION = "2025-06-01";

/** An Azure OpenAI or Foundry account. */
export const ACCOUNT: ResourceType = {
  type: "Microsoft.CognitiveServices/accounts",
  apiVersion: API_VERSION,
  names: ownName,
  group: ownGroup,
  attributes: { endpoint: "endpoint" },
  render: (block) => ({
    ...placement(block),
    kind: block.text("kind"),
    sku: { name: block.text("sku_name") },
    // azurerm sends an identity of type None where there is none.
    identity: identity(block.block("identity")) ?? { type: "None", userAssignedIdentities: null },
    properties: {
      allowProjectManagement: block.flag("project_management_enabled", false),
      allowedFqdnList: block.texts("fqdns"),
      apiProperties: {},
      customSubDomainName: block.optionalText("custom_subdomain_name") ?? "",
      disableLocalAuth: !block.knownFlag("local_auth_enabled", true),
      dynamicThrottlingEnabled: block.flag("dynamic_throttling_enabled", false),
      networkAcls: networkRules(block.block("network_acls")),
      publicNetworkAccess: block.knownFlag("public_network_access_enabled", true) ? "Enabled" : "Disabled",
      restrictOutboundNetworkAccess: block.flag("outbound_network_access_restricted", false),
    },
  }),
};

function networkRules(block: Block | undefined): Value {
  return (
    block && {
      bypass: block.optionalText("bypass"),
      defaultAction: block.text("default_action"),
      ipRules: block.items("ip_rules").map((value) => ({ value })),
      virtualNetworkRules: block.blocks("virtual_network_rules").map((rule) => ({
        id: rule.text("subnet_id"),
        ignoreMissingVnetServiceEndpoint: rule.flag("ignore_missing_vnet_service_endpoint", false),
      })),
    }
  );
}

/** A model deployment. */
export const MODEL_DEPLOYMENT: ResourceType = {
  type: "Microsoft.CognitiveServices/accounts/deployments",
  apiVersion: API_VERSION,
  names: (block, stack) => [...accountOf(block, stack).names, block.text("name")],
  group: (block, stack) => accountOf(block, stack).group,
  attributes: {},
  oneAtATime: true,
  render: (block) => {
    block.ignore("cognitive_account_id");
    const model = block.block("model");
    const sku = block.block("sku");
    return {
      sku: sku && {
        capacity: sku.number("capacity", 1),
        family: sku.optionalText("family"),
        name: sku.text("name"),
        size: sku.optionalText("size"),
        tier: sku.optionalText("tier"),
      },
      properties: {
        dynamicThrottlingEnabled: block.knownFlag("dynamic_throttling_enabled", false) ? true : undefined,
        model: model && {
          format: model.text("format"),
          name: model.text("name"),
          version: model.optionalText("version"),
        },
        raiPolicyName: block.optionalText("rai_policy_name"),
        versionUpgradeOption: block.optionalText("version_upgrade_option") ?? "OnceNewDefaultVersionAvailable",
      },
    };
  },
};

function accountOf(block: Block, stack: Relations): Target {
  const id = block.text("cognitive_account_id");
  const account = stack.targetOf(id, `${block.where}.cognitive_account_id`);
  if (account !== undefined) return account;
  throw block.problem("cognitive_account_id", "has to be an account of this stack, or the id of one that exists");
}
