import { PrivateDnsZone } from "@cdktf/provider-azurerm/lib/private-dns-zone";
import { PrivateDnsZoneVirtualNetworkLink } from "@cdktf/provider-azurerm/lib/private-dns-zone-virtual-network-link";
import { PrivateEndpoint } from "@cdktf/provider-azurerm/lib/private-endpoint";
import { Fn, type ITerraformDependable, type TerraformProvider, Token } from "cdktf";
import { Construct } from "constructs";
import { DEFAULT_LINK_DNS_ZONES } from "../rules/defaults.js";
import { accountDnsZones, dnsZoneIdsProblem } from "../rules/private-dns.js";
import { parseResourceId, RESOURCE_TYPES } from "../rules/resource-id.js";
import { claimName } from "./claimed-name.js";
import { type GatewayNetwork } from "./gateway-network.js";
import { type OpenAiAccount } from "./openai-account.js";
import { type Placement, placement } from "./placement.js";
import { checkedResourceId, isAnyUnresolved, refuse, ValidationError } from "./validation.js";

/** What can be chosen about private endpoints. */
export interface PrivateEndpointsOptions {
  /**
   * An existing subnet for the endpoints, in the gateway's network or one that is peered to it in the same region.
   *
   * @default - one is created in the gateway's network
   */
  readonly subnetId?: string;
  /**
   * The range of the subnet that is created; an endpoint takes up to three addresses.
   *
   * @default - the first /24 that is free in a network that is created; none for an existing network, where it has to be set
   */
  readonly subnetPrefix?: string;
  /**
   * Existing private DNS zones, by their Azure resource ids: `privatelink.openai.azure.com`,
   * `privatelink.cognitiveservices.azure.com` and `privatelink.services.ai.azure.com`, or those of another cloud.
   *
   * @default - the zones are created
   */
  readonly dnsZoneIds?: readonly string[];
  /**
   * Whether the zones are linked to the gateway's network. False where they are linked already, or a DNS server of the network
   * resolves them.
   *
   * @default true
   */
  readonly linkDnsZones?: boolean;
  /**
   * The provider of the subscription that existing zones are in.
   *
   * @default - that of the stack
   */
  readonly dnsZonesProvider?: TerraformProvider;
}

/** Props of {@link PrivateEndpoints}. */
export interface PrivateEndpointsProps extends Placement, PrivateEndpointsOptions {
  /** Prefix of names. */
  readonly name: string;
  /** The network that the endpoints are for. */
  readonly network: GatewayNetwork;
}

/**
 * Private endpoints of accounts in a gateway's network, with the zones that resolve the accounts' own host names to them.
 * @see https://learn.microsoft.com/azure/ai-services/cognitive-services-virtual-networks#use-private-endpoints
 */
export class PrivateEndpoints extends Construct {
  private readonly place: Placement;
  private readonly subnetId: string;
  private readonly zoneIds: readonly string[];
  /** What has to exist before an account's name is resolved to its endpoint. */
  private readonly dependencies: readonly ITerraformDependable[];

  /** @throws ValidationError for anything that Azure would refuse. */
  constructor(
    scope: Construct,
    id: string,
    private readonly props: PrivateEndpointsProps,
  ) {
    super(scope, id);
    this.place = placement(this, props);
    const { subnetId, dependencies } = this.subnet();
    this.subnetId = subnetId;
    const zones = props.dnsZoneIds === undefined ? this.createdZones() : this.existingZones(props.dnsZoneIds);
    this.zoneIds = zones.map((zone) => zone.id);
    const links = (props.linkDnsZones ?? DEFAULT_LINK_DNS_ZONES) ? zones.map((zone) => this.link(zone)) : [];
    this.dependencies = [...dependencies, ...links];
  }

  /** Creates an endpoint for an account; what waits for the account waits for it too. */
  addEndpoint(account: OpenAiAccount): void {
    const endpoint = new PrivateEndpoint(account, "PrivateEndpoint", {
      name: `pe-${account._name}`,
      ...this.place,
      subnetId: this.subnetId,
      privateServiceConnection: {
        name: "account",
        isManualConnection: false,
        privateConnectionResourceId: account.accountId,
        subresourceNames: ["account"],
      },
      privateDnsZoneGroup: { name: "account", privateDnsZoneIds: [...this.zoneIds] },
    });
    // Azure refuses an endpoint while a deployment of the account is being created.
    account._applyBefore(endpoint);
    account._addParts([endpoint, ...this.dependencies]);
  }

  private subnet(): { subnetId: string; dependencies: readonly ITerraformDependable[] } {
    const { subnetId, subnetPrefix, network } = this.props;
    if (subnetId === undefined) return network._addEndpointSubnet(this, subnetPrefix);
    if (subnetPrefix !== undefined) {
      throw new ValidationError(
        this,
        "subnetPrefix: an existing subnet has its own range; leave subnetPrefix out, or subnetId",
      );
    }
    return { subnetId: checkedResourceId(this, "subnetId", subnetId, RESOURCE_TYPES.subnet), dependencies: [] };
  }

  private createdZones(): Zone[] {
    const { location, resourceGroupName, tags } = this.place;
    if (this.props.dnsZonesProvider !== undefined) {
      throw new ValidationError(this, "dnsZonesProvider: is for existing zones; give dnsZoneIds, or leave it out");
    }
    return accountDnsZones(location).map((name) => {
      claimName(this, "private DNS zone", name, resourceGroupName);
      const zone = new PrivateDnsZone(this, `Zone-${name}`, { name, resourceGroupName, tags });
      return { key: name, id: zone.id, name: zone.name, resourceGroupName };
    });
  }

  private existingZones(dnsZoneIds: readonly string[]): Zone[] {
    const ids = dnsZoneIds.map((id) => checkedResourceId(this, "dnsZoneIds", id, RESOURCE_TYPES.privateDnsZone));
    if (!isAnyUnresolved(ids, this.place.location))
      refuse(this, "dnsZoneIds", dnsZoneIdsProblem(ids, this.place.location));
    return ids.map((id, at) => {
      if (!Token.isUnresolved(id)) {
        const { name, resourceGroupName } = parseResourceId(id, RESOURCE_TYPES.privateDnsZone);
        return { key: name.toLowerCase(), id, name, resourceGroupName };
      }
      const part = (index: number) => Token.asString(Fn.element(Fn.split("/", id), index));
      return { key: String(at), id, name: part(8), resourceGroupName: part(4) };
    });
  }

  private link({ key, name, resourceGroupName }: Zone): ITerraformDependable {
    const { dnsZonesProvider: provider, network } = this.props;
    return new PrivateDnsZoneVirtualNetworkLink(this, `Link-${key}`, {
      name: `link-${this.props.name}`,
      privateDnsZoneName: name,
      resourceGroupName,
      virtualNetworkId: network.virtualNetworkId,
      tags: this.place.tags,
      ...(provider && { provider }),
    });
  }
}

/** A private DNS zone. */
interface Zone {
  /** Tells it from the others in ids of constructs. */
  readonly key: string;
  readonly id: string;
  readonly name: string;
  readonly resourceGroupName: string;
}
