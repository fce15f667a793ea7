import { PublicIp } from "@cdktf/provider-azurerm/lib/public-ip";
import { type ITerraformDependable, Token } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { type AddressNeed, type InstanceRange, portProblem } from "../rules/gateway.js";
import { addressInSubnetProblem, defaultFrontendAddress, ipAddressProblem } from "../rules/ip-address.js";
import { repeatedWordProblem, ZONES } from "../rules/network.js";
import { oneOf } from "../rules/problem.js";
import { RESOURCE_TYPES } from "../rules/resource-id.js";
import { nameProblem } from "../rules/resource-name.js";
import { claimUniqueName } from "./claimed-name.js";
import { deletionLock } from "./deletion-lock.js";
import { type Egress } from "./egress.js";
import { DEFAULT_FRONTEND, type Frontend, type PrivateFrontendOptions, type PublicAddress } from "./frontend.js";
import {
  existingSubnet,
  type GatewayNeed,
  GatewaySubnet,
  type GatewaySubnetOptions,
  virtualNetworkOf,
} from "./gateway-subnet.js";
import { type Placement, placement } from "./placement.js";
import { type CreatedSubnet } from "./subnet-owner.js";
import { valueKey } from "./reference.js";
import { checkedResourceId, refuse, validate, validateAll, ValidationError } from "./validation.js";

/** Where a gateway lives, created by this app or existing. */
export interface IGatewayNetwork extends IConstruct {
  /** The Azure resource id of the gateway's subnet. */
  readonly subnetId: string;
  /** The Azure resource id of the gateway's public address; undefined without one. */
  readonly publicIpAddressId: string | undefined;
  /** The gateway's address in the subnet; undefined without one. */
  readonly privateIpAddress: string | undefined;
  /** Public addresses and ranges that requests to public backends come from; empty where there is no way to the Internet. */
  readonly egressIpAddresses: readonly string[];
  /** What has to exist before a gateway is put into the subnet. */
  readonly dependencies: readonly ITerraformDependable[];
}

/** What has to be known of an existing network. */
export interface GatewayNetworkAttributes {
  /** A subnet for gateways only, delegated to `Microsoft.Network/applicationGateways`. */
  readonly subnetId: string;
  /**
   * A static Standard public address.
   *
   * @default - none: `privateIpAddress` has to be given
   */
  readonly publicIpAddressId?: string;
  /**
   * An address of the subnet that nothing else uses.
   *
   * @default - none
   */
  readonly privateIpAddress?: string;
  /**
   * Public addresses and ranges that requests to public backends come from.
   *
   * @default - the public address, whose number is not known here
   */
  readonly egressIpAddresses?: readonly string[];
}

/** What can be chosen about a gateway's network. */
export interface GatewayNetworkOptions extends GatewaySubnetOptions {
  /**
   * The addresses that clients connect to.
   *
   * @default Frontend.public()
   */
  readonly frontend?: Frontend;
  /**
   * The way that requests to public backends leave the subnet.
   *
   * @default - the frontend's public address; none without one
   */
  readonly egress?: Egress;
  /**
   * Availability zones of the gateway and of the public address that is created: of `1`, `2` and `3`. A later change replaces
   * both.
   *
   * @default - all zones of the region, as Azure chooses
   */
  readonly zones?: readonly string[];
}

/** Props of {@link GatewayNetwork}. */
export interface GatewayNetworkProps extends Placement, GatewayNetworkOptions {
  /** Prefix of the names: `vnet-<name>`, `nsg-<name>`, `pip-<name>`, `nat-<name>`. */
  readonly name: string;
  /** Ports that clients connect to. */
  readonly listenerPorts: readonly number[];
  /** The instances that the subnet must have room for. */
  readonly instances: InstanceRange;
}

/**
 * Where the gateway lives: a subnet of its own with exactly the inbound rules that it needs, the addresses that clients connect
 * to, and the way out to the backends.
 *
 * Azure moves a gateway only within one virtual network, so another network is another gateway: delete the subnet, and the
 * gateway in it, before you change the network of a gateway that is deployed.
 *
 * @see https://learn.microsoft.com/azure/application-gateway/configuration-infrastructure
 */
export class GatewayNetwork extends Construct implements IGatewayNetwork {
  /**
   * An existing subnet and its addresses.
   * @throws ValidationError when an id is malformed, the subnet is reserved for another service, or there is no address.
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
  /** The gateway's address in the subnet; undefined without a private frontend. */
  readonly privateIpAddress: string | undefined;
  /** Public addresses and ranges that requests to public backends come from; empty where there is no way to the Internet. */
  readonly egressIpAddresses: readonly string[];
  /** What has to exist before a gateway is put into the subnet. */
  readonly dependencies: readonly ITerraformDependable[];
  private readonly publicAddress?: PublicAddress;
  private readonly hasDnsLabel: boolean;
  private readonly natAddress?: PublicIp;
  private readonly created?: GatewaySubnet;

  /** @throws ValidationError for anything that Azure would refuse. */
  constructor(scope: Construct, id: string, props: GatewayNetworkProps) {
    super(scope, id);
    const { name, frontend = DEFAULT_FRONTEND, egress, zones } = props;
    validate(this, "name", name, nameProblem("prefix"));
    if (props.listenerPorts.length === 0) {
      throw new ValidationError(this, "listenerPorts: [] lets nobody connect; list the listener's ports, such as 443");
    }
    for (const port of props.listenerPorts) validate(this, "listenerPorts", port, portProblem);
    checkZones(this, zones);
    const place = placement(this, props);

    this.publicAddress = frontend._render(this, { ...place, name, zones });
    this.hasDnsLabel = frontend._hasDnsLabel;
    const need: AddressNeed = { ...props.instances, privateFrontends: frontend.privateAddress ? 1 : 0 };
    if (props.subnetId !== undefined) {
      this.subnetId = existingSubnet(this, props.subnetId, props);
      this.virtualNetworkId = virtualNetworkOf(this.subnetId);
    } else {
      this.created = new GatewaySubnet(this, place, {
        ...props,
        need,
        isPublic: frontend.isPublic,
        hasEgress: egress !== undefined,
      });
      this.subnetId = this.created.subnetId;
      this.virtualNetworkId = this.created.virtualNetworkId;
      const { root } = this.node;
      const known = networks.get(root) ?? new Map<string, GatewayNetwork>();
      networks.set(root, known.set(valueKey(this, this.subnetId), this));
    }
    this.privateIpAddress = frontend.privateAddress && this.addressInSubnet(frontend.privateAddress);
    const isExistingSubnet = this.created === undefined;
    const out = egress?._render(this, { ...place, name, subnetId: this.subnetId, isExistingSubnet });
    this.egressIpAddresses = out?.ipAddresses ?? (this.publicAddress ? [this.publicAddress.ipAddress] : []);
    this.natAddress = out?.createdAddress;
    this.dependencies = [
      ...(this.created ?? GatewayNetwork._ofSubnet(this, this.subnetId) ?? { dependencies: [] }).dependencies,
      ...(out?.dependencies ?? []),
    ];
  }

  /** The Azure resource id of the gateway's public address; absent without one. */
  get publicIpAddressId(): string | undefined {
    return this.publicAddress?.id;
  }

  /** The public address that clients connect to; absent without one. */
  get publicIpAddress(): string | undefined {
    return this.publicAddress?.ipAddress;
  }

  /** The host name that Azure gives the public address; empty without a DNS label, absent without a public address. */
  get publicFqdn(): string | undefined {
    return this.publicAddress?.fqdn;
  }

  /**
   * What a URL of the gateway has as its host where the listener has no host name.
   * @internal
   */
  get _host(): string {
    const { publicAddress, privateIpAddress = "" } = this;
    if (!publicAddress) return privateIpAddress;
    return this.hasDnsLabel ? publicAddress.fqdn : publicAddress.ipAddress;
  }

  /**
   * Services that the subnet reaches over the Azure backbone, as far as it is created here.
   * @internal
   */
  get _serviceEndpoints(): readonly string[] {
    return (this.created ?? GatewayNetwork._ofSubnet(this, this.subnetId)?.created)?.serviceEndpoints ?? [];
  }

  /**
   * Creates a subnet for private endpoints.
   * @throws ValidationError where there is no network that this app may add one to, or no room in it.
   * @internal
   */
  _addEndpointSubnet(scope: IConstruct, prefix: string | undefined): CreatedSubnet {
    if (this.created) return this.created.addEndpointSubnet(scope, prefix);
    throw new ValidationError(
      scope,
      "subnetId: is needed where the gateway's subnet exists already; give an existing subnet for the private endpoints",
    );
  }

  /**
   * Keeps the public addresses that are created from being deleted: accounts and DNS records name them.
   * @internal
   */
  _lock(): void {
    if (this.publicAddress instanceof PublicIp) deletionLock(this, "PublicAddressLock", this.publicAddress.id);
    if (this.natAddress) deletionLock(this, "NatAddressLock", this.natAddress.id);
  }

  /**
   * Makes room for a gateway: opens its ports, where the security group is one of the same stack.
   * @throws ValidationError when the subnet has no room for it beside the others.
   * @internal
   */
  _admit(gateway: IConstruct, ports: readonly number[], need: GatewayNeed): void {
    this.created?.admit(gateway, ports, need);
  }

  /**
   * Opens ports of a gateway, where the security group is one of the same stack.
   * @internal
   */
  _open(gateway: IConstruct, ports: readonly number[]): void {
    this.created?.open(gateway, ports);
  }

  private addressInSubnet({ ipAddress }: PrivateFrontendOptions): string {
    const { prefix } = GatewayNetwork._ofSubnet(this, this.subnetId)?.created ?? {};
    // A gateway that joins another one's subnet would get the other one's default.
    const address = ipAddress ?? (this.created && prefix !== undefined ? defaultFrontendAddress(prefix) : undefined);
    if (address === undefined) {
      throw new ValidationError(
        this,
        "frontend.ipAddress: has no default where the subnet exists or its range is known only after apply; write a free address of the subnet, best one from its end",
      );
    }
    if (prefix !== undefined && !Token.isUnresolved(address))
      refuse(this, "frontend.ipAddress", addressInSubnetProblem(address, prefix));
    claimUniqueName(this, "frontend.ipAddress", "private address", address, "in the subnet", this.subnetId);
    return address;
  }
}

class ImportedGatewayNetwork extends Construct implements IGatewayNetwork {
  readonly subnetId: string;
  readonly publicIpAddressId: string | undefined;
  readonly privateIpAddress: string | undefined;
  readonly egressIpAddresses: readonly string[];
  readonly dependencies = [];

  constructor(scope: Construct, id: string, attributes: GatewayNetworkAttributes) {
    super(scope, id);
    const { publicIpAddressId: publicId, privateIpAddress, egressIpAddresses = [] } = attributes;
    this.subnetId = checkedResourceId(this, "subnetId", attributes.subnetId, RESOURCE_TYPES.subnet);
    if (publicId === undefined && privateIpAddress === undefined) {
      throw new ValidationError(
        this,
        "publicIpAddressId: a gateway needs an address; give publicIpAddressId, privateIpAddress or both",
      );
    }
    validate(this, "privateIpAddress", privateIpAddress, ipAddressProblem);
    this.publicIpAddressId =
      publicId === undefined
        ? undefined
        : checkedResourceId(this, "publicIpAddressId", publicId, RESOURCE_TYPES.publicIpAddress);
    this.privateIpAddress = privateIpAddress;
    this.egressIpAddresses = egressIpAddresses;
  }
}

/** The networks that each app creates, by their subnet. */
const networks = new WeakMap<IConstruct, Map<string, GatewayNetwork>>();

/**
 * Checks a list of availability zones.
 * @throws ValidationError
 * @internal
 */
export function checkZones(scope: IConstruct, zones: readonly string[] | undefined): void {
  if (zones === undefined || Token.isUnresolved(zones)) return;
  if (zones.length === 0)
    throw new ValidationError(scope, 'zones: [] is empty; list zones such as "1", or leave it out for all zones');
  validateAll(scope, "zones", zones, oneOf(ZONES));
  refuse(scope, "zones", repeatedWordProblem(zones));
}
