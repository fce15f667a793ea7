import { NatGateway } from "@cdktf/provider-azurerm/lib/nat-gateway";
import { NatGatewayPublicIpAssociation } from "@cdktf/provider-azurerm/lib/nat-gateway-public-ip-association";
import { PublicIp } from "@cdktf/provider-azurerm/lib/public-ip";
import { SubnetNatGatewayAssociation } from "@cdktf/provider-azurerm/lib/subnet-nat-gateway-association";
import { type ITerraformDependable } from "cdktf";
import { type Construct } from "constructs";
import { NAT_IDLE_TIMEOUT_MINUTES } from "../rules/defaults.js";
import { publicAddressOrRangeProblem } from "../rules/ip-address.js";
import { RESOURCE_TYPES } from "../rules/resource-id.js";
import { claimName } from "./claimed-name.js";
import { type Placement } from "./placement.js";
import { checkedResourceId, validateAll, ValidationError } from "./validation.js";

/**
 * What a way out takes from its network.
 * @internal
 */
export interface EgressContext extends Placement {
  /** Prefix of names. */
  readonly name: string;
  /** The gateway's subnet. */
  readonly subnetId: string;
  /** Whether the subnet is one that exists: what is attached to it is its owner's affair. */
  readonly isExistingSubnet: boolean;
}

/**
 * What a way out gives to its network.
 * @internal
 */
export interface RenderedEgress {
  /** Addresses and ranges that requests to public backends come from. */
  readonly ipAddresses: readonly string[];
  /** What has to exist before requests can leave. */
  readonly dependencies: readonly ITerraformDependable[];
  /** The address that was created for it; undefined for existing ones. */
  readonly createdAddress: PublicIp | undefined;
}

/** The way that requests to public backends leave the gateway's subnet, in place of the frontend's public address. */
export abstract class Egress {
  /** A NAT gateway that is created, with an address of its own. */
  static natGateway(): Egress {
    return new NewNatGateway();
  }

  /**
   * An existing NAT gateway, of which the created subnet makes use.
   * @param ipAddresses its public addresses or prefixes, such as `203.0.113.7` or `203.0.113.0/28`
   */
  static existingNatGateway(natGatewayId: string, ipAddresses: readonly string[]): Egress {
    return new ExistingNatGateway(natGatewayId, ipAddresses);
  }

  /**
   * What the subnet has already or gets from elsewhere: a NAT gateway of an existing subnet, a firewall or an appliance behind
   * a route table.
   * @param ipAddresses the public addresses that requests come from, such as `203.0.113.7` or `203.0.113.0/28`
   */
  static through(ipAddresses: readonly string[]): Egress {
    return new OtherEgress(ipAddresses);
  }

  /** Exists in the type only: without it, any object would be assignable to the published type. */
  declare protected readonly nominal: true;

  /**
   * Creates what is needed.
   * @throws ValidationError for anything that Azure would refuse.
   * @internal
   */
  abstract _render(scope: Construct, context: EgressContext): RenderedEgress;
}

class NewNatGateway extends Egress {
  _render(scope: Construct, { name, subnetId, isExistingSubnet, ...place }: EgressContext): RenderedEgress {
    refuseExistingSubnet(scope, isExistingSubnet);
    for (const [what, own] of [
      ["NAT gateway", `nat-${name}`],
      ["public IP address", `pip-${name}-nat`],
    ] as const) {
      claimName(scope, what, own, place.resourceGroupName);
    }
    const address = new PublicIp(scope, "NatAddress", {
      name: `pip-${name}-nat`,
      ...place,
      sku: "Standard",
      allocationMethod: "Static",
    });
    const gateway = new NatGateway(scope, "NatGateway", {
      name: `nat-${name}`,
      ...place,
      skuName: "Standard",
      idleTimeoutInMinutes: NAT_IDLE_TIMEOUT_MINUTES,
    });
    const onGateway = new NatGatewayPublicIpAssociation(scope, "NatAddressOnNatGateway", {
      natGatewayId: gateway.id,
      publicIpAddressId: address.id,
    });
    const onSubnet = new SubnetNatGatewayAssociation(scope, "NatGatewayOnSubnet", {
      subnetId,
      natGatewayId: gateway.id,
      // A NAT gateway without an address lets nothing out.
      dependsOn: [onGateway],
    });
    return { ipAddresses: [address.ipAddress], dependencies: [onSubnet], createdAddress: address };
  }
}

class ExistingNatGateway extends Egress {
  constructor(
    private readonly natGatewayId: string,
    private readonly ipAddresses: readonly string[],
  ) {
    super();
  }

  _render(scope: Construct, { subnetId, isExistingSubnet }: EgressContext): RenderedEgress {
    refuseExistingSubnet(scope, isExistingSubnet);
    const natGatewayId = checkedResourceId(scope, "egress.natGatewayId", this.natGatewayId, RESOURCE_TYPES.natGateway);
    const ipAddresses = checkedAddresses(scope, this.ipAddresses);
    const onSubnet = new SubnetNatGatewayAssociation(scope, "NatGatewayOnSubnet", { subnetId, natGatewayId });
    return { ipAddresses, dependencies: [onSubnet], createdAddress: undefined };
  }
}

class OtherEgress extends Egress {
  constructor(private readonly ipAddresses: readonly string[]) {
    super();
  }

  _render(scope: Construct): RenderedEgress {
    return { ipAddresses: checkedAddresses(scope, this.ipAddresses), dependencies: [], createdAddress: undefined };
  }
}

function refuseExistingSubnet(scope: Construct, isExistingSubnet: boolean): void {
  if (!isExistingSubnet) return;
  throw new ValidationError(
    scope,
    "egress: an existing subnet has its own way out; attach the NAT gateway where the subnet is created, and name its addresses with Egress.through",
  );
}

function checkedAddresses(scope: Construct, ipAddresses: readonly string[]): readonly string[] {
  if (ipAddresses.length === 0) {
    throw new ValidationError(
      scope,
      'egress.ipAddresses: [] is empty; list the public addresses that requests come from, such as "203.0.113.7"',
    );
  }
  validateAll(scope, "egress.ipAddresses", ipAddresses, publicAddressOrRangeProblem);
  return ipAddresses;
}
