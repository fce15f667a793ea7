import { NetworkSecurityGroup } from "@cdktf/provider-azurerm/lib/network-security-group";
import { Subnet } from "@cdktf/provider-azurerm/lib/subnet";
import { SubnetNetworkSecurityGroupAssociation } from "@cdktf/provider-azurerm/lib/subnet-network-security-group-association";
import { VirtualNetwork, type VirtualNetworkSubnet } from "@cdktf/provider-azurerm/lib/virtual-network";
import { Fn, type ITerraformDependable, Token } from "cdktf";
import { type Construct } from "constructs";
import { parseResourceId, RESOURCE_TYPES } from "../rules/resource-id.js";
import { claimName, claimUniqueName } from "./claimed-name.js";
import { type Placement } from "./placement.js";

/**
 * A subnet with a security group of its own.
 * @internal
 */
export interface CreatedSubnet {
  /** The Azure resource id. */
  readonly subnetId: string;
  /** Its security group, still without rules. */
  readonly securityGroup: NetworkSecurityGroup;
  /** What has to exist before anything is put into the subnet. */
  readonly dependencies: readonly ITerraformDependable[];
}

/**
 * What is asked of a subnet.
 * @internal
 */
export interface SubnetProps {
  /** Its name in the network. */
  readonly name: string;
  /** Its IPv4 range. */
  readonly prefix: string;
  /** The name of its security group. */
  readonly securityGroupName: string;
  /** Whether it has Azure's default outbound access. */
  readonly defaultOutboundAccess: boolean;
  /** Services that it reaches over the Azure backbone. */
  readonly serviceEndpoints: readonly string[];
  /** The service that it is delegated to. */
  readonly delegation: Delegation | undefined;
}

/**
 * A service that puts its own resources into a subnet.
 * @internal
 */
export interface Delegation {
  /** The delegation's own name. */
  readonly name: string;
  /** The type of the service's resources. */
  readonly service: string;
  /** The action that the service needs. */
  readonly action: string;
}

/**
 * A virtual network that subnets are created in.
 * @internal
 */
export abstract class SubnetOwner {
  /** A network that is created; `inline` creates each subnet with its security group in the request for the network. */
  static created(
    scope: Construct,
    props: Placement & { readonly name: string; readonly addressSpace: readonly string[] },
    inline: boolean,
  ): SubnetOwner {
    const { name, addressSpace, ...place } = props;
    claimName(scope, "virtual network", name, place.resourceGroupName);
    const network = new VirtualNetwork(scope, "Network", { name, ...place, addressSpace: [...addressSpace] });
    if (inline) return new InlineOwner(scope, place, network);
    const { resourceGroupName } = place;
    return new SeparateOwner(scope, place, { id: network.id, name: network.name, resourceGroupName });
  }

  /** A network that exists. */
  static existing(scope: Construct, place: Placement, virtualNetworkId: string): SubnetOwner {
    return new SeparateOwner(scope, place, { id: virtualNetworkId, ...namesIn(virtualNetworkId) });
  }

  protected constructor(
    /** Whose children the constructs are. */
    protected readonly scope: Construct,
    /** Where what is created lives. */
    protected readonly place: Placement,
    /** The Azure resource id of the network. */
    readonly virtualNetworkId: string,
  ) {}

  /**
   * Creates a subnet.
   * @param id begins the ids of its constructs
   */
  abstract addSubnet(id: string, props: SubnetProps): CreatedSubnet;

  /** A security group without rules. */
  protected securityGroup(id: string, name: string): NetworkSecurityGroup {
    claimName(this.scope, "network security group", name, this.place.resourceGroupName);
    return new NetworkSecurityGroup(this.scope, `${id}SecurityGroup`, { name, ...this.place });
  }
}

/** Each subnet, each security group and what joins them is a request of its own. */
class SeparateOwner extends SubnetOwner {
  constructor(
    scope: Construct,
    place: Placement,
    private readonly network: { readonly id: string; readonly name: string; readonly resourceGroupName: string },
  ) {
    super(scope, place, network.id);
  }

  addSubnet(id: string, props: SubnetProps): CreatedSubnet {
    const { name, prefix, delegation, serviceEndpoints } = props;
    claimUniqueName(this.scope, "name", "name of the subnet", name, "in the virtual network", this.network.id);
    const subnet = new Subnet(this.scope, `${id}Subnet`, {
      name,
      resourceGroupName: this.network.resourceGroupName,
      virtualNetworkName: this.network.name,
      addressPrefixes: [prefix],
      defaultOutboundAccessEnabled: props.defaultOutboundAccess,
      ...(serviceEndpoints.length > 0 && { serviceEndpoints: [...serviceEndpoints] }),
      ...(delegation && {
        delegation: [{ name: delegation.name, serviceDelegation: serviceDelegation(delegation) }],
      }),
    });
    const securityGroup = this.securityGroup(id, props.securityGroupName);
    const association = new SubnetNetworkSecurityGroupAssociation(this.scope, `${id}SecurityGroupOnSubnet`, {
      subnetId: subnet.id,
      networkSecurityGroupId: securityGroup.id,
    });
    return { subnetId: subnet.id, securityGroup, dependencies: [association] };
  }
}

/**
 * Policies of managed landing zones deny a subnet that has no security group, if only for a moment.
 * @see https://learn.microsoft.com/azure/virtual-network/policy-reference
 */
class InlineOwner extends SubnetOwner {
  private readonly subnets: VirtualNetworkSubnet[] = [];

  constructor(
    scope: Construct,
    place: Placement,
    private readonly network: VirtualNetwork,
  ) {
    super(scope, place, network.id);
  }

  addSubnet(id: string, props: SubnetProps): CreatedSubnet {
    const { name, prefix, delegation, serviceEndpoints } = props;
    const securityGroup = this.securityGroup(id, props.securityGroupName);
    this.subnets.push({
      name,
      addressPrefixes: [prefix],
      securityGroup: securityGroup.id,
      defaultOutboundAccessEnabled: props.defaultOutboundAccess,
      serviceEndpoints: [...serviceEndpoints],
      // The provider takes a list of whole objects here, in which nothing can be left out: these are its defaults.
      privateEndpointNetworkPolicies: "Disabled",
      privateLinkServiceNetworkPoliciesEnabled: true,
      routeTableId: Token.asString(Token.nullValue()),
      serviceEndpointPolicyIds: [],
      delegation: delegation ? [{ name: delegation.name, serviceDelegation: [serviceDelegation(delegation)] }] : [],
    });
    this.network.putSubnet(this.subnets);
    return { subnetId: `${this.network.id}/subnets/${name}`, securityGroup, dependencies: [] };
  }
}

function serviceDelegation({ service, action }: Delegation) {
  return { name: service, actions: [action] };
}

/** The resource group and the name in the id of a virtual network. */
function namesIn(virtualNetworkId: string): { name: string; resourceGroupName: string } {
  if (!Token.isUnresolved(virtualNetworkId)) {
    const { name, resourceGroupName } = parseResourceId(virtualNetworkId, RESOURCE_TYPES.virtualNetwork);
    return { name, resourceGroupName };
  }
  const part = (at: number) => Token.asString(Fn.element(Fn.split("/", virtualNetworkId), at));
  return { name: part(8), resourceGroupName: part(4) };
}
