import { Lazy, type TerraformStack } from "cdktf";
import { Duration, FirewallMode, FirewallPolicy, type FirewallPolicyProps } from "../../lib/index.js";
import { cidrProblem } from "../../lib/rules/cidr.js";
import {
  allowsNobodyProblem,
  bodyKbProblem,
  countryProblem,
  fileUploadMbProblem,
  inspectedBodyProblem,
  promptFieldProblem,
  rateLimitMinutesProblem,
  rateLimitRequestsProblem,
  repeatedValueProblem,
  REQUEST_BUFFERING_WARNING,
  tooLongProblem,
} from "../../lib/rules/firewall.js";
import { clientCidrOverlaps } from "../../lib/rules/network.js";
import { RESOURCE_TYPES, resourceIdProblem } from "../../lib/rules/resource-id.js";
import { nameProblem } from "../../lib/rules/resource-name.js";
import { existingPolicy, gatewayOf, place } from "../support/application-gateway.js";
import { FIREWALL_POLICY_ID, loadBalancer } from "../support/load-balancer.js";
import { refusal } from "../support/refusal.js";
import { type Block, blocks, makeStack, synth } from "../support/synth.js";

function policy(stack: TerraformStack, props: Partial<FirewallPolicyProps> = {}): FirewallPolicy {
  return new FirewallPolicy(stack, "Firewall", { name: "waf", ...place, ...props });
}

function policyOf(props: Partial<FirewallPolicyProps> = {}): Block {
  return synth((stack) => policy(stack, props)).one("azurerm_web_application_firewall_policy");
}

describe("FirewallPolicy", () => {
  test("with all defaults", () => {
    expect(policyOf()).toMatchSnapshot();
  });

  test("with everything set", () => {
    const props: Required<FirewallPolicyProps> = {
      name: "waf-llm",
      location: "Sweden Central",
      resourceGroupName: "rg-platform",
      tags: { owner: "platform" },
      mode: FirewallMode.PREVENTION,
      promptFields: ["messages", "query"],
      inspectedBodyKb: 256,
      maxRequestBodyKb: 1_000,
      maxFileUploadMb: 50,
      allowedClientCidrs: ["203.0.113.0/24", "198.51.100.7/32"],
      allowedCountries: ["AT", "DE"],
      rateLimit: { requests: 600, per: Duration.minutes(5) },
    };
    expect(policyOf(props)).toMatchSnapshot();
  });

  test("excludes values of fields for groups of rules, never all rules or the rest of a request", () => {
    const exclusions = blocks(blocks(policyOf(), "managed_rules")[0] ?? {}, "exclusion");
    expect(exclusions.length).toBeGreaterThan(10);
    for (const exclusion of exclusions) {
      const [ruleSet] = blocks(exclusion, "excluded_rule_set");
      expect(exclusion["match_variable"]).toBe("RequestArgValues");
      expect(blocks(ruleSet ?? {}, "rule_group")).not.toEqual([]);
    }
  });

  test("asks for countries ten at a time, all of which have to fail", () => {
    const allowedCountries = Array.from({ length: 23 }, (_, n) => `A${String.fromCharCode(65 + n)}`);
    const [rule] = blocks(policyOf({ allowedCountries }), "custom_rules");
    const conditions = blocks(rule ?? {}, "match_conditions");
    expect(conditions.map((condition) => blocks(condition, "match_values").length)).toEqual([10, 10, 3]);
    expect(conditions.flatMap((condition) => blocks(condition, "match_values"))).toEqual(allowedCountries);
    expect(conditions.every((condition) => condition["negation_condition"])).toBe(true);
  });

  test("makes a gateway a WAF_v2 that refers to it", () => {
    const out = synth((stack) => loadBalancer(stack, { firewallPolicy: policy(stack) }));
    const [address] = out.addresses("azurerm_web_application_firewall_policy");
    expect(out.gateway["firewall_policy_id"]).toBe(`\${${address}.id}`);
    expect(blocks(out.gateway, "sku")).toEqual([{ name: "WAF_v2", tier: "WAF_v2" }]);
    expect(out.warnings).toContain(REQUEST_BUFFERING_WARNING);
    expect(gatewayOf()["gateway"]["firewall_policy_id"]).toBeUndefined();
  });

  test("can be an existing one, in Azure's spelling", () => {
    const id = FIREWALL_POLICY_ID.replace("resourceGroups", "RESOURCEGROUPS");
    expect(existingPolicy(makeStack(), id).firewallPolicyId).toBe(FIREWALL_POLICY_ID);
    expect(() => existingPolicy(makeStack(), "waf")).toThrow(
      refusal("stack/Policy", "firewallPolicyId", resourceIdProblem(RESOURCE_TYPES.firewallPolicy)("waf")),
    );
  });

  test("takes values that are known only after apply", () => {
    const text = (value: string) => Lazy.stringValue({ produce: () => value });
    const out = policyOf({
      name: text("later"),
      maxRequestBodyKb: Lazy.numberValue({ produce: () => 100 }),
      allowedClientCidrs: [text("10.0.0.0/8")],
      allowedCountries: Lazy.listValue({ produce: () => ["DE"] }),
    });
    expect(out["name"]).toBe("later");
    expect(blocks(out, "policy_settings")[0]).toMatchObject({
      max_request_body_size_in_kb: 100,
      request_body_inspect_limit_in_kb: 128,
      request_body_enforcement: true,
    });
  });

  const many = Array.from({ length: 601 }, (_, n) => `10.${n >> 8}.${n & 255}.0/24`);
  test.each<[Partial<FirewallPolicyProps>, string, string | undefined]>([
    [{ name: "waf-" }, "name", nameProblem("firewallPolicy")("waf-")],
    [{ promptFields: ["a b"] }, "promptFields", promptFieldProblem("a b")],
    [{ promptFields: ["a", "a"] }, "promptFields", repeatedValueProblem("a")],
    [{ inspectedBodyKb: 7 }, "inspectedBodyKb", bodyKbProblem(7)],
    [{ inspectedBodyKb: 65, maxRequestBodyKb: 64 }, "inspectedBodyKb", inspectedBodyProblem(65, 64)],
    [{ maxRequestBodyKb: 2_001 }, "maxRequestBodyKb", bodyKbProblem(2_001)],
    [{ maxFileUploadMb: 0 }, "maxFileUploadMb", fileUploadMbProblem(0)],
    [{ allowedClientCidrs: [] }, "allowedClientCidrs", allowsNobodyProblem([])],
    [{ allowedClientCidrs: ["10.0.0.1"] }, "allowedClientCidrs", cidrProblem("10.0.0.1")],
    [{ allowedClientCidrs: many }, "allowedClientCidrs", tooLongProblem(many, 600)],
    [
      { allowedClientCidrs: ["10.0.0.0/8", "10.1.0.0/16"] },
      "allowedClientCidrs",
      clientCidrOverlaps(["10.0.0.0/8", "10.1.0.0/16"])[0]?.problem,
    ],
    [{ allowedCountries: [] }, "allowedCountries", allowsNobodyProblem([])],
    [{ allowedCountries: ["de"] }, "allowedCountries", countryProblem("de")],
    [{ rateLimit: { requests: 0 } }, "rateLimit.requests", rateLimitRequestsProblem(0)],
    [{ rateLimit: { requests: 1, per: Duration.minutes(2) } }, "rateLimit.per", rateLimitMinutesProblem(2)],
  ])("refuses %j", (props, prop, problem) => {
    expect(() => policy(makeStack(), props)).toThrow(refusal("stack/Firewall", prop, problem));
  });

  test("refuses a name that is taken", () => {
    const stack = makeStack();
    policy(stack);
    expect(() => new FirewallPolicy(stack, "Other", { name: "WAF", ...place })).toThrow(refusal("stack/Other", "name"));
  });

  test.each<[string, Partial<FirewallPolicyProps>, RegExp[]]>([
    ["bodies that are inspected in part", {}, [/^inspectedBodyKb: .* first 128 KB /]],
    ["nothing where every body is inspected", { maxRequestBodyKb: 64 }, [/^maxRequestBodyKb: /]],
    [
      "rules that only log in Detection mode",
      { rateLimit: { requests: 1 }, allowedCountries: ["DE"] },
      [/^inspectedBodyKb: /, /^mode: .* allowedCountries, rateLimit only log /],
    ],
    [
      "nothing of the kind in Prevention mode",
      { rateLimit: { requests: 1 }, mode: FirewallMode.PREVENTION },
      [/^inspectedBodyKb: /],
    ],
  ])("warns of %s", (_, props, expected) => {
    const { warnings } = synth((stack) => policy(stack, props));
    expect(warnings).toEqual(expected.map((pattern) => expect.stringMatching(pattern) as string));
  });
});
