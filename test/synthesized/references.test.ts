import { parseGatewayModel } from "../../lib/synthesized/index.js";
import { type GatewayJson, gatewayJson } from "../support/terraform-json.js";

const USER = "/providers/Microsoft.Authorization/roleDefinitions/5e0bd9bd-7b93-4f28-af87-19fc36ad61bd";
const SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-000000000000";
const ACCOUNTS = `${SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.CognitiveServices/accounts`;
const PRINCIPAL = "11111111-1111-1111-1111-111111111111";

const parse = (json: GatewayJson) => parseGatewayModel(gatewayJson(json));
const account = (custom_subdomain_name: string, more: object = {}) => ({
  kind: "OpenAI",
  custom_subdomain_name,
  ...more,
});
const grant = (scope: string, principal_id: string, more: object = {}) => ({
  scope,
  principal_id,
  role_definition_id: USER,
  ...more,
});

describe("pool members", () => {
  const accounts = {
    azurerm_cognitive_account: { east: account("Contoso-East"), foundry: account("f", { kind: "AIServices" }) },
  };

  test.each([
    ["${azurerm_cognitive_account.east.endpoint}", "contoso-east.openai.azure.com"],
    [
      '${replace(replace(azurerm_cognitive_account.east.endpoint, "https://", ""), "/", "")}',
      "contoso-east.openai.azure.com",
    ],
    [
      '${trimsuffix(trimprefix(azurerm_cognitive_account.foundry.endpoint, "https://"), "/")}',
      "f.cognitiveservices.azure.com",
    ],
    ["${azurerm_cognitive_account.east.custom_subdomain_name}.openai.azure.com", undefined],
    ["${var.fqdn}", "var.openai.azure.com"],
    ["${local.fqdn}", "var.openai.azure.com"],
  ])("%s is %s", (member, fqdn) => {
    const sections = {
      variable: { fqdn: { default: "var.openai.azure.com" } },
      locals: { fqdn: "${var.fqdn}" },
    };
    const read = () => parse({ fqdns: [member], resources: accounts, sections }).backends[0]?.fqdn;
    if (fqdn === undefined) expect(read).toThrow(`backend_address_pool[0].fqdns: cannot resolve ${member}`);
    else expect(read()).toBe(fqdn);
  });

  test("an index with for_each is part of the address only in a plan", () => {
    const member = '${azurerm_cognitive_account.all["east"].endpoint}';
    expect(() => parse({ fqdns: [member], resources: accounts })).toThrow(
      `azurerm_application_gateway.main.backend_address_pool[0].fqdns: cannot resolve ${member}; a pool member may mention ` +
        "the endpoint of one azurerm_cognitive_account in the same file, and references to a variable's default, to a " +
        "local, and to an argument written in the same file can be read; otherwise write the value, or give the output of " +
        "`terraform show -json <plan>`",
    );
  });

  test("an account whose subdomain is not written has no known endpoint", () => {
    const resources = { azurerm_cognitive_account: { east: { kind: "OpenAI" } } };
    expect(() => parse({ fqdns: ["${azurerm_cognitive_account.east.endpoint}"], resources })).toThrow(
      "the endpoint of azurerm_cognitive_account.east is not known: it has no literal custom_subdomain_name; set one, or write the FQDN",
    );
  });
});

test("an argument may refer to an argument of another resource, through locals too", () => {
  const model = parse({
    settings: { request_timeout: "${local.timeout}", port: "${azurerm_thing.x.port}" },
    resources: { azurerm_thing: { x: { port: 8443 } } },
    sections: { locals: [{ timeout: "${var.timeout}" }], variable: [{ timeout: [{ default: 77 }] }] },
  });
  expect(model.rules[0]?.action).toMatchObject({ settings: { port: 8443, requestTimeout: { length: 77_000 } } });
});

test("a local that refers to itself is an error, not a hang", () => {
  const sections = { locals: { a: "${local.b}", b: "${local.a}" } };
  expect(() => parse({ settings: { port: "${local.a}" }, sections })).toThrow("cannot resolve ${local.");
});

test("a number that only Terraform knows is an error that says so", () => {
  expect(() => parse({ settings: { port: "${var.port}" } })).toThrow(
    "azurerm_application_gateway.main.backend_http_settings[0].port: cannot resolve ${var.port}; references to a variable's default",
  );
});

describe("who may use an account", () => {
  test("an account in the file, by its subdomain; principals are literal or references", () => {
    const model = parse({
      fqdns: ["east.openai.azure.com", "west.openai.azure.com", "elsewhere.openai.azure.com"],
      resources: {
        azurerm_cognitive_account: { east: account("east"), west: account("west") },
        azurerm_role_assignment: {
          one: grant("${azurerm_cognitive_account.east.id}", PRINCIPAL),
          two: grant("${azurerm_cognitive_account.east.id}", "${azurerm_user_assigned_identity.app.principal_id}"),
          other: grant("${azurerm_cognitive_account.west.id}", PRINCIPAL, { role_definition_id: `${USER}0` }),
        },
      },
    });
    expect(model.backends).toEqual([
      {
        fqdn: "east.openai.azure.com",
        account: "azurerm_cognitive_account.east",
        openAiUsers: [PRINCIPAL, "azurerm_user_assigned_identity.app.principal_id"],
      },
      { fqdn: "west.openai.azure.com", account: "azurerm_cognitive_account.west", openAiUsers: [] },
      { fqdn: "elsewhere.openai.azure.com", account: undefined, openAiUsers: undefined },
    ]);
    expect(model.roleAssignments[0]).toEqual({
      address: "azurerm_role_assignment.one",
      scope: "azurerm_cognitive_account.east",
      principalId: PRINCIPAL,
    });
  });

  test("an account by its resource id, whose name is the FQDN's first label; grants above it count", () => {
    const model = parse({
      fqdns: ["east.openai.azure.com", "west.openai.azure.com"],
      resources: {
        azurerm_role_assignment: {
          one: grant(`${ACCOUNTS}/East`, PRINCIPAL),
          all: grant(SUBSCRIPTION, "22222222-2222-2222-2222-222222222222"),
        },
      },
    });
    expect(model.backends.map(({ account: id, openAiUsers }) => [id, openAiUsers])).toEqual([
      [`${ACCOUNTS}/East`, [PRINCIPAL, "22222222-2222-2222-2222-222222222222"]],
      [undefined, undefined],
    ]);
  });

  test("the role may be given by its name; a data source is an account in the file", () => {
    const model = parse({
      fqdns: ["east.openai.azure.com"],
      resources: {
        azurerm_role_assignment: {
          one: grant("${data.azurerm_cognitive_account.east.id}", PRINCIPAL, {
            role_definition_id: undefined,
            role_definition_name: "Cognitive Services OpenAI User",
          }),
        },
      },
      sections: { data: { azurerm_cognitive_account: { east: { name: "east", resource_group_name: "rg" } } } },
    });
    expect(model.backends[0]).toEqual({
      fqdn: "east.openai.azure.com",
      account: "data.azurerm_cognitive_account.east",
      openAiUsers: [PRINCIPAL],
    });
  });
});

describe("a plan", () => {
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
    const model = parseGatewayModel(plan(prefix, { name: "openai", fqdns: null }, references));
    expect(model.address).toBe(`${prefix}azurerm_application_gateway.main`);
    expect(model.backends).toEqual([
      {
        fqdn: "east.openai.azure.com",
        account: `${prefix}azurerm_cognitive_account.east`,
        openAiUsers: [`${prefix}azurerm_user_assigned_identity.app.principal_id`],
      },
    ]);
  });

  test("known members stay beside unknown ones", () => {
    const model = parseGatewayModel(plan("", { name: "openai", fqdns: ["b.openai.azure.com", null] }, references));
    expect(model.backends.map(({ fqdn }) => fqdn)).toEqual(["b.openai.azure.com", "east.openai.azure.com"]);
  });

  test("a data source that was read is known with its endpoint", () => {
    const json = plan(
      "",
      { name: "openai", fqdns: null },
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
});
