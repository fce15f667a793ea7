import { type ApplicationGatewayUrlPathMap } from "@cdktf/provider-azurerm/lib/application-gateway";
import { type GatewayRoute } from "./gateway-route.js";
import { type RewriteSets } from "./rewrite-sets.js";
import { type RouteTarget } from "./routing-rule.js";

/** What a listener does with each path. */
export function pathMap(
  name: string,
  target: RouteTarget,
  routes: readonly { readonly route: GatewayRoute; readonly target: RouteTarget }[],
  rewrites: RewriteSets,
): ApplicationGatewayUrlPathMap {
  return {
    name,
    defaultBackendAddressPoolName: target.pool,
    defaultBackendHttpSettingsName: target.settings,
    pathRule: routes.map(({ route, target: { pool, settings } }) => ({
      name: route.name,
      paths: [...route.paths],
      backendAddressPoolName: pool,
      backendHttpSettingsName: settings,
      rewriteRuleSetName: rewrites.nameOf(pool, route.responseHeaders),
    })),
  };
}
