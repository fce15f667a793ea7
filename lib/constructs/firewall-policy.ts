import {
  WebApplicationFirewallPolicy,
  type WebApplicationFirewallPolicyCustomRules,
} from "@cdktf/provider-azurerm/lib/web-application-firewall-policy";
import { Token } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { type Duration } from "../duration.js";
import { cidrProblem } from "../rules/cidr.js";
import {
  allowsNobodyProblem,
  bodyKbProblem,
  countryProblem,
  DEFAULT_PROMPT_FIELDS,
  defaultInspectedBodyKb,
  fileUploadMbProblem,
  firewallWarnings,
  inspectedBodyProblem,
  MAX_BODY_KB,
  MAX_EXCLUSIONS,
  MAX_FIREWALL_CIDRS,
  MAX_MATCH_CONDITIONS,
  MAX_MATCH_VALUES,
  promptFieldProblem,
  type RATE_LIMIT_DURATIONS,
  rateLimitMinutesProblem,
  rateLimitRequestsProblem,
  repeatedValueProblem,
  tooLongProblem,
} from "../rules/firewall.js";
import { clientCidrOverlaps } from "../rules/network.js";
import { duplicates, type Rule } from "../rules/problem.js";
import { RESOURCE_TYPES } from "../rules/resource-id.js";
import { nameProblem } from "../rules/resource-name.js";
import { claimName } from "./claimed-name.js";
import { allowedClientsRule, allowedCountriesRule, managedRules, rateLimitRule } from "./firewall-rules.js";
import { type Placement, placement } from "./placement.js";
import { checkedResourceId, isAnyUnresolved, refuse, secondsOf, validate, validateAll } from "./validation.js";
import { warn } from "./warning.js";

/** What a firewall does with a request that its rules match. */
export enum FirewallMode {
  /** Logs it. */
  DETECTION = "Detection",
  /** Refuses it with 403. */
  PREVENTION = "Prevention",
}

/** A web application firewall's policy, created by this app or existing. */
export interface IFirewallPolicy extends IConstruct {
  /** The Azure resource id. */
  readonly firewallPolicyId: string;
}

/** What has to be known of an existing policy. */
export interface FirewallPolicyAttributes {
  /** The Azure resource id. */
  readonly firewallPolicyId: string;
}

/** How many requests a client may send. */
export interface FirewallRateLimit {
  /** Requests of one client address; 1 to 1000000. */
  readonly requests: number;
  /**
   * The time that they are counted over: 1 minute or 5.
   *
   * @default Duration.minutes(1)
   */
  readonly per?: Duration;
}

/** What can be chosen about a policy. */
export interface FirewallPolicyOptions {
  /**
   * Whether requests that match are blocked, or only logged. Begin with the default, and read the log before you change it.
   *
   * @default FirewallMode.DETECTION
   */
  readonly mode?: FirewallMode;
  /**
   * Fields of the body that hold what callers write, in which the rules against injection see attacks that are none: each is a
   * part of the field's path.
   *
   * @default - those of Azure OpenAI's operations, such as "messages" and "input"
   */
  readonly promptFields?: readonly string[];
  /**
   * How much of a body the rules look at, in KB; 8 to 2000.
   *
   * @default - 128, or maxRequestBodyKb if it is less
   */
  readonly inspectedBodyKb?: number;
  /**
   * The longest body that is let through in Prevention mode, in KB; 8 to 2000. Files in forms have a limit of their own.
   *
   * @default - any
   */
  readonly maxRequestBodyKb?: number;
  /**
   * The largest file in a form that is let through in Prevention mode, in MB; 1 to 4000.
   *
   * @default - any
   */
  readonly maxFileUploadMb?: number;
  /**
   * IPv4 ranges whose clients are let through, at most 600.
   *
   * @default - anybody
   */
  readonly allowedClientCidrs?: readonly string[];
  /**
   * Countries whose clients are let through, by their two letters (ISO 3166-1), at most 100; addresses that belong to no
   * country, private ones among them, are "ZZ".
   *
   * @default - any
   */
  readonly allowedCountries?: readonly string[];
  /**
   * How many requests each client address may send. Azure counts for each listener, and not exactly.
   *
   * @default - any number
   */
  readonly rateLimit?: FirewallRateLimit;
}

/** Props of {@link FirewallPolicy}. */
export interface FirewallPolicyProps extends Placement, FirewallPolicyOptions {
  /** 1 to 80 letters, digits, underscores, periods and hyphens. */
  readonly name: string;
}

/**
 * A web application firewall's policy that is fit for prompts: Microsoft's rule set, with exclusions for what callers write.
 *
 * One policy can serve several gateways of its region.
 *
 * @see https://learn.microsoft.com/azure/web-application-firewall/ag/policy-overview
 */
export class FirewallPolicy extends Construct implements IFirewallPolicy {
  /**
   * An existing policy.
   * @throws ValidationError when the id is malformed.
   */
  static fromFirewallPolicyAttributes(
    scope: Construct,
    id: string,
    attributes: FirewallPolicyAttributes,
  ): IFirewallPolicy {
    return new ImportedFirewallPolicy(scope, id, attributes);
  }

  private readonly resource: WebApplicationFirewallPolicy;

  /** @throws ValidationError for anything that Azure would refuse. */
  constructor(scope: Construct, id: string, props: FirewallPolicyProps) {
    super(scope, id);
    const { mode = FirewallMode.DETECTION, maxRequestBodyKb, maxFileUploadMb } = props;
    const { promptFields = DEFAULT_PROMPT_FIELDS } = props;
    const place = placement(this, props);
    validate(this, "name", props.name, nameProblem("firewallPolicy"));
    claimName(this, "web application firewall policy", props.name, place.resourceGroupName);
    validate(this, "maxRequestBodyKb", maxRequestBodyKb, bodyKbProblem);
    validate(this, "maxFileUploadMb", maxFileUploadMb, fileUploadMbProblem);
    const inspectedBodyKb = this.inspectedBodyKb(props);
    checkList(this, "promptFields", promptFields, promptFieldProblem, MAX_EXCLUSIONS);
    const customRules = this.customRules(props);

    this.resource = new WebApplicationFirewallPolicy(this, "Resource", {
      name: props.name,
      ...place,
      policySettings: {
        enabled: true,
        mode,
        requestBodyCheck: true,
        requestBodyInspectLimitInKb: inspectedBodyKb,
        requestBodyEnforcement: maxRequestBodyKb !== undefined,
        maxRequestBodySizeInKb: maxRequestBodyKb ?? MAX_BODY_KB,
        fileUploadEnforcement: maxFileUploadMb !== undefined,
        fileUploadLimitInMb: maxFileUploadMb ?? fileUploadMbProblem.max,
      },
      ...(customRules.length > 0 && { customRules }),
      managedRules: managedRules(promptFields),
    });
    for (const warning of firewallWarnings({ mode, inspectedBodyKb, maxRequestBodyKb, blocking: blockingProps(props) }))
      warn(this, warning);
  }

  /** The Azure resource id. */
  get firewallPolicyId(): string {
    return this.resource.id;
  }

  private inspectedBodyKb({ inspectedBodyKb, maxRequestBodyKb }: FirewallPolicyProps): number {
    if (inspectedBodyKb === undefined)
      return defaultInspectedBodyKb(Token.isUnresolved(maxRequestBodyKb) ? undefined : maxRequestBodyKb);
    validate(this, "inspectedBodyKb", inspectedBodyKb, bodyKbProblem);
    if (!isAnyUnresolved(inspectedBodyKb, maxRequestBodyKb))
      refuse(this, "inspectedBodyKb", inspectedBodyProblem(inspectedBodyKb, maxRequestBodyKb));
    return inspectedBodyKb;
  }

  private customRules({ allowedClientCidrs, allowedCountries, rateLimit }: FirewallPolicyProps) {
    const rules: WebApplicationFirewallPolicyCustomRules[] = [];
    if (allowedClientCidrs !== undefined) {
      checkList(this, "allowedClientCidrs", allowedClientCidrs, cidrProblem, MAX_FIREWALL_CIDRS);
      refuse(this, "allowedClientCidrs", allowsNobodyProblem(allowedClientCidrs));
      if (!isAnyUnresolved(allowedClientCidrs))
        refuse(this, "allowedClientCidrs", clientCidrOverlaps(allowedClientCidrs)[0]?.problem);
      rules.push(allowedClientsRule(allowedClientCidrs));
    }
    if (allowedCountries !== undefined) {
      const most = MAX_MATCH_VALUES * MAX_MATCH_CONDITIONS;
      checkList(this, "allowedCountries", allowedCountries, countryProblem, most);
      refuse(this, "allowedCountries", allowsNobodyProblem(allowedCountries));
      rules.push(allowedCountriesRule(allowedCountries));
    }
    if (rateLimit !== undefined) rules.push(this.rateLimitRule(rateLimit));
    return rules;
  }

  private rateLimitRule({ requests, per }: FirewallRateLimit): WebApplicationFirewallPolicyCustomRules {
    validate(this, "rateLimit.requests", requests, rateLimitRequestsProblem);
    const minutes = per === undefined ? 1 : secondsOf(this, "rateLimit.per", per, () => undefined) / 60;
    refuse(this, "rateLimit.per", rateLimitMinutesProblem(minutes));
    return rateLimitRule(requests, minutes as keyof typeof RATE_LIMIT_DURATIONS);
  }
}

class ImportedFirewallPolicy extends Construct implements IFirewallPolicy {
  readonly firewallPolicyId: string;

  constructor(scope: Construct, id: string, { firewallPolicyId }: FirewallPolicyAttributes) {
    super(scope, id);
    this.firewallPolicyId = checkedResourceId(
      this,
      "firewallPolicyId",
      firewallPolicyId,
      RESOURCE_TYPES.firewallPolicy,
    );
  }
}

function checkList(scope: IConstruct, prop: string, values: readonly string[], each: Rule<string>, max: number): void {
  validate(scope, prop, values, (list) => tooLongProblem(list, max));
  validateAll(scope, prop, values, each);
  const [repeated] = isAnyUnresolved(values) ? [] : duplicates(values);
  if (repeated) refuse(scope, prop, repeatedValueProblem(values[repeated.at] ?? ""));
}

function blockingProps(props: FirewallPolicyOptions): string[] {
  return (["allowedClientCidrs", "allowedCountries", "rateLimit"] as const).filter((prop) => props[prop] !== undefined);
}
