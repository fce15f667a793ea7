import { renderArmTemplate } from "../../lib/arm/index.js";
import { readTerraform } from "../../lib/synthesized/index.js";
import { deployArm } from "../support/arm-deployment.js";
import { readJson, synthConfig } from "../support/config.js";

const subscription = "00000000-0000-0000-0000-000000000000";
const id = (group: string, resource: string) =>
  `/subscriptions/${subscription}/resourceGroups/${group}/providers/${resource}`;

/** A stack with these resources, for a subscription. */
function stackOf(resource: object, rest: object = {}): object {
  return { provider: { azurerm: [{ features: [{}], subscription_id: subscription }] }, resource, ...rest };
}

const render = (json: object) => renderArmTemplate(readTerraform(json, "the stack"));

const deploy = (json: object, parameters = {}) =>
  deployArm(render(json).json, { subscription, resourceGroup: "rg-home", parameters });

const identity = (name: string, group = "rg-home") => ({ name, location: "East US", resource_group_name: group });
const account = (group: string) => ({
  name: "contoso",
  location: "eastus",
  resource_group_name: group,
  kind: "OpenAI",
  sku_name: "S0",
});
const deployment = (name: string) => ({
  name,
  cognitive_account_id: "${azurerm_cognitive_account.a.id}",
  model: { format: "OpenAI", name: "gpt-5-mini", version: "2025-08-07" },
  sku: { name: "Standard" },
});
const ROLE = "5e0bd9bd-7b93-4f28-af87-19fc36ad61bd";
const assignment = {
  scope: "${azurerm_cognitive_account.a.id}",
  role_definition_id: `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions/${ROLE}`,
  principal_id: "${azurerm_user_assigned_identity.i.principal_id}",
};

describe("a stack with more than one resource group", () => {
  const json = stackOf({
    azurerm_user_assigned_identity: { i: identity("id-caller") },
    azurerm_cognitive_account: { a: account("rg-ai") },
    azurerm_cognitive_deployment: { one: deployment("one"), two: deployment("two") },
    azurerm_role_assignment: { r: assignment },
  });

  test("what is in another group is deployed there, in its turn", () => {
    expect(deploy(json).requests.map(({ path }) => path.replace(/roleAssignments\/.*/, "roleAssignments/…"))).toEqual([
      id("rg-home", "Microsoft.ManagedIdentity/userAssignedIdentities/id-caller"),
      id("rg-ai", "Microsoft.CognitiveServices/accounts/contoso"),
      id("rg-ai", "Microsoft.CognitiveServices/accounts/contoso/deployments/one"),
      id("rg-ai", "Microsoft.CognitiveServices/accounts/contoso/providers/Microsoft.Authorization/roleAssignments/…"),
      id("rg-ai", "Microsoft.CognitiveServices/accounts/contoso/deployments/two"),
    ]);
  });

  test("a role is for the identity that the template creates", () => {
    const request = deploy(json).requests.find(({ path }) => path.includes("roleAssignments"));
    expect(request?.body).toMatchObject({
      properties: {
        principalId: `principalId of ${id("rg-home", "Microsoft.ManagedIdentity/userAssignedIdentities/id-caller")}`,
        roleDefinitionId: assignment.role_definition_id,
      },
    });
  });

  test("deployments on one account follow each other: Azure refuses two at a time", () => {
    const inOneGroup = stackOf({
      azurerm_cognitive_account: { a: account("rg-home") },
      azurerm_cognitive_deployment: { one: deployment("one"), two: deployment("two"), three: deployment("three") },
    });
    const resources = render(inOneGroup).json["resources"] as { name: string; dependsOn?: string[] }[];
    const depends = (name: string) => resources.find((each) => each.name === `contoso/${name}`)?.dependsOn;
    expect(depends("two")).toContainEqual(expect.stringContaining("'one'"));
    expect(depends("three")).toContainEqual(expect.stringContaining("'two'"));
  });

  test("an account of another subscription gets its roles there", () => {
    const other = "00000000-0000-0000-0000-000000000009";
    const scope = `/subscriptions/${other}/resourceGroups/rg-ai/providers/Microsoft.CognitiveServices/accounts/contoso`;
    const elsewhere = stackOf({
      azurerm_user_assigned_identity: { i: identity("id-caller") },
      azurerm_role_assignment: { r: { ...assignment, scope } },
    });
    const request = deploy(elsewhere).requests.find(({ path }) => path.startsWith(scope));
    expect(request?.body).toHaveProperty(
      "properties.roleDefinitionId",
      expect.stringMatching(new RegExp(`^/subscriptions/${other}/`)),
    );
  });

  test("a role on the whole group is an assignment of the group", () => {
    const scope = `/subscriptions/${subscription}/resourceGroups/rg-home`;
    const { requests } = deploy(
      stackOf({
        azurerm_user_assigned_identity: { i: identity("id-caller") },
        azurerm_role_assignment: { r: { ...assignment, scope } },
      }),
    );
    expect(requests.at(-1)?.path).toMatch(new RegExp(`^${scope}/providers/Microsoft.Authorization/roleAssignments/`));
  });
});

describe("values", () => {
  test("a data source that names its group points to what exists", () => {
    const { outputs } = deploy(
      stackOf(
        { azurerm_user_assigned_identity: { i: { ...identity("x"), tags: { ip: "${data.azurerm_public_ip.p.id}" } } } },
        {
          data: { azurerm_public_ip: { p: { name: "pip", resource_group_name: "rg-existing" } } },
          output: {
            ip: { value: "${data.azurerm_public_ip.p.ip_address}" },
            id: { value: "${data.azurerm_public_ip.p.id}" },
          },
        },
      ),
    );
    expect(outputs).toEqual({
      ip: "203.0.113.10",
      id: id("rg-existing", "Microsoft.Network/publicIPAddresses/pip"),
    });
  });

  test("text is normalized, as Terraform does", () => {
    const decomposed = "u\u0308";
    const json = stackOf({
      azurerm_user_assigned_identity: { i: { ...identity("x"), tags: { [decomposed]: decomposed } } },
    });
    expect(deploy(json).requests[0]?.body).toHaveProperty("tags", { "\u00fc": "\u00fc" });
  });

  test("variables become parameters, with their type, default and description", () => {
    const json = stackOf(
      {
        azurerm_user_assigned_identity: {
          i: { ...identity("x"), name: "id-${var.name}", tags: { n: "${var.count}" } },
        },
      },
      {
        variable: {
          name: { type: "string", description: "Names it" },
          count: { type: "number", default: 3 },
          secret: { type: "string", sensitive: true, default: "" },
        },
        output: { id: { value: "${azurerm_user_assigned_identity.i.id}" }, secret: { value: "x", sensitive: true } },
      },
    );
    expect(render(json).json["parameters"]).toEqual({
      name: { type: "string", metadata: { description: "Names it" } },
      count: { type: "int", defaultValue: 3 },
      secret: { type: "securestring", defaultValue: "" },
    });
    const { requests, outputs } = deploy(json, { name: "it" });
    const path = id("rg-home", "Microsoft.ManagedIdentity/userAssignedIdentities/id-it");
    expect(requests).toEqual([
      { path, apiVersion: "2024-11-30", body: { name: "id-it", location: "eastus", tags: { n: 3 }, properties: {} } },
    ]);
    expect(outputs).toEqual({ id: path });
  });

  test("text that looks like an expression of either language stays text", () => {
    const tags = { bracket: "[resourceGroup().id]", escaped: "$${not.a.reference}", quote: "it's ${local.what}" };
    const json = stackOf(
      { azurerm_user_assigned_identity: { i: { ...identity("x"), tags } } },
      { locals: { what: "known" } },
    );
    expect(deploy(json).requests[0]?.body).toMatchObject({
      tags: { bracket: "[resourceGroup().id]", escaped: "${not.a.reference}", quote: "it's known" },
    });
  });
});

test("a resource of another subscription is refused by its address", () => {
  const json = stackOf({ azurerm_cognitive_account: { a: { ...account("rg-ai"), provider: "azurerm.second" } } });
  expect(() => render(json)).toThrow(/^azurerm_cognitive_account\.a: belongs to another subscription /);
});

describe("what cannot be rendered", () => {
  test("a self-signed certificate, with what to do instead", () => {
    const { json } = synthConfig(readJson("gateway.config.json"));
    expect(() => render(json)).toThrow(
      /^azurerm_key_vault\.\w+, azurerm_key_vault_certificate\.\w+, data\.azurerm_client_config\.\w+: cannot be rendered as an ARM template; a self-signed certificate is made in a vault's data plane, which no template reaches; give a certificate that is in a Key Vault \(listener\.certificate\.keyVaultId and secretId\), or use an HTTP listener$/,
    );
  });

  test.each([
    [
      "a resource of another kind",
      { azurerm_storage_account: { s: {} } },
      /^azurerm_storage_account\.s: cannot be rendered as an ARM template; what can be is azurerm_application_gateway, /,
    ],
    [
      "an argument that no renderer knows",
      { azurerm_user_assigned_identity: { i: { ...identity("x"), isolation_scope: "Regional" } } },
      "azurerm_user_assigned_identity.i.isolation_scope: cannot be rendered as an ARM template; leave it out, or deploy this stack with Terraform",
    ],
    [
      "a function of Terraform",
      { azurerm_user_assigned_identity: { i: { ...identity("x"), name: '${lower("X")}' } } },
      'azurerm_user_assigned_identity.i.name: ${lower("X")} cannot be rendered as an ARM template, which takes references to a variable, a local or a resource of the same file; write the value',
    ],
    [
      "an attribute that only Terraform reads",
      {
        azurerm_user_assigned_identity: {
          i: { ...identity("x"), tags: { key: "${azurerm_cognitive_account.a.primary_access_key}" } },
        },
        azurerm_cognitive_account: { a: account("rg-home") },
      },
      /^azurerm_user_assigned_identity\.i\.tags.*: \$\{azurerm_cognitive_account\.a\.primary_access_key\} cannot be rendered/,
    ],
    [
      "a role by its name",
      {
        azurerm_role_assignment: {
          r: { scope: assignment.scope, role_definition_name: "Reader", principal_id: "x" },
        },
        azurerm_cognitive_account: { a: account("rg-home") },
      },
      "azurerm_role_assignment.r.role_definition_id: is missing; a role by its name cannot be rendered",
    ],
    [
      "a scope above a resource group",
      { azurerm_role_assignment: { r: { ...assignment, scope: `/subscriptions/${subscription}`, principal_id: "x" } } },
      /^azurerm_role_assignment\.r\.scope: expected the Azure resource id of a resource or a resource group, .* got "\/subscriptions\//,
    ],
  ])("%s", (_, resources, message) => {
    expect(() => render(stackOf(resources))).toThrow(message);
  });

  test("a certificate in the file: its private key would be in the template", () => {
    const { json } = synthConfig(readJson("examples/existing-accounts.json"));
    const text = JSON.stringify(json).replace('"key_vault_secret_id":"https', '"data":"https');
    expect(() => render(JSON.parse(text) as object)).toThrow(
      /ssl_certificate\[0\]\.key_vault_secret_id: is missing; only a certificate of a Key Vault can be rendered$/,
    );
  });

  test("a plan, whose values hide what refers to what", () => {
    const plan = { format_version: "1.2", planned_values: { root_module: {} } };
    expect(() => render(plan)).toThrow(
      "the plan: cannot be rendered as an ARM template; give the synthesized cdk.tf.json",
    );
  });
});
