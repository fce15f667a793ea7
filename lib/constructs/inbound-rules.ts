import { type NetworkSecurityGroupSecurityRule } from "@cdktf/provider-azurerm/lib/network-security-group";

/** The service tag for anybody. */
const DEFAULT_CLIENTS = "Internet";

/** The rules that Azure asks for: without the last two the gateway fails or reports itself unhealthy. */
export function inboundRules(
  listenerPorts: readonly number[],
  clients: readonly string[] | undefined,
): NetworkSecurityGroupSecurityRule[] {
  const inbound = {
    direction: "Inbound",
    access: "Allow",
    sourcePortRange: "*",
    destinationAddressPrefix: "*",
  };
  return [
    {
      ...inbound,
      name: "AllowClients",
      priority: 100,
      protocol: "Tcp",
      ...(clients ? { sourceAddressPrefixes: [...clients] } : { sourceAddressPrefix: DEFAULT_CLIENTS }),
      destinationPortRanges: listenerPorts.map(String),
    },
    {
      ...inbound,
      name: "AllowGatewayManager",
      priority: 110,
      protocol: "Tcp",
      sourceAddressPrefix: "GatewayManager",
      destinationPortRange: "65200-65535",
    },
    {
      ...inbound,
      name: "AllowAzureLoadBalancer",
      priority: 120,
      protocol: "*",
      sourceAddressPrefix: "AzureLoadBalancer",
      destinationPortRange: "*",
    },
  ];
}
