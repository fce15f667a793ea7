import { principalIdAttributeProblem, resourceIdAttributeProblem } from "./attribute.js";
import { type Problem, quote, type Rule } from "./problem.js";

/** An Azure Resource Manager id, parsed. */
export interface ResourceId {
  /** With Azure's own spelling of the fixed parts, which the provider requires. */
  readonly id: string;
  readonly subscriptionId: string;
  readonly resourceGroupName: string;
  /** The last name. */
  readonly name: string;
}

/** Types of resources that are given by id, in Azure's spelling. */
export const RESOURCE_TYPES = {
  account: "Microsoft.CognitiveServices/accounts",
  actionGroup: "Microsoft.Insights/actionGroups",
  firewallPolicy: "Microsoft.Network/applicationGatewayWebApplicationFirewallPolicies",
  gateway: "Microsoft.Network/applicationGateways",
  identity: "Microsoft.ManagedIdentity/userAssignedIdentities",
  keyVault: "Microsoft.KeyVault/vaults",
  natGateway: "Microsoft.Network/natGateways",
  privateDnsZone: "Microsoft.Network/privateDnsZones",
  publicIpAddress: "Microsoft.Network/publicIPAddresses",
  publicIpPrefix: "Microsoft.Network/publicIPPrefixes",
  subnet: "Microsoft.Network/virtualNetworks/subnets",
  workspace: "Microsoft.OperationalInsights/workspaces",
  virtualNetwork: "Microsoft.Network/virtualNetworks",
} as const;

export type ResourceType = (typeof RESOURCE_TYPES)[keyof typeof RESOURCE_TYPES];

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function guidProblem(value: string): Problem {
  if (GUID.test(value)) return undefined;
  return `${quote(value)} is not a GUID; write 32 hexadecimal digits such as "00000000-0000-0000-0000-000000000000"`;
}

/** The object id of a user, group or service principal. */
export const principalIdProblem: Rule<string> = Object.assign(
  (value: string): Problem =>
    GUID.test(value)
      ? undefined
      : `${quote(value)} is not a GUID; write the object id of the user, group or service principal (\`az ad user show\`, \`az ad sp show\`), not its name or application id`,
  { ofAttribute: principalIdAttributeProblem },
);

/**
 * Names that Azure keeps for the subnets of other services: no gateway can be in one of them.
 * @see https://learn.microsoft.com/azure/virtual-network/virtual-network-for-azure-services
 */
const RESERVED_SUBNET_NAMES = [
  "GatewaySubnet",
  "AzureFirewallSubnet",
  "AzureFirewallManagementSubnet",
  "AzureBastionSubnet",
  "RouteServerSubnet",
];

/** The id of a resource of this type. */
export function resourceIdProblem(type: ResourceType): Rule<string> {
  const check = (value: string): Problem => {
    const example = `write "${format(
      "00000000-0000-0000-0000-000000000000",
      "…",
      type,
      type
        .split("/")
        .slice(1)
        .map(() => "…"),
    )}"`;
    const match = pattern(type).exec(value);
    if (!match) return `${quote(value)} is not the id of a ${type}; ${example}`;
    if (guidProblem(match[1] ?? "")) return `${quote(value)} has a subscription that is not a GUID; ${example}`;
    const name = match.at(-1)?.toLowerCase();
    const reserved =
      type === RESOURCE_TYPES.subnet && RESERVED_SUBNET_NAMES.find((other) => other.toLowerCase() === name);
    return reserved
      ? `${quote(value)} is a subnet that Azure reserves for another service; use one for gateways only`
      : undefined;
  };
  return Object.assign(check, { ofAttribute: resourceIdAttributeProblem(type) });
}

/** @throws TypeError when the text is not such an id; check it with {@link resourceIdProblem} first. */
export function parseResourceId(value: string, type: ResourceType): ResourceId {
  const match = pattern(type).exec(value);
  if (!match) throw new TypeError(`${quote(value)} is not the id of a ${type}`);
  const [subscriptionId = "", resourceGroupName = "", ...names] = match.slice(1);
  return {
    id: format(subscriptionId, resourceGroupName, type, names),
    subscriptionId,
    resourceGroupName,
    name: names.at(-1) ?? "",
  };
}

function pattern(type: ResourceType): RegExp {
  const [provider = "", ...kinds] = type.split("/");
  const tail = kinds.map((kind) => `/${kind}/([-\\w.()]+)`).join("");
  return new RegExp(
    `^/subscriptions/([^/]+)/resourceGroups/([-\\w.()]*[-\\w()])/providers/${provider.replace(".", "\\.")}${tail}$`,
    "i",
  );
}

function format(
  subscriptionId: string,
  resourceGroupName: string,
  type: ResourceType,
  names: readonly string[],
): string {
  const [provider = "", ...kinds] = type.split("/");
  const tail = kinds.map((kind, at) => `/${kind}/${names[at] ?? ""}`).join("");
  return `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroupName}/providers/${provider}${tail}`;
}
