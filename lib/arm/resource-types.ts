import { ACCOUNT, MODEL_DEPLOYMENT } from "./account.js";
import { APPLICATION_GATEWAY } from "./gateway.js";
import { ROLE_ASSIGNMENT, USER_ASSIGNED_IDENTITY } from "./identity.js";
import { PUBLIC_ADDRESS, SECURITY_GROUP, SUBNET, VIRTUAL_NETWORK } from "./network.js";
import { RESOURCE_GROUP } from "./resource-group.js";
import { type ResourceType } from "./resource-type.js";

/** It is a property of the subnet. */
export const SUBNET_SECURITY_GROUP = "azurerm_subnet_network_security_group_association";

/** What can be rendered, by its Terraform type. */
export const RESOURCE_TYPES: ReadonlyMap<string, ResourceType> = new Map([
  ["azurerm_application_gateway", APPLICATION_GATEWAY],
  ["azurerm_cognitive_account", ACCOUNT],
  ["azurerm_cognitive_deployment", MODEL_DEPLOYMENT],
  ["azurerm_network_security_group", SECURITY_GROUP],
  ["azurerm_public_ip", PUBLIC_ADDRESS],
  ["azurerm_resource_group", RESOURCE_GROUP],
  ["azurerm_role_assignment", ROLE_ASSIGNMENT],
  ["azurerm_subnet", SUBNET],
  ["azurerm_user_assigned_identity", USER_ASSIGNED_IDENTITY],
  ["azurerm_virtual_network", VIRTUAL_NETWORK],
]);

/** What to do instead of what can never be rendered. */
export const UNSUPPORTED: ReadonlyMap<string, string> = new Map([
  [
    "azurerm_key_vault_certificate",
    "a self-signed certificate is made in a vault's data plane, which no template reaches; give a certificate that is in a Key Vault (listener.certificate.keyVaultId and secretId), or use an HTTP listener",
  ],
]);
