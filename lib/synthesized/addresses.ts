import { type BackendPool, type ForwardAction, type GatewayModel, type RoutingRule } from "./gateway-model.js";

/** Where one backend or a pool is reached, besides all backends in turn. */
export interface Address {
  /** Its last segment, or the first label of its host name. */
  readonly name: string;
  readonly pool: BackendPool;
  /** Under the URL of the gateway, such as `/backends/east`; empty for one that has a host name. */
  readonly path: string;
  /** A host name of its own. Absent for one that is a path of the gateway's. */
  readonly hostName: string | undefined;
}

/** A rule that leads to backends, with its action for paths that it has no path rule for. */
export interface ForwardingRule extends RoutingRule {
  readonly action: ForwardAction;
}

/**
 * The rule that the gateway's URL reaches: the one with most path rules, then that with most backends behind it, then the
 * first.
 */
export function mainRule({ rules }: GatewayModel): ForwardingRule | undefined {
  return rules
    .filter((rule): rule is ForwardingRule => rule.action.kind === "forward")
    .reduce<ForwardingRule | undefined>((most, rule) => (most && !offersMore(rule, most) ? most : rule), undefined);
}

function offersMore(rule: ForwardingRule, than: ForwardingRule): boolean {
  const byPath = rule.pathRules.length - than.pathRules.length;
  return byPath > 0 || (byPath === 0 && rule.action.pool.members.length > than.action.pool.members.length);
}

/**
 * The addresses of single backends and of pools on the main listener: prefixes of paths that the backends do not get, and
 * listeners on its port for one host name each.
 */
export function addressesOf(model: GatewayModel): Address[] {
  const main = mainRule(model);
  if (main === undefined) return [];
  const byPath = main.pathRules.flatMap(({ paths, action }) =>
    action.kind === "forward" && action.settings.path === "/"
      ? paths.filter((path) => path.endsWith("/*")).map((path) => addressOfPath(path.slice(0, -2), action.pool))
      : [],
  );
  const { frontend, port, protocol } = main.listener;
  const byHostName = model.rules.flatMap(({ listener, action, pathRules }) => {
    const [hostName = "*", ...others] = listener.hostNames;
    const isBeside =
      listener.frontend.name === frontend.name && listener.port === port && listener.protocol === protocol;
    if (!isBeside || action.kind !== "forward" || action.pool === main.action.pool) return [];
    if (pathRules.length > 0 || others.length > 0 || /[*?]/.test(hostName)) return [];
    return [{ name: hostName.split(".")[0] ?? "", pool: action.pool, path: "", hostName }];
  });
  return [...byPath, ...byHostName];
}

function addressOfPath(path: string, pool: BackendPool): Address {
  return { name: path.split("/").at(-1) ?? "", pool, path, hostName: undefined };
}
