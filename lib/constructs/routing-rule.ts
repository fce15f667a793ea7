import { type ApplicationGatewayRequestRoutingRule } from "@cdktf/provider-azurerm/lib/application-gateway";

/** Where requests go: names of blocks. */
export interface RouteTarget {
  /** A backend pool. */
  readonly pool: string;
  /** Backend settings. */
  readonly settings: string;
}

/** A path map, or one target for all paths. */
export type RoutingAction =
  { readonly pathMap: string } | { readonly target: RouteTarget; readonly rewriteSet: string | undefined };

interface RoutingRuleProps {
  readonly name: string;
  /** Lower runs first. */
  readonly priority: number;
  readonly listener: string;
  readonly action: RoutingAction;
}

/** The rule that sends the requests of a listener on. */
export function routingRule({
  name,
  priority,
  listener,
  action,
}: RoutingRuleProps): ApplicationGatewayRequestRoutingRule {
  const common = { name, priority, httpListenerName: listener };
  if ("pathMap" in action) return { ...common, ruleType: "PathBasedRouting", urlPathMapName: action.pathMap };
  return {
    ...common,
    ruleType: "Basic",
    backendAddressPoolName: action.target.pool,
    backendHttpSettingsName: action.target.settings,
    ...(action.rewriteSet !== undefined && { rewriteRuleSetName: action.rewriteSet }),
  };
}
