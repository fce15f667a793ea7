import { BlockList, isIP } from "node:net";
import { Duration } from "../duration.js";
import { type FirewallPolicyBlocks, type GatewayBlocks, readFirewallPolicyBlocks } from "./gateway-blocks.js";
import { type Firewall, type FirewallRule } from "./gateway-model.js";
import { type References, bareReference } from "./references.js";
import { type TerraformResource } from "./terraform-json.js";

/** What a policy says that is switched off. */
const OFF: Firewall = { mode: "Detection", rules: [], maximumRequestBodyBytes: undefined };

const WINDOWS = { OneMin: Duration.minutes(1), FiveMins: Duration.minutes(5) } as const;

type CustomRule = FirewallPolicyBlocks["custom_rules"][number];

/** Reads firewall policies by the ids that a gateway, its listeners and its path rules refer to them with. */
export class FirewallPolicies {
  /** Policies that are not in the file, by their ids, and custom rules that the model has no place for. */
  readonly ignored = new Set<string>();

  constructor(
    private readonly references: References,
    private readonly resources: readonly TerraformResource[],
  ) {}

  /** @throws SynthesizedError for a policy with a wrong argument */
  policy(policyId: string | undefined): Firewall | undefined {
    if (policyId === undefined) return undefined;
    const addresses = this.references.mentionedIn(policyId).map(({ resource }) => resource.address);
    const policy = this.resources.find(({ address, body }) => addresses.includes(address) || body["id"] === policyId);
    if (policy === undefined) {
      this.ignored.add(`the firewall policy ${bareReference(policyId) ?? policyId}, which is not in the file`);
      return undefined;
    }
    return this.firewallOf(readFirewallPolicyBlocks(policy));
  }

  /** The gateway's own: its policy, or the older block. */
  ofGateway(blocks: GatewayBlocks): Firewall | undefined {
    const old = blocks.waf_configuration.find(({ enabled }) => enabled);
    if (old === undefined) return this.policy(blocks.firewall_policy_id);
    const bytes = old.request_body_check ? old.max_request_body_size_kb * 1_024 : undefined;
    return { mode: old.firewall_mode, rules: [], maximumRequestBodyBytes: bytes };
  }

  private firewallOf({ policy_settings: [settings], custom_rules }: FirewallPolicyBlocks): Firewall {
    if (settings === undefined || !settings.enabled) return OFF;
    const bytes = settings.request_body_enforcement ? settings.max_request_body_size_in_kb * 1_024 : undefined;
    const enabled = custom_rules.filter((rule) => rule.enabled).sort((a, b) => a.priority - b.priority);
    const rules = enabled.flatMap((rule) => this.ruleOf(rule) ?? []);
    return { mode: settings.mode, rules, maximumRequestBodyBytes: bytes };
  }

  private ruleOf(rule: CustomRule): FirewallRule | undefined {
    const { name = `with the priority ${rule.priority}`, action, group_rate_limit_by: group = "ClientAddr" } = rule;
    const goesByAddress = rule.match_conditions.every(
      ({ operator, match_variables: variables, match_values: values }) =>
        operator === "IPMatch" &&
        variables.every((each) => each.variable_name === "RemoteAddr") &&
        values.every(isRange),
    );
    const isLimit = rule.rule_type === "RateLimitRule";
    if (!goesByAddress || action === "JSChallenge" || (isLimit && !["ClientAddr", "None"].includes(group))) {
      this.ignored.add(`the firewall's custom rule ${name}, which does not go by clients' addresses alone`);
      return undefined;
    }
    return {
      name,
      action,
      conditions: rule.match_conditions.map(({ match_values: ranges, negation_condition: negate }) => ({
        ranges,
        negate,
      })),
      rateLimit: isLimit
        ? {
            requests: rule.rate_limit_threshold ?? 1,
            window: WINDOWS[rule.rate_limit_duration ?? "OneMin"],
            perClient: group === "ClientAddr",
          }
        : undefined,
    };
  }
}

/** Whether a text is an address, or a range in CIDR notation. */
function isRange(text: string): boolean {
  return addToList(new BlockList(), text);
}

/**
 * Adds an address or a range to a list.
 * @returns false for any other text
 */
export function addToList(list: BlockList, text: string): boolean {
  const [address = "", length, ...rest] = text.split("/");
  const version = isIP(address);
  const family = version === 6 ? "ipv6" : "ipv4";
  if (version === 0 || rest.length > 0) return false;
  if (length === undefined) list.addAddress(address, family);
  else if (/^\d{1,3}$/.test(length) && Number(length) <= (version === 6 ? 128 : 32))
    list.addSubnet(address, Number(length), family);
  else return false;
  return true;
}
