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
    [
      '${replace(replace(azurerm_cognitive_account.east.endpoint, "https://", ""), "/", "")}',
      "contoso-east.openai.azure.com",
    ],
    [
      '${trimsuffix(trimprefix(azurerm_cognitive_account.foundry.endpoint, "https://"), "/")}',
      "f.cognitiveservices.azure.com",
    ],
    ["${azurerm_cognitive_account.east.custom_subdomain_name}.openai.azure.com", "contoso-east.openai.azure.com"],
    ["${var.label}.openai.azure.com", "label.openai.azure.com"],
    ["${var.fqdn}", "var.openai.azure.com"],
    ["${local.fqdn}", "var.openai.azure.com"],
  ])("%s is %s", (member, fqdn) => {
    const sections = {
      variable: { fqdn: { default: "var.openai.azure.com" }, label: { default: "label" } },
      locals: { fqdn: "${var.fqdn}" },
    };
    const { backends, ignored } = parse({ fqdns: [member], resources: accounts, sections });
    expect([backends.map((each) => each.fqdn), ignored]).toEqual([[fqdn], []]);
  });

  const unknown = {
    azurerm_cognitive_account: {
      all: { for_each: "${toset(var.names)}", custom_subdomain_name: "${each.key}" },
      late: { custom_subdomain_name: "${random_pet.name.id}" },
    },
  };

  test.each([
    '${trimprefix(azurerm_cognitive_account.all["east"].endpoint, "https://")}',
    '${trimprefix(azurerm_cognitive_account.late.endpoint, "https://")}',
    "${module.accounts.fqdn}",
    "${var.without_default}",
  ])("%s is named among what is ignored, and the others are read", (member) => {
    const { pools, ignored } = parse({ fqdns: ["a.openai.azure.com", member], resources: unknown });
    expect(pools[0]?.members).toEqual(["a.openai.azure.com"]);
    const name = /^\$\{([\w.]+)\}$/.exec(member)?.[1] ?? member;
    expect(ignored).toEqual([
      `the member ${name} of the pool openai, which the file does not tell: it may be known only after apply`,
    ]);
  });

  test.each([
    "${azurerm_cognitive_account.east.endpoint}",
    "${azurerm_cognitive_account.late.endpoint}",
    "${azurerm_cognitive_account.counted[1].endpoint}",
    "${local.url}",
  ])("%s is refused: it is a URL", (member) => {
    const resources = {
      azurerm_cognitive_account: {
        east: account("east"),
        late: unknown.azurerm_cognitive_account.late,
        counted: account("c-${count.index}", { count: 2 }),
      },
    };
    const sections = { locals: { url: "${azurerm_cognitive_account.east.endpoint}" } };
    expect(() => parse({ fqdns: [member], resources, sections })).toThrow(
      /^azurerm_application_gateway\.main\.backend_address_pool\[0\]\.fqdns: \$\{azurerm_cognitive_account\.\S+ is a URL/,
    );
  });

  test("what refers to nothing in the file is refused", () => {
    const member = "${azurerm_cognitive_account.nobody.endpoint}";
    expect(() => parse({ fqdns: [member], resources: unknown })).toThrow(
      `azurerm_application_gateway.main.backend_address_pool[0].fqdns: ${member} refers to ` +
        "azurerm_cognitive_account.nobody, which is not in the file",
    );
  });

  const counted = {
    azurerm_cognitive_account: { all: account("aoai-${count.index}", { count: "${var.how_many}" }) },
    azurerm_role_assignment: {
      all: grant("${azurerm_cognitive_account.all[count.index].id}", PRINCIPAL, { count: 2 }),
    },
  };
  const sections = { variable: { how_many: { default: 2 } } };

  test.each([
    ["one by one", [0, 1].map((index) => `\${trimsuffix(azurerm_cognitive_account.all[${index}].endpoint, "/")}`)],
    ["all at once", ['${[for e in azurerm_cognitive_account.all[*].endpoint : trimsuffix(e, "/")]}']],
  ])("the instances of a count, %s", (_, fqdns) => {
    const { backends } = parse({ fqdns, resources: counted, sections });
    expect(backends.map(({ fqdn, account: behind, openAiUsers }) => [fqdn, behind, openAiUsers])).toEqual([
      ["aoai-0.openai.azure.com", "azurerm_cognitive_account.all[0]", [PRINCIPAL]],
      ["aoai-1.openai.azure.com", "azurerm_cognitive_account.all[1]", [PRINCIPAL]],
    ]);
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
        takesKeys: true,
      },
      { fqdn: "west.openai.azure.com", account: "azurerm_cognitive_account.west", openAiUsers: [], takesKeys: true },
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

describe("a grant whose scope is no account", () => {
  const accounts = { azurerm_cognitive_account: { east: account("east"), west: account("west") } };
  const usersWith = (scope: string) =>
    parse({
      fqdns: ["east.openai.azure.com", "west.openai.azure.com"],
      resources: {
        ...accounts,
        azurerm_resource_group: { main: { name: "rg" } },
        azurerm_role_assignment: { one: grant(scope, PRINCIPAL) },
      },
    }).backends.map(({ openAiUsers }) => openAiUsers);

  test.each(["${azurerm_resource_group.main.id}", "${each.value.id}", `${SUBSCRIPTION}/resourceGroups/rg`])(
    "%s may cover every account of the file: its callers are not locked out",
    (scope) => expect(usersWith(scope)).toEqual([[PRINCIPAL], [PRINCIPAL]]),
  );

  test.each([
    "${azurerm_storage_account.main.id}",
    `${SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Storage/x/y`,
  ])("%s holds no accounts", (scope) => expect(usersWith(scope)).toEqual([[], []]));

  test("one for another account does not", () => {
    expect(usersWith(`${ACCOUNTS}/north`)).toEqual([[], []]);
    expect(usersWith("${azurerm_cognitive_account.west.id}")).toEqual([[], [PRINCIPAL]]);
  });
});

describe("what an account of the file offers", () => {
  const deployment = (cognitive_account_id: string, name: string, model = name, sku = {}) => ({
    name,
    cognitive_account_id,
    sku: [sku],
    model: [{ format: "OpenAI", name: model }],
  });

  test("its deployments and whether it takes keys; nothing where the file does not tell", () => {
    const { backends } = parse({
      fqdns: ["east", "west", "old", "elsewhere"].map((label) => `${label}.openai.azure.com`),
      resources: {
        azurerm_cognitive_account: { east: account("east", { local_auth_enabled: false }), west: account("west") },
        azurerm_cognitive_deployment: {
          chat: deployment("${azurerm_cognitive_account.east.id}", "chat", "gpt-4o", {
            name: "GlobalStandard",
            capacity: 30,
          }),
          reserved: deployment("${azurerm_cognitive_account.east.id}", "reserved", "gpt-4o", {
            name: "GlobalProvisionedManaged",
            capacity: 50,
          }),
          embed: deployment("${azurerm_cognitive_account.east.id}", "text-embedding-3-small"),
        },
      },
      sections: { data: { azurerm_cognitive_account: { old: { name: "old" } } } },
    });
    expect(backends.map(({ deployments, takesKeys }) => [deployments, takesKeys])).toEqual([
      [
        [
          { name: "chat", model: "gpt-4o", capacityUnits: 30 },
          { name: "reserved", model: "gpt-4o", capacityUnits: undefined },
          { name: "text-embedding-3-small", model: "text-embedding-3-small" },
        ],
        false,
      ],
      [undefined, true],
      [undefined, undefined],
      [undefined, undefined],
    ]);
  });

  test("deployments made for each account count once on each, those whose name is not known do not", () => {
    const chat = deployment("${each.value.id}", "chat");
    const { backends } = parse({
      fqdns: ["east.openai.azure.com"],
      resources: {
        azurerm_cognitive_account: { east: account("east") },
        azurerm_cognitive_deployment: {
          one: chat,
          two: chat,
          three: deployment("${each.value.id}", "${each.value.name}"),
        },
      },
    });
    expect(backends[0]?.deployments).toEqual([{ name: "chat", model: "chat" }]);
  });
});

test.each([
  ["settings", "host_name", "backend_http_settings[0].host_name", "a-${module.names.host}"],
  ["settings", "path", "backend_http_settings[0].path", "/${module.names.path}"],
  ["probe", "path", "probe[0].path", "/${module.names.path}"],
])("an interpolation in a %s' %s is an error, not a literal", (block, argument, where, value) => {
  expect(() => parse({ [block]: { [argument]: value } })).toThrow(
    `azurerm_application_gateway.main.${where}: cannot resolve ${value}; references to a variable's default`,
  );
});
