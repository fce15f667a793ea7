import { type IResolvable } from "cdktf";
import { gatewayLimitProblems } from "../rules/gateway-limits.js";
import { listenerConflicts, type OrderedSite, sitePriorities } from "../rules/listener-order.js";
import { duplicates } from "../rules/problem.js";
import { type BackendPool } from "./backend-pool.js";
import { type BackendSettings } from "./backend-settings.js";
import { FrontendPorts } from "./frontend-ports.js";
import { GATEWAY_NAMES } from "./gateway-names.js";
import { type GatewayRoute } from "./gateway-route.js";
import { type GatewaySite, siteBlocks } from "./gateway-site.js";
import { pathMap } from "./path-map.js";
import { RewriteSets } from "./rewrite-sets.js";
import { type RouteTarget } from "./routing-rule.js";
import { isAnyUnresolved } from "./validation.js";

/** What a gateway routes by. */
export interface RoutingParts {
  /** The main listener first. */
  readonly sites: readonly [GatewaySite, ...GatewaySite[]];
  /** In the order in which paths are compared. */
  readonly routes: readonly GatewayRoute[];
  /** That of all backends first. */
  readonly pools: readonly BackendPool[];
  /** How backends are reached. */
  readonly settings: BackendSettings;
}

/** The blocks between clients and backends. */
export type RoutingBlocks = ReturnType<typeof routingBlocks>;

/** Renders every block between clients and backends; one that refers to another has its name from the same place. */
export function routingBlocks({ sites, routes, pools, settings }: RoutingParts) {
  const ports = new FrontendPorts();
  const rewrites = new RewriteSets();
  const [main, ...others] = sites;
  const priorities = sitePriorities([orderedSite(main), ...others.map(orderedSite)]);
  const all = { pool: GATEWAY_NAMES.backendPool, settings: GATEWAY_NAMES.backendSettings };
  const routed = routes.map((route) => ({ route, target: targetOf(route) }));
  const isByPath = ({ pool }: GatewaySite) => pool === undefined && routes.length > 0;
  const rendered = sites.map((site, at) => {
    const pool = site.pool ?? all.pool;
    const action = isByPath(site)
      ? { pathMap: site.names.pathMap }
      : { target: { ...all, pool }, rewriteSet: rewrites.nameOf(pool, site.responseHeaders) };
    return siteBlocks(site, action, ports, priorities[at] ?? { rule: 0, redirect: 0 });
  });
  return {
    frontendPort: ports._render(),
    httpListener: rendered.flatMap(({ httpListener }) => httpListener),
    requestRoutingRule: rendered.flatMap(({ requestRoutingRule }) => requestRoutingRule),
    redirectConfiguration: rendered.flatMap(({ redirectConfiguration }) => redirectConfiguration),
    owners: new Map(
      sites.flatMap(({ names: { owner } }, at) =>
        (rendered[at]?.httpListener ?? []).map(({ name }) => [name, owner] as const),
      ),
    ),
    frontends: new Map(
      sites.flatMap(({ frontend }, at) =>
        frontend === undefined ? [] : (rendered[at]?.httpListener ?? []).map(({ name }) => [name, frontend] as const),
      ),
    ),
    urlPathMap: sites.filter(isByPath).map(({ names }) => pathMap(names.pathMap, all, routed, rewrites)),
    rewriteRuleSet: rewrites._render(),
    backendAddressPool: pools.map((pool) => pool._render()),
    backendHttpSettings: settings._render(routes.some(({ stripPrefix }) => stripPrefix)),
  };
}

/** Pools are referred to by name before they are added, so what is wrong is known when the app is synthesized. */
export function routingProblems(
  { sites, routes, pools }: RoutingParts,
  blocks: RoutingBlocks,
  certificates: number,
): string[] {
  const known = pools.map(({ name }) => name);
  const wanted = [...routes, ...sites].flatMap(({ pool }) => pool ?? []);
  const missing = [...new Set(wanted)].filter((name) => !known.includes(name));
  const empty = pools.filter(({ name, fqdns }) => name !== GATEWAY_NAMES.backendPool && fqdns.length === 0);
  return [
    ...repeatedNames("listeners", blocks.httpListener),
    ...repeatedNames("pools", blocks.backendAddressPool),
    ...repeatedNames("routes", blocks.urlPathMap[0]?.pathRule ?? []),
    ...missing.map((name) => `pools: no pool is named "${name}"; known names are ${known.join(", ")}`),
    ...empty.map(({ name }) => `pools: the pool "${name}" is empty; add at least one Azure OpenAI endpoint`),
    ...conflicts(blocks),
    ...gatewayLimitProblems({
      listeners: blocks.httpListener.length,
      rules: blocks.requestRoutingRule.length,
      pools: pools.length,
      settings: blocks.backendHttpSettings.length,
      certificates,
      redirects: blocks.redirectConfiguration.length,
      rewriteSets: blocks.rewriteRuleSet.length,
      paths: routes.reduce((count, { paths }) => count + paths.length, 0),
    }),
  ];
}

/** What was added under a name that is also derived from a backend or a pool. */
function repeatedNames(prop: string, named: readonly { readonly name: string }[] | IResolvable): string[] {
  const names = Array.isArray(named) ? named.map(({ name }) => name.toLowerCase()) : [];
  return duplicates(names).map(
    ({ at }) =>
      `${prop}: "${names[at]}" is the name of two of them, one of which follows from a backend or a pool; choose another name`,
  );
}

function conflicts({ httpListener, requestRoutingRule, frontendPort, owners }: RoutingBlocks): string[] {
  const places = httpListener
    .filter(({ hostNames = [] }) => !isAnyUnresolved(hostNames))
    .map(({ name, hostNames = [], protocol, frontendPortName, frontendIpConfigurationName }) => ({
      owner: owners.get(name) ?? `the listener "${name}"`,
      isRedirect: requestRoutingRule.some(
        (rule) => rule.httpListenerName === name && rule.redirectConfigurationName !== undefined,
      ),
      frontend: frontendIpConfigurationName,
      port: frontendPort.find((port) => port.name === frontendPortName)?.port ?? 0,
      protocol,
      hostNames,
      priority: requestRoutingRule.find(({ httpListenerName }) => httpListenerName === name)?.priority ?? 0,
    }));
  // A conflict on both of the gateway's addresses is one problem.
  return [...new Set(listenerConflicts(places).map(({ problem }) => `listeners: ${problem}`))];
}

function targetOf({ pool = GATEWAY_NAMES.backendPool, stripPrefix = false }: GatewayRoute): RouteTarget {
  return {
    pool,
    settings: stripPrefix ? GATEWAY_NAMES.prefixedBackendSettings : GATEWAY_NAMES.backendSettings,
  };
}

/** Names that are known only after apply are most likely host names without wildcards. */
function orderedSite({ listener: { hostNames, redirectHttp } }: GatewaySite): OrderedSite {
  return {
    hostNames: isAnyUnresolved(hostNames) ? ["unknown"] : hostNames,
    redirects: redirectHttp ? Math.max(1, hostNames.length) : 0,
  };
}
