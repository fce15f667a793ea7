import { NetworkSecurityGroup } from "@cdktf/provider-azurerm/lib/network-security-group";
import { PublicIp } from "@cdktf/provider-azurerm/lib/public-ip";
import { Subnet } from "@cdktf/provider-azurerm/lib/subnet";
import { SubnetNetworkSecurityGroupAssociation } from "@cdktf/provider-azurerm/lib/subnet-network-security-group-association";
import { VirtualNetwork } from "@cdktf/provider-azurerm/lib/virtual-network";
import { Annotations, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { addressSpaceProblem, cidrProblem } from "../rules/cidr.js";
import { gatewaySubnetProblem, gatewaySubnetWarning, type InstanceRange, portProblem } from "../rules/gateway.js";
import { addressSpaceOverlaps, clientCidrOverlaps, clientCidrsProblem, gatewayAddresses } from "../rules/network.js";
import { DEFAULT_ADDRESS_SPACE } from "../rules/defaults.js";
import { RESOURCE_TYPES } from "../rules/resource-id.js";
import { nameProblem } from "../rules/resource-name.js";
import { type Placement, placement } from "./placement.js";
import { checkedResourceId, isAnyUnresolved, refuse, validate, validateAll, ValidationError } from "./validation.js";

/** The service tag for anybody. */
const DEFAULT_CLIENTS = "Internet";

export interface GatewayNetworkProps extends Placement {
  /** Prefix of the names: `vnet-<name>`, `nsg-<name>`, `pip-<name>`. */
  readonly name: string;
  /** Ports that clients connect to. */
  readonly listenerPorts: readonly number[];
  /** The instances that the subnet must have room for. */
  readonly instances: InstanceRange;
  /**
   * An existing subnet, for gateways only and delegated to `Microsoft.Network/applicationGateways`.
   * Its security group is its owner's.
   * @default a network, subnet and security group are made here
   */
  readonly subnetId?: string;
  /**
   * IPv4 ranges of the network made here.
   * @default ["10.0.0.0/16"]
   */
  readonly addressSpace?: readonly string[];
  /**
   * The gateway's subnet, /27 or larger.
   * @default the first /24 of the address space
   */
  readonly gatewaySubnetPrefix?: string;
  /**
   * IPv4 ranges whose clients may connect to the listener.
   * @default anybody on the Internet
   */
  readonly allowedClientCidrs?: readonly string[];
  /**
   * First label of a host name under `<location>.cloudapp.azure.com`.
   * @default none
   */
  readonly dnsLabel?: string;
}

/**
 * Where the gateway lives: a subnet of its own with exactly the inbound rules that it needs, and a public address.
 * @see https://learn.microsoft.com/azure/application-gateway/configuration-infrastructure
 */
export class GatewayNetwork extends Construct {
  readonly subnetId: string;
  /** What has to be in place before a gateway is put into the subnet. */
  readonly dependencies: readonly ITerraformDependable[];
  private readonly publicIp: PublicIp;

  /** @throws ValidationError for anything that Azure would refuse. */
  constructor(scope: Construct, id: string, props: GatewayNetworkProps) {
    super(scope, id);
    validate(this, "name", props.name, nameProblem("prefix"));
    validate(this, "dnsLabel", props.dnsLabel, nameProblem("dnsLabel"));
    if (props.listenerPorts.length === 0) {
      throw new ValidationError(this, "listenerPorts: [] lets nobody connect; list the listener's ports, such as 443");
    }
    for (const port of props.listenerPorts) validate(this, "listenerPorts", port, portProblem);
    const place = placement(this, props);

    this.publicIp = new PublicIp(this, "PublicAddress", {
      name: `pip-${props.name}`,
      ...place,
      sku: "Standard",
      allocationMethod: "Static",
      domainNameLabel: props.dnsLabel,
    });
    if (props.subnetId !== undefined) {
      this.subnetId = this.existingSubnet(props.subnetId, props);
      this.dependencies = [];
    } else {
      const { subnet, association } = this.makeNetwork(props, place);
      this.subnetId = subnet.id;
      this.dependencies = [association];
    }
  }

  get publicIpAddressId(): string {
    return this.publicIp.id;
  }

  /** The gateway's address: where clients connect, and where its requests to public backends come from. */
  get publicIpAddress(): string {
    return this.publicIp.ipAddress;
  }

  /** The host name that Azure gives the address; empty without a DNS label. */
  get publicFqdn(): string {
    return this.publicIp.fqdn;
  }

  private existingSubnet(subnetId: string, props: GatewayNetworkProps): string {
    const madeHere = ["addressSpace", "gatewaySubnetPrefix", "allowedClientCidrs"] as const;
    const unused = madeHere.filter((prop) => props[prop] !== undefined);
    if (unused.length > 0) {
      throw new ValidationError(
        this,
        `${unused.join(", ")}: cannot go with subnetId, whose network is made elsewhere; set it there`,
      );
    }
    return checkedResourceId(this, "subnetId", subnetId, RESOURCE_TYPES.subnet);
  }

  private makeNetwork(
    props: GatewayNetworkProps,
    place: Placement,
  ): {
    subnet: Subnet;
    association: SubnetNetworkSecurityGroupAssociation;
  } {
    const { name } = props;
    const { addressSpace, gatewaySubnetPrefix } = this.addresses(props);

    const network = new VirtualNetwork(this, "Network", {
      name: `vnet-${name}`,
      ...place,
      addressSpace: [...addressSpace],
    });
    const subnet = new Subnet(this, "Subnet", {
      name: "snet-gateway",
      resourceGroupName: place.resourceGroupName,
      virtualNetworkName: network.name,
      addressPrefixes: [gatewaySubnetPrefix],
      delegation: [
        {
          name: "application-gateway",
          serviceDelegation: {
            name: "Microsoft.Network/applicationGateways",
            actions: ["Microsoft.Network/virtualNetworks/subnets/join/action"],
          },
        },
      ],
    });
    const securityGroup = new NetworkSecurityGroup(this, "SecurityGroup", {
      name: `nsg-${name}`,
      ...place,
      securityRule: inboundRules(props.listenerPorts, props.allowedClientCidrs),
    });
    const association = new SubnetNetworkSecurityGroupAssociation(this, "SecurityGroupOnSubnet", {
      subnetId: subnet.id,
      networkSecurityGroupId: securityGroup.id,
    });
    return { subnet, association };
  }

  private addresses(props: GatewayNetworkProps): { addressSpace: readonly string[]; gatewaySubnetPrefix: string } {
    if (props.addressSpace?.length === 0) {
      throw new ValidationError(this, 'addressSpace: [] is empty; write a range such as "10.0.0.0/16"');
    }
    this.checkClients(props.allowedClientCidrs);
    validateAll(this, "addressSpace", props.addressSpace ?? [], addressSpaceProblem);
    validate(this, "gatewaySubnetPrefix", props.gatewaySubnetPrefix, cidrProblem);
    if (isAnyUnresolved(props.addressSpace, props.gatewaySubnetPrefix)) return this.unresolvedAddresses(props);

    refuse(this, "addressSpace", addressSpaceOverlaps(props.addressSpace ?? [])[0]?.problem);
    const { addressSpace, gatewaySubnetPrefix } = gatewayAddresses(props);
    refuse(this, "gatewaySubnetPrefix", gatewaySubnetProblem(gatewaySubnetPrefix, addressSpace, props.instances));
    const warning = gatewaySubnetWarning(gatewaySubnetPrefix, props.instances);
    if (warning) Annotations.of(this).addWarning(warning);
    return { addressSpace, gatewaySubnetPrefix };
  }

  /** Ranges that only Terraform will know: whether they fit is for Azure to say. */
  private unresolvedAddresses({ addressSpace = DEFAULT_ADDRESS_SPACE, gatewaySubnetPrefix }: GatewayNetworkProps) {
    if (gatewaySubnetPrefix !== undefined) return { addressSpace, gatewaySubnetPrefix };
    throw new ValidationError(
      this,
      "gatewaySubnetPrefix: has no default where only Terraform knows the address space; set it",
    );
  }

  private checkClients(clients: readonly string[] | undefined): void {
    if (clients === undefined) return;
    if (clients.length === 0) {
      throw new ValidationError(
        this,
        "allowedClientCidrs: [] lets nobody connect; list ranges, or leave it out to allow anybody",
      );
    }
    validate(this, "allowedClientCidrs", clients, clientCidrsProblem);
    validateAll(this, "allowedClientCidrs", clients, cidrProblem);
    if (!isAnyUnresolved(clients)) refuse(this, "allowedClientCidrs", clientCidrOverlaps(clients)[0]?.problem);
  }
}

/** The rules that Azure asks for: without the last two the gateway fails or reports itself unhealthy. */
function inboundRules(listenerPorts: readonly number[], clients: readonly string[] | undefined) {
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
