import { type Problem, quote, type RangeRule, wholeNumber } from "./problem.js";

/** Whether a firewall blocks what its rules match, or only logs it. */
export const FIREWALL_MODES = ["Detection", "Prevention"] as const;
export type FirewallModeName = (typeof FIREWALL_MODES)[number];

/**
 * The newest managed rule set that azurerm 4.55 takes.
 * @see https://learn.microsoft.com/azure/web-application-firewall/ag/application-gateway-crs-rulegroups-rules
 */
export const MANAGED_RULE_SET = { type: "Microsoft_DefaultRuleSet", version: "2.1" } as const;

/** Rules of the managed set that do not count. */
export interface FirewallRuleOverride {
  readonly ruleGroup: string;
  readonly rules: readonly string[];
  /** Off, or on without a say in what is blocked. */
  readonly effect: "disabled" | "logged";
}

/**
 * What is changed in the managed rule set. Microsoft advises to disable the SQL rules, most of which its own replace. The
 * others look at a body as a whole, so that no exclusion of a field keeps prompts from them.
 * @see https://learn.microsoft.com/azure/web-application-firewall/ag/application-gateway-crs-rulegroups-rules
 */
export const RULE_OVERRIDES: readonly FirewallRuleOverride[] = [
  { ruleGroup: "SQLI", rules: ["942110", "942150", "942260", "942430", "942440"], effect: "disabled" },
  { ruleGroup: "PROTOCOL-ATTACK", rules: ["921110"], effect: "logged" },
  {
    ruleGroup: "JAVA",
    rules: ["944100", "944110", "944120", "944130", "944200", "944210", "944240", "944250"],
    effect: "logged",
  },
  { ruleGroup: "MS-ThreatIntel-AppSec", rules: ["99030002"], effect: "logged" },
];

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

/** Groups whose rules take prompts for attacks, as measured by test/waf, which has no counterpart of the last one. */
export const PROMPT_RULE_GROUPS = [
  "PROTOCOL-ENFORCEMENT",
  "PROTOCOL-ATTACK",
  "LFI",
  "RFI",
  "RCE",
  "PHP",
  "NODEJS",
  "XSS",
  "SQLI",
  "FIX",
  "MS-ThreatIntel-SQLI",
] as const;

/** A part of requests that some groups of rules do not look at. */
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

/** The largest body that a policy can limit requests to, and the deepest that its rules look, in KB. */
export const MAX_BODY_KB = 2_000;
export const DEFAULT_INSPECTED_BODY_KB = 128;
/** Size of a body, or of its part that rules look at. */
export const bodyKbProblem = wholeNumber(8, MAX_BODY_KB, "KB");
export const fileUploadMbProblem = wholeNumber(1, 4_000, "MB");
export const rateLimitRequestsProblem = wholeNumber(1, 1_000_000, "requests");

/** Minutes that a rate limit counts over, with Azure's words for them. */
export const RATE_LIMIT_DURATIONS = { 1: "OneMin", 5: "FiveMins" } as const;

export const rateLimitMinutesProblem: RangeRule = Object.assign(
  (minutes: number): Problem =>
    Object.hasOwn(RATE_LIMIT_DURATIONS, minutes)
      ? undefined
      : `${quote(minutes)} is not allowed; Azure counts over 1 or 5 minutes`,
  { min: 1, max: 5 },
);

/** Rules that would look deeper into a body than it can be long. */
export function inspectedBodyProblem(inspectedKb: number, maxKb: number | undefined): Problem {
  if (maxKb === undefined || inspectedKb <= maxKb) return undefined;
  return `${inspectedKb} KB is more than a body can have, as maxRequestBodyKb is ${maxKb}; lower it, or raise maxRequestBodyKb`;
}

/** The inspected part of a body where none is given. */
export function defaultInspectedBodyKb(maxKb: number | undefined): number {
  return Math.min(DEFAULT_INSPECTED_BODY_KB, maxKb ?? DEFAULT_INSPECTED_BODY_KB);
}

/**
 * Ranges in one condition of a rule.
 * @see https://learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits#azure-application-gateway-limits
 */
export const MAX_FIREWALL_CIDRS = 600;
/** Words in one condition, and conditions in one rule. */
export const MAX_MATCH_VALUES = 10;
export const MAX_MATCH_CONDITIONS = 10;
/** Exclusions of one gateway. */
export const MAX_EXCLUSIONS = 200;

/** A country as Azure's geographic match takes it. */
export function countryProblem(value: string): Problem {
  if (/^[A-Z]{2}$/.test(value)) return undefined;
  return `${quote(value)} is not a country code; write two capital letters (ISO 3166-1), such as "DE", or "ZZ" for addresses that belong to none`;
}

/** A name of a body's field, or a part of its path. */
export function promptFieldProblem(value: string): Problem {
  if (/^[A-Za-z_][\w.-]{0,99}$/.test(value)) return undefined;
  return `${quote(value)} is not a field's name; write letters, digits, underscores, periods and hyphens, such as "messages"`;
}

/** A list that no request could pass. */
export function allowsNobodyProblem(values: readonly string[]): Problem {
  return values.length === 0 ? "[] lets nobody in; list who may connect, or leave it out" : undefined;
}

/** A list that Azure does not take. */
export function tooLongProblem(values: readonly string[], max: number): Problem {
  return values.length <= max ? undefined : `${values.length} are too many; Azure allows ${max}`;
}

export function repeatedValueProblem(value: string): string {
  return `${quote(value)} is listed twice; list it once`;
}

/** What of a policy is legal but unwise, or surprising. */
export function firewallWarnings(policy: {
  readonly mode: string;
  readonly inspectedBodyKb: number;
  readonly maxRequestBodyKb: number | undefined;
  /** Props whose rules block requests. */
  readonly blocking: readonly string[];
}): string[] {
  const { mode, inspectedBodyKb, maxRequestBodyKb, blocking } = policy;
  return [
    inspectedBodyKb < (maxRequestBodyKb ?? Infinity) &&
      `inspectedBodyKb: rules look at the first ${inspectedBodyKb} KB of a body; what a longer prompt holds after that passes unseen`,
    maxRequestBodyKb !== undefined &&
      `maxRequestBodyKb: a longer request is refused with 413 in Prevention mode, and images in base64 exceed ${maxRequestBodyKb} KB soon; leave it out to let every size pass`,
    mode === "Detection" &&
      blocking.length > 0 &&
      `mode: it is Detection, so ${blocking.join(", ")} only log what they would block; set it to Prevention to enforce`,
  ].filter((warning) => warning !== false);
}

/** What every firewall does to requests, whatever its policy says. */
export const REQUEST_BUFFERING_WARNING =
  "firewallPolicy: a gateway with a firewall reads a request to its end before it forwards it, so large prompts and uploads reach the model later; responses stream as before";
