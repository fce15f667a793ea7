import { DataAzurermPublicIp } from "@cdktf/provider-azurerm/lib/data-azurerm-public-ip";
import { PublicIp } from "@cdktf/provider-azurerm/lib/public-ip";
import { Fn, Token } from "cdktf";
import { type Construct } from "constructs";
import { ipAddressProblem } from "../rules/ip-address.js";
import { parseResourceId, RESOURCE_TYPES } from "../rules/resource-id.js";
import { nameProblem } from "../rules/resource-name.js";
import { claimName, claimPublicIpAddress, claimUniqueName } from "./claimed-name.js";
import { type Placement } from "./placement.js";
import { checkedResourceId, validate } from "./validation.js";

/** What can be chosen about a public address that is created. */
export interface PublicFrontendOptions {
  /**
   * First label of a host name under `<location>.cloudapp.azure.com`.
   *
   * @default - none
   */
  readonly dnsLabel?: string;
  /**
   * The Azure resource id of a prefix that the address is taken from, so that it is known before it is created.
   *
   * @default - any address of Azure's
   */
  readonly publicIpPrefixId?: string;
}

/** What can be chosen about a private address. */
export interface PrivateFrontendOptions {
  /**
   * An address of the gateway's subnet that nothing else uses: Azure takes a static one only.
   *
   * @default - the last usable address of a subnet that is created; none for an existing subnet, where it has to be set
   */
  readonly ipAddress?: string;
}

/**
 * What a frontend takes from its network.
 * @internal
 */
export interface FrontendContext extends Placement {
  /** Prefix of names. */
  readonly name: string;
  /** Availability zones of the address. */
  readonly zones: readonly string[] | undefined;
}

/**
 * Where a public address is read from.
 * @internal
 */
export type PublicAddress = PublicIp | DataAzurermPublicIp;

/**
 * The addresses that clients connect to: a public one, a private one in the gateway's subnet, or both.
 * @see https://learn.microsoft.com/azure/application-gateway/configuration-frontend-ip
 */
export class Frontend {
  /** A public address that is created. */
  static public(options: PublicFrontendOptions = {}): Frontend {
    return new Frontend(
      (scope, context) => createdAddress(scope, context, options),
      undefined,
      options.dnsLabel !== undefined,
    );
  }

  /** An existing public address: static, of the SKU Standard, in the gateway's region and subscription, and not in use. */
  static existingPublic(publicIpAddressId: string): Frontend {
    return new Frontend((scope) => existingAddress(scope, publicIpAddressId));
  }

  /**
   * No public address. The subscription needs the feature `EnableApplicationGatewayNetworkIsolation`, and the gateway has no way
   * to the Internet but an {@link Egress}.
   * @see https://learn.microsoft.com/azure/application-gateway/application-gateway-private-deployment
   */
  static private(options: PrivateFrontendOptions = {}): Frontend {
    return new Frontend(undefined, options);
  }

  private constructor(
    private readonly publicAddress: ((scope: Construct, context: FrontendContext) => PublicAddress) | undefined,
    /** The private address; absent without one. */
    readonly privateAddress?: PrivateFrontendOptions,
    /**
     * Whether the public address has a host name of Azure's.
     * @internal
     */
    readonly _hasDnsLabel = false,
  ) {}

  /** The same with a private address besides, on which the listener answers too. */
  withPrivate(options: PrivateFrontendOptions = {}): Frontend {
    return new Frontend(this.publicAddress, options, this._hasDnsLabel);
  }

  /** Whether the gateway has a public address. */
  get isPublic(): boolean {
    return this.publicAddress !== undefined;
  }

  /**
   * Creates or looks up the public address.
   * @throws ValidationError for anything that Azure would refuse.
   * @internal
   */
  _render(scope: Construct, context: FrontendContext): PublicAddress | undefined {
    validate(scope, "frontend.ipAddress", this.privateAddress?.ipAddress, ipAddressProblem);
    return this.publicAddress?.(scope, context);
  }
}

/** One public address, as before there was a choice. */
export const DEFAULT_FRONTEND = Frontend.public();

function createdAddress(
  scope: Construct,
  { name: prefix, zones, ...place }: FrontendContext,
  { dnsLabel, publicIpPrefixId }: PublicFrontendOptions,
): PublicAddress {
  validate(scope, "frontend.dnsLabel", dnsLabel, nameProblem("dnsLabel"));
  const name = `pip-${prefix}`;
  claimName(scope, "public IP address", name, place.resourceGroupName);
  if (dnsLabel !== undefined)
    claimUniqueName(scope, "frontend.dnsLabel", "DNS label", dnsLabel, `in ${place.location}`);
  return new PublicIp(scope, "PublicAddress", {
    name,
    ...place,
    sku: "Standard",
    allocationMethod: "Static",
    domainNameLabel: dnsLabel,
    ...(publicIpPrefixId !== undefined && {
      publicIpPrefixId: checkedResourceId(
        scope,
        "frontend.publicIpPrefixId",
        publicIpPrefixId,
        RESOURCE_TYPES.publicIpPrefix,
      ),
    }),
    ...(zones && { zones: [...zones] }),
  });
}

function existingAddress(scope: Construct, publicIpAddressId: string): PublicAddress {
  const id = checkedResourceId(scope, "frontend.publicIpAddressId", publicIpAddressId, RESOURCE_TYPES.publicIpAddress);
  claimPublicIpAddress(scope, id);
  return new DataAzurermPublicIp(scope, "PublicAddress", namesIn(id));
}

/** What a data source wants in place of an id. */
function namesIn(publicIpAddressId: string): { name: string; resourceGroupName: string } {
  if (!Token.isUnresolved(publicIpAddressId)) {
    const { name, resourceGroupName } = parseResourceId(publicIpAddressId, RESOURCE_TYPES.publicIpAddress);
    return { name, resourceGroupName };
  }
  const part = (at: number) => Token.asString(Fn.element(Fn.split("/", publicIpAddressId), at));
  return { name: part(8), resourceGroupName: part(4) };
}
