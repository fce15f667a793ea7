import { Duration } from "../../lib/duration.js";
import { type ForwardAction, type GatewayModel, parseGatewayModel } from "../../lib/synthesized/index.js";
import {
  FQDNS,
  type GatewayJson,
  gatewayJson,
  httpsListener,
  listener,
  rule,
  settings,
} from "../support/terraform-json.js";

const parse = (json: GatewayJson = {}) => parseGatewayModel(gatewayJson(json));

function forward({ rules }: GatewayModel): ForwardAction {
  const action = rules[0]?.action;
  if (action?.kind !== "forward") throw new Error("the first rule does not forward");
  return action;
}

test("a whole gateway, with every name resolved", () => {
  const model = parse();
  const expectedListener = {
    name: "http",
    protocol: "Http",
    frontend: "public",
    port: 80,
    hostNames: [],
    sslProfile: undefined,
  };
  const pool = { name: "openai", members: FQDNS };
  expect(model).toEqual({
    address: "azurerm_application_gateway.main",
    name: "agw-test",
    sku: "Standard_v2",
    instances: { minimum: 1, maximum: 1 },
    http2: false,
    requestBuffering: false,
    responseBuffering: false,
    listeners: [expectedListener],
    pools: [pool],
    rules: [
      {
        name: "openai",
        priority: 100,
        listener: expectedListener,
        pathRules: [],
        action: {
          kind: "forward",
          pool,
          settings: {
            name: "openai",
            protocol: "Https",
            port: 443,
            host: { from: "member" },
            path: undefined,
            requestTimeout: Duration.seconds(20),
            draining: Duration.seconds(30),
            cookieBasedAffinity: false,
            probe: {
              name: "status",
              protocol: "Https",
              port: 443,
              path: "/status",
              host: { from: "member" },
              interval: Duration.seconds(1),
              timeout: Duration.seconds(1),
              unhealthyThreshold: 2,
              statusCodes: [{ from: 200, to: 200 }],
              body: undefined,
            },
          },
          rewrites: [],
        },
      },
    ],
    backends: FQDNS.map((fqdn) => ({ fqdn, account: undefined, openAiUsers: undefined })),
    roleAssignments: [],
    firewall: undefined,
    customErrorPages: false,
  });
});

test("the model cannot be changed, at any depth", () => {
  const model = parse();
  const frozen = (value: unknown): boolean =>
    typeof value !== "object" || value === null || (Object.isFrozen(value) && Object.values(value).every(frozen));
  expect(frozen(model)).toBe(true);
});

test("numbers and booleans may be texts, absent arguments null, and blocks objects or arrays", () => {
  const model = parse({
    settings: {
      port: "8443",
      request_timeout: "240",
      path: null,
      connection_draining: { enabled: "true", drain_timeout_sec: "60" },
    },
    more: { enable_http2: "true", firewall_policy_id: null, autoscale_configuration: null },
  });
  const { port, requestTimeout, draining, path } = forward(model).settings;
  expect([port, requestTimeout, draining, path, model.http2]).toEqual([
    8443,
    Duration.minutes(4),
    Duration.minutes(1),
    undefined,
    true,
  ]);
});

test.each([
  ["a fixed capacity", { capacity: 3 }, { minimum: 3, maximum: 3 }],
  ["autoscale", { autoscale: { min_capacity: 2, max_capacity: 10 } }, { minimum: 2, maximum: 10 }],
  ["autoscale from none", { autoscale: { min_capacity: 0, max_capacity: 5 } }, { minimum: 0, maximum: 5 }],
])("instances: %s", (_, json, instances) => {
  expect(parse(json).instances).toEqual(instances);
});

test("buffering is on unless `global` says otherwise, and a firewall always buffers requests", () => {
  const off = { request: false, response: false };
  const of = ({ requestBuffering, responseBuffering }: GatewayModel) => [requestBuffering, responseBuffering];
  expect(of(parse({ more: { global: undefined } }))).toEqual([true, true]);
  expect(of(parse({ buffering: off }))).toEqual([false, false]);
  expect(of(parse({ buffering: off, sku: "WAF_v2" }))).toEqual([true, false]);
});

test("draining that is not enabled is Azure's 30 seconds", () => {
  const connection_draining = { enabled: false, drain_timeout_sec: 600 };
  expect(forward(parse({ settings: { connection_draining } })).settings.draining).toEqual(Duration.seconds(30));
});

test("probe: codes and ranges, a port and a host of its own, a text to look for", () => {
  const model = parse({
    probe: {
      pick_host_name_from_backend_http_settings: false,
      host: "probe.contoso.com",
      port: 8080,
      match: [{ status_code: ["200-204", "401, 429"], body: "ok" }],
    },
  });
  expect(forward(model).settings.probe).toMatchObject({
    host: { from: "setting", hostName: "probe.contoso.com" },
    port: 8080,
    statusCodes: [
      { from: 200, to: 204 },
      { from: 401, to: 401 },
      { from: 429, to: 429 },
    ],
    body: "ok",
  });
});

test("rules come by priority; those without one come last, in the file's order", () => {
  const rules = [
    rule({ name: "late", priority: undefined }),
    rule({ name: "b", priority: 20 }),
    rule({ name: "a", priority: 3 }),
  ];
  expect(parse({ rules }).rules.map(({ name }) => name)).toEqual(["a", "b", "late"]);
});

test("host names of a listener come from either argument, in lower case", () => {
  const listeners = [listener({ host_name: "A.com" }), httpsListener({ host_names: ["B.com", "*.C.com"] })];
  expect(parse({ listeners }).listeners.map(({ hostNames }) => hostNames)).toEqual([["a.com"], ["b.com", "*.c.com"]]);
});

test("pool members are FQDNs and IP addresses; a member of two pools is one backend", () => {
  const pools = [
    { name: "openai", fqdns: ["A.openai.azure.com"], ip_addresses: ["10.0.0.4"] },
    { name: "other", fqdns: ["a.openai.azure.com"] },
  ];
  const model = parse({ pools });
  expect(model.pools.map(({ members }) => members)).toEqual([
    ["a.openai.azure.com", "10.0.0.4"],
    ["a.openai.azure.com"],
  ]);
  expect(model.backends.map(({ fqdn }) => fqdn)).toEqual(["a.openai.azure.com", "10.0.0.4"]);
});

test.each([
  [
    "of a policy in the file",
    { mode: "Detection", max_request_body_size_in_kb: 8 },
    { mode: "Detection", maximumRequestBodyBytes: 8_192 },
  ],
  ["with the provider's defaults", {}, { mode: "Prevention", maximumRequestBodyBytes: 131_072 }],
  [
    "that are not enforced",
    { request_body_enforcement: false },
    { mode: "Prevention", maximumRequestBodyBytes: undefined },
  ],
  ["of a policy that is off", { enabled: false }, undefined],
])("firewall limits %s", (_, policy_settings, expected) => {
  const model = parse({
    more: { firewall_policy_id: "${azurerm_web_application_firewall_policy.waf.id}" },
    resources: { azurerm_web_application_firewall_policy: { waf: { policy_settings: [policy_settings] } } },
  });
  expect(model.firewall).toEqual(expected);
});

test("firewall limits of the gateway's own, older block", () => {
  const waf_configuration = [
    { enabled: true, firewall_mode: "Prevention", rule_set_version: "3.2", max_request_body_size_kb: 64 },
  ];
  expect(parse({ more: { waf_configuration } }).firewall).toEqual({
    mode: "Prevention",
    maximumRequestBodyBytes: 65_536,
  });
});

test("of several gateways, the option chooses", () => {
  const json = gatewayJson();
  const gateways = json.resource.azurerm_application_gateway;
  const both = {
    resource: { azurerm_application_gateway: { ...gateways, other: { ...gateways.main, name: "other" } } },
  };
  expect(() => parseGatewayModel(both)).toThrow(
    "the Terraform JSON: several gateways (azurerm_application_gateway.main, azurerm_application_gateway.other); " +
      "say which one with the option `gateway`",
  );
  expect(parseGatewayModel(both, { gateway: "azurerm_application_gateway.other" }).name).toBe("other");
  expect(() => parseGatewayModel(both, { gateway: "x" })).toThrow(
    "the Terraform JSON: no x; there are: azurerm_application_gateway.main, azurerm_application_gateway.other",
  );
});

describe("what cannot be read is said with the block, the value and what is allowed", () => {
  const at = "azurerm_application_gateway.main";
  const pathRule = (paths: string[]) => ({
    rules: [rule({ rule_type: "PathBasedRouting", url_path_map_name: "map" })],
    more: {
      url_path_map: {
        name: "map",
        default_backend_address_pool_name: "openai",
        default_backend_http_settings_name: "openai",
        path_rule: { name: "p", paths, backend_address_pool_name: "openai", backend_http_settings_name: "openai" },
      },
    },
  });
  const redirect = (more: object) => ({
    more: { redirect_configuration: { name: "r", redirect_type: "Permanent", ...more } },
  });
  const rewrite = (pattern: string) => ({
    more: {
      rewrite_rule_set: {
        name: "set",
        rewrite_rule: { name: "r", rule_sequence: 1, condition: { variable: "var_host", pattern } },
      },
    },
  });
  test.each<[GatewayJson, string]>([
    [{ settings: { port: 0 } }, `${at}.backend_http_settings[0].port: Too small: expected number to be >=1; got 0`],
    [
      { settings: { port: undefined } },
      `${at}.backend_http_settings[0].port: Invalid input: expected number, received undefined; it is missing`,
    ],
    [
      { settings: { protocol: "Tcp" } },
      `${at}.backend_http_settings[0].protocol: Invalid option: expected one of "Http"|"Https"; got "Tcp"`,
    ],
    [
      { settings: { probe_name: "nope" } },
      `${at}.backend_http_settings[0].probe_name: nothing is named "nope"; there are: status`,
    ],
    [
      { settings: { host_name: "x.y" } },
      `${at}.backend_http_settings[0]: takes host_name or pick_host_name_from_backend_address, not both`,
    ],
    [{ probe: { path: "status" } }, `${at}.probe[0].path: Invalid string: must start with "/"; got "status"`],
    [
      { probe: { host: "x.y" } },
      `${at}.probe[0]: needs exactly one of host and pick_host_name_from_backend_http_settings`,
    ],
    [
      { probe: { match: { status_code: ["2xx"] } } },
      `${at}.probe[0].match.status_code: expected a status such as "200" or a range such as "200-399", got "2xx"`,
    ],
    [
      { listeners: [listener({ frontend_port_name: "x" })] },
      `${at}.http_listener[0].frontend_port_name: nothing is named "x"; there are: http, https`,
    ],
    [
      { rules: [rule({ http_listener_name: "x" })] },
      `${at}.request_routing_rule[0].http_listener_name: nothing is named "x"; there are: http`,
    ],
    [
      { rules: [rule({ backend_address_pool_name: undefined })] },
      `${at}.request_routing_rule[0]: leads nowhere: set backend_address_pool_name and backend_http_settings_name, or redirect_configuration_name`,
    ],
    [
      { rules: [rule({ rewrite_rule_set_name: "x" })] },
      `${at}.request_routing_rule[0].rewrite_rule_set_name: nothing is named "x"; there is none`,
    ],
    [
      { rules: [rule({ rule_type: "PathBasedRouting" })] },
      `${at}.request_routing_rule[0].url_path_map_name: a rule of type PathBasedRouting needs it`,
    ],
    [
      pathRule(["/a/*/b"]),
      `${at}.url_path_map[0].path_rule[0].paths: "/a/*/b" has to start with "/" and may have one "*", at its end`,
    ],
    [redirect({}), `${at}.redirect_configuration[0]: needs exactly one of target_listener_name and target_url`],
    [
      redirect({ target_url: "/x" }),
      `${at}.redirect_configuration[0].target_url: expected an absolute http or https URL, got "/x"`,
    ],
    [
      rewrite("("),
      `${at}.rewrite_rule_set[0].rewrite_rule[0].condition[0].pattern: not a regular expression: Invalid regular expression: /(/: Unterminated group`,
    ],
    [
      { fqdns: ["https://a.openai.azure.com"] },
      `${at}.backend_address_pool[0].fqdns: expected a host name such as "east.openai.azure.com", got "https://a.openai.azure.com"`,
    ],
    [{ more: { sku: undefined } }, `${at}.sku: it is missing`],
  ])("%j", (json, message) => {
    expect(() => parse(json)).toThrow(expect.objectContaining({ name: "SynthesizedError", message }));
  });

  test.each([
    [null, "x.json: expected a JSON object with Terraform configuration, got null"],
    [[], "x.json: expected a JSON object with Terraform configuration, got an array"],
    ["{}", "x.json: expected a JSON object with Terraform configuration, got a value of type string"],
    [
      {},
      "x.json: no `resource` block; give cdk.tf.json, Terraform JSON with resources, or the output of `terraform show -json <plan>`",
    ],
    [{ resource: {} }, "x.json: no azurerm_application_gateway resource in it"],
  ])("%j as a whole", (json, message) => {
    expect(() => parseGatewayModel(json, { source: "x.json" })).toThrow(message);
  });
});

test("comments and further blocks are no obstacle", () => {
  const json = {
    "//": "made by hand",
    ...gatewayJson({ moreSettings: [settings({ name: "x", "//": "unused" })] }),
    output: {},
  };
  expect(parseGatewayModel(json).name).toBe("agw-test");
});
