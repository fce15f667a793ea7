import { type Block } from "./block.js";
import { type Value } from "./expression.js";
import { type GatewayPart } from "./gateway-part.js";

/** `request_routing_rule` */
export function routingRule(block: Block, partOf: GatewayPart): Value {
  return {
    name: block.text("name"),
    properties: {
      ...action(block, partOf),
      httpListener: partOf("httpListeners", block.text("http_listener_name")),
      priority: block.optionalNumber("priority"),
      ruleType: block.text("rule_type"),
      urlPathMap: partOf("urlPathMaps", block.optionalText("url_path_map_name")),
    },
  };
}

/** `url_path_map` */
export function pathMap(block: Block, partOf: GatewayPart): Value {
  const at = (type: string, key: string) => partOf(type, block.optionalText(`default_${key}_name`));
  return {
    name: block.text("name"),
    properties: {
      defaultBackendAddressPool: at("backendAddressPools", "backend_address_pool"),
      defaultBackendHttpSettings: at("backendHttpSettingsCollection", "backend_http_settings"),
      defaultRedirectConfiguration: at("redirectConfigurations", "redirect_configuration"),
      defaultRewriteRuleSet: at("rewriteRuleSets", "rewrite_rule_set"),
      pathRules: block.blocks("path_rule").map((rule) => ({
        name: rule.text("name"),
        properties: { ...action(rule, partOf), paths: rule.texts("paths") },
      })),
    },
  };
}

function action(block: Block, partOf: GatewayPart): Readonly<Record<string, Value>> {
  return {
    backendAddressPool: partOf("backendAddressPools", block.optionalText("backend_address_pool_name")),
    backendHttpSettings: partOf("backendHttpSettingsCollection", block.optionalText("backend_http_settings_name")),
    redirectConfiguration: partOf("redirectConfigurations", block.optionalText("redirect_configuration_name")),
    rewriteRuleSet: partOf("rewriteRuleSets", block.optionalText("rewrite_rule_set_name")),
  };
}

/** `redirect_configuration` */
export function redirect(block: Block, partOf: GatewayPart): Value {
  return {
    name: block.text("name"),
    properties: {
      includePath: block.flag("include_path", false),
      includeQueryString: block.flag("include_query_string", false),
      redirectType: block.text("redirect_type"),
      targetListener: partOf("httpListeners", block.optionalText("target_listener_name")),
      targetUrl: block.optionalText("target_url"),
    },
  };
}

/** `rewrite_rule_set` */
export function rewriteRuleSet(block: Block): Value {
  return {
    name: block.text("name"),
    properties: { rewriteRules: block.blocks("rewrite_rule").map(rewriteRule) },
  };
}

function rewriteRule(block: Block): Value {
  const url = block.block("url");
  const headers = (key: string) =>
    block.blocks(key).map((header) => ({
      headerName: header.text("header_name"),
      headerValue: header.optionalText("header_value") ?? "",
    }));
  return {
    actionSet: {
      requestHeaderConfigurations: headers("request_header_configuration"),
      responseHeaderConfigurations: headers("response_header_configuration"),
      urlConfiguration: url && urlRewrite(url),
    },
    conditions: block.blocks("condition").map((condition) => ({
      ignoreCase: condition.flag("ignore_case", false),
      negate: condition.flag("negate", false),
      pattern: condition.text("pattern"),
      variable: condition.text("variable"),
    })),
    name: block.text("name"),
    ruleSequence: block.number("rule_sequence"),
  };
}

/** Without `components`, azurerm sends both parts, so that the one that is not written becomes empty. */
function urlRewrite(block: Block): Value {
  const components = block.optionalText("components");
  const path = block.optionalText("path") ?? "";
  const query = block.optionalText("query_string") ?? "";
  return {
    modifiedPath: components === "query_string_only" ? undefined : path,
    modifiedQueryString: components === "path_only" ? undefined : query,
    reroute: block.flag("reroute", false),
  };
}
