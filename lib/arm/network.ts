import { type Block } from "./block.js";
import { type Value, isExpression } from "./expression.js";
import { type ResourceType, ownGroup, ownName, placement } from "./resource-type.js";

const API_VERSION = "2025-01-01";

export const VIRTUAL_NETWORK: ResourceType = {
  type: "Microsoft.Network/virtualNetworks",
  apiVersion: API_VERSION,
  names: ownName,
  group: ownGroup,
  attributes: { guid: "resourceGuid" },
  render: (block) => ({
    ...placement(block),
    properties: {
      addressSpace: { addressPrefixes: block.texts("address_space") },
      dhcpOptions: { dnsServers: block.texts("dns_servers") },
      privateEndpointVNetPolicies: block.optionalText("private_endpoint_vnet_policies") ?? "Disabled",
      // No `subnets`, where azurerm sends an empty list: an update of the deployment would then delete those of the network.
      // https://learn.microsoft.com/azure/azure-resource-manager/bicep/scenarios-virtual-networks
    },
  }),
};

export const SUBNET: ResourceType = {
  type: "Microsoft.Network/virtualNetworks/subnets",
  apiVersion: API_VERSION,
  names: (block) => [block.text("virtual_network_name"), block.text("name")],
  group: ownGroup,
  attributes: {},
  oneAtATime: true,
  render: (block, self, stack) => {
    const prefixes = block.texts("address_prefixes");
    const [only, ...more] = isExpression(prefixes) ? [] : prefixes;
    const securityGroup = stack.securityGroupOf(self);
    return {
      properties: {
        ...(only !== undefined && more.length === 0 ? { addressPrefix: only } : { addressPrefixes: prefixes }),
        defaultOutboundAccess: block.flag("default_outbound_access_enabled", true),
        delegations: block.blocks("delegation").map(delegation),
        ...(securityGroup !== undefined && { networkSecurityGroup: { id: securityGroup } }),
        privateEndpointNetworkPolicies: block.optionalText("private_endpoint_network_policies") ?? "Disabled",
        privateLinkServiceNetworkPolicies: block.knownFlag("private_link_service_network_policies_enabled", true)
          ? "Enabled"
          : "Disabled",
        serviceEndpointPolicies: block.items("service_endpoint_policy_ids").map((id) => ({ id })),
        serviceEndpoints: block.items("service_endpoints").map((service) => ({ service })),
        sharingScope: block.optionalText("sharing_scope") ?? "",
      },
    };
  },
};

function delegation(block: Block): Value {
  const service = block.block("service_delegation");
  if (service === undefined) throw block.problem("service_delegation", "is missing");
  return {
    name: block.text("name"),
    properties: { actions: service.texts("actions"), serviceName: service.text("name") },
  };
}

export const PUBLIC_ADDRESS: ResourceType = {
  type: "Microsoft.Network/publicIPAddresses",
  apiVersion: API_VERSION,
  names: ownName,
  group: ownGroup,
  attributes: { ip_address: "ipAddress", fqdn: "dnsSettings.fqdn" },
  render: (block) => {
    const label = block.optionalText("domain_name_label");
    const reverse = block.optionalText("reverse_fqdn");
    const scope = block.optionalText("domain_name_label_scope");
    return {
      ...placement(block),
      sku: { name: block.optionalText("sku") ?? "Standard", tier: block.optionalText("sku_tier") ?? "Regional" },
      zones: block.optionalTexts("zones"),
      properties: {
        ddosSettings: { protectionMode: block.optionalText("ddos_protection_mode") ?? "VirtualNetworkInherited" },
        ...((label ?? reverse ?? scope) !== undefined && {
          dnsSettings: { domainNameLabel: label, domainNameLabelScope: scope, reverseFqdn: reverse },
        }),
        idleTimeoutInMinutes: block.number("idle_timeout_in_minutes", 4),
        publicIPAddressVersion: block.optionalText("ip_version") ?? "IPv4",
        publicIPAllocationMethod: block.text("allocation_method"),
      },
    };
  },
};

export const SECURITY_GROUP: ResourceType = {
  type: "Microsoft.Network/networkSecurityGroups",
  apiVersion: API_VERSION,
  names: ownName,
  group: ownGroup,
  attributes: {},
  render: (block) => ({
    ...placement(block),
    properties: { securityRules: block.blocks("security_rule").map(securityRule) },
  }),
};

function securityRule(block: Block): Value {
  return {
    name: block.text("name"),
    properties: {
      access: block.text("access"),
      description: block.optionalText("description"),
      destinationAddressPrefix: block.optionalText("destination_address_prefix") ?? "",
      destinationAddressPrefixes: block.optionalTexts("destination_address_prefixes"),
      destinationPortRange: block.optionalText("destination_port_range") ?? "",
      destinationPortRanges: block.optionalTexts("destination_port_ranges"),
      direction: block.text("direction"),
      priority: block.number("priority"),
      protocol: block.text("protocol"),
      sourceAddressPrefix: block.optionalText("source_address_prefix") ?? "",
      sourceAddressPrefixes: block.optionalTexts("source_address_prefixes"),
      sourcePortRange: block.optionalText("source_port_range") ?? "",
      sourcePortRanges: block.optionalTexts("source_port_ranges"),
    },
  };
}
