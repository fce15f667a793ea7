import { type Firewall, type ForwardAction, type RouteAction, type RoutingRule } from "../synthesized/gateway-model.js";

/** A rule and what it does with one path. */
export interface Route {
  readonly rule: RoutingRule;
  readonly action: RouteAction;
  /** The path pattern that matched; absent for the rule's own action. */
  readonly pattern: string | undefined;
  readonly firewall: Firewall | undefined;
}

/**
 * The first rule, by priority, whose listener takes the host; undefined if none does.
 * https://learn.microsoft.com/azure/application-gateway/multiple-site-overview#request-routing-rules-evaluation-order
 */
export function ruleForHost(rules: readonly RoutingRule[], name: string): RoutingRule | undefined {
  return rules.find(({ listener }) => listenerTakes(listener.hostNames, name));
}

/** A listener without host names takes any host. */
export function listenerTakes(hostNames: readonly string[], name: string): boolean {
  return hostNames.length === 0 || hostNames.some((pattern) => matchesHostName(pattern, name));
}

/**
 * The first path rule in the file's order that matches, regardless of case and without the query string.
 * https://learn.microsoft.com/azure/application-gateway/url-route-overview
 */
export function routeForPath(rule: RoutingRule, path: string): Route {
  const lower = path.toLowerCase();
  for (const { paths, action, firewall } of rule.pathRules) {
    const pattern = paths.find((candidate) => matchesPath(candidate.toLowerCase(), lower));
    if (pattern !== undefined) return { rule, action, pattern, firewall };
  }
  return { rule, action: rule.action, pattern: undefined, firewall: rule.listener.firewall };
}

/**
 * The settings' path in place of what the path rule's pattern matched, or in front of the whole path.
 * https://learn.microsoft.com/azure/application-gateway/configuration-http-settings#override-backend-path
 */
export function overridePath(path: string, { settings }: ForwardAction, pattern: string | undefined): string {
  if (settings.path === undefined) return path;
  const prefix = pattern === undefined ? "/" : pattern.replace(/\*$/, "");
  const rest = path.toLowerCase().startsWith(prefix.toLowerCase()) ? path.slice(prefix.length) : path;
  return `${settings.path.replace(/\/$/, "")}/${rest.replace(/^\//, "")}`;
}

/** Host header or `:authority` without the port, in lower case. */
export function hostName(host: string): string {
  return host.replace(/:\d+$/, "").toLowerCase();
}

function matchesHostName(pattern: string, name: string): boolean {
  if (!/[*?]/.test(pattern)) return pattern === name;
  const expression = pattern.replace(
    /[.*?]/g,
    (sign) => ({ ".": "\\.", "*": "[a-z0-9.-]*", "?": "[a-z0-9-]" })[sign] ?? "",
  );
  return new RegExp(`^${expression}$`).test(name);
}

function matchesPath(pattern: string, path: string): boolean {
  return pattern.endsWith("*") ? path.startsWith(pattern.slice(0, -1)) : path === pattern;
}
