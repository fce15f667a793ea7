import { GatewayUnderTest, fqdnOf } from "../support/simulated-gateway.js";
import { requestOver } from "../support/raw-request.js";
import { httpsListener, listener, rule } from "../support/terraform-json.js";

const ONE = { fqdns: [fqdnOf("a")] };
const POLICY = "azurerm_web_application_firewall_policy";

describe("headers towards the backend", () => {
  test("the six that Application Gateway adds", async () => {
    await using under = await GatewayUnderTest.create(ONE);
    await requestOver(under.url, {
      path: "/x?y=1",
      headers: { host: "shop.contoso.com", "x-forwarded-for": "10.0.0.1:5", "x-original-host": "forged" },
    });
    const { headers } = under.backend("a").requests[0] ?? {};
    const [entry] = await under.logged(1);
    expect(headers).toMatchObject({
      "x-forwarded-for": `10.0.0.1:5, 127.0.0.1:${entry?.ClientPort}`,
      "x-forwarded-port": "80",
      "x-forwarded-proto": "http",
      "x-original-host": "shop.contoso.com",
      "x-original-url": "/x?y=1",
      "x-appgw-trace-id": entry?.TransactionId,
    });
    expect(entry?.TransactionId).toMatch(/^[0-9a-f]{32}$/);
  });

  test("over TLS, proto and port are those of the listener on Azure", async () => {
    await using under = await GatewayUnderTest.create({
      ...ONE,
      listeners: [httpsListener()],
      rules: [rule({ http_listener_name: "https" })],
    });
    await requestOver(under.url, { ca: under.gateway.certificate });
    expect(under.backend("a").requests[0]?.headers).toMatchObject({
      "x-forwarded-port": "443",
      "x-forwarded-proto": "https",
    });
  });

  test.each([
    ["the member's own name", {}, fqdnOf("a")],
    ["the settings' name", { pick_host_name_from_backend_address: false, host_name: "x.contoso.com" }, "x.contoso.com"],
    ["the client's", { pick_host_name_from_backend_address: false }, "shop.contoso.com"],
  ])("Host is %s", async (_, settings, expected) => {
    await using under = await GatewayUnderTest.create({ ...ONE, settings });
    await requestOver(under.url, { headers: { host: "shop.contoso.com" } });
    expect(under.backend("a").requests[0]?.headers.host).toBe(expected);
  });

  test("credentials pass through; headers of the client's connection and names that Azure discards do not", async () => {
    await using under = await GatewayUnderTest.create(ONE);
    const kept = { authorization: "Bearer t", "api-key": "k", "content-type": "application/json" };
    const dropped = { "x-mine": "1", te: "trailers", "keep-alive": "timeout=1", under_score: "1" };
    await requestOver(under.url, { headers: { ...kept, ...dropped, connection: "close, x-mine" } });
    const { headers } = under.backend("a").requests[0] ?? {};
    expect(headers).toMatchObject({ ...kept, connection: "keep-alive" });
    for (const name of Object.keys(dropped)) expect(headers).not.toHaveProperty(name);
  });
});

test("every header of an answer comes back, repeated ones too, but not those of the backend's connection", async () => {
  await using under = await GatewayUnderTest.create(ONE);
  under.backend("a").onRequest = (_, response) => {
    response.setHeader("set-cookie", ["a=1", "b=2"]);
    response
      .writeHead(200, { "x-ms-region": "West Europe", under_score: "1", "keep-alive": "timeout=99" })
      .end("hello");
  };
  const { headers, body } = await requestOver(under.url);
  const expected = { "set-cookie": ["a=1", "b=2"], "x-ms-region": "West Europe", under_score: "1" };
  expect(headers).toMatchObject(expected);
  expect(headers["keep-alive"]).not.toBe("timeout=99");
  expect(body).toBe("hello");
});

test.each(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])(
  "%s arrives as it is, with its body",
  async (method) => {
    await using under = await GatewayUnderTest.create(ONE);
    let received = "";
    under.backend("a").onRequest = (request, response) => {
      request.on("data", (chunk: Buffer) => (received += chunk.toString()));
      request.on("end", () => response.end("answer"));
    };
    const body = ["POST", "PUT", "PATCH"].includes(method) ? "prompt" : undefined;
    const answer = await requestOver(under.url, { method, body });
    expect(under.backend("a").requests[0]?.method).toBe(method);
    expect([received, answer.body]).toEqual([body ?? "", method === "HEAD" ? "" : "answer"]);
  },
);

describe("rewrites", () => {
  const rewriting = (...rules: object[]) => ({
    ...ONE,
    rules: [rule({ rewrite_rule_set_name: "set" })],
    more: {
      rewrite_rule_set: {
        name: "set",
        rewrite_rule: rules.map((each, index) => ({ name: `r${index}`, rule_sequence: 100 + index, ...each })),
      },
    },
  });
  const header = (header_name: string, header_value: string) => ({ header_name, header_value });

  async function sent(json: object, path = "/", headers = {}) {
    await using under = await GatewayUnderTest.create(json);
    const answer = await requestOver(under.url, { path, headers: { host: "shop.contoso.com:80", ...headers } });
    const [request] = under.backend("a").requests;
    return { url: request?.url, headers: request?.headers ?? {}, answer };
  }

  test("request headers are set, replaced and deleted, with text, headers and server variables", async () => {
    const { headers } = await sent(
      rewriting({
        request_header_configuration: [
          header("x-fixed", "text"),
          header("X-Forwarded-For", "{var_add_x_forwarded_for_proxy}"),
          header("x-mixed", "{http_req_x-in}/{var_http_method}/{var_host}{var_nothing}"),
          header("x-in", ""),
          header("under_score", "discarded"),
          header("X-Original-Host", "forged"),
        ],
      }),
      "/",
      { "x-in": "in", "x-forwarded-for": "10.0.0.1" },
    );
    expect(headers).toMatchObject({
      "x-fixed": "text",
      "x-forwarded-for": "10.0.0.1, 127.0.0.1",
      "x-mixed": "in/GET/shop.contoso.com",
    });
    expect(headers).not.toHaveProperty("x-in");
    expect(headers).not.toHaveProperty("under_score");
    expect(headers["x-original-host"]).toBe("shop.contoso.com:80");
  });

  test("Host can be rewritten and cannot be deleted; Connection is left alone", async () => {
    const set = await sent(rewriting({ request_header_configuration: [header("Host", "other.com")] }));
    expect(set.headers.host).toBe("other.com");
    const deleted = await sent(
      rewriting({ request_header_configuration: [header("Host", ""), header("Connection", "close")] }),
    );
    expect([deleted.headers.host, deleted.headers.connection]).toEqual([fqdnOf("a"), "keep-alive"]);
  });

  test("response headers are set and deleted, with captures of the answer", async () => {
    const json = rewriting({
      condition: { variable: "http_resp_x-served-by", pattern: "^(a)$" },
      response_header_configuration: [header("x-who", "backend {http_resp_x-served-by_1}"), header("x-served-by", "")],
    });
    const { answer } = await sent(json);
    expect(answer.headers["x-who"]).toBe("backend a");
    expect(answer.headers).not.toHaveProperty("x-served-by");
  });

  test.each([
    ["both parts", { path: "/v2", query_string: "a={var_uri_path_1}" }, "/v2?a=one"],
    ["the path only", { path: "v2", components: "path_only" }, "/v2?q=1"],
    ["the query string only", { query_string: "z=9", components: "query_string_only" }, "/one/two?z=9"],
    ["a part that is not written becomes empty", { path: "/v2" }, "/v2"],
  ])("URL: %s", async (_, url, expected) => {
    const condition = { variable: "var_uri_path", pattern: "^/(.+)/(.+)$" };
    expect((await sent(rewriting({ condition, url }), "/one/two?q=1")).url).toBe(expected);
  });

  test.each([
    [{ variable: "http_req_x-tenant", pattern: "^Gold$" }, "gold", false],
    [{ variable: "http_req_x-tenant", pattern: "^Gold$", ignore_case: true }, "gold", true],
    [{ variable: "http_req_x-tenant", pattern: "gold", negate: true }, "gold", false],
    [{ variable: "http_req_x-tenant", pattern: "gold", negate: true }, "silver", true],
    [{ variable: "http_req_x-other", pattern: "." }, "gold", false],
    [{ variable: "var_query_string", pattern: "q=1" }, "gold", true],
    [{ variable: "var_cookie_session", pattern: "^7$" }, "gold", true],
  ])("condition %j with %s holds: %s", async (condition, tenant, holds) => {
    const json = rewriting({ condition, request_header_configuration: header("x-set", "yes") });
    const { headers } = await sent(json, "/?q=1", { "x-tenant": tenant, cookie: "x=1; session=7" });
    expect(headers["x-set"]).toBe(holds ? "yes" : undefined);
  });

  test("rules run by sequence, and later ones see what earlier ones did", async () => {
    const first = { rule_sequence: 1, request_header_configuration: header("x-chain", "1") };
    const second = { rule_sequence: 2, request_header_configuration: header("x-chain", "{http_req_x-chain}2") };
    expect((await sent(rewriting(second, first))).headers["x-chain"]).toBe("12");
  });

  const forward = (pool: string) => ({ backend_address_pool_name: pool, backend_http_settings_name: "openai" });
  const reevaluating = (rewritten: string) => ({
    pools: ["a", "b"].map((name) => ({ name, fqdns: [fqdnOf(name)] })),
    rules: [rule({ rule_type: "PathBasedRouting", url_path_map_name: "map" })],
    more: {
      url_path_map: {
        name: "map",
        default_backend_address_pool_name: "a",
        default_backend_http_settings_name: "openai",
        default_rewrite_rule_set_name: "set",
        path_rule: { name: "listing", paths: ["/listing1"], ...forward("b") },
      },
      rewrite_rule_set: {
        name: "set",
        rewrite_rule: {
          name: "shoes",
          rule_sequence: 1,
          condition: { variable: "var_query_string", pattern: "category=shoes" },
          url: { path: rewritten, components: "path_only", reroute: true },
        },
      },
    },
  });

  test("a rewritten path can choose the pool again", async () => {
    await using under = await GatewayUnderTest.create(reevaluating("/listing1"));
    expect(await under.outcome("/listing?category=shoes")).toBe("b 200");
    expect(await under.outcome("/listing?category=bags")).toBe("a 200");
    expect(under.backend("b").requests[0]?.url).toBe("/listing1?category=shoes");
  });

  test("a path that is rewritten for ever is 500", async () => {
    await using under = await GatewayUnderTest.create(reevaluating("/again"));
    expect(await under.outcome("/listing?category=shoes")).toBe("gateway 500");
  });
});

describe("sizes", () => {
  test("a URL above 32 KB is 413", async () => {
    await using under = await GatewayUnderTest.create(ONE);
    expect(await under.outcome(`/${"x".repeat(32 * 1_024 - 1)}`)).toBe("a 200");
    expect(await under.outcome(`/${"x".repeat(32 * 1_024)}`)).toBe("gateway 413");
  });

  test.each([true, false])("so it is over TLS, with HTTP/2 offered: %s", async (http2) => {
    const secure = { listeners: [httpsListener()], rules: [rule({ http_listener_name: "https" })] };
    await using under = await GatewayUnderTest.create({ ...ONE, ...secure, http2 });
    const ca = under.gateway.certificate;
    const status = async (length: number) =>
      (await requestOver(under.url, { ca, path: `/${"x".repeat(length - 1)}` })).status;
    expect([await status(32 * 1_024), await status(32 * 1_024 + 1)]).toEqual([200, 413]);
  });

  const firewall = (settings: object) => ({
    ...ONE,
    sku: "WAF_v2",
    more: { firewall_policy_id: `\${${POLICY}.main.id}` },
    resources: { [POLICY]: { main: { policy_settings: settings } } },
  });
  const bytes = (kilobytes: number, extra = 0) => Buffer.alloc(kilobytes * 1_024 + extra, "x");

  test.each([
    ["within the default of 128 KB", {}, bytes(128), 200],
    ["above the default", {}, bytes(128, 1), 413],
    ["within the policy's own limit", { max_request_body_size_in_kb: 2_000 }, bytes(2_000), 200],
    ["above the policy's own limit", { max_request_body_size_in_kb: 8 }, bytes(8, 1), 413],
    ["above it, in detection mode", { mode: "Detection" }, bytes(200), 200],
    ["above it, with the inspection of bodies off", { request_body_check: false }, bytes(200), 413],
    ["above it, without enforcement", { request_body_enforcement: false }, bytes(200), 200],
  ])("a firewall policy and a body %s", async (_, settings, body, status) => {
    await using under = await GatewayUnderTest.create(firewall(settings));
    for (const headers of [{ "content-length": body.length }, { "transfer-encoding": "chunked" }]) {
      expect((await requestOver(under.url, { method: "POST", headers, body })).status).toBe(status);
    }
    expect(under.backend("a").requests).toHaveLength(status === 200 ? 2 : 0);
  });

  test("a listener's policy and a path rule's are the ones that count for their requests", async () => {
    const policy = (kilobytes: number) => ({ policy_settings: { max_request_body_size_in_kb: kilobytes } });
    const to = { backend_address_pool_name: "openai", backend_http_settings_name: "openai" };
    await using under = await GatewayUnderTest.create({
      ...ONE,
      sku: "WAF_v2",
      listeners: [listener({ firewall_policy_id: `\${${POLICY}.site.id}` })],
      rules: [rule({ rule_type: "PathBasedRouting", url_path_map_name: "map" })],
      more: {
        firewall_policy_id: `\${${POLICY}.global.id}`,
        url_path_map: {
          name: "map",
          ...{ default_backend_address_pool_name: "openai", default_backend_http_settings_name: "openai" },
          path_rule: { name: "images", paths: ["/images/*"], ...to, firewall_policy_id: `\${${POLICY}.path.id}` },
        },
      },
      resources: { [POLICY]: { global: policy(8), site: policy(16), path: policy(32) } },
    });
    const status = async (path: string, kilobytes: number) =>
      (await requestOver(under.url, { method: "POST", path, body: bytes(kilobytes) })).status;
    expect([await status("/", 16), await status("/", 17)]).toEqual([200, 413]);
    expect([await status("/images/x", 32), await status("/images/x", 33)]).toEqual([200, 413]);
  });

  test("a form with files is not held to the limit of other bodies", async () => {
    await using under = await GatewayUnderTest.create(firewall({}));
    const headers = { "content-type": "multipart/form-data; boundary=x" };
    expect((await requestOver(under.url, { method: "POST", headers, body: bytes(200) })).status).toBe(200);
  });

  test("without a firewall, bodies may be of any size", async () => {
    await using under = await GatewayUnderTest.create(ONE);
    expect((await requestOver(under.url, { method: "POST", body: bytes(5_000) })).status).toBe(200);
    expect(under.gateway.notSimulated).toEqual([]);
  });
});

test("what a model asks for in vain is told", async () => {
  await using under = await GatewayUnderTest.create({
    ...ONE,
    sku: "WAF_v2",
    autoscale: { min_capacity: 1, max_capacity: 3 },
    settings: { cookie_based_affinity: "Enabled" },
    listeners: [httpsListener({ ssl_profile_name: "mutual" })],
    rules: [rule({ http_listener_name: "https" })],
    more: {
      custom_error_configuration: { status_code: "HttpStatus502", custom_error_page_url: "https://x/y" },
      ssl_policy: { policy_name: "AppGwSslPolicy20220101S" },
    },
  });
  expect(under.gateway.notSimulated).toEqual([
    "the web application firewall's managed rules",
    "cookie-based affinity of the backend settings openai",
    "the TLS profile (client certificates) of the listener https",
    "scaling from 1 to 3 instances",
    "the arguments custom_error_configuration, ssl_policy",
  ]);
});

test.each([
  ["GET", 404],
  ["HEAD", 404],
  ["GET", 502],
  ["POST", 504],
])("the access log counts the bytes of the gateway's own page: %s, %i", async (method, status) => {
  const listeners = status === 404 ? { listeners: [listener({ host_name: "x.contoso.com" })] } : {};
  await using under = await GatewayUnderTest.create({ ...ONE, ...listeners, settings: { request_timeout: 1 } });
  under.backend("a").onRequest = status === 502 ? "reset" : "hang";
  const response = await requestOver(under.url, { method });
  const [entry] = await under.logged(1);
  expect([response.status, entry?.SentBytes]).toEqual([status, Buffer.byteLength(response.body)]);
  expect(response.body.length > 0).toBe(method !== "HEAD");
});
