import {
  type ApplicationGatewayFrontendIpConfiguration,
  type ApplicationGatewayHttpListener,
  type ApplicationGatewayRedirectConfiguration,
  type ApplicationGatewayRequestRoutingRule,
  type ApplicationGatewayUrlPathMap,
} from "@cdktf/provider-azurerm/lib/application-gateway";
import { type FrontendName, GATEWAY_NAMES } from "./gateway-names.js";
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
  readonly redirectConfiguration: readonly ApplicationGatewayRedirectConfiguration[];
  readonly urlPathMap: readonly ApplicationGatewayUrlPathMap[];
  /** The one frontend of each listener that is not on all. */
  readonly frontends: ReadonlyMap<string, FrontendName>;
  /** What a message calls the listener that each one belongs to. */
  readonly owners: ReadonlyMap<string, string>;
}

/**
 * Blocks that are written for a public address, on the addresses that a gateway has: where it has both, each listener is on
 * either of them, with a rule and a path map of its own, unless it is for one of them.
 */
export function onFrontends<T extends ListenerBlocks>(blocks: T, network: IGatewayNetwork): T {
  if (network.privateIpAddress === undefined) return blocks;
  if (network.publicIpAddressId === undefined) return { ...blocks, ...onPrivateFrontend(blocks, (name) => name) };
  const ofPublic = without(blocks, privateFrontend);
  const ofPrivate = onPrivateFrontend(without(blocks, publicFrontend), onPrivate);
  return {
    ...blocks,
    httpListener: [...ofPublic.httpListener, ...ofPrivate.httpListener],
    requestRoutingRule: [...ofPublic.requestRoutingRule, ...ofPrivate.requestRoutingRule],
    redirectConfiguration: [
      ...ofPublic.redirectConfiguration,
      // A redirect to a URL serves both frontends.
      ...ofPrivate.redirectConfiguration.filter(
        ({ name }) => !ofPublic.redirectConfiguration.some((other) => other.name === name),
      ),
    ],
    urlPathMap: [...ofPublic.urlPathMap, ...ofPrivate.urlPathMap],
    owners: new Map(
      [...blocks.owners].flatMap(([name, owner]) => [name, onPrivate(name)].map((each) => [each, owner])),
    ),
  };
}

/** The listeners that are not for this frontend alone, and what they refer to. */
function without(blocks: ListenerBlocks, frontend: FrontendName): ListenerBlocks {
  const httpListener = blocks.httpListener.filter(({ name }) => blocks.frontends.get(name) !== frontend);
  const requestRoutingRule = blocks.requestRoutingRule.filter(({ httpListenerName }) =>
    httpListener.some(({ name }) => name === httpListenerName),
  );
  return {
    ...blocks,
    httpListener,
    requestRoutingRule,
    redirectConfiguration: blocks.redirectConfiguration.filter(({ name }) =>
      requestRoutingRule.some(({ redirectConfigurationName }) => redirectConfigurationName === name),
    ),
    urlPathMap: blocks.urlPathMap.filter(({ name }) =>
      requestRoutingRule.some(({ urlPathMapName }) => urlPathMapName === name),
    ),
  };
}

/** @param named gives the blocks of the private frontend names of their own, where there is a public one besides */
function onPrivateFrontend(blocks: ListenerBlocks, named: (name: string) => string): ListenerBlocks {
  const isTargetUrl = (name: string) =>
    blocks.redirectConfiguration.some((redirect) => redirect.name === name && redirect.targetUrl !== undefined);
  const redirectNamed = (name: string) => (isTargetUrl(name) ? name : named(name));
  return {
    ...blocks,
    httpListener: blocks.httpListener.map((listener) => ({
      ...listener,
      name: named(listener.name),
      frontendIpConfigurationName: privateFrontend,
    })),
    requestRoutingRule: blocks.requestRoutingRule.map((rule) => ({
      ...rule,
      name: named(rule.name),
      priority: (rule.priority ?? 0) + (named(rule.name) === rule.name ? 0 : PRIVATE_PRIORITY_OFFSET),
      httpListenerName: named(rule.httpListenerName),
      ...(rule.urlPathMapName !== undefined && { urlPathMapName: named(rule.urlPathMapName) }),
      ...(rule.redirectConfigurationName !== undefined && {
        redirectConfigurationName: redirectNamed(rule.redirectConfigurationName),
      }),
    })),
    redirectConfiguration: blocks.redirectConfiguration.map((redirect) => ({
      ...redirect,
      name: redirectNamed(redirect.name),
      ...(redirect.targetListenerName !== undefined && { targetListenerName: named(redirect.targetListenerName) }),
    })),
    urlPathMap: blocks.urlPathMap.map((map) => ({ ...map, name: named(map.name) })),
  };
}
