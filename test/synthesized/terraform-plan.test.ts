import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseGatewayModel } from "../../lib/synthesized/index.js";
import { gatewayJson } from "../support/terraform-json.js";

const USER = "/providers/Microsoft.Authorization/roleDefinitions/5e0bd9bd-7b93-4f28-af87-19fc36ad61bd";
const account = (custom_subdomain_name: string) => ({ kind: "OpenAI", custom_subdomain_name });

/** Of Terraform 1.11 and azurerm 4.55 for examples/fleet.json: one account of three, and what nobody reads left out. */
const TRUE_PLAN = readFileSync(join(__dirname, "fixtures/plan.json"), "utf8");

describe("a plan that Terraform made from a synthesized file", () => {
  const model = parseGatewayModel(JSON.parse(TRUE_PLAN));

  test("has the accounts, their deployments, and who may use them, though their ids are not known yet", () => {
    expect(model.backends).toEqual([
      {
        fqdn: "contoso-fleet-eastus2.openai.azure.com",
        account: "azurerm_cognitive_account.LoadBalancer_Account-contoso-fleet-eastus2_40685826",
        openAiUsers: ["azurerm_user_assigned_identity.LoadBalancer_ClientIdentity_BFD081BB.principal_id"],
        deployments: [{ name: "gpt-4o", model: "gpt-4o", capacityUnits: 50 }],
        takesKeys: false,
      },
      { fqdn: "contoso-fleet-japaneast.openai.azure.com" },
      { fqdn: "contoso-fleet-swedencentral.openai.azure.com" },
    ]);
  });

  test("has the gateway, rules by priority whatever order Terraform gives a set", () => {
    expect(model.rules.map(({ name, listener }) => [name, listener.frontend.isPublic])).toEqual([
      ["clients-to-openai", true],
      ["http-to-https", true],
    ]);
    expect(model.instances).toEqual({ minimum: 2, maximum: 20 });
  });
});

describe("a plan of a configuration in HCL", () => {
  const values = gatewayJson({ fqdns: [] }).resource.azurerm_application_gateway.main;
  const role = { role_definition_id: USER };

  /** What Terraform knows before apply is in planned_values; the rest is in the configuration as references. */
  const plan = (prefix: string, pool: object, fqdns: object) => ({
    format_version: "1.2",
    planned_values: {
      root_module: within(prefix, [
        {
          address: `${prefix}azurerm_application_gateway.main`,
          type: "azurerm_application_gateway",
          values: { ...values, backend_address_pool: [pool] },
        },
        {
          address: `${prefix}azurerm_cognitive_account.east`,
          type: "azurerm_cognitive_account",
          values: account("east"),
        },
        { address: `${prefix}azurerm_role_assignment.one["app"]`, type: "azurerm_role_assignment", values: role },
      ]),
    },
    configuration: {
      root_module: configured(prefix, [
        {
          address: "azurerm_application_gateway.main",
          expressions: { backend_address_pool: [{ name: { constant_value: "openai" }, fqdns }] },
        },
        {
          address: "azurerm_role_assignment.one",
          expressions: {
            scope: { references: ["azurerm_cognitive_account.east.id", "azurerm_cognitive_account.east"] },
            principal_id: {
              references: ["azurerm_user_assigned_identity.app.principal_id", "azurerm_user_assigned_identity.app"],
            },
          },
        },
      ]),
    },
  });
  const within = (prefix: string, resources: object[]) =>
    prefix === "" ? { resources } : { child_modules: [{ address: prefix.slice(0, -1), resources }] };
  const configured = (prefix: string, resources: object[]) =>
    prefix === "" ? { resources } : { module_calls: { gateway: { module: { resources } } } };
  const references = { references: ["azurerm_cognitive_account.east.endpoint", "azurerm_cognitive_account.east"] };

  test.each([
    ["in the root module", ""],
    ["in a module", "module.gateway."],
    ["in a module with an index", 'module.gateway["x"].'],
  ])("%s: what is known only after apply comes from the configuration", (_, prefix) => {
    const model = parseGatewayModel(plan(prefix, { name: "openai" }, references));
    expect(model.address).toBe(`${prefix}azurerm_application_gateway.main`);
    expect(model.backends).toEqual([
      {
        fqdn: "east.openai.azure.com",
        account: `${prefix}azurerm_cognitive_account.east`,
        openAiUsers: [`${prefix}azurerm_user_assigned_identity.app.principal_id`],
        takesKeys: true,
      },
    ]);
  });

  test("of a configuration in JSON, a pool has its literal members beside those that are not known yet", () => {
    const written = ["b.openai.azure.com", "${azurerm_cognitive_account.east.endpoint}"];
    const model = parseGatewayModel(plan("", { name: "openai" }, { constant_value: written, ...references }));
    expect(model.backends.map(({ fqdn }) => fqdn)).toEqual(["b.openai.azure.com", "east.openai.azure.com"]);
  });

  test("known members stay beside unknown ones", () => {
    const model = parseGatewayModel(plan("", { name: "openai", fqdns: ["b.openai.azure.com", null] }, references));
    expect(model.backends.map(({ fqdn }) => fqdn)).toEqual(["b.openai.azure.com", "east.openai.azure.com"]);
  });

  test("a data source that was read is known with its endpoint", () => {
    const json = plan(
      "",
      { name: "openai" },
      {
        references: ["data.azurerm_cognitive_account.old.endpoint", "data.azurerm_cognitive_account.old"],
      },
    );
    const old = {
      address: "data.azurerm_cognitive_account.old",
      type: "azurerm_cognitive_account",
      values: { name: "old", endpoint: "https://old-sub.openai.azure.com/" },
    };
    const model = parseGatewayModel({ ...json, prior_state: { values: { root_module: { resources: [old] } } } });
    expect(model.backends[0]?.fqdn).toBe("old-sub.openai.azure.com");
  });

  test("an account that is there already has an id, by which grants name it", () => {
    const json = plan("", { name: "openai", fqdns: ["east.openai.azure.com"] }, references);
    const id = "/subscriptions/0/resourceGroups/rg/providers/Microsoft.CognitiveServices/accounts/another-name";
    const [, east, assignment] = json.planned_values.root_module.resources as { values: object }[];
    Object.assign(east?.values ?? {}, { id });
    Object.assign(assignment ?? {}, { values: { ...role, scope: id, principal_id: "me" } });
    expect(parseGatewayModel(json).backends[0]?.openAiUsers).toEqual(["me"]);
  });

  test("an argument that is known to be null is not unknown", () => {
    const json = plan("", { name: "openai", fqdns: ["b.openai.azure.com"] }, references);
    const gateway = json.planned_values.root_module.resources?.[0] as { values: object };
    gateway.values = {
      ...gateway.values,
      firewall_policy_id: null,
      frontend_ip_configuration: [{ name: "public", public_ip_address_id: null }],
    };
    const configured = json.configuration.root_module.resources?.[0] as { expressions: object };
    configured.expressions = {
      frontend_ip_configuration: [
        { name: { constant_value: "public" }, public_ip_address_id: { references: ["var.address"] } },
      ],
    };
    expect(parseGatewayModel(json).frontends).toEqual([{ name: "public", isPublic: false }]);
  });
});

test("a plan's count.index and each.key mean the instance with the same", () => {
  const gateway = gatewayJson({ fqdns: ["a.openai.azure.com", "east.openai.azure.com"] });
  const assignment = (key: string) => ({
    address: `azurerm_role_assignment.all${key}`,
    type: "azurerm_role_assignment",
    values: { role_definition_id: USER, principal_id: `of ${key}` },
  });
  const granted = (address: string, key: string) => ({
    address,
    expressions: { scope: { references: ["azurerm_cognitive_account.all", key] } },
  });
  const planned = (key: string, subdomain: string) => ({
    address: `azurerm_cognitive_account.all${key}`,
    type: "azurerm_cognitive_account",
    values: account(subdomain),
  });
  const main = {
    address: "azurerm_application_gateway.main",
    type: "azurerm_application_gateway",
    values: gateway.resource.azurerm_application_gateway.main,
  };
  for (const [keys, key] of [
    [["[0]", "[1]"], "count.index"],
    [['["a"]', '["east"]'], "each.key"],
  ] as const) {
    const [first, second] = keys;
    const resources = [main, planned(first, "a"), planned(second, "east"), assignment(first), assignment(second)];
    const { backends } = parseGatewayModel({
      format_version: "1.2",
      planned_values: { root_module: { resources } },
      configuration: { root_module: { resources: [granted("azurerm_role_assignment.all", key)] } },
    });
    expect(backends.map(({ openAiUsers }) => openAiUsers)).toEqual([[`of ${first}`], [`of ${second}`]]);
  }
});
