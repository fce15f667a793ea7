import { type Construct } from "constructs";
import { ACCOUNT_SERVICE_ENDPOINT } from "../rules/network.js";
import { publicAddressOrRangeProblem } from "../rules/ip-address.js";
import { type GatewayNetwork } from "./gateway-network.js";
import { type OpenAiAccount, type OpenAiAccountProps } from "./openai-account.js";
import { type Placement } from "./placement.js";
import { PrivateEndpoints, type PrivateEndpointsOptions } from "./private-endpoints.js";
import { validateAll } from "./validation.js";

/** Who besides the gateway reaches accounts that are closed to all others. */
export interface GatewayOnlyOptions {
  /**
   * Public addresses and ranges that are let in besides, such as those of a build agent.
   *
   * @default - none
   */
  readonly allowedIpRanges?: readonly string[];
}

/**
 * What accounts take from their load balancer.
 * @internal
 */
export interface AccountNetworkContext extends Placement {
  /** Prefix of names. */
  readonly name: string;
  /** The gateway's network. */
  readonly network: GatewayNetwork;
}

/**
 * What an account takes from the way that it is reached.
 * @internal
 */
export interface BoundAccountNetwork {
  /** Whether the gateway reaches accounts over private endpoints. */
  readonly isPrivate: boolean;
  /** What each account is created with. */
  readonly accountProps: Pick<OpenAiAccountProps, "networkRules" | "publicNetworkAccess">;
  /** Creates what leads to an account. */
  readonly connect: (account: OpenAiAccount) => void;
}

/** Who reaches the accounts that a load balancer creates. */
export abstract class AccountNetwork {
  /** Anybody with a token or key, from any network. */
  static open(): AccountNetwork {
    return new OpenAccounts();
  }

  /** The gateway alone, by the addresses that its requests come from, or by its subnet where that has the service endpoint. */
  static gatewayOnly(options: GatewayOnlyOptions = {}): AccountNetwork {
    return new GatewayOnlyAccounts(options);
  }

  /** The gateway's network alone: each account has a private endpoint there, and no public access. */
  static privateEndpoints(options: PrivateEndpointsOptions = {}): AccountNetwork {
    return new PrivateAccounts(options);
  }

  /** Exists in the type only: without it, any object would be assignable to the published type. */
  declare protected readonly nominal: true;

  /**
   * Called by the load balancer that creates the accounts.
   * @throws ValidationError for anything that Azure would refuse.
   * @internal
   */
  abstract _bind(scope: Construct, context: AccountNetworkContext): BoundAccountNetwork;
}

class OpenAccounts extends AccountNetwork {
  _bind(): BoundAccountNetwork {
    return { isPrivate: false, accountProps: {}, connect: () => undefined };
  }
}

class GatewayOnlyAccounts extends AccountNetwork {
  constructor(private readonly options: GatewayOnlyOptions) {
    super();
  }

  _bind(scope: Construct, { network }: AccountNetworkContext): BoundAccountNetwork {
    const { allowedIpRanges = [] } = this.options;
    validateAll(scope, "accountNetwork.allowedIpRanges", allowedIpRanges, publicAddressOrRangeProblem);
    const bySubnet = network._serviceEndpoints.includes(ACCOUNT_SERVICE_ENDPOINT);
    const gateway = bySubnet ? [] : network.egressIpAddresses;
    const networkRules = {
      ipRanges: [...gateway, ...allowedIpRanges.filter((range) => !gateway.includes(range))],
      subnetIds: bySubnet ? [network.subnetId] : [],
    };
    return { isPrivate: false, accountProps: { networkRules }, connect: () => undefined };
  }
}

class PrivateAccounts extends AccountNetwork {
  constructor(private readonly options: PrivateEndpointsOptions) {
    super();
  }

  _bind(scope: Construct, context: AccountNetworkContext): BoundAccountNetwork {
    const endpoints = new PrivateEndpoints(scope, "PrivateEndpoints", { ...context, ...this.options });
    return {
      isPrivate: true,
      accountProps: { publicNetworkAccess: false },
      connect: (account) => endpoints.addEndpoint(account),
    };
  }
}

/** As Azure creates accounts. */
export const DEFAULT_ACCOUNT_NETWORK = AccountNetwork.open();
