import { z } from "zod";
import { cidrProblem } from "../rules/cidr.js";
import {
  bodyKbProblem,
  countryProblem,
  DEFAULT_INSPECTED_BODY_KB,
  DEFAULT_PROMPT_FIELDS,
  defaultInspectedBodyKb,
  fileUploadMbProblem,
  FIREWALL_MODES,
  type FirewallModeName,
  inspectedBodyProblem,
  MAX_EXCLUSIONS,
  MAX_FIREWALL_CIDRS,
  MAX_MATCH_CONDITIONS,
  MAX_MATCH_VALUES,
  promptFieldProblem,
  rateLimitMinutesProblem,
  rateLimitRequestsProblem,
  repeatedValueProblem,
} from "../rules/firewall.js";
import { clientCidrOverlaps } from "../rules/network.js";
import { RESOURCE_TYPES, resourceIdProblem } from "../rules/resource-id.js";
import { excludedBy } from "../rules/shape.js";
import { alternatives, range, refuseRepeated, relatedMembers, text } from "./fields.js";

/** The web application firewall of the gateway. */
export type WafConfig = ExistingPolicyConfig | NewPolicyConfig;

export interface ExistingPolicyConfig {
  readonly kind: "existing policy";
  readonly policyId: string;
}

export interface NewPolicyConfig {
  readonly kind: "new policy";
  readonly mode: FirewallModeName;
  readonly promptFields: readonly string[];
  readonly inspectedBodyKb: number;
  readonly maxRequestBodyKb?: number;
  readonly maxFileUploadMb?: number;
  readonly allowedClientCidrs?: readonly string[];
  readonly allowedCountries?: readonly string[];
  readonly rateLimit?: z.output<typeof rateLimitSchema>;
}

const rateLimitSchema = z
  .strictObject({
    requests: range(rateLimitRequestsProblem, "Requests of one client address"),
    minutes: range(rateLimitMinutesProblem, "The time that they are counted over: 1 or 5").default(1),
  })
  .meta({ description: "How many requests each client address may send", examples: [{ requests: 600 }] });

const addressesSchema = relatedMembers(
  z.array(text(cidrProblem, "IPv4 range")).min(1).max(MAX_FIREWALL_CIDRS),
  (ranges, add) => {
    for (const { at, problem } of clientCidrOverlaps(ranges.map(({ value }) => value)))
      add([ranges[at]?.at ?? at], problem);
  },
);

function words(member: z.ZodString, min: number, max: number) {
  return relatedMembers(z.array(member).min(min).max(max), (members, add) => {
    refuseRepeated(members, (value) => ({ value, field: [] }), repeatedValueProblem, add);
  });
}

export const wafSchema = alternatives(
  z.strictObject({
    policyId: text(
      resourceIdProblem(RESOURCE_TYPES.firewallPolicy),
      "An existing policy, in the gateway's region; default: one is created",
    ).optional(),
    mode: z
      .enum(FIREWALL_MODES)
      .optional()
      .describe("Whether requests that match are blocked (Prevention) or only logged; default: Detection"),
    promptFields: words(text(promptFieldProblem, "Part of the path of a field"), 0, MAX_EXCLUSIONS)
      .optional()
      .describe(
        `Fields of the body that hold what callers write, in which the rules against injection see attacks that are none; default: ${DEFAULT_PROMPT_FIELDS.join(", ")}`,
      ),
    inspectedBodyKb: range(
      bodyKbProblem,
      `How much of a body the rules look at; default: ${DEFAULT_INSPECTED_BODY_KB}, or maxRequestBodyKb if it is less`,
    ).optional(),
    maxRequestBodyKb: range(
      bodyKbProblem,
      "The longest body that is let through in Prevention mode, files in forms aside; default: any",
    ).optional(),
    maxFileUploadMb: range(
      fileUploadMbProblem,
      "The largest file in a form that is let through in Prevention mode; default: any",
    ).optional(),
    allowedClientCidrs: addressesSchema
      .optional()
      .describe("IPv4 ranges whose clients are let through; default: anybody"),
    allowedCountries: words(
      text(countryProblem, "Country code of ISO 3166-1, or ZZ for addresses that belong to none"),
      1,
      MAX_MATCH_VALUES * MAX_MATCH_CONDITIONS,
    )
      .optional()
      .describe("Countries whose clients are let through; default: any"),
    rateLimit: rateLimitSchema.optional(),
  }),
  ({ right, has }, add): WafConfig | undefined => {
    const { policyId, mode = "Detection", promptFields = [...DEFAULT_PROMPT_FIELDS], ...rest } = right;
    if (has("policyId")) {
      for (const key of OF_NEW_POLICY.filter(has))
        add([key], excludedBy("policyId", "whose settings are where the policy is created"));
      return policyId === undefined ? undefined : { kind: "existing policy", policyId };
    }
    const { inspectedBodyKb, maxRequestBodyKb } = rest;
    if (inspectedBodyKb !== undefined)
      add(["inspectedBodyKb"], inspectedBodyProblem(inspectedBodyKb, maxRequestBodyKb));
    return {
      kind: "new policy",
      ...rest,
      mode,
      promptFields,
      inspectedBodyKb: inspectedBodyKb ?? defaultInspectedBodyKb(maxRequestBodyKb),
    };
  },
).meta({
  description: "A web application firewall, which makes the gateway a WAF_v2; default: none",
  examples: [{ mode: "Detection" }],
});

const OF_NEW_POLICY = [
  "mode",
  "promptFields",
  "inspectedBodyKb",
  "maxRequestBodyKb",
  "maxFileUploadMb",
  "allowedClientCidrs",
  "allowedCountries",
  "rateLimit",
] as const;
