import {
  hostNameAttributeProblem,
  isVersionedSecretAttribute,
  nameAttributeProblem,
  parseAttributeReference,
  principalIdAttributeProblem,
  resourceIdAttributeProblem,
  secretIdAttributeProblem,
} from "../../lib/rules/attribute.js";
import { RESOURCE_TYPES } from "../../lib/rules/resource-id.js";

function reference(text: string) {
  const parsed = parseAttributeReference(`\${${text}}`);
  if (!parsed) throw new Error(`${text} is no attribute`);
  return parsed;
}

test("one bare attribute of a resource or a data source is a reference", () => {
  expect(parseAttributeReference("${azurerm_subnet.a.id}")).toEqual({
    text: "azurerm_subnet.a.id",
    type: "azurerm_subnet",
    name: "a",
    attribute: "id",
    isNested: false,
  });
  expect(parseAttributeReference('${azurerm_app.a["x"].identity[0].principal_id}')).toEqual({
    text: 'azurerm_app.a["x"].identity[0].principal_id',
    type: "azurerm_app",
    name: "a",
    attribute: "principal_id",
    isNested: true,
  });
  expect(parseAttributeReference("${azurerm_x.a.ip_addresses[0]}")).toMatchObject({
    attribute: "ip_addresses",
    isNested: false,
  });
  expect(parseAttributeReference("${data.azurerm_subnet.a-1.id}")?.type).toBe("azurerm_subnet");
  for (const other of [
    "x",
    "${var.a}",
    "${local.a}",
    "${lower(azurerm_subnet.a.id)}",
    "${azurerm_x.a.id}/y",
    "${module.a.id}",
  ])
    expect(parseAttributeReference(other)).toBeUndefined();
});

test.each([
  ["azurerm_cognitive_account.a.endpoint", 'is a URL; give the host name alone, such as "my-account.openai.azure.com"'],
  ["azurerm_api_management.a.gateway_url", 'is a URL; give the host name alone, such as "my-account.openai.azure.com"'],
  ["azurerm_key_vault.a.vault_uri", 'is a URL; give the host name alone, such as "my-account.openai.azure.com"'],
  ["azurerm_dns_a_record.a.fqdn", 'ends with a dot; remove it with Fn.trimsuffix(…, ".")'],
  ["azurerm_private_dns_cname_record.a.fqdn", 'ends with a dot; remove it with Fn.trimsuffix(…, ".")'],
  ["azurerm_cognitive_account.a.id", 'is an id; give the host name, such as "my-account.openai.azure.com"'],
  ["azurerm_public_ip.a.ip_address", "is an address; the gateway needs the account's own host name"],
  ["azurerm_cognitive_account.a.custom_subdomain_name", 'has no domain; append ".openai.azure.com"'],
  ["azurerm_ai_services.a.name", 'has no domain; append ".openai.azure.com"'],
  [
    'azurerm_cognitive_account.a["x"].endpoint',
    'is a URL; give the host name alone, such as "my-account.openai.azure.com"',
  ],
  ["azurerm_cognitive_account.a.location", 'is not a host name; write one such as "my-account.openai.azure.com"'],
  [
    "azurerm_cognitive_account.a.primary_access_key",
    'is not a host name; write one such as "my-account.openai.azure.com"',
  ],
  ["azurerm_resource_group.a.location", 'is not a host name; write one such as "my-account.openai.azure.com"'],
  [
    "azurerm_private_endpoint.a.private_service_connection[0].private_ip_address",
    "is an address; the gateway needs the account's own host name",
  ],
  [
    "azurerm_private_endpoint.a.private_dns_zone_configs[0].record_sets[0].fqdn",
    "is the alias of a private endpoint; give the account's own host name, which resolves to it",
  ],
  ["azurerm_private_endpoint.a.custom_dns_configs[0].fqdn", undefined],
  ["azurerm_public_ip.a.fqdn", undefined],
  ["azurerm_dns_zone.a.name", undefined],
])("%s as a host name: %s", (text, problem) => {
  expect(hostNameAttributeProblem(reference(text))).toBe(problem && `${text} ${problem}`);
});

test.each([
  ["azurerm_key_vault_certificate.a.id", "is not a secret's id; use versionless_secret_id", false],
  ["azurerm_key_vault_certificate.a.versionless_id", "is not a secret's id; use versionless_secret_id", false],
  ["azurerm_key_vault_certificate.a.secret_id", undefined, true],
  ["azurerm_key_vault_certificate.a.versionless_secret_id", undefined, false],
  ["azurerm_key_vault_secret.a.id", undefined, true],
  ["azurerm_key_vault_secret.a.resource_id", "is not a secret's id; use versionless_id", false],
  [
    "azurerm_key_vault.a.vault_uri",
    "is not a secret's id; use versionless_secret_id of an azurerm_key_vault_certificate",
    false,
  ],
  [
    "azurerm_key_vault.a.id",
    "is not a secret's id; use versionless_secret_id of an azurerm_key_vault_certificate",
    false,
  ],
  ["azurerm_key_vault_secrets.a.secrets[0].id", undefined, false],
  ["azurerm_something_else.a.id", undefined, false],
])("%s as a secret's id: %s", (text, problem, isVersioned) => {
  expect(secretIdAttributeProblem(reference(text))).toBe(problem && `${text} ${problem}`);
  expect(isVersionedSecretAttribute(reference(text))).toBe(isVersioned);
});

test.each([
  ["azurerm_subnet.a.id", undefined],
  ["azurerm_subnet_network_security_group_association.a.subnet_id", undefined],
  ["azurerm_subnet_nat_gateway_association.a.id", undefined],
  ["azurerm_virtual_network.a.subnet[0].id", undefined],
  ["azapi_resource.a.name", undefined],
  [
    "azurerm_resource_group.a.id",
    "is not the id of a Microsoft.Network/virtualNetworks/subnets; use the id of an azurerm_subnet",
  ],
  [
    "azurerm_subnet_service_endpoint_storage_policy.a.id",
    "is not the id of a Microsoft.Network/virtualNetworks/subnets; use the id of an azurerm_subnet",
  ],
  [
    "azurerm_subnet.a.name",
    "is not the id of a Microsoft.Network/virtualNetworks/subnets; use the id of an azurerm_subnet",
  ],
  [
    "azurerm_virtual_network.a.id",
    "is not the id of a Microsoft.Network/virtualNetworks/subnets; use the id of an azurerm_subnet",
  ],
  [
    "azurerm_x.a.client_id",
    "is not the id of a Microsoft.Network/virtualNetworks/subnets; use the id of an azurerm_subnet",
  ],
])("%s as a subnet's id: %s", (text, problem) => {
  expect(resourceIdAttributeProblem(RESOURCE_TYPES.subnet)(reference(text))).toBe(problem && `${text} ${problem}`);
});

test.each([
  ["azurerm_user_assigned_identity.a.principal_id", undefined],
  ["azuread_service_principal.a.object_id", undefined],
  ["azuread_group.a.id", undefined],
  ["azurerm_linux_web_app.a.identity[0].principal_id", undefined],
  ["azurerm_linux_web_app.a.identity[0].tenant_id", "is not an object id; use principal_id or object_id"],
  ["azurerm_user_assigned_identity.a.name", "is not an object id; use principal_id or object_id"],
  [
    "azuread_application.a.object_id",
    "is of an application, and roles are granted to its service principal; use object_id of an azuread_service_principal",
  ],
  [
    "azurerm_kubernetes_cluster.a.kubelet_identity[0].user_assigned_identity_id",
    "is a resource id, not an object id; use principal_id",
  ],
  [
    "azurerm_user_assigned_identity.a.client_id",
    "is an application's id, not an object id; use principal_id or object_id",
  ],
  ["azurerm_user_assigned_identity.a.id", "is a resource id, not an object id; use principal_id"],
])("%s as an object id: %s", (text, problem) => {
  expect(principalIdAttributeProblem(reference(text))).toBe(problem && `${text} ${problem}`);
});

test("an id is not a name", () => {
  expect(nameAttributeProblem(reference("azurerm_resource_group.a.id"))).toBe(
    "azurerm_resource_group.a.id is an id; use the name",
  );
  expect(nameAttributeProblem(reference("azurerm_resource_group.a.name"))).toBeUndefined();
});
