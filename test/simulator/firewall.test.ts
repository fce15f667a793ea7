import { FirewallPolicy, FirewallMode } from "../../lib/index.js";
import { Duration } from "../../lib/duration.js";
import { FirewallRules } from "../../lib/simulator/firewall-rules.js";
import { SimulatedGateway } from "../../lib/simulator/index.js";
import { parseGatewayModel } from "../../lib/synthesized/index.js";
import { place } from "../support/application-gateway.js";
import { loadBalancer } from "../support/load-balancer.js";
import { fqdnOf, GatewayUnderTest } from "../support/simulated-gateway.js";
import { StubBackend } from "../support/stub-backend.js";
import { synth } from "../support/synth.js";
import { gatewayJson } from "../support/terraform-json.js";

const POLICY = "azurerm_web_application_firewall_policy";

const condition = (values: string[], negate = true) => ({
  match_variables: [{ variable_name: "RemoteAddr" }],
  operator: "IPMatch",
  negation_condition: negate,
  match_values: values,
});
const OFFICE = ["203.0.113.0/24", "2001:db8::/32"];
const allowList = {
  name: "office",
  priority: 10,
  rule_type: "MatchRule",
  action: "Block",
  match_conditions: [condition(OFFICE)],
};
const rateLimit = {
  name: "limit",
  priority: 30,
  rule_type: "RateLimitRule",
  action: "Block",
  rate_limit_duration: "OneMin",
  rate_limit_threshold: 2,
  group_rate_limit_by: "ClientAddr",
  match_conditions: [condition(["255.255.255.255/32"])],
};

function firewall(rules: object[], settings: object = {}) {
  return {
    fqdns: [fqdnOf("a")],
    sku: "WAF_v2",
    more: { firewall_policy_id: `\${${POLICY}.main.id}` },
    resources: { [POLICY]: { main: { policy_settings: settings, custom_rules: rules } } },
  };
}

describe("a list of addresses", () => {
  test.each([
    ["203.0.113.7", "a 200"],
    ["198.51.100.1", "gateway 403"],
    ["2001:db8::1", "a 200"],
    ["2001:db9::1", "gateway 403"],
  ])("for a client at %s: %s", async (clientAddress, outcome) => {
    await using under = await GatewayUnderTest.create(firewall([allowList]), { clientAddress });
    expect(await under.outcome()).toBe(outcome);
    expect((await under.logged(1))[0]?.HttpStatus).toBe(outcome === "a 200" ? 200 : 403);
    expect(under.gateway.notSimulated).toEqual(["the web application firewall's managed rules"]);
  });

  test("lets everybody pass in Detection mode", async () => {
    const json = firewall([allowList], { mode: "Detection" });
    await using under = await GatewayUnderTest.create(json, { clientAddress: "198.51.100.1" });
    expect(await under.outcome()).toBe("a 200");
  });

  test("is not applied to local clients whose address on Azure is not said, and named as such", async () => {
    await using under = await GatewayUnderTest.create(firewall([allowList]));
    expect(await under.outcome()).toBe("a 200");
    expect(under.gateway.notSimulated).toEqual([
      "the web application firewall's managed rules",
      "the firewall's custom rule office: every client is local; say which address they have with clientAddress",
    ]);
  });

  test("that allows ends the evaluation, limits of bodies included", async () => {
    const allow = {
      ...allowList,
      name: "allow",
      priority: 1,
      action: "Allow",
      match_conditions: [condition(OFFICE, false)],
    };
    const json = firewall([allowList, allow], { max_request_body_size_in_kb: 8 });
    const body = { method: "POST", body: "x".repeat(9 * 1_024) };
    await using inside = await GatewayUnderTest.create(json, { clientAddress: "203.0.113.7" });
    expect(await inside.outcome("/", body)).toBe("a 200");
    const logged = firewall([{ ...allow, action: "Log" }], { max_request_body_size_in_kb: 8 });
    await using other = await GatewayUnderTest.create(logged, { clientAddress: "203.0.113.7" });
    expect(await other.outcome("/", body)).toBe("gateway 413");
  });
});

describe("a rate limit", () => {
  test("refuses what exceeds it", async () => {
    await using under = await GatewayUnderTest.create(firewall([rateLimit]), { timeScale: 1, probeTimeScale: 50 });
    const outcomes = [await under.outcome(), await under.outcome(), await under.outcome()];
    expect(outcomes).toEqual(["a 200", "a 200", "gateway 403"]);
  });

  test.each([
    [true, ["pass", "pass", "pass", "block", "pass"]],
    [false, ["pass", "pass", "block", "block", "pass"]],
  ])("counts in a sliding window, for each client: %s", (perClient, expected) => {
    let now = 1_000;
    const rules = new FirewallRules({ clientAddress: undefined, timeScale: 2, now: () => now });
    const limit = { requests: 2, window: Duration.minutes(1), perClient };
    const rule = { name: "limit", action: "Block", conditions: [], rateLimit: limit } as const;
    const judge = (address: string) =>
      rules.judge({ mode: "Prevention", rules: [rule], maximumRequestBodyBytes: undefined }, address);
    const verdicts = [judge("10.0.0.1")];
    now += 29_000;
    verdicts.push(judge("10.0.0.1"), judge("10.0.0.2"), judge("10.0.0.1"));
    // The first one is out of the window of 30 s now, the second is not.
    now += 1_000;
    verdicts.push(judge("10.0.0.1"));
    expect(verdicts).toEqual(expected);
  });
});

test("the policy of FirewallPolicy does so", async () => {
  const { json } = synth((stack) =>
    loadBalancer(stack, {
      firewallPolicy: new FirewallPolicy(stack, "Firewall", {
        name: "waf",
        ...place,
        mode: FirewallMode.PREVENTION,
        allowedClientCidrs: ["203.0.113.0/24"],
        rateLimit: { requests: 3 },
        maxRequestBodyKb: 16,
      }),
    }),
  );
  const model = parseGatewayModel(json);
  await using stub = await StubBackend.create("stub");
  const backends = Object.fromEntries(model.backends.map(({ fqdn }) => [fqdn, stub.url]));
  const statuses = async (clientAddress: string) => {
    await using gateway = await SimulatedGateway.create({ model, backends, clientAddress, probeTimeScale: 50 });
    const send = async (bytes: number) =>
      (await fetch(gateway.url, { method: "POST", body: "x".repeat(bytes) })).status;
    return [await send(1), await send(17 * 1_024), await send(1), await send(1)];
  };
  expect(await statuses("203.0.113.7")).toEqual([200, 413, 200, 403]);
  expect(await statuses("203.0.114.7")).toEqual([403, 403, 403, 403]);
});

test("an address that is none is refused", async () => {
  const model = parseGatewayModel(gatewayJson(firewall([])));
  const backends = { [fqdnOf("a")]: "http://127.0.0.1:1" };
  await expect(SimulatedGateway.create({ model, backends, clientAddress: "office" })).rejects.toThrow(
    'clientAddress is an IPv4 or IPv6 address; got "office"',
  );
});
