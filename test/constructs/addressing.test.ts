import { type TerraformStack } from "cdktf";
import {
  DeploymentType,
  Frontend,
  GatewayCertificate,
  GatewayListener,
  GatewayTarget,
  OpenAiAccount,
  OpenAiBackend,
  OpenAiLoadBalancer,
  type OpenAiLoadBalancerProps,
  PoolCriterion,
} from "../../lib/index.js";
import { fromKeyVault } from "../support/application-gateway.js";
import { accountId, loadBalancer } from "../support/load-balancer.js";
import { brokenReferences, repeatedPriorities } from "../support/references.js";
import { refusal } from "../support/refusal.js";
import { blocks, makeStack, synth } from "../support/synth.js";

const deployment = (name: string, sku = DeploymentType.GLOBAL_STANDARD) => ({
  name,
  model: name,
  version: "1",
  sku,
  capacityUnits: 10,
});

/** Three backends, of which one is drained. */
const backends = [
  OpenAiBackend.fromFqdn("east.openai.azure.com"),
  OpenAiBackend.fromFqdn("west.openai.azure.com", { name: "far-west" }),
  OpenAiBackend.fromFqdn("south.openai.azure.com", { drained: true }),
];

function gatewayOf(props: Partial<OpenAiLoadBalancerProps>, then?: (lb: OpenAiLoadBalancer) => void) {
  const out = synth((stack) => {
    const lb = loadBalancer(stack, { backends, ...props });
    then?.(lb);
  });
  expect(brokenReferences(out.json)).toEqual([]);
  expect(repeatedPriorities(out.json)).toEqual([]);
  const gateway = out.one("azurerm_application_gateway");
  const [map] = blocks(gateway, "url_path_map");
  return {
    out,
    gateway,
    pools: Object.fromEntries(blocks(gateway, "backend_address_pool").map(({ name, fqdns }) => [name, fqdns])),
    rules: map === undefined ? [] : blocks(map, "path_rule"),
  };
}

/** Path → pool. */
function pathsOf(rules: readonly Record<string, unknown>[]): Record<string, unknown> {
  return Object.fromEntries(
    rules.flatMap((rule) => (rule["paths"] as string[]).map((path) => [path, rule["backend_address_pool_name"]])),
  );
}

const spread =
  'statefulApis: what /responses, files, batches, threads and other stateful APIs store is kept by one of 2 accounts and asked of all in turn, so agents that come through the gateway fail; set addressing or statefulApis, or statefulApis to { "spread": true } (in code: GatewayTarget.all()) if no client uses them; see docs/addressing.md';

describe("addressing", () => {
  test("each backend that is not drained has an address, whose prefix it does not get", () => {
    const { gateway, pools, rules } = gatewayOf({ addressing: {} });
    expect(pools).toEqual({
      openai: ["east.openai.azure.com", "west.openai.azure.com"],
      "backend-east": ["east.openai.azure.com"],
      "backend-far-west": ["west.openai.azure.com"],
    });
    expect(rules.map(({ paths, backend_http_settings_name: settings }) => [paths, settings])).toEqual([
      [["/backends/east/*"], "openai-https-without-prefix"],
      [["/backends/far-west/*"], "openai-https-without-prefix"],
    ]);
    const [plain, stripped] = blocks(gateway, "backend_http_settings");
    expect(stripped).toEqual({ ...plain, name: "openai-https-without-prefix", path: "/" });
  });

  test("all other paths go to all backends in turn", () => {
    const { gateway } = gatewayOf({ addressing: {} });
    expect(blocks(gateway, "request_routing_rule")).toEqual([
      {
        name: "clients-to-openai",
        priority: 100,
        rule_type: "PathBasedRouting",
        http_listener_name: "clients",
        url_path_map_name: "clients-by-path",
      },
    ]);
    expect(blocks(gateway, "url_path_map")[0]).toMatchObject({
      default_backend_address_pool_name: "openai",
      default_backend_http_settings_name: "openai-https",
    });
  });

  test("a response header names what was addressed", () => {
    const { gateway } = gatewayOf({ addressing: { pools: [{ name: "coast", backends: ["east", "far-west"] }] } });
    const headers = blocks(gateway, "rewrite_rule_set").map((set) => [
      set["name"],
      blocks(blocks(set, "rewrite_rule")[0] ?? {}, "response_header_configuration"),
    ]);
    expect(headers).toEqual([
      ["backend-east", [{ header_name: "x-aoai-lb-backend", header_value: "east" }]],
      ["backend-far-west", [{ header_name: "x-aoai-lb-backend", header_value: "far-west" }]],
      ["pool-coast", [{ header_name: "x-aoai-lb-pool", header_value: "coast" }]],
    ]);
  });

  test("pools by deployment, deployment type and subscription", () => {
    const subscriptionId = "11111111-0000-0000-0000-000000000000";
    const { pools, rules } = gatewayOf({
      backends: [
        OpenAiBackend.newAccount({ name: "made-east", location: "eastus", subscriptionId }),
        OpenAiBackend.newAccount({
          name: "made-west",
          location: "westus",
          deployments: [deployment("gpt-5-ptu", DeploymentType.PROVISIONED_MANAGED)],
        }),
        OpenAiBackend.fromFqdn("old.openai.azure.com", { subscriptionId }),
      ],
      deployments: [deployment("gpt-5")],
      addressing: {
        backends: false,
        poolsBy: [PoolCriterion.DEPLOYMENT, PoolCriterion.DEPLOYMENT_TYPE, PoolCriterion.SUBSCRIPTION],
      },
    });
    const [east, west] = ["made-east.openai.azure.com", "made-west.openai.azure.com"];
    expect(pools).toEqual({
      openai: [east, west, "old.openai.azure.com"],
      "pool-gpt-5": [east, west],
      "pool-gpt-5-ptu": [west],
      "pool-global-standard": [east, west],
      "pool-provisioned-managed": [west],
      [`pool-${subscriptionId}`]: [east, "old.openai.azure.com"],
    });
    expect(pathsOf(rules)).toEqual({
      "/pools/gpt-5-ptu/*": "pool-gpt-5-ptu",
      "/pools/gpt-5/*": "pool-gpt-5",
      "/pools/global-standard/*": "pool-global-standard",
      "/pools/provisioned-managed/*": "pool-provisioned-managed",
      [`/pools/${subscriptionId}/*`]: `pool-${subscriptionId}`,
      "/openai/deployments/gpt-5-ptu/*": "pool-gpt-5-ptu",
    });
  });

  test("the subscription of an existing account is that of its id", () => {
    const { pools } = gatewayOf(
      {
        addressing: { backends: false, poolsBy: [PoolCriterion.SUBSCRIPTION] },
        backends: [],
      },
      (lb) => {
        for (const name of ["one", "two"]) {
          const account = OpenAiAccount.fromAccountAttributes(lb, name, {
            accountId: accountId(name),
            fqdn: `${name}.openai.azure.com`,
          });
          lb.addBackend(OpenAiBackend.fromAccount(account));
        }
      },
    );
    expect(pools["pool-00000000-0000-0000-0000-000000000000"]).toEqual([
      "one.openai.azure.com",
      "two.openai.azure.com",
    ]);
  });

  test("a deployment that only some accounts have is asked of them alone, as long as others lack it", () => {
    const account = (name: string, location: string) =>
      OpenAiBackend.newAccount({ name, location, deployments: [deployment("special")] });
    const props = {
      backends: [account("made-east", "eastus"), OpenAiBackend.newAccount({ name: "made-west", location: "westus" })],
    };
    const { rules, pools } = gatewayOf(props);
    expect(pathsOf(rules)).toEqual({ "/openai/deployments/special/*": "pool-special" });
    expect(pools["pool-special"]).toEqual(["made-east.openai.azure.com"]);
    const everywhere = gatewayOf({ backends: [account("made-east", "eastus"), account("made-west", "westus")] });
    expect(everywhere.gateway).not.toHaveProperty("url_path_map");
    const [first] = blocks(gatewayOf({ ...props, addressing: {} }).gateway, "url_path_map");
    expect(Object.keys(pathsOf(blocks(first ?? {}, "path_rule")))).toContain("/pools/special/*");
  });

  test("a pool that is written out takes the place of a derived one", () => {
    const { pools } = gatewayOf({
      backends: [
        OpenAiBackend.newAccount({ name: "made", location: "eastus", deployments: [deployment("special")] }),
        OpenAiBackend.fromFqdn("old.openai.azure.com"),
        OpenAiBackend.fromFqdn("other.openai.azure.com"),
      ],
      addressing: { backends: false, pools: [{ name: "Special", backends: ["MADE", "old"] }] },
    });
    expect(pools).toMatchObject({ "pool-special": ["made.openai.azure.com", "old.openai.azure.com"] });
    expect(Object.keys(pools)).toHaveLength(2);
  });

  test("what is added later has an address too", () => {
    const { pools } = gatewayOf({ addressing: {} }, (lb) => {
      lb.addBackend(OpenAiBackend.fromFqdn("late.openai.azure.com"));
      lb.addPool({ name: "late-and-early", backends: ["late", "east"] });
    });
    expect(pools).toMatchObject({
      "backend-late": ["late.openai.azure.com"],
      "pool-late-and-early": ["east.openai.azure.com", "late.openai.azure.com"],
    });
  });

  test("URLs: under the gateway's, or by host name under a domain", () => {
    const listener = GatewayListener.https({ certificate: fromKeyVault, hostNames: ["llm.example.com"] });
    const addressing = { pools: [{ name: "gpt-5.1", backends: ["east"] }] };
    let urls: unknown;
    gatewayOf({ listener, addressing }, (lb) => (urls = { ...lb.backendUrls, ...lb.poolUrls }));
    expect(urls).toEqual({
      east: "https://llm.example.com/backends/east",
      "far-west": "https://llm.example.com/backends/far-west",
      "gpt-5.1": "https://llm.example.com/pools/gpt-5.1",
    });
    const domain = "llm.example.com";
    gatewayOf(
      { listener, addressing: { ...addressing, domain } },
      (lb) => (urls = { ...lb.backendUrls, ...lb.poolUrls }),
    );
    expect(urls).toEqual({
      east: "https://east.llm.example.com",
      "far-west": "https://far-west.llm.example.com",
      "gpt-5.1": "https://gpt-5-1.llm.example.com",
    });
    gatewayOf({ addressing: { backends: false } }, (lb) => (urls = lb.backendUrls));
    expect(urls).toEqual({});
  });

  test("a domain: a listener for each, with the main one's port and certificate, asked before it, and no rewrite", () => {
    const listener = GatewayListener.https({
      port: 8443,
      certificate: fromKeyVault,
      hostNames: ["*.llm.example.com"],
      redirectHttp: false,
    });
    const { gateway } = gatewayOf({ listener, addressing: { domain: "llm.example.com" } });
    expect(blocks(gateway, "http_listener").slice(1)).toEqual(
      ["east", "far-west"].map((name) => ({
        name: `listener-backend-${name}`,
        frontend_ip_configuration_name: "public",
        frontend_port_name: "clients",
        protocol: "Https",
        host_names: [`${name}.llm.example.com`],
        ssl_certificate_name: "listener-certificate",
      })),
    );
    expect(blocks(gateway, "request_routing_rule").map(({ priority }) => priority)).toEqual([100, 1, 2]);
    expect(blocks(gateway, "request_routing_rule")[1]).toEqual({
      name: "rule-backend-east",
      priority: 1,
      rule_type: "Basic",
      http_listener_name: "listener-backend-east",
      backend_address_pool_name: "backend-east",
      backend_http_settings_name: "openai-https",
      rewrite_rule_set_name: "backend-east",
    });
  });
});

describe("statefulApis", () => {
  test("all of these APIs go to one backend, in both forms of the API", () => {
    const { rules, gateway } = gatewayOf({ statefulApis: GatewayTarget.backend("far-west") });
    expect(rules.map(({ name }) => name)).toEqual(["stateful-apis"]);
    const paths = pathsOf(rules);
    expect(new Set(Object.values(paths))).toEqual(new Set(["backend-far-west"]));
    const apis = ["assistants", "batches", "containers", "conversations", "evals", "files", "fine_tuning"];
    const more = ["responses", "threads", "uploads", "vector_stores", "video"];
    expect(Object.keys(paths).sort()).toEqual(
      [...apis, ...more].flatMap((api) => [`/openai/${api}*`, `/openai/v1/${api}*`]).sort(),
    );
    expect(rules[0]).toMatchObject({ backend_http_settings_name: "openai-https" });
    expect(blocks(gateway, "backend_http_settings")).toHaveLength(1);
  });

  test.each<[string, Partial<OpenAiLoadBalancerProps>, string[]]>([
    ["left out", {}, [spread]],
    ["with addresses", { addressing: {} }, []],
    ["meant", { statefulApis: GatewayTarget.all() }, []],
    ["one backend", { statefulApis: GatewayTarget.backend("east") }, []],
    ["of a sole backend", { backends: backends.slice(1) }, []],
    [
      "a pool of several",
      {
        statefulApis: GatewayTarget.pool("both"),
        addressing: { pools: [{ name: "both", backends: ["east", "far-west"] }] },
      },
      [
        'statefulApis: what /responses, files, batches, threads and other stateful APIs store is still asked of 2 accounts in turn, those of the pool "both"; name one backend; see docs/addressing.md',
      ],
    ],
  ])("warns of what breaks: %s", (_, props, expected) => {
    const { out } = gatewayOf(props);
    expect(out.warnings.filter((warning) => warning.startsWith("statefulApis"))).toEqual(expected);
  });
});

describe("listeners", () => {
  const main = GatewayListener.https({ certificate: fromKeyVault, hostNames: ["llm.example.com"] });
  const internal = GatewayListener.https({
    certificate: GatewayCertificate.ofMainListener(),
    hostNames: ["internal.example.com"],
  });

  test("each leads to a backend, a pool or what the main one offers", () => {
    const { gateway } = gatewayOf({
      listener: main,
      addressing: {},
      listeners: [
        { name: "internal", listener: internal, target: GatewayTarget.backend("east") },
        { name: "all", listener: GatewayListener.http({ port: 8080 }) },
      ],
    });
    expect(
      blocks(gateway, "request_routing_rule").map((rule) => [
        rule["name"],
        rule["priority"],
        rule["url_path_map_name"] ?? rule["backend_address_pool_name"] ?? rule["redirect_configuration_name"],
      ]),
    ).toEqual([
      ["clients-to-openai", 100, "clients-by-path"],
      ["http-to-https", 200, "to-https"],
      ["rule-internal", 1, "backend-east"],
      ["redirect-0-internal", 101, "redirect-0-internal"],
      ["rule-all", 300, "paths-all"],
    ]);
    expect(blocks(gateway, "frontend_port")).toEqual([
      { name: "clients", port: 443 },
      { name: "clients-http", port: 80 },
      { name: "port-8080", port: 8080 },
    ]);
    const maps = blocks(gateway, "url_path_map");
    expect({ ...maps[1], name: "" }).toEqual({ ...maps[0], name: "" });
  });

  test("their ports are open, and certificates of their own are readable", () => {
    const { out, gateway } = gatewayOf({
      listener: main,
      listeners: [
        {
          name: "other",
          listener: GatewayListener.https({
            port: 9443,
            certificate: GatewayCertificate.selfSigned(),
            redirectHttp: false,
          }),
        },
      ],
    });
    expect(blocks(out.one("azurerm_network_security_group"), "security_rule")[0]).toMatchObject({
      destination_port_ranges: ["443", "80", "9443"],
    });
    expect(blocks(gateway, "ssl_certificate").map(({ name }) => name)).toEqual([
      "listener-certificate",
      "certificate-other",
    ]);
    expect(gateway["depends_on"]).toContain(out.addresses("azurerm_key_vault_certificate")[0]);
  });
});

describe("is refused", () => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, at) => OpenAiBackend.fromFqdn(`account-${at}.openai.azure.com`));
  const atSynth: [string, Partial<OpenAiLoadBalancerProps>, string | RegExp][] = [
    [
      "a pool of a backend that there is not",
      { addressing: { pools: [{ name: "coast", backends: ["easy"] }] } },
      'addressing.pools: coast: "easy" is not the name of a backend; known names are east, far-west, south',
    ],
    [
      "a pool of drained backends",
      { addressing: { pools: [{ name: "coast", backends: ["south"] }] } },
      'addressing.pools: every backend of the pool "coast" is drained, so it would be empty; leave one in it, or remove the pool',
    ],
    [
      "a pin to nothing",
      { statefulApis: GatewayTarget.backend("easy") },
      'statefulApis: "easy" is not the name of a backend; known names are east, far-west, south',
    ],
    [
      "a pin to a drained backend",
      { statefulApis: GatewayTarget.backend("south") },
      'statefulApis: the backend "south" is drained, so it gets no requests; name another one',
    ],
    [
      "a listener of a pool that there is not",
      { listeners: [{ name: "x", listener: GatewayListener.http({ port: 81 }), target: GatewayTarget.pool("coast") }] },
      'listeners: "coast" is not the name of a pool; there are none: list it in addressing.pools',
    ],
    [
      "two names of one host name",
      { addressing: { domain: "x.com", pools: [{ name: "EAST", backends: ["east"] }] } },
      'addressing.domain: "east" and "EAST" would both be east.x.com; rename one of the backends or pools',
    ],
    [
      "more paths than a map takes",
      { backends: many(77), addressing: {}, statefulApis: GatewayTarget.backend("account-0") },
      "101 paths in one path map: one for each address and each deployment that only some accounts have, and those of statefulApis, are too many for a gateway, which takes 100; leave some out, or use a second gateway",
    ],
    [
      "more listeners than a gateway takes",
      {
        backends: many(100).slice(0, 99),
        addressing: { domain: "x.com" },
        listener: GatewayListener.http({ hostNames: ["*.x.com"] }),
        listeners: [{ name: "b", listener: GatewayListener.http({ port: 81 }) }],
      },
      "101 listeners, those that redirect and those of host-name addresses included, are too many for a gateway, which takes 100; leave some out, or use a second gateway",
    ],
    [
      "a listener of the name of an address",
      {
        addressing: { domain: "x.com" },
        listener: GatewayListener.http({ hostNames: ["*.x.com"] }),
        listeners: [{ name: "backend-east", listener: GatewayListener.http({ port: 81 }) }],
      },
      'listeners: "listener-backend-east" is the name of two of them, one of which follows from a backend or a pool; choose another name',
    ],
    [
      "two listeners for one host name",
      { listeners: [{ name: "x", listener: GatewayListener.http() }] },
      'listeners: requests for any host name on port 80 go to the main listener already; give the listener "x" other host names or another port',
    ],
    [
      "a listener on the port of the main listener's redirect",
      {
        listener: GatewayListener.https({ certificate: fromKeyVault }),
        listeners: [{ name: "x", listener: GatewayListener.http() }],
      },
      'listeners: requests for any host name on port 80 go to the redirect to HTTPS of the main listener already; give the listener "x" other host names or another port, or set redirectHttp to false for the main listener',
    ],
    [
      "two redirects, on both addresses of the gateway",
      {
        frontend: Frontend.public().withPrivate(),
        listener: GatewayListener.https({ certificate: fromKeyVault }),
        listeners: [{ name: "x", listener: GatewayListener.https({ port: 8443, certificate: fromKeyVault }) }],
      },
      'listeners: requests for any host name on port 80 go to the redirect to HTTPS of the main listener already; set redirectHttp to false for the listener "x"',
    ],
    [
      "one port with two protocols",
      {
        listeners: [
          { name: "x", listener: GatewayListener.https({ port: 80, certificate: fromKeyVault, redirectHttp: false }) },
        ],
      },
      'listeners: port 80 has Http for the main listener, and a port has one protocol; choose another port for the listener "x"',
    ],
    [
      "a deployment and a deployment type that are one name",
      {
        backends: [
          OpenAiBackend.newAccount({ name: "made-east", location: "eastus", deployments: [deployment("standard")] }),
          OpenAiBackend.newAccount({
            name: "made-west",
            location: "westus",
            deployments: [deployment("x1", DeploymentType.STANDARD)],
          }),
        ],
        addressing: { poolsBy: [PoolCriterion.DEPLOYMENT_TYPE] },
      },
      'addressing: "standard" would be the name of two different pools, of a deployment and of a deployment type; list the pool that is meant in addressing.pools',
    ],
  ];
  test.each(atSynth)("%s", (_, props, message) => {
    expect(() => synth((stack) => loadBalancer(stack, { backends, ...props }))).toThrow(message);
  });

  const atOnce: [string, Partial<OpenAiLoadBalancerProps>, string, string?][] = [
    [
      "two backends of one name",
      { backends: [OpenAiBackend.fromFqdn("a.x.com"), OpenAiBackend.fromFqdn("a.y.com")], addressing: {} },
      "backend.name",
    ],
    [
      "a name that is no segment of a path",
      { backends: [OpenAiBackend.fromFqdn("a.x.com", { name: "a/b" })] },
      "backend.name",
    ],
    [
      "two pools of one name",
      {
        addressing: {
          pools: [
            { name: "a", backends: ["east"] },
            { name: "A", backends: ["east"] },
          ],
        },
      },
      "pool.name",
    ],
    ["an empty pool", { addressing: { pools: [{ name: "a", backends: [] }] } }, "pool.backends"],
    [
      "a share of a certificate that there is not",
      {
        listeners: [
          { name: "x", listener: GatewayListener.https({ certificate: GatewayCertificate.ofMainListener() }) },
        ],
      },
      "certificate",
      "/Gateway/Listener-x",
    ],
  ];
  test.each(atOnce)("%s", (_, props, prop, path = "") => {
    const build = (stack: TerraformStack) =>
      new OpenAiLoadBalancer(stack, "LB", {
        name: "aoai",
        location: "eastus",
        resourceGroupName: "rg",
        listener: GatewayListener.http(),
        backends,
        ...props,
      });
    expect(() => build(makeStack())).toThrow(refusal(`stack/LB${path}`, prop));
  });
});

test("names that are used nowhere may be those of several backends, as before there were names", () => {
  const { pools } = gatewayOf({ backends: [OpenAiBackend.fromFqdn("a.x.com"), OpenAiBackend.fromFqdn("a.y.com")] });
  expect(pools).toEqual({ openai: ["a.x.com", "a.y.com"] });
});
