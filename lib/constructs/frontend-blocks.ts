import {
  type ApplicationGatewayFrontendIpConfiguration,
  type ApplicationGatewayHttpListener,
  type ApplicationGatewayRedirectConfiguration,
  type ApplicationGatewayRequestRoutingRule,
} from "@cdktf/provider-azurerm/lib/application-gateway";
import { GATEWAY_NAMES } from "./gateway-names.js";
import { type IGatewayNetwork } from "./gateway-network.js";

const { publicFrontend, privateFrontend, onPrivate } = GATEWAY_NAMES;

/** Only the order of the rules of one frontend matters, so those of the private one go behind all others. */
const PRIVATE_PRIORITY_OFFSET = 10_000;

/** The blocks for the addresses of a gateway. */
export function frontendIpConfiguration(network: IGatewayNetwork): ApplicationGatewayFrontendIpConfiguration[] {
  const { subnetId, publicIpAddressId, privateIpAddress } = network;
  return [
    ...(publicIpAddressId === undefined ? [] : [{ name: publicFrontend, publicIpAddressId }]),
    ...(privateIpAddress === undefined
      ? []
      : [{ name: privateFrontend, subnetId, privateIpAddress, privateIpAddressAllocation: "Static" }]),
  ];
}

/** The blocks of all listeners. */
interface ListenerBlocks {
  readonly httpListener: readonly ApplicationGatewayHttpListener[];
  readonly requestRoutingRule: readonly ApplicationGatewayRequestRoutingRule[];
  readonly redirectConfiguration?: readonly ApplicationGatewayRedirectConfiguration[];
}

/**
 * Blocks that are written for a public address, on the addresses that a gateway has: where it has both, each listener is on
 * either of them, with a rule of its own.
 */
export function onFrontends<T extends ListenerBlocks>(blocks: T, network: IGatewayNetwork): T {
  if (network.privateIpAddress === undefined) return blocks;
  const isPrivateOnly = network.publicIpAddressId === undefined;
  const named = (name: string) => (isPrivateOnly ? name : onPrivate(name));
  const redirects = blocks.redirectConfiguration ?? [];
  // A redirect to a URL serves both frontends.
  const toListeners = redirects.filter(({ targetListenerName }) => targetListenerName !== undefined);
  const redirectOf = (name: string | undefined) =>
    name !== undefined && toListeners.some((redirect) => redirect.name === name) ? named(name) : name;
  const own = {
    httpListener: blocks.httpListener.map((listener) => ({
      ...listener,
      name: named(listener.name),
      frontendIpConfigurationName: privateFrontend,
    })),
    requestRoutingRule: blocks.requestRoutingRule.map((rule) => ({
      ...rule,
      name: named(rule.name),
      priority: (rule.priority ?? 0) + (isPrivateOnly ? 0 : PRIVATE_PRIORITY_OFFSET),
      httpListenerName: named(rule.httpListenerName),
      ...(rule.redirectConfigurationName !== undefined && {
        redirectConfigurationName: redirectOf(rule.redirectConfigurationName),
      }),
    })),
    redirectConfiguration: toListeners.map((redirect) => ({
      ...redirect,
      name: named(redirect.name),
      targetListenerName: named(redirect.targetListenerName ?? ""),
    })),
  };
  const others = redirects.filter((redirect) => !toListeners.includes(redirect));
  const both = isPrivateOnly
    ? { ...own, redirectConfiguration: [...own.redirectConfiguration, ...others] }
    : {
        httpListener: [...blocks.httpListener, ...own.httpListener],
        requestRoutingRule: [...blocks.requestRoutingRule, ...own.requestRoutingRule],
        redirectConfiguration: [...redirects, ...own.redirectConfiguration],
      };
  const { redirectConfiguration, ...rest } = both;
  return { ...blocks, ...rest, ...(redirectConfiguration.length > 0 && { redirectConfiguration }) };
}
