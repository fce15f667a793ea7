import { type NetworkSecurityGroup } from "@cdktf/provider-azurerm/lib/network-security-group";
import { Fn, type ITerraformDependable, TerraformStack, Token } from "cdktf";
import { type Construct, type IConstruct } from "constructs";
import { addressSpaceProblem, cidrProblem } from "../rules/cidr.js";
import { DEFAULT_ADDRESS_SPACE, DEFAULT_INLINE_SUBNETS } from "../rules/defaults.js";
import {
  type AddressNeed,
  gatewaySubnetProblem,
  gatewaySubnetSizeProblem,
  gatewaySubnetWarning,
} from "../rules/gateway.js";
import {
  addressSpaceOverlaps,
  clientCidrOverlaps,
  clientCidrsProblem,
  freeSubnet,
  gatewayAddresses,
  noFreeSubnetProblem,
  repeatedWordProblem,
  secondSubnetProblem,
  SERVICE_ENDPOINTS,
} from "../rules/network.js";
import { oneOf } from "../rules/problem.js";
import { RESOURCE_TYPES } from "../rules/resource-id.js";
import { serviceTagProblem, serviceTagsProblem } from "../rules/service-tag.js";
import { inboundRules } from "./inbound-rules.js";
import { type Placement } from "./placement.js";
import { type CreatedSubnet, SubnetOwner } from "./subnet-owner.js";
import { checkedResourceId, isAnyUnresolved, refuse, validate, validateAll, ValidationError } from "./validation.js";
import { warn, warnAtSynth } from "./warning.js";

/** What can be chosen about a gateway's subnet. */
export interface GatewaySubnetOptions {
  /**
   * An existing subnet, for gateways only and delegated to `Microsoft.Network/applicationGateways`. Its security group has to
   * let clients in; the ports are opened only in the group of a `GatewayNetwork` of the same stack.
   *
   * @default - a subnet with a security group is created
   */
  readonly subnetId?: string;
  /**
   * An existing virtual network, in the gateway's region and subscription, that the subnet is created in. Its range has to be
   * given as `gatewaySubnetPrefix`.
   *
   * @default - a network is created
   */
  readonly virtualNetworkId?: string;
  /**
   * IPv4 ranges of the network that is created.
   *
   * @default ["10.0.0.0/16"]
   */
  readonly addressSpace?: readonly string[];
  /**
   * The gateway's subnet, /27 or larger.
   *
   * @default - the first /24 of the address space
   */
  readonly gatewaySubnetPrefix?: string;
  /**
   * IPv4 ranges whose clients may connect to the gateways of the subnet that is created.
   *
   * @default - anybody on the Internet, or in the virtual network where there is no public address
   */
  readonly allowedClientCidrs?: readonly string[];
  /**
   * Service tags whose addresses may connect, such as `VirtualNetwork` or `AzureFrontDoor.Backend`; besides the ranges.
   *
   * @default - none
   */
  readonly allowedServiceTags?: readonly string[];
  /**
   * Services that the subnet that is created reaches over the Azure backbone, such as `Microsoft.KeyVault`. With
   * `Microsoft.CognitiveServices` the accounts see the subnet in place of a public address.
   *
   * @default - none
   */
  readonly serviceEndpoints?: readonly string[];
  /**
   * Whether the subnet that is created has Azure's default outbound access.
   *
   * @default - true for a gateway with a public address and no other egress, else false
   */
  readonly defaultOutboundAccess?: boolean;
  /**
   * Whether the network that is created has its subnets and their security groups from its first request on, as policies of
   * landing zones may demand. A later change replaces the network.
   *
   * @default false
   */
  readonly inlineSubnets?: boolean;
}

/**
 * What a gateway's subnet takes from its network.
 * @internal
 */
export interface GatewaySubnetContext extends GatewaySubnetOptions {
  /** Prefix of names. */
  readonly name: string;
  /** Ports that clients connect to. */
  readonly listenerPorts: readonly number[];
  /** What the first gateway needs. */
  readonly need: AddressNeed;
  /** Whether the first gateway has a public address. */
  readonly isPublic: boolean;
  /** Whether requests leave by another way than the public address. */
  readonly hasEgress: boolean;
}

/**
 * What a gateway needs of its subnet.
 * @internal
 */
export interface GatewayNeed extends AddressNeed {
  /** Whether it has a public address. */
  readonly isPublic: boolean;
}

/**
 * A subnet for gateways that is created, and who is in it.
 * @internal
 */
export class GatewaySubnet {
  /** The Azure resource id of the subnet. */
  readonly subnetId: string;
  /** The Azure resource id of the network that it is in. */
  readonly virtualNetworkId: string;
  /** Services that it reaches over the Azure backbone. */
  readonly serviceEndpoints: readonly string[];
  /** The subnet's range; undefined if it is known only after apply. */
  readonly prefix: string | undefined;
  /** What has to exist before anything is put into it. */
  readonly dependencies: readonly ITerraformDependable[];
  private readonly owner: SubnetOwner;
  private readonly securityGroup: NetworkSecurityGroup;
  private readonly ports: number[];
  private readonly gateways: AddressNeed[] = [];
  private isPublic: boolean;
  private isPrivate: boolean;

  /** @throws ValidationError for anything that Azure would refuse. */
  constructor(
    private readonly scope: Construct,
    place: Placement,
    private readonly context: GatewaySubnetContext,
  ) {
    const { name, isPublic, hasEgress, serviceEndpoints = [] } = context;
    checkClients(scope, context);
    validateAll(scope, "serviceEndpoints", serviceEndpoints, oneOf(SERVICE_ENDPOINTS));
    if (!isAnyUnresolved(serviceEndpoints)) refuse(scope, "serviceEndpoints", repeatedWordProblem(serviceEndpoints));
    const { owner, prefix, subnetName } = ownerOf(scope, place, context);
    const { subnetId, securityGroup, dependencies } = owner.addSubnet("", {
      name: subnetName,
      prefix,
      securityGroupName: `nsg-${name}`,
      defaultOutboundAccess: context.defaultOutboundAccess ?? (isPublic && !hasEgress),
      serviceEndpoints,
      delegation: GATEWAY_DELEGATION,
    });
    this.owner = owner;
    this.subnetId = subnetId;
    this.virtualNetworkId = owner.virtualNetworkId;
    this.serviceEndpoints = serviceEndpoints;
    this.prefix = Token.isUnresolved(prefix) ? undefined : prefix;
    this.dependencies = dependencies;
    this.securityGroup = securityGroup;
    this.ports = [...context.listenerPorts];
    this.isPublic = isPublic;
    this.isPrivate = hasPrivateFrontend(context.need);
    this.openPorts();
  }

  /**
   * Makes room for a gateway: opens its ports, where the security group is one of the same stack.
   * @throws ValidationError when the subnet has no room for it beside the others.
   */
  admit(gateway: IConstruct, ports: readonly number[], need: GatewayNeed): void {
    this.isPublic ||= need.isPublic;
    this.isPrivate ||= hasPrivateFrontend(need);
    this.open(gateway, ports);
    this.gateways.push(need);
    if (this.prefix === undefined || this.gateways.length === 1) return;
    const all = this.gateways.reduce(sumOf);
    refuse(gateway, "subnetId", gatewaySubnetSizeProblem(this.prefix, all));
    const warning = gatewaySubnetWarning(this.prefix, all);
    if (warning) warn(gateway, `subnetId: ${warning}`);
  }

  /** Opens ports of a gateway, where the security group is one of the same stack. */
  open(gateway: IConstruct, ports: readonly number[]): void {
    const closed = () => ports.filter((port) => !this.ports.includes(port));
    if (TerraformStack.of(gateway) === TerraformStack.of(this.scope)) {
      this.ports.push(...closed());
      this.openPorts();
    } else {
      warnAtSynth(gateway, () => closed().map((port) => closedPortWarning(this.scope, port)));
    }
  }

  /**
   * Creates a subnet for private endpoints beside the gateway's.
   * @throws ValidationError where there is no room.
   */
  addEndpointSubnet(scope: IConstruct, given: string | undefined): CreatedSubnet {
    const { name, virtualNetworkId } = this.context;
    return this.owner.addSubnet("Endpoint", {
      name: virtualNetworkId === undefined ? "snet-endpoints" : `snet-${name}-endpoints`,
      prefix: this.endpointPrefix(scope, given),
      securityGroupName: `nsg-${name}-endpoints`,
      defaultOutboundAccess: false,
      serviceEndpoints: [],
      delegation: undefined,
    });
  }

  private endpointPrefix(scope: IConstruct, given: string | undefined): string {
    const { addressSpace = DEFAULT_ADDRESS_SPACE, virtualNetworkId } = this.context;
    validate(scope, "subnetPrefix", given, cidrProblem);
    const gatewaySubnetPrefix = this.prefix;
    if (virtualNetworkId !== undefined || gatewaySubnetPrefix === undefined || isAnyUnresolved(addressSpace, given)) {
      if (given !== undefined) return given;
      throw new ValidationError(
        scope,
        "subnetPrefix: has no default in an existing network, or one whose ranges are known only after apply; write a free range of it",
      );
    }
    const addresses = { addressSpace, gatewaySubnetPrefix };
    if (given !== undefined) refuse(scope, "subnetPrefix", secondSubnetProblem(given, addresses));
    const prefix = given ?? freeSubnet(addresses);
    if (prefix === undefined) throw new ValidationError(scope, `subnetPrefix: ${noFreeSubnetProblem(addresses)}`);
    return prefix;
  }

  private openPorts(): void {
    const { ports, isPublic, isPrivate } = this;
    const { allowedClientCidrs: cidrs, allowedServiceTags: serviceTags } = this.context;
    this.securityGroup.putSecurityRule(inboundRules({ ports, cidrs, serviceTags, isPublic, isPrivate }));
  }
}

const GATEWAY_DELEGATION = {
  name: "application-gateway",
  service: "Microsoft.Network/applicationGateways",
  action: "Microsoft.Network/virtualNetworks/subnets/join/action",
};

/** What describes a subnet that is created, and has no meaning for an existing one. */
const OF_CREATED = [
  "virtualNetworkId",
  "addressSpace",
  "gatewaySubnetPrefix",
  "allowedClientCidrs",
  "allowedServiceTags",
  "serviceEndpoints",
  "defaultOutboundAccess",
  "inlineSubnets",
] as const satisfies readonly (keyof GatewaySubnetOptions)[];

/**
 * An existing subnet in Azure's spelling.
 * @throws ValidationError for one that Azure would refuse, and for props that only a created subnet has.
 * @internal
 */
export function existingSubnet(scope: IConstruct, subnetId: string, props: GatewaySubnetOptions): string {
  const unused = OF_CREATED.filter((prop) => props[prop] !== undefined);
  if (unused.length > 0) {
    throw new ValidationError(
      scope,
      `${unused.join(", ")}: an existing subnet has its own; set it where the subnet is created, or leave subnetId out`,
    );
  }
  return checkedResourceId(scope, "subnetId", subnetId, RESOURCE_TYPES.subnet);
}

/** The Azure resource id of the network that a subnet is in. */
export function virtualNetworkOf(subnetId: string): string {
  if (!Token.isUnresolved(subnetId)) return subnetId.split("/").slice(0, -2).join("/");
  return Fn.join("/", Token.asList(Fn.slice(Fn.split("/", subnetId), 0, 9)));
}

interface OwnedRange {
  readonly owner: SubnetOwner;
  readonly prefix: string;
  readonly subnetName: string;
}

function ownerOf(scope: Construct, place: Placement, context: GatewaySubnetContext): OwnedRange {
  validate(scope, "gatewaySubnetPrefix", context.gatewaySubnetPrefix, cidrProblem);
  return context.virtualNetworkId === undefined
    ? inCreatedNetwork(scope, place, context)
    : inExistingNetwork(scope, place, context, context.virtualNetworkId);
}

function inCreatedNetwork(scope: Construct, place: Placement, context: GatewaySubnetContext): OwnedRange {
  const { addressSpace, gatewaySubnetPrefix: prefix } = addresses(scope, context);
  const owner = SubnetOwner.created(
    scope,
    { ...place, name: `vnet-${context.name}`, addressSpace },
    context.inlineSubnets ?? DEFAULT_INLINE_SUBNETS,
  );
  return { owner, prefix, subnetName: "snet-gateway" };
}

function inExistingNetwork(
  scope: Construct,
  place: Placement,
  { name, gatewaySubnetPrefix: prefix, need, ...context }: GatewaySubnetContext,
  virtualNetworkId: string,
): OwnedRange {
  const id = checkedResourceId(scope, "virtualNetworkId", virtualNetworkId, RESOURCE_TYPES.virtualNetwork);
  const unused = (["addressSpace", "inlineSubnets"] as const).filter((prop) => context[prop] !== undefined);
  if (unused.length > 0) {
    throw new ValidationError(
      scope,
      `${unused.join(", ")}: it is for a network that is created; remove it, or leave virtualNetworkId out`,
    );
  }
  if (prefix === undefined) {
    throw new ValidationError(
      scope,
      'gatewaySubnetPrefix: is needed for a subnet in an existing network; write a free range of that network, such as "10.0.9.0/24"',
    );
  }
  if (!Token.isUnresolved(prefix)) {
    refuse(scope, "gatewaySubnetPrefix", gatewaySubnetSizeProblem(prefix, need));
    warnOfSize(scope, prefix, need);
  }
  return { owner: SubnetOwner.existing(scope, place, id), prefix, subnetName: `snet-${name}-gateway` };
}

function addresses(
  scope: Construct,
  context: GatewaySubnetContext,
): { addressSpace: readonly string[]; gatewaySubnetPrefix: string } {
  if (context.addressSpace?.length === 0)
    throw new ValidationError(scope, 'addressSpace: [] is empty; write a range such as "10.0.0.0/16"');
  validateAll(scope, "addressSpace", context.addressSpace ?? [], addressSpaceProblem);
  if (isAnyUnresolved(context.addressSpace, context.gatewaySubnetPrefix)) return unresolvedAddresses(scope, context);

  refuse(scope, "addressSpace", addressSpaceOverlaps(context.addressSpace ?? [])[0]?.problem);
  const { addressSpace, gatewaySubnetPrefix } = gatewayAddresses(context);
  refuse(scope, "gatewaySubnetPrefix", gatewaySubnetProblem(gatewaySubnetPrefix, addressSpace, context.need));
  warnOfSize(scope, gatewaySubnetPrefix, context.need);
  return { addressSpace, gatewaySubnetPrefix };
}

function warnOfSize(scope: IConstruct, prefix: string, need: AddressNeed): void {
  const warning = gatewaySubnetWarning(prefix, need);
  if (warning) warn(scope, `gatewaySubnetPrefix: ${warning}`);
}

/** Ranges that are known only after apply: whether they fit is for Azure to say. */
function unresolvedAddresses(
  scope: IConstruct,
  { addressSpace = DEFAULT_ADDRESS_SPACE, gatewaySubnetPrefix }: GatewaySubnetOptions,
) {
  if (gatewaySubnetPrefix !== undefined) return { addressSpace, gatewaySubnetPrefix };
  throw new ValidationError(
    scope,
    "gatewaySubnetPrefix: has no default where the address space is known only after apply; set it",
  );
}

function checkClients(
  scope: IConstruct,
  { allowedClientCidrs: cidrs, allowedServiceTags: tags }: GatewaySubnetOptions,
): void {
  if (tags !== undefined) {
    validateAll(scope, "allowedServiceTags", tags, serviceTagProblem);
    if (!isAnyUnresolved(tags)) refuse(scope, "allowedServiceTags", serviceTagsProblem(tags));
  }
  if (cidrs === undefined) return;
  if (cidrs.length === 0) {
    throw new ValidationError(
      scope,
      "allowedClientCidrs: [] lets nobody connect; list ranges, or leave it out to allow anybody",
    );
  }
  validate(scope, "allowedClientCidrs", cidrs, clientCidrsProblem);
  validateAll(scope, "allowedClientCidrs", cidrs, cidrProblem);
  if (!isAnyUnresolved(cidrs)) refuse(scope, "allowedClientCidrs", clientCidrOverlaps(cidrs)[0]?.problem);
}

function sumOf(one: AddressNeed, other: AddressNeed): AddressNeed {
  return {
    min: one.min + other.min,
    max: one.max + other.max,
    privateFrontends: (one.privateFrontends ?? 0) + (other.privateFrontends ?? 0),
  };
}

function hasPrivateFrontend({ privateFrontends = 0 }: AddressNeed): boolean {
  return privateFrontends > 0;
}

function closedPortWarning({ node }: IConstruct, port: number): string {
  return `subnetId: the security group of ${node.path}, in another stack, does not open port ${port}, so no client can connect; create that network with GatewayNetwork, and add ${port} to its listenerPorts`;
}
