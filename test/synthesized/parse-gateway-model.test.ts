import { Duration } from "../../lib/duration.js";
import {
  type ForwardAction,
  type Firewall,
  type GatewayModel,
  parseGatewayModel,
} from "../../lib/synthesized/index.js";
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
    frontend: { name: "public", isPublic: true },
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
    frontends: [expectedListener.frontend],
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
    ignored: [],
    unread: [],
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
  expect([port, requestTimeout.toSeconds(), draining.toSeconds(), path, model.http2]).toEqual([
    8443,
    240,
    60,
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

test("numbers that are not set are 0 in a plan of what is there already", () => {
  const json = {
    capacity: 0,
    autoscale: { min_capacity: 2, max_capacity: 10 },
    probe: { port: 0 },
    settings: { port: 8443 },
  };
  const model = parse(json);
  expect(model.instances).toEqual({ minimum: 2, maximum: 10 });
  expect(forward(model).settings.probe.port).toBe(8443);
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

test("rules come by priority", () => {
  const rules = [rule({ name: "b", priority: 20 }), rule({ name: "a", priority: 3, http_listener_name: "other" })];
  const listeners = [listener(), listener({ name: "other", host_name: "x.com" })];
  expect(parse({ rules, listeners }).rules.map(({ name }) => name)).toEqual(["a", "b"]);
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
  ["of a policy that is off", { enabled: false }, { mode: "Detection", maximumRequestBodyBytes: undefined }],
])("firewall limits %s", (_, policy_settings, expected) => {
  const model = parse({
    more: { firewall_policy_id: "${azurerm_web_application_firewall_policy.waf.id}" },
    resources: { azurerm_web_application_firewall_policy: { waf: { policy_settings: [policy_settings] } } },
  });
  expect(model.listeners[0]?.firewall).toEqual({ ...expected, rules: [] });
});

test("firewall limits of the gateway's own, older block", () => {
  const waf_configuration = [
    { enabled: true, firewall_mode: "Prevention", rule_set_version: "3.2", max_request_body_size_kb: 64 },
  ];
  expect(parse({ more: { waf_configuration } }).listeners[0]?.firewall).toEqual({
    rules: [],
    mode: "Prevention",
    maximumRequestBodyBytes: 65_536,
  });
});

test("a listener's own policy counts before the gateway's, and a path rule's before both", () => {
  const policy = (kilobytes: number) => ({ policy_settings: { max_request_body_size_in_kb: kilobytes } });
  const id = (name: string) => ({ firewall_policy_id: `\${azurerm_web_application_firewall_policy.${name}.id}` });
  const to = { backend_address_pool_name: "openai", backend_http_settings_name: "openai" };
  const model = parse({
    sku: "WAF_v2",
    listeners: [listener(id("site")), httpsListener()],
    rules: [rule({ rule_type: "PathBasedRouting", url_path_map_name: "map" })],
    more: {
      ...id("global"),
      url_path_map: {
        name: "map",
        ...{ default_backend_address_pool_name: "openai", default_backend_http_settings_name: "openai" },
        path_rule: [
          { name: "own", paths: ["/own"], ...to, ...id("path") },
          { name: "other", paths: ["/other"], ...to },
        ],
      },
    },
    resources: {
      azurerm_web_application_firewall_policy: { global: policy(16), site: policy(32), path: policy(64) },
    },
  });
  const kilobytes = (each: { firewall: Firewall | undefined } | undefined) =>
    (each?.firewall?.maximumRequestBodyBytes ?? 0) / 1_024;
  expect([...model.listeners, ...(model.rules[0]?.pathRules ?? [])].map(kilobytes)).toEqual([32, 16, 64, 32]);
});

test("a policy that is not in the file is named among what is ignored", () => {
  const id =
    "/subscriptions/x/resourceGroups/y/providers/Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies/z";
  const model = parse({ sku: "WAF_v2", more: { firewall_policy_id: id, dynamic: { probe: {} } } });
  expect(model.ignored).toEqual([
    `the firewall policy ${id}, which is not in the file`,
    "dynamic blocks (a plan has what they become)",
  ]);
});

describe("arguments that the model has no use for are listed", () => {
  test("once each, by their paths, a block that is unknown as a whole by its own", () => {
    const model = parse({
      listeners: [listener({ require_sni: true }), httpsListener({ require_sni: "true" })],
      rules: [rule(), rule({ name: "other", priority: 2, http_listener_name: "https" })],
      probe: { match: { status_code: ["200"], invented_in: 2027 }, minimum_servers: 1 },
      more: { ssl_policy: [{ policy_type: "Predefined", policy_name: "x" }], tags: { team: "ai" }, zones: ["1"] },
    });
    expect(model.unread).toEqual([
      "http_listener.require_sni",
      "probe.match.invented_in",
      "probe.minimum_servers",
      "ssl_policy",
      "tags",
      "zones",
    ]);
  });

  test("but not what a plan has of those that nobody set, nor references, nor what is for Terraform", () => {
    const model = parse({
      listeners: [listener({ require_sni: false, id: "/x/y", ssl_certificate_id: "", custom_error_configuration: [] })],
      more: {
        ...{ fips_enabled: false, tags: null, zones: [], ssl_profile: [], private_link_configuration: "" },
        ...{ location: "eastus", resource_group_name: "rg", id: "/x", lifecycle: { ignore_changes: ["tags"] } },
      },
    });
    expect(model.unread).toEqual([]);
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
      "say which one with --gateway NAME, or the option `gateway`",
  );
  for (const gateway of ["azurerm_application_gateway.other", "other"]) {
    expect(parseGatewayModel(both, { gateway }).address).toBe("azurerm_application_gateway.other");
  }
  expect(() => parseGatewayModel(both, { gateway: "x" })).toThrow(
    'the Terraform JSON: no gateway has the name or the address "x"; there are: azurerm_application_gateway.main, azurerm_application_gateway.other',
  );
});

test("comments and further blocks are no obstacle", () => {
  const json = {
    "//": "made by hand",
    ...gatewayJson({ moreSettings: [settings({ name: "x", "//": "unused" })] }),
    output: {},
  };
  expect(parseGatewayModel(json).name).toBe("agw-test");
});

describe("a firewall's custom rules", () => {
  const conditions = (...values: string[]) => ({
    match_variables: [{ variable_name: "RemoteAddr" }],
    operator: "IPMatch",
    negation_condition: true,
    match_values: values,
  });
  const rule = {
    name: "r",
    priority: 10,
    rule_type: "MatchRule",
    action: "Block",
    match_conditions: [conditions("10.0.0.0/8")],
  };
  const read = (...custom_rules: object[]) =>
    parse({
      sku: "WAF_v2",
      more: { firewall_policy_id: "${azurerm_web_application_firewall_policy.waf.id}" },
      resources: { azurerm_web_application_firewall_policy: { waf: { policy_settings: [{}], custom_rules } } },
    });

  test("come lowest priority first, without those that are switched off", () => {
    const limit = { rule_type: "RateLimitRule", rate_limit_duration: "FiveMins", rate_limit_threshold: 7 };
    const model = read(
      { ...rule, ...limit, name: "each", priority: 30, group_rate_limit_by: "ClientAddr" },
      { ...rule, ...limit, name: "all", priority: 40, group_rate_limit_by: "None", rate_limit_duration: null },
      { ...rule, name: "off", priority: 20, enabled: false },
      { ...rule, name: "list", match_conditions: [conditions("10.0.0.0/8", "2001:db8::/32", "203.0.113.7")] },
    );
    const everybodyElse = { ranges: ["10.0.0.0/8"], negate: true };
    expect(model.listeners[0]?.firewall?.rules).toEqual([
      {
        name: "list",
        action: "Block",
        conditions: [{ ranges: ["10.0.0.0/8", "2001:db8::/32", "203.0.113.7"], negate: true }],
        rateLimit: undefined,
      },
      {
        name: "each",
        action: "Block",
        conditions: [everybodyElse],
        rateLimit: { requests: 7, window: Duration.minutes(5), perClient: true },
      },
      {
        name: "all",
        action: "Block",
        conditions: [everybodyElse],
        rateLimit: { requests: 7, window: Duration.minutes(1), perClient: false },
      },
    ]);
    expect(model.ignored).toEqual([]);
  });

  test.each([
    ["a country", { match_conditions: [{ ...conditions("DE"), operator: "GeoMatch" }] }],
    [
      "a header",
      { match_conditions: [{ ...conditions("x"), match_variables: [{ variable_name: "RequestHeaders" }] }] },
    ],
    ["what is no address", { match_conditions: [conditions("10.0.0.0/33")] }],
    ["a challenge", { action: "JSChallenge" }],
    [
      "a limit for each country",
      { rule_type: "RateLimitRule", rate_limit_threshold: 1, group_rate_limit_by: "GeoLocation" },
    ],
  ])("that go by %s are named as ignored", (_, change) => {
    const model = read({ ...rule, ...change });
    expect(model.listeners[0]?.firewall?.rules).toEqual([]);
    expect(model.ignored).toEqual(["the firewall's custom rule r, which does not go by clients' addresses alone"]);
  });
});
