import {
  type WebApplicationFirewallPolicyCustomRules,
  type WebApplicationFirewallPolicyManagedRules,
} from "@cdktf/provider-azurerm/lib/web-application-firewall-policy";
import { Token } from "cdktf";
import {
  MANAGED_RULE_SET,
  MAX_MATCH_VALUES,
  promptExclusions,
  RATE_LIMIT_DURATIONS,
  RULE_OVERRIDES,
} from "../rules/firewall.js";

type CustomRule = WebApplicationFirewallPolicyCustomRules;

/** Microsoft's rule set, without what takes prompts for attacks. */
export function managedRules(promptFields: readonly string[]): WebApplicationFirewallPolicyManagedRules {
  return {
    managedRuleSet: [
      {
        ...MANAGED_RULE_SET,
        ruleGroupOverride: RULE_OVERRIDES.map(({ ruleGroup, rules, effect }) => ({
          ruleGroupName: ruleGroup,
          rule: rules.map((id) =>
            effect === "logged" ? { id, enabled: true, action: "Log" } : { id, enabled: false },
          ),
        })),
      },
    ],
    exclusion: promptExclusions(promptFields).map(({ ruleGroups, ...exclusion }) => ({
      ...exclusion,
      excludedRuleSet: {
        ...MANAGED_RULE_SET,
        ruleGroup: ruleGroups.map((ruleGroupName) => ({ ruleGroupName })),
      },
    })),
  };
}

/** Lower priorities run first: who is let in at all comes before how often. */
function rule(name: string, priority: number) {
  return { name, priority, enabled: true, action: "Block" };
}

/** Blocks clients outside of these ranges. */
export function allowedClientsRule(cidrs: readonly string[]): CustomRule {
  return { ...rule("AllowedClients", 10), ruleType: "MatchRule", matchConditions: [noneOf("IPMatch", cidrs)] };
}

/** Blocks clients outside of these countries. The conditions all have to hold: a client that is in none of the portions. */
export function allowedCountriesRule(countries: readonly string[]): CustomRule {
  const matchConditions = portions(countries).map((portion) => noneOf("GeoMatch", portion));
  return { ...rule("AllowedCountries", 20), ruleType: "MatchRule", matchConditions };
}

/** Blocks a client that sends more requests than this. */
export function rateLimitRule(requests: number, minutes: keyof typeof RATE_LIMIT_DURATIONS): CustomRule {
  return {
    ...rule("RateLimit", 30),
    ruleType: "RateLimitRule",
    rateLimitDuration: RATE_LIMIT_DURATIONS[minutes],
    rateLimitThreshold: requests,
    groupRateLimitBy: "ClientAddr",
    // Everybody: Microsoft's own way to write a condition that always holds.
    matchConditions: [noneOf("IPMatch", ["255.255.255.255/32"])],
  };
}

function noneOf(operator: string, matchValues: readonly string[]) {
  return {
    matchVariables: [{ variableName: "RemoteAddr" }],
    operator,
    negationCondition: true,
    matchValues: [...matchValues],
  };
}

function portions(values: readonly string[]): string[][] {
  if (Token.isUnresolved(values)) return [[...values]];
  const count = Math.ceil(values.length / MAX_MATCH_VALUES);
  return Array.from({ length: count }, (_, at) => values.slice(at * MAX_MATCH_VALUES, (at + 1) * MAX_MATCH_VALUES));
}
