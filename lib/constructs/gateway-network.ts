import { DataAzurermPublicIp } from "@cdktf/provider-azurerm/lib/data-azurerm-public-ip";
import { NetworkSecurityGroup } from "@cdktf/provider-azurerm/lib/network-security-group";
import { PublicIp } from "@cdktf/provider-azurerm/lib/public-ip";
import { Subnet } from "@cdktf/provider-azurerm/lib/subnet";
import { SubnetNetworkSecurityGroupAssociation } from "@cdktf/provider-azurerm/lib/subnet-network-security-group-association";
import { VirtualNetwork } from "@cdktf/provider-azurerm/lib/virtual-network";
import { Fn, type ITerraformDependable, TerraformStack, Token } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { addressSpaceProblem, cidrProblem } from "../rules/cidr.js";
import { gatewaySubnetProblem, gatewaySubnetWarning, type InstanceRange, portProblem } from "../rules/gateway.js";
import { addressSpaceOverlaps, clientCidrOverlaps, clientCidrsProblem, gatewayAddresses } from "../rules/network.js";
import { DEFAULT_ADDRESS_SPACE } from "../rules/defaults.js";
import { parseResourceId, RESOURCE_TYPES } from "../rules/resource-id.js";
import { nameProblem } from "../rules/resource-name.js";
import { claimName, claimPublicIpAddress, claimUniqueName } from "./claimed-name.js";
import { inboundRules } from "./inbound-rules.js";
import { type Placement, placement } from "./placement.js";
import { valueKey } from "./reference.js";
import { checkedResourceId, isAnyUnresolved, refuse, validate, validateAll, ValidationError } from "./validation.js";
import { warn, warnAtSynth } from "./warning.js";

/** Where a gateway lives, created by this app or existing. */
export interface IGatewayNetwork extends IConstruct {
  /** The Azure resource id of the gateway's subnet. */
  readonly subnetId: string;
  /** The Azure resource id of the gateway's public address. */
  readonly publicIpAddressId: string;
  /** What has to exist before a gateway is put into the subnet. */
  readonly dependencies: readonly ITerraformDependable[];
}

/** What has to be known of an existing network. */
export interface GatewayNetworkAttributes {
  /** A subnet for gateways only, delegated to `Microsoft.Network/applicationGateways`. */
  readonly subnetId: string;
  /** A static Standard public address. */
  readonly publicIpAddressId: string;
}

/** What can be chosen about a gateway's network. */
export interface GatewayNetworkOptions {
  /**
   * An existing subnet, for gateways only and delegated to `Microsoft.Network/applicationGateways`. Its security group has to
   * let clients in; the ports are opened only in the group of a `GatewayNetwork` of the same stack.
   *
   * @default - a network, a subnet and a security group are created
   */
  readonly subnetId?: string;
  /**
   * IPv4 ranges of the network that is created.
   *
   * @default ["10.0.0.0/16"]
   */
  readonly addressSpace?: readonly string[];
  /**
   * The gateway's subnet in the network that is created, /27 or larger.
   *
   * @default - the first /24 of the address space
   */
  readonly gatewaySubnetPrefix?: string;
  /**
   * IPv4 ranges whose clients may connect to the gateways of the network that is created.
   *
   * @default - anybody on the Internet
   */
  readonly allowedClientCidrs?: readonly string[];
  /**
   * An existing public address: static, of the SKU Standard, in the gateway's region and subscription, and not in use.
   *
   * @default - one is created
   */
  readonly publicIpAddressId?: string;
  /**
   * First label of a host name under `<location>.cloudapp.azure.com`, for the public address that is created.
   *
   * @default - none
   */
  readonly dnsLabel?: string;
}

/** Props of {@link GatewayNetwork}. */
export interface GatewayNetworkProps extends Placement, GatewayNetworkOptions {
  /** Prefix of the names: `vnet-<name>`, `nsg-<name>`, `pip-<name>`. */
  readonly name: string;
  /** Ports that clients connect to. */
  readonly listenerPorts: readonly number[];
  /** The instances that the subnet must have room for. */
  readonly instances: InstanceRange;
}

/**
 * Where the gateway lives: a subnet of its own with exactly the inbound rules that it needs, and a public address.
 *
 * Azure moves a gateway only within one virtual network, so another network is another gateway: delete the subnet, and the
 * gateway in it, before you change the network of a gateway that is deployed.
 *
 * @see https://learn.microsoft.com/azure/application-gateway/configuration-infrastructure
 */
export class GatewayNetwork extends Construct implements IGatewayNetwork {
  /**
   * An existing subnet and public address.
   * @throws ValidationError when an id is malformed, or the subnet is reserved for another service.
   */
  static fromGatewayNetworkAttributes(
    scope: Construct,
    id: string,
    attributes: GatewayNetworkAttributes,
  ): IGatewayNetwork {
    return new ImportedGatewayNetwork(scope, id, attributes);
  }

  /**
   * The network that creates a subnet.
   * @internal
   */
  static _ofSubnet(scope: IConstruct, subnetId: string): GatewayNetwork | undefined {
    return networks.get(scope.node.root)?.get(valueKey(scope, subnetId));
  }

  /** The Azure resource id of the gateway's subnet. */
  readonly subnetId: string;
  /** The Azure resource id of the virtual network that the subnet is in. */
  readonly virtualNetworkId: string;
  /** What has to exist before a gateway is put into the subnet. */
  readonly dependencies: readonly ITerraformDependable[];
  private readonly publicIp: PublicIp | DataAzurermPublicIp;
  private readonly created?: CreatedNetwork;

  /** @throws ValidationError for anything that Azure would refuse. */
  constructor(scope: Construct, id: string, props: GatewayNetworkProps) {
    super(scope, id);
    validate(this, "name", props.name, nameProblem("prefix"));
    if (props.listenerPorts.length === 0) {
      throw new ValidationError(this, "listenerPorts: [] lets nobody connect; list the listener's ports, such as 443");
    }
    for (const port of props.listenerPorts) validate(this, "listenerPorts", port, portProblem);
    const place = placement(this, props);

    this.publicIp = this.publicAddress(props, place);
    if (props.subnetId !== undefined) {
      this.subnetId = this.existingSubnet(props.subnetId, props);
      this.virtualNetworkId = virtualNetworkOf(this.subnetId);
      this.dependencies = GatewayNetwork._ofSubnet(this, this.subnetId)?.dependencies ?? [];
    } else {
      const { network, subnet, association, ...created } = this.createNetwork(props, place);
      this.subnetId = subnet.id;
      this.virtualNetworkId = network.id;
      this.dependencies = [association];
      this.created = created;
      const { root } = this.node;
      networks.set(
        root,
        (networks.get(root) ?? new Map<string, GatewayNetwork>()).set(valueKey(this, subnet.id), this),
      );
    }
  }

  /** The Azure resource id of the gateway's public address. */
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

  /**
   * Makes room for a gateway: opens its ports, where the security group is one of the same stack.
   * @throws ValidationError when the subnet has no room for it beside the others.
   * @internal
   */
  _admit(gateway: IConstruct, ports: readonly number[], instances: InstanceRange): void {
    this._open(gateway, ports);
    if (!this.created) return;
    const { gateways, prefix } = this.created;
    gateways.push(instances);
    if (prefix === undefined || gateways.length === 1) return;
    const min = gateways.reduce((sum, other) => sum + other.min, 0);
    const max = gateways.reduce((sum, other) => sum + other.max, 0);
    refuse(gateway, "subnetId", gatewaySubnetProblem(prefix, [prefix], { min, max }));
    const warning = gatewaySubnetWarning(prefix, { min, max });
    if (warning) warn(gateway, `subnetId: ${warning}`);
  }

  /**
   * Opens ports of a gateway, where the security group is one of the same stack.
   * @internal
   */
  _open(gateway: IConstruct, ports: readonly number[]): void {
    if (!this.created) return;
    const { openPorts, securityGroup, allowedClientCidrs } = this.created;
    const closed = () => ports.filter((port) => !openPorts.includes(port));
    if (TerraformStack.of(gateway) === TerraformStack.of(this)) {
      openPorts.push(...closed());
      securityGroup.putSecurityRule(inboundRules(openPorts, allowedClientCidrs));
    } else {
      warnAtSynth(gateway, () => closed().map((port) => closedPortWarning(this, port)));
    }
  }

  private publicAddress(props: GatewayNetworkProps, place: Placement): PublicIp | DataAzurermPublicIp {
    validate(this, "dnsLabel", props.dnsLabel, nameProblem("dnsLabel"));
    if (props.publicIpAddressId === undefined) {
      const name = `pip-${props.name}`;
      claimName(this, "public IP address", name, place.resourceGroupName);
      if (props.dnsLabel !== undefined)
        claimUniqueName(this, "dnsLabel", "DNS label", props.dnsLabel, `in ${place.location}`);
      return new PublicIp(this, "PublicAddress", {
        name,
        ...place,
        sku: "Standard",
        allocationMethod: "Static",
        domainNameLabel: props.dnsLabel,
      });
    }
    if (props.dnsLabel !== undefined) {
      throw new ValidationError(
        this,
        "dnsLabel: an existing public address has a label of its own; leave dnsLabel out, or publicIpAddressId",
      );
    }
    const id = checkedResourceId(this, "publicIpAddressId", props.publicIpAddressId, RESOURCE_TYPES.publicIpAddress);
    claimPublicIpAddress(this, id);
    return new DataAzurermPublicIp(this, "PublicAddress", namesIn(id));
  }

  private existingSubnet(subnetId: string, props: GatewayNetworkProps): string {
    const ofCreated = ["addressSpace", "gatewaySubnetPrefix", "allowedClientCidrs"] as const;
    const unused = ofCreated.filter((prop) => props[prop] !== undefined);
    if (unused.length > 0) {
      throw new ValidationError(
        this,
        `${unused.join(", ")}: an existing subnet has its own; set it where the subnet is created, or leave subnetId out`,
      );
    }
    return checkedResourceId(this, "subnetId", subnetId, RESOURCE_TYPES.subnet);
  }

  private createNetwork(props: GatewayNetworkProps, place: Placement) {
    const { name, allowedClientCidrs } = props;
    const { addressSpace, gatewaySubnetPrefix } = this.addresses(props);
    claimName(this, "virtual network", `vnet-${name}`, place.resourceGroupName);

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
    const openPorts = [...props.listenerPorts];
    const securityGroup = new NetworkSecurityGroup(this, "SecurityGroup", {
      name: `nsg-${name}`,
      ...place,
      securityRule: inboundRules(openPorts, allowedClientCidrs),
    });
    const association = new SubnetNetworkSecurityGroupAssociation(this, "SecurityGroupOnSubnet", {
      subnetId: subnet.id,
      networkSecurityGroupId: securityGroup.id,
    });
    const prefix = Token.isUnresolved(gatewaySubnetPrefix) ? undefined : gatewaySubnetPrefix;
    return { network, subnet, association, securityGroup, openPorts, allowedClientCidrs, prefix, gateways: [] };
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
    if (warning) warn(this, `gatewaySubnetPrefix: ${warning}`);
    return { addressSpace, gatewaySubnetPrefix };
  }

  /** Ranges that are known only after apply: whether they fit is for Azure to say. */
  private unresolvedAddresses({ addressSpace = DEFAULT_ADDRESS_SPACE, gatewaySubnetPrefix }: GatewayNetworkProps) {
    if (gatewaySubnetPrefix !== undefined) return { addressSpace, gatewaySubnetPrefix };
    throw new ValidationError(
      this,
      "gatewaySubnetPrefix: has no default where the address space is known only after apply; set it",
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

/** A network that is created, and what is in it. */
interface CreatedNetwork {
  readonly securityGroup: NetworkSecurityGroup;
  readonly openPorts: number[];
  readonly allowedClientCidrs: readonly string[] | undefined;
  /** The subnet's range, if it is known. */
  readonly prefix: string | undefined;
  /** The instances of each gateway in the subnet. */
  readonly gateways: InstanceRange[];
}

class ImportedGatewayNetwork extends Construct implements IGatewayNetwork {
  readonly subnetId: string;
  readonly publicIpAddressId: string;
  readonly dependencies = [];

  constructor(scope: Construct, id: string, { subnetId, publicIpAddressId }: GatewayNetworkAttributes) {
    super(scope, id);
    this.subnetId = checkedResourceId(this, "subnetId", subnetId, RESOURCE_TYPES.subnet);
    this.publicIpAddressId = checkedResourceId(
      this,
      "publicIpAddressId",
      publicIpAddressId,
      RESOURCE_TYPES.publicIpAddress,
    );
  }
}

/** The networks that each app creates, by their subnet. */
const networks = new WeakMap<IConstruct, Map<string, GatewayNetwork>>();

function closedPortWarning({ node }: GatewayNetwork, port: number): string {
  return `subnetId: the security group of ${node.path}, in another stack, does not open port ${port}, so no client can connect; create that network with GatewayNetwork, and add ${port} to its listenerPorts`;
}

/** The resource group and the name in an id. */
function namesIn(id: string): { resourceGroupName: string; name: string } {
  if (!Token.isUnresolved(id)) {
    const { resourceGroupName, name } = parseResourceId(id, RESOURCE_TYPES.publicIpAddress);
    return { resourceGroupName, name };
  }
  const part = (at: number) => Token.asString(Fn.element(Fn.split("/", id), at));
  return { resourceGroupName: part(4), name: part(8) };
}

function virtualNetworkOf(subnetId: string): string {
  if (!Token.isUnresolved(subnetId)) return subnetId.split("/").slice(0, -2).join("/");
  return Fn.join("/", Token.asList(Fn.slice(Fn.split("/", subnetId), 0, 9)));
}
