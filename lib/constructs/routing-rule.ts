import { type ApplicationGatewayRequestRoutingRule } from "@cdktf/provider-azurerm/lib/application-gateway";

/** The place of the rule of the main listener: lower runs first. */
export const RULE_PRIORITY = 100;
/** The place of the first rule that redirects. */
export const REDIRECT_RULE_PRIORITY = 200;

/** Where requests go: names of blocks. */
export interface RouteTarget {
  /** A backend pool. */
  readonly pool: string;
  /** Backend settings. */
  readonly settings: string;
}

interface RoutingRuleProps {
  readonly name: string;
  readonly priority: number;
  readonly listener: string;
  readonly target: RouteTarget;
}

/** The rule that sends all requests of a listener to a pool. */
export function routingRule({
  name,
  priority,
  listener,
  target,
}: RoutingRuleProps): ApplicationGatewayRequestRoutingRule {
  return {
    name,
    priority,
    ruleType: "Basic",
    httpListenerName: listener,
    backendAddressPoolName: target.pool,
    backendHttpSettingsName: target.settings,
  };
}
