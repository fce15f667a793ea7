import { GatewayUnderTest } from "../support/simulated-gateway.js";
import { httpsListener, listener, rule, settings } from "../support/terraform-json.js";
import { requestOver } from "../support/raw-request.js";

const ONE_EACH = ["a", "b", "c"].map((name) => ({ name, fqdns: [`${name}.openai.azure.com`] }));

/** Listeners and rules in which each pool has one member, so that who answers tells which rule it was. */
function site(name: string, priority: number, host: object) {
  return {
    listener: listener({ name, ...host }),
    rule: rule({ name, priority, http_listener_name: name, backend_address_pool_name: name }),
  };
}

describe("host names", () => {
  const sites = [
    site("c", 300, {}),
    site("b", 200, { host_names: ["*.contoso.com", "fabrikam-??.com"] }),
    site("a", 100, { host_name: "Shop.Contoso.com" }),
  ];
  const json = {
    pools: ONE_EACH,
    listeners: sites.map((each) => each.listener),
    rules: sites.map((each) => each.rule),
  };

  test.each([
    ["shop.contoso.com", "a 200"],
    ["SHOP.contoso.com:8080", "a 200"],
    ["blog.contoso.com", "b 200"],
    ["deep.blog.contoso.com", "b 200"],
    ["fabrikam-eu.com", "b 200"],
    ["fabrikam-eur.com", "c 200"],
    ["contoso.com", "c 200"],
    ["127.0.0.1", "c 200"],
  ])("%s is answered by %s", async (host, outcome) => {
    await using under = await GatewayUnderTest.create(json);
    const { status, headers } = await requestOver(under.url, { headers: { host } });
    expect(`${String(headers["x-served-by"])} ${status}`).toBe(outcome);
  });

  test("the rule with the lowest priority number wins, wildcard or not", async () => {
    const reversed = sites.map((each, index) => ({ ...each.rule, priority: index + 1 }));
    await using under = await GatewayUnderTest.create({ ...json, rules: reversed });
    const { headers } = await requestOver(under.url, { headers: { host: "shop.contoso.com" } });
    expect(headers["x-served-by"]).toBe("c");
  });

  test("no listener for the host is 404, which no backend sees", async () => {
    await using under = await GatewayUnderTest.create({
      listeners: [listener({ host_name: "shop.contoso.com" })],
    });
    const { status, body } = await requestOver(under.url, { headers: { host: "other.com" } });
    expect([status, body]).toEqual([404, expect.stringContaining("<h1>404 Not Found</h1>")]);
    expect(await under.outcome()).toBe("gateway 404");
    expect(under.backend("a").requests).toEqual([]);
  });

  test("with a default host name, the bare local address reaches the listener", async () => {
    await using under = await GatewayUnderTest.create(
      { listeners: [listener({ host_name: "shop.contoso.com" })] },
      { defaultHostName: "Shop.contoso.com" },
    );
    expect(await under.outcome()).toBe("a 200");
    const { status } = await requestOver(under.url, { headers: { host: "other.com" } });
    expect(status).toBe(404);
  });
});

describe("paths", () => {
  const pathRule = (name: string, paths: string[], more: object = {}) => ({
    name,
    paths,
    backend_address_pool_name: name,
    backend_http_settings_name: "openai",
    ...more,
  });
  const json = {
    pools: ONE_EACH,
    moreSettings: [settings({ name: "override", path: "/override/" })],
    rules: [rule({ rule_type: "PathBasedRouting", url_path_map_name: "map" })],
    more: {
      url_path_map: [
        {
          name: "map",
          default_backend_address_pool_name: "c",
          default_backend_http_settings_name: "openai",
          path_rule: [
            pathRule("a", ["/images/*", "/exact"]),
            pathRule("b", ["/images/large/*", "/pre*"]),
            pathRule("b", ["/pathrule*"], { backend_http_settings_name: "override" }),
          ],
        },
      ],
    },
  };

  test.each([
    ["/images/x", "a 200"],
    ["/IMAGES/X", "a 200"],
    ["/images", "c 200"],
    ["/exact?x=/images/", "a 200"],
    ["/exact/", "c 200"],
    ["/images/large/x", "a 200"],
    ["/prefix/x", "b 200"],
    ["/?/images/", "c 200"],
  ])("%s goes to %s, by the first pattern in the file's order", async (path, outcome) => {
    await using under = await GatewayUnderTest.create(json);
    expect(await under.outcome(path)).toBe(outcome);
  });

  test("each target takes turns by itself", async () => {
    const shared = {
      ...json,
      pools: [{ name: "c", fqdns: ["a.openai.azure.com", "b.openai.azure.com"] }],
      more: {
        url_path_map: [{ ...json.more.url_path_map[0], path_rule: [pathRule("c", ["/images/*"])] }],
      },
    };
    await using under = await GatewayUnderTest.create(shared);
    const outcomes: string[] = [];
    for (const path of ["/", "/images/1", "/", "/images/2"]) outcomes.push(await under.outcome(path));
    expect(outcomes).toEqual(["a 200", "a 200", "b 200", "b 200"]);
  });

  // https://learn.microsoft.com/azure/application-gateway/configuration-http-settings#override-backend-path
  test.each([
    ["/pathrule*", "/pathrule/home/", "/override/home/"],
    ["/pathrule*", "/pathrule/home/secondhome/", "/override/home/secondhome/"],
    ["/pathrule/home*", "/pathrule/home/", "/override/"],
    ["/pathrule/home*", "/pathrule/home/secondhome/", "/override/secondhome/"],
    ["/pathrule/", "/pathrule/", "/override/"],
    [undefined, "/home/", "/override/home/"],
    [undefined, "/home/secondhome/?q=1", "/override/home/secondhome/?q=1"],
  ])("override path behind %s: %s becomes %s", async (pattern, asked, sent) => {
    const forward = { backend_address_pool_name: "openai", backend_http_settings_name: "override" };
    const map = {
      name: "map",
      default_backend_address_pool_name: "openai",
      default_backend_http_settings_name: "override",
      path_rule: pattern === undefined ? [] : [{ name: "p", paths: [pattern], ...forward }],
    };
    await using under = await GatewayUnderTest.create({
      fqdns: ["a.openai.azure.com"],
      moreSettings: json.moreSettings,
      rules: json.rules,
      more: { url_path_map: map },
    });
    await under.outcome(asked);
    expect(under.backend("a").requests[0]?.url).toBe(sent);
  });
});

describe("redirects", () => {
  const redirecting = (redirect: object, secure: object = {}) => ({
    http2: false,
    listeners: [listener(), httpsListener(secure)],
    rules: [
      rule({ http_listener_name: "https", priority: 1 }),
      {
        name: "redirect",
        rule_type: "Basic",
        priority: 2,
        http_listener_name: "http",
        redirect_configuration_name: "to",
      },
    ],
    more: { redirect_configuration: { name: "to", redirect_type: "Permanent", ...redirect } },
  });
  const all = { target_listener_name: "https", include_path: true, include_query_string: true };

  async function location(json: object, path: string, host: string): Promise<[number, string, number]> {
    await using under = await GatewayUnderTest.create(json);
    const { http, https } = Object.fromEntries(under.gateway.urls);
    const { status, headers } = await requestOver(http?.url ?? "", { path, headers: { host } });
    const port = Number(new URL(https?.url ?? "").port);
    return [status, String(headers.location).replace(`:${port}`, ":PORT"), port];
  }

  test.each([
    [all, "/x/y?z=1", "127.0.0.1:1", "https://127.0.0.1:PORT/x/y?z=1"],
    [all, "/x", "contoso.com", "https://contoso.com:PORT/x"],
    [{ ...all, include_query_string: false }, "/x?y=1", "contoso.com", "https://contoso.com:PORT/x"],
    [{ ...all, include_path: false }, "/x?y=1", "contoso.com", "https://contoso.com:PORT/?y=1"],
    [{ target_url: "https://example.org/base", include_path: true }, "/x?y=1", "c.com", "https://example.org/base/x"],
    [{ target_url: "https://example.org" }, "/x?y=1", "c.com", "https://example.org"],
  ])("%j: %s at %s", async (redirect, path, host, expected) => {
    const [status, where] = await location(redirecting(redirect), path, host);
    expect([status, where]).toEqual([301, expected]);
  });

  test("the target listener's own host name is used where it does not take the asked one", async () => {
    const json = redirecting(all, { host_name: "shop.contoso.com" });
    expect((await location(json, "/x", "other.com"))[1]).toBe("https://shop.contoso.com:PORT/x");
    expect((await location(json, "/x", "shop.contoso.com"))[1]).toBe("https://shop.contoso.com:PORT/x");
  });

  test.each([
    ["Permanent", 301],
    ["Found", 302],
    ["SeeOther", 303],
    ["Temporary", 307],
  ])("%s is %i", async (redirect_type, expected) => {
    const [status] = await location(redirecting({ ...all, redirect_type }), "/", "contoso.com");
    expect(status).toBe(expected);
  });

  test("following the redirect reaches a backend over TLS", async () => {
    await using under = await GatewayUnderTest.create(redirecting(all));
    const { http } = Object.fromEntries(under.gateway.urls);
    const { headers } = await requestOver(http?.url ?? "", { path: "/x?y=1" });
    const ca = under.gateway.certificate;
    const followed = await requestOver(String(headers.location), { ca });
    expect([followed.status, followed.headers["x-served-by"]]).toEqual([200, "a"]);
    expect(under.backend("a").requests[0]?.url).toBe("/x?y=1");
    expect(under.url).toMatch(/^https:/);
  });
});
