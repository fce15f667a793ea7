import { type Problem } from "./problem.js";
import { type ResourceType } from "./resource-id.js";

/** A value that is one attribute of a Terraform resource or data source, `azurerm_subnet.gateway.id`, parsed. */
export interface AttributeReference {
  /** The whole reference, as Terraform writes it. */
  readonly text: string;
  /** `azurerm_subnet` */
  readonly type: string;
  /** `gateway` */
  readonly name: string;
  /** `id`; of an attribute in a block, the last word. */
  readonly attribute: string;
  /** Whether the attribute is in a block of the resource, such as `identity[0].principal_id`. */
  readonly isNested: boolean;
}

/** An attribute, or several with the blocks around it, each perhaps with an index: `.identity[0].principal_id`. */
const INDEX = String.raw`(?:\[[^\]]*\])*`;
const REFERENCE = new RegExp(
  String.raw`^\$\{((?:data\.)?([a-z][a-z0-9]*_\w+)\.([A-Za-z_][\w-]*)${INDEX}((?:\.\w+${INDEX})*)\.(\w+)${INDEX})\}$`,
);

/** @returns undefined for anything but one bare reference, such as a function call or a variable. */
export function parseAttributeReference(expression: string): AttributeReference | undefined {
  const [, text, type, name, blocks, attribute] = REFERENCE.exec(expression) ?? [];
  if (text === undefined || type === undefined || name === undefined || attribute === undefined) return undefined;
  return { text, type, name, attribute, isNested: blocks !== "" };
}

/** Why an attribute is not a host name, where its name tells. */
export function hostNameAttributeProblem({ text, type, attribute }: AttributeReference): Problem {
  if (attribute === "fqdn" && /^azurerm_(private_)?dns_\w+_record$/.test(type))
    return `${text} ends with a dot; remove it with Fn.trimsuffix(…, ".")`;
  if (type === "azurerm_private_endpoint" && text.includes(".private_dns_zone_configs"))
    return `${text} is the alias of a private endpoint; give the account's own host name, which resolves to it`;
  if (/(^|_)(endpoints?|ur[il]s?)$/.test(attribute))
    return `${text} is a URL; give the host name alone, such as "my-account.openai.azure.com"`;
  if (isId(attribute)) return `${text} is an id; give the host name, such as "my-account.openai.azure.com"`;
  if (/(^|_)ip_address(es)?$/.test(attribute))
    return `${text} is an address; the gateway needs the account's own host name`;
  const isAccount = ACCOUNT_TYPES.includes(type);
  if (isAccount && ["name", "custom_subdomain_name"].includes(attribute))
    return `${text} has no domain; append ".openai.azure.com"`;
  if (isAccount || /(^|_)(location|key|resource_group_name)$/.test(attribute))
    return `${text} is not a host name; write one such as "my-account.openai.azure.com"`;
  return undefined;
}

const SECRET_ID_ATTRIBUTES: Readonly<Record<string, readonly string[]>> = {
  azurerm_key_vault_certificate: ["secret_id", "versionless_secret_id"],
  azurerm_key_vault_secret: ["id", "versionless_id"],
};

/** Why an attribute is not the id of a Key Vault secret, where its name tells. */
export function secretIdAttributeProblem({ text, type, attribute, isNested }: AttributeReference): Problem {
  const allowed = SECRET_ID_ATTRIBUTES[type];
  if (allowed?.includes(attribute)) return undefined;
  if (allowed) return `${text} is not a secret's id; use ${allowed.at(-1)}`;
  if (isNested || !/^azurerm_key_vault(_|$)/.test(type)) return undefined;
  return `${text} is not a secret's id; use versionless_secret_id of an azurerm_key_vault_certificate`;
}

/** Whether the attribute is a secret's id with a version. */
export function isVersionedSecretAttribute({ type, attribute }: AttributeReference): boolean {
  return SECRET_ID_ATTRIBUTES[type]?.[0] === attribute;
}

const ACCOUNT_TYPES = ["azurerm_cognitive_account", "azurerm_ai_services"];

/** The provider's names for the types of resources that are taken by id. */
const PROVIDER_TYPES: Readonly<Record<ResourceType, readonly string[]>> = {
  "Microsoft.CognitiveServices/accounts": ACCOUNT_TYPES,
  "Microsoft.Network/applicationGateways": ["azurerm_application_gateway"],
  "Microsoft.Network/applicationGatewayWebApplicationFirewallPolicies": ["azurerm_web_application_firewall_policy"],
  "Microsoft.ManagedIdentity/userAssignedIdentities": ["azurerm_user_assigned_identity"],
  "Microsoft.KeyVault/vaults": ["azurerm_key_vault"],
  "Microsoft.Network/natGateways": ["azurerm_nat_gateway"],
  "Microsoft.Network/privateDnsZones": ["azurerm_private_dns_zone"],
  "Microsoft.Network/publicIPAddresses": ["azurerm_public_ip"],
  "Microsoft.Insights/actionGroups": ["azurerm_monitor_action_group"],
  "Microsoft.Network/publicIPPrefixes": ["azurerm_public_ip_prefix"],
  "Microsoft.Network/virtualNetworks": ["azurerm_virtual_network"],
  "Microsoft.Network/virtualNetworks/subnets": ["azurerm_subnet"],
  "Microsoft.OperationalInsights/workspaces": ["azurerm_log_analytics_workspace"],
};

/** Why an attribute is not the id of a resource of this type, where its name tells. */
export function resourceIdAttributeProblem(wanted: ResourceType): (reference: AttributeReference) => Problem {
  const types = PROVIDER_TYPES[wanted];
  return ({ text, type, attribute, isNested }) => {
    if (!type.startsWith("azurerm_")) return undefined;
    const isOtherType = attribute === "id" && !isNested && !types.some((own) => hasIdOf(own, type));
    if (isId(attribute) && !isOtherType && !/(principal|client|tenant|object|secret)_id$/.test(attribute))
      return undefined;
    return `${text} is not the id of a ${wanted}; use the id of an ${types[0]}`;
  };
}

/** Whether the id of one type is that of another: what only joins things to a subnet has the id of the subnet. */
function hasIdOf(owner: string, type: string): boolean {
  return type === owner || (type.startsWith(`${owner}_`) && /_(association|customer_managed_key)$/.test(type));
}

/** Why an attribute is not the object id of a principal, where its name tells. */
export function principalIdAttributeProblem({ text, type, attribute }: AttributeReference): Problem {
  if (/^(client|application|app)_id$/.test(attribute))
    return `${text} is an application's id, not an object id; use principal_id or object_id`;
  if (/^azuread_application(_registration)?$/.test(type))
    return `${text} is of an application, and roles are granted to its service principal; use object_id of an azuread_service_principal`;
  if ((attribute === "id" && type.startsWith("azurerm_")) || /(^|_)identity_ids?$/.test(attribute))
    return `${text} is a resource id, not an object id; use principal_id`;
  if (/(^|_)(tenant_id|subscription_id|name|location)$/.test(attribute))
    return `${text} is not an object id; use principal_id or object_id`;
  return undefined;
}

/** Why an attribute is not a name, where its own name tells. */
export function nameAttributeProblem({ text, attribute }: AttributeReference): Problem {
  return attribute === "id" ? `${text} is an id; use the name` : undefined;
}

function isId(attribute: string): boolean {
  return /(^|_)ids?$/.test(attribute);
}
