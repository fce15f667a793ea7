import {
  type BackendPool,
  type BackendSettings,
  type Listener,
  type RedirectAction,
  type RewriteRule,
  type RouteAction,
  type RoutingRule,
} from "./gateway-model.js";
import { type GatewayBlocks } from "./gateway-blocks.js";
import { type FirewallPolicies } from "./firewall.js";
import { re2 } from "./re2.js";
import { SynthesizedError } from "./synthesized-error.js";

/** The blocks that rules refer to by name. */
export interface Referable {
  readonly address: string;
  readonly listeners: readonly Listener[];
  readonly pools: readonly BackendPool[];
  readonly settings: readonly BackendSettings[];
  readonly policies: FirewallPolicies;
}

/** Rules with all their names resolved, highest priority first. */
export function routingRules(blocks: GatewayBlocks, known: Referable): RoutingRule[] {
  const redirects = blocks.redirect_configuration.map((redirect, index) =>
    redirectAction(redirect, `${known.address}.redirect_configuration[${index}]`, known),
  );
  const rewrites = blocks.rewrite_rule_set.map(({ name, rewrite_rule }, set) => ({
    name,
    rules: rewrite_rule
      .map((rule, index) => rewriteRule(rule, `${known.address}.rewrite_rule_set[${set}].rewrite_rule[${index}]`))
      .sort((one, other) => one.sequence - other.sequence),
  }));
  const action = (names: ActionNames, where: string, prefix = ""): RouteAction => {
    if (names.redirect !== undefined) {
      const redirect = byName(redirects, names.redirect, `${where}.${prefix}redirect_configuration_name`);
      return redirect.action;
    }
    if (names.pool === undefined || names.settings === undefined) {
      throw new SynthesizedError(
        where,
        `has no target: set ${prefix}backend_address_pool_name and ${prefix}backend_http_settings_name, or ${prefix}redirect_configuration_name`,
      );
    }
    const set = names.rewrites;
    return {
      kind: "forward",
      pool: byName(known.pools, names.pool, `${where}.${prefix}backend_address_pool_name`),
      settings: byName(known.settings, names.settings, `${where}.${prefix}backend_http_settings_name`),
      rewrites: set === undefined ? [] : byName(rewrites, set, `${where}.${prefix}rewrite_rule_set_name`).rules,
    };
  };
  const rules = blocks.request_routing_rule.map((rule, index): RoutingRule => {
    const where = `${known.address}.request_routing_rule[${index}]`;
    const listener = byName(known.listeners, rule.http_listener_name, `${where}.http_listener_name`);
    const common = { name: rule.name, priority: rule.priority ?? LAST, listener };
    if (rule.rule_type === "Basic") {
      return { ...common, pathRules: [], action: action(namesOf(rule), where) };
    }
    if (rule.url_path_map_name === undefined) {
      throw new SynthesizedError(`${where}.url_path_map_name`, "is missing; a rule of type PathBasedRouting needs it");
    }
    const map = byName(blocks.url_path_map, rule.url_path_map_name, `${where}.url_path_map_name`);
    const mapAt = `${known.address}.url_path_map[${blocks.url_path_map.indexOf(map)}]`;
    const defaults = {
      pool: map.default_backend_address_pool_name,
      settings: map.default_backend_http_settings_name,
      redirect: map.default_redirect_configuration_name,
      rewrites: map.default_rewrite_rule_set_name,
    };
    return {
      ...common,
      action: action(defaults, mapAt, "default_"),
      pathRules: map.path_rule.map((pathRule, at) => ({
        name: pathRule.name,
        paths: pathRule.paths.map((path) => checkedPath(path, `${mapAt}.path_rule[${at}].paths`)),
        action: action(namesOf(pathRule), `${mapAt}.path_rule[${at}]`),
        firewall: known.policies.policy(pathRule.firewall_policy_id) ?? listener.firewall,
      })),
    };
  });
  return rules.sort((one, other) => one.priority - other.priority);
}

/** What a rule has that was refused before. */
const LAST = 20_000;

/** @throws SynthesizedError listing the names that exist. */
export function byName<T extends { readonly name: string }>(candidates: readonly T[], name: string, where: string): T {
  const found = candidates.find((candidate) => candidate.name === name);
  if (found !== undefined) return found;
  const names = candidates.map((candidate) => candidate.name).join(", ");
  throw new SynthesizedError(
    where,
    `no block is named "${name}"; ${names === "" ? "there are none" : `known names are ${names}`}`,
  );
}

interface ActionNames {
  readonly pool: string | undefined;
  readonly settings: string | undefined;
  readonly redirect: string | undefined;
  readonly rewrites: string | undefined;
}

function namesOf(rule: {
  readonly backend_address_pool_name?: string | undefined;
  readonly backend_http_settings_name?: string | undefined;
  readonly redirect_configuration_name?: string | undefined;
  readonly rewrite_rule_set_name?: string | undefined;
}): ActionNames {
  return {
    pool: rule.backend_address_pool_name,
    settings: rule.backend_http_settings_name,
    redirect: rule.redirect_configuration_name,
    rewrites: rule.rewrite_rule_set_name,
  };
}

const REDIRECT_STATUS = { Permanent: 301, Found: 302, SeeOther: 303, Temporary: 307 } as const;

function redirectAction(
  redirect: GatewayBlocks["redirect_configuration"][number],
  where: string,
  { listeners }: Referable,
): { name: string; action: RedirectAction } {
  const { target_listener_name: listener, target_url: url } = redirect;
  if ((listener === undefined) === (url === undefined)) {
    throw new SynthesizedError(where, "needs exactly one of target_listener_name and target_url");
  }
  return {
    name: redirect.name,
    action: {
      kind: "redirect",
      statusCode: REDIRECT_STATUS[redirect.redirect_type],
      target:
        listener === undefined
          ? { url: absoluteUrl(url ?? "", `${where}.target_url`) }
          : { listener: byName(listeners, listener, `${where}.target_listener_name`) },
      includePath: redirect.include_path,
      includeQueryString: redirect.include_query_string,
    },
  };
}

function rewriteRule(
  rule: GatewayBlocks["rewrite_rule_set"][number]["rewrite_rule"][number],
  where: string,
): RewriteRule {
  const url = rule.url[0];
  const headers = (list: typeof rule.request_header_configuration) =>
    list.map(({ header_name: name, header_value: value }) => ({ name, value }));
  return {
    name: rule.name,
    sequence: rule.rule_sequence,
    conditions: rule.condition.map(({ variable, pattern, ignore_case, negate }, index) => ({
      variable,
      pattern: checkedPattern(pattern, `${where}.condition[${index}].pattern`),
      ignoreCase: ignore_case,
      negate,
    })),
    requestHeaders: headers(rule.request_header_configuration),
    responseHeaders: headers(rule.response_header_configuration),
    // Without `components`, the part that is not written becomes empty; so the provider's documentation.
    url: url && {
      path: url.components === "query_string_only" ? undefined : (url.path ?? "/"),
      queryString: url.components === "path_only" ? undefined : (url.query_string ?? ""),
      reevaluatePathMap: url.reroute,
    },
  };
}

/** v2 takes one `*`, at the end. https://learn.microsoft.com/azure/application-gateway/url-route-overview#pathpattern */
function checkedPath(path: string, where: string): string {
  if (/^\/[^*?#]*\*?$/.test(path)) return path;
  throw new SynthesizedError(where, `"${path}" has to start with "/" and may have one "*", at its end`);
}

function checkedPattern(pattern: string, where: string): string {
  try {
    re2(pattern, false);
    return pattern;
  } catch (error) {
    throw new SynthesizedError(where, `not a regular expression of RE2: ${(error as Error).message}; got "${pattern}"`);
  }
}

function absoluteUrl(url: string, where: string): string {
  if (/^https?:\/\//i.test(url) && URL.canParse(url)) return url;
  throw new SynthesizedError(where, `expected an absolute http or https URL, got "${url}"`);
}
