import { type NetworkSecurityGroupSecurityRule } from "@cdktf/provider-azurerm/lib/network-security-group";

/** Who may connect to which ports. */
export interface InboundClients {
  /** Ports that they connect to. */
  readonly ports: readonly number[];
  /** IPv4 ranges; absent where clients are not narrowed to ranges. */
  readonly cidrs: readonly string[] | undefined;
  /** Service tags; absent where clients are not narrowed to tags. */
  readonly serviceTags: readonly string[] | undefined;
  /** Whether a gateway has a public address. */
  readonly isPublic: boolean;
  /** Whether a gateway has a private address. */
  readonly isPrivate: boolean;
}

/** Service tags of the rules for clients, after that for ranges. */
const SERVICE_TAG_PRIORITY = 200;
const DENY_PRIORITY = 4_000;

/**
 * The rules that Azure asks for, and those for clients.
 *
 * Without a rule for the load balancer the gateway reports itself unhealthy; without one for its management, a gateway with a
 * public address fails. Azure's default rules let everybody in the virtual network in, so where clients of a private address
 * are narrowed, a last rule denies all others.
 */
export function inboundRules({
  ports,
  cidrs,
  serviceTags = [],
  isPublic,
  isPrivate,
}: InboundClients): NetworkSecurityGroupSecurityRule[] {
  const isNarrowed = cidrs !== undefined || serviceTags.length > 0;
  const anybody = isPublic ? "Internet" : "VirtualNetwork";
  const inbound = { direction: "Inbound", sourcePortRange: "*", destinationAddressPrefix: "*" };
  const clients = { ...inbound, protocol: "Tcp", destinationPortRanges: ports.map(String) };
  const allow = { ...inbound, access: "Allow" };
  return [
    ...(cidrs || !isNarrowed
      ? [
          {
            ...clients,
            name: "AllowClients",
            priority: 100,
            access: "Allow",
            ...(cidrs ? { sourceAddressPrefixes: [...cidrs] } : { sourceAddressPrefix: anybody }),
          },
        ]
      : []),
    ...serviceTags.map((tag, at) => ({
      ...clients,
      name: `AllowClients-${tag}`,
      priority: SERVICE_TAG_PRIORITY + at,
      access: "Allow",
      sourceAddressPrefix: tag,
    })),
    ...(isPublic
      ? [
          {
            ...allow,
            name: "AllowGatewayManager",
            priority: 110,
            protocol: "Tcp",
            sourceAddressPrefix: "GatewayManager",
            destinationPortRange: "65200-65535",
          },
        ]
      : []),
    {
      ...allow,
      name: "AllowAzureLoadBalancer",
      priority: 120,
      protocol: "*",
      sourceAddressPrefix: "AzureLoadBalancer",
      destinationPortRange: "*",
    },
    ...(isNarrowed && isPrivate
      ? [{ ...clients, name: "DenyOtherClients", priority: DENY_PRIORITY, access: "Deny", sourceAddressPrefix: "*" }]
      : []),
  ];
}
