import { parseConfig } from "../../lib/config/load-config.js";
import { cidrProblem } from "../../lib/rules/cidr.js";
import {
  bodyKbProblem,
  countryProblem,
  DEFAULT_PROMPT_FIELDS,
  fileUploadMbProblem,
  inspectedBodyProblem,
  promptFieldProblem,
  rateLimitMinutesProblem,
  rateLimitRequestsProblem,
  repeatedValueProblem,
} from "../../lib/rules/firewall.js";
import { clientCidrOverlaps } from "../../lib/rules/network.js";
import { wrongWord } from "../../lib/rules/problem.js";
import { RESOURCE_TYPES, resourceIdProblem } from "../../lib/rules/resource-id.js";
import { excludedBy, tooFew, tooMany } from "../../lib/rules/shape.js";
import { changed, GROUP_ID, testRefusals } from "../support/valid-config.js";

const POLICY_ID = `${GROUP_ID}/providers/Microsoft.Network/applicationGatewayWebApplicationFirewallPolicies/waf`;
const THERE = excludedBy("policyId", "whose settings are where the policy is created");
const COUNTRIES = Array.from(
  { length: 101 },
  (_, n) => `${"ABCDE"[Math.floor(n / 26)]}${String.fromCharCode(65 + (n % 26))}`,
);

testRefusals({
  "an existing policy": [
    [{ waf: { policyId: "waf" } }, { "waf.policyId": resourceIdProblem(RESOURCE_TYPES.firewallPolicy)("waf") }],
    [
      { waf: { policyId: POLICY_ID, mode: "Detection", rateLimit: { requests: 1 } } },
      { "waf.mode": THERE, "waf.rateLimit": THERE },
    ],
  ],
  "a new policy": [
    [{ "waf.mode": "Prevent" }, { "waf.mode": wrongWord("Prevent", ["Detection", "Prevention"]) }],
    [
      { "waf.promptFields": ["a b", "c", "c"] },
      { "waf.promptFields[0]": promptFieldProblem("a b"), "waf.promptFields[2]": repeatedValueProblem("c") },
    ],
    [{ "waf.inspectedBodyKb": 7 }, { "waf.inspectedBodyKb": bodyKbProblem(7) }],
    [{ "waf.inspectedBodyKb": 1_001 }, { "waf.inspectedBodyKb": inspectedBodyProblem(1_001, 1_000) }],
    [{ "waf.maxRequestBodyKb": 2_001 }, { "waf.maxRequestBodyKb": bodyKbProblem(2_001) }],
    [{ "waf.maxFileUploadMb": 0 }, { "waf.maxFileUploadMb": fileUploadMbProblem(0) }],
  ],
  clients: [
    [{ "waf.allowedClientCidrs": [] }, { "waf.allowedClientCidrs": tooFew(1) }],
    [{ "waf.allowedClientCidrs": ["10.0.0.1"] }, { "waf.allowedClientCidrs[0]": cidrProblem("10.0.0.1") }],
    [
      { "waf.allowedClientCidrs": ["10.0.0.0", "10.0.0.0/8", "10.1.0.0/16"] },
      {
        "waf.allowedClientCidrs[0]": cidrProblem("10.0.0.0"),
        "waf.allowedClientCidrs[2]": clientCidrOverlaps(["10.0.0.0/8", "10.1.0.0/16"])[0]?.problem,
      },
    ],
    [
      { "waf.allowedCountries": ["DE", "de", "DE"] },
      { "waf.allowedCountries[1]": countryProblem("de"), "waf.allowedCountries[2]": repeatedValueProblem("DE") },
    ],
    [{ "waf.allowedCountries": COUNTRIES }, { "waf.allowedCountries": tooMany(101, 100) }],
    [{ "waf.rateLimit.requests": 0 }, { "waf.rateLimit.requests": rateLimitRequestsProblem(0) }],
    [{ "waf.rateLimit.minutes": 2 }, { "waf.rateLimit.minutes": rateLimitMinutesProblem(2) }],
  ],
});

test("without further words a policy is created that logs", () => {
  expect(parseConfig(changed({ waf: {} })).waf).toEqual({
    kind: "new policy",
    mode: "Detection",
    promptFields: DEFAULT_PROMPT_FIELDS,
    inspectedBodyKb: 128,
  });
});

test("an existing policy is used as it is", () => {
  expect(parseConfig(changed({ waf: { policyId: POLICY_ID } })).waf).toEqual({
    kind: "existing policy",
    policyId: POLICY_ID,
  });
});
