import { type FirewallPolicyBlocks, type GatewayBlocks, readFirewallPolicyBlocks } from "./gateway-blocks.js";
import { type FirewallLimits } from "./gateway-model.js";
import { type References, bareReference } from "./references.js";
import { type TerraformResource } from "./terraform-json.js";

/** What a policy says that is switched off. */
const NO_LIMITS: FirewallLimits = { mode: "Detection", maximumRequestBodyBytes: undefined };

/** Reads firewall policies by the ids that a gateway, its listeners and its path rules refer to them with. */
export class FirewallPolicies {
  /** Policies that are not in the file, by their ids. */
  readonly unknown = new Set<string>();

  constructor(
    private readonly references: References,
    private readonly resources: readonly TerraformResource[],
  ) {}

  /** @throws SynthesizedError for a policy with a wrong argument */
  limits(policyId: string | undefined): FirewallLimits | undefined {
    if (policyId === undefined) return undefined;
    const addresses = this.references.mentionedIn(policyId).map(({ resource }) => resource.address);
    const policy = this.resources.find(({ address, body }) => addresses.includes(address) || body["id"] === policyId);
    if (policy === undefined) {
      this.unknown.add(bareReference(policyId) ?? policyId);
      return undefined;
    }
    return limitsOf(readFirewallPolicyBlocks(policy));
  }

  /** The gateway's own: its policy, or the older block. */
  gatewayLimits(blocks: GatewayBlocks): FirewallLimits | undefined {
    const old = blocks.waf_configuration.find(({ enabled }) => enabled);
    if (old === undefined) return this.limits(blocks.firewall_policy_id);
    const bytes = old.request_body_check ? old.max_request_body_size_kb * 1_024 : undefined;
    return { mode: old.firewall_mode, maximumRequestBodyBytes: bytes };
  }
}

function limitsOf({ policy_settings: [settings] }: FirewallPolicyBlocks): FirewallLimits {
  if (settings === undefined || !settings.enabled) return NO_LIMITS;
  const bytes = settings.request_body_enforcement ? settings.max_request_body_size_in_kb * 1_024 : undefined;
  return { mode: settings.mode, maximumRequestBodyBytes: bytes };
}
