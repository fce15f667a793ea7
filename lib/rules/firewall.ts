import { cidrProblem } from "./cidr.js";
import { clientCidrOverlaps } from "./network.js";
import { duplicates, type Problem, quote, type Rule, wholeNumber } from "./problem.js";

/** Whether a firewall blocks what its rules match, or only logs it. */
export const FIREWALL_MODES = ["Detection", "Prevention"] as const;

/**
 * The newest managed rule set that azurerm 4.55 takes.
 * @see https://learn.microsoft.com/azure/web-application-firewall/ag/application-gateway-crs-rulegroups-rules#default-rule-set-21
 */
export const MANAGED_RULE_SET = { type: "Microsoft_DefaultRuleSet", version: "2.1" } as const;

/**
 * Rules that Microsoft says to disable in this rule set: newer ones took their place, and one is wrong too often.
 * @see https://learn.microsoft.com/azure/web-application-firewall/ag/application-gateway-crs-rulegroups-rules#tuning-of-managed-rule-sets
 */
export const DISABLED_RULES = { group: "SQLI", rules: ["942110", "942150", "942260", "942430", "942440"] } as const;

/**
 * Fields of a request's body that hold what callers write: by the names of the top level, then by those inside of it. How
 * Azure spells the path of a nested field is not documented, so a field is excluded if its path has the name in it.
 */
export const DEFAULT_PROMPT_FIELDS = [
  "messages",
  "input",
  "prompt",
  "suffix",
  "instructions",
  "system",
  "tools",
  "functions",
  "response_format",
  "prediction",
  "metadata",
  "stop",
  "content",
  "text",
  "arguments",
  "output",
  "summary",
] as const;

/** Groups of the rule set whose rules take prompts for attacks. test/waf measures them; it has no rules of the last two. */
export const PROMPT_RULE_GROUPS = [
  "PROTOCOL-ATTACK",
  "LFI",
  "RFI",
  "RCE",
  "PHP",
  "NODEJS",
  "XSS",
  "SQLI",
  "FIX",
  "JAVA",
  "MS-ThreatIntel-AppSec",
  "MS-ThreatIntel-SQLI",
] as const;

/** A part of requests that a group of rules does not look at. */
export interface FirewallExclusion {
  readonly matchVariable: "RequestArgValues";
  readonly selectorMatchOperator: "Contains";
  /** The field's name. */
  readonly selector: string;
  readonly ruleGroups: readonly string[];
}

/** What keeps prompts from being taken for attacks: the same for the policy and for the test of it. */
export function promptExclusions(fields: readonly string[]): FirewallExclusion[] {
  return fields.map((selector) => ({
    matchVariable: "RequestArgValues",
    selectorMatchOperator: "Contains",
    selector,
    ruleGroups: PROMPT_RULE_GROUPS,
  }));
}
