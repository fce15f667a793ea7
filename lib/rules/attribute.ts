import { type Problem } from "./problem.js";
import { type ResourceType } from "./resource-id.js";

/** A value that is one attribute of a Terraform resource or data source, `azurerm_subnet.gateway.id`, parsed. */
export interface AttributeReference {
  /** The whole reference, as Terraform writes it. */
  readonly text: string;
  /** `azurerm_subnet` */
  readonly type: string;
  /** `id` */
  readonly attribute: string;
}

/** @returns undefined for anything but one bare reference, such as a function call or a variable. */
export function parseAttributeReference(expression: string): AttributeReference | undefined {
  const match = /^\$\{((?:data\.)?([a-z][a-z0-9]*_\w+)\.[A-Za-z_][\w-]*\.(\w+))\}$/.exec(expression);
  const [, text, type, attribute] = match ?? [];
  return text === undefined || type === undefined || attribute === undefined ? undefined : { text, type, attribute };
}

/** Why an attribute is not a host name, where its name tells. */
export function hostNameAttributeProblem({ text, type, attribute }: AttributeReference): Problem {
  if (attribute === "fqdn" && /^azurerm_(private_)?dns_\w+_record$/.test(type))
    return `${text} ends with a dot; remove it with Fn.trimsuffix(…, ".")`;
  if (/(^|_)(endpoints?|ur[il]s?)$/.test(attribute))
    return `${text} is a URL; give the host name alone, such as "my-account.openai.azure.com"`;
  if (isId(attribute)) return `${text} is an id; give the host name, such as "my-account.openai.azure.com"`;
  if (/(^|_)ip_address(es)?$/.test(attribute))
    return `${text} is an address; the gateway needs the account's own host name`;
  if (type === "azurerm_cognitive_account" && ["name", "custom_subdomain_name"].includes(attribute))
    return `${text} has no domain; append ".openai.azure.com"`;
  return undefined;
}

const SECRET_ID_ATTRIBUTES: Readonly<Record<string, readonly string[]>> = {
  azurerm_key_vault_certificate: ["secret_id", "versionless_secret_id"],
  azurerm_key_vault_secret: ["id", "versionless_id"],
};

/** Why an attribute is not the id of a Key Vault secret, where its name tells. */
export function secretIdAttributeProblem({ text, type, attribute }: AttributeReference): Problem {
  const allowed = SECRET_ID_ATTRIBUTES[type];
  if (allowed === undefined || allowed.includes(attribute)) return undefined;
  return `${text} is not a secret's id; use ${allowed.at(-1)}`;
}

/** Whether the attribute is a secret's id with a version. */
export function isVersionedSecretAttribute({ type, attribute }: AttributeReference): boolean {
  return SECRET_ID_ATTRIBUTES[type]?.[0] === attribute;
}

/** The provider's names for the types of resources that are taken by id. */
const PROVIDER_TYPES: Readonly<Record<ResourceType, readonly string[]>> = {
  "Microsoft.CognitiveServices/accounts": ["azurerm_cognitive_account", "azurerm_ai_services"],
  "Microsoft.Network/applicationGateways": ["azurerm_application_gateway"],
  "Microsoft.ManagedIdentity/userAssignedIdentities": ["azurerm_user_assigned_identity"],
  "Microsoft.KeyVault/vaults": ["azurerm_key_vault"],
  "Microsoft.Network/publicIPAddresses": ["azurerm_public_ip"],
  "Microsoft.Network/virtualNetworks/subnets": ["azurerm_subnet"],
};
const KNOWN_PROVIDER_TYPES = ["azurerm_virtual_network", ...Object.values(PROVIDER_TYPES).flat()];

/** Why an attribute is not the id of a resource of this type, where its name tells. */
export function resourceIdAttributeProblem(wanted: ResourceType): (reference: AttributeReference) => Problem {
  return ({ text, type, attribute }) => {
    if (!type.startsWith("azurerm_")) return undefined;
    const types = PROVIDER_TYPES[wanted];
    const isOtherType = attribute === "id" && KNOWN_PROVIDER_TYPES.includes(type) && !types.includes(type);
    if (isId(attribute) && !isOtherType && !/(principal|client|tenant|object)_id$/.test(attribute)) return undefined;
    return `${text} is not the id of a ${wanted}; use the id of an ${types[0]}`;
  };
}

/** Why an attribute is not the object id of a principal, where its name tells. */
export function principalIdAttributeProblem({ text, type, attribute }: AttributeReference): Problem {
  if (/^(client|application|app)_id$/.test(attribute))
    return `${text} is an application's id, not an object id; use principal_id or object_id`;
  if (attribute === "id" && type.startsWith("azurerm_"))
    return `${text} is a resource id, not an object id; use principal_id`;
  return undefined;
}

/** Why an attribute is not a name, where its own name tells. */
export function nameAttributeProblem({ text, attribute }: AttributeReference): Problem {
  return attribute === "id" ? `${text} is an id; use the name` : undefined;
}

function isId(attribute: string): boolean {
  return /(^|_)ids?$/.test(attribute);
}
