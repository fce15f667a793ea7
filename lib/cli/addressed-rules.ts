import { routeForPath } from "../simulator/routing.js";
import { type Address, addressesOf, type GatewayModel, mainRule, type RoutingRule } from "../synthesized/index.js";

/** The addresses of single backends that are paths of the gateway's, each backend once. */
export function backendAddresses(model: GatewayModel): Address[] {
  const members = mainRule(model)?.action.pool.members ?? [];
  const addresses = addressesOf(model).filter(
    ({ hostName, path }) => hostName === undefined && !path.startsWith("/pools/"),
  );
  return members.flatMap(
    (member) => addresses.find(({ pool }) => pool.members.length === 1 && pool.members[0] === member) ?? [],
  );
}

/** A gateway's rules with an address for each backend, as `addressing` configures them. */
export function addressedRules(model: GatewayModel): RoutingRule[] {
  const main = mainRule(model);
  return model.rules.map((rule) => {
    if (rule !== main) return rule;
    const { pool, settings } = main.action;
    const addresses = pool.members.map((member, at) => ({
      name: `backend-${at + 1}`,
      paths: [`/backends/${at + 1}/*`],
      firewall: main.listener.firewall,
      action: {
        kind: "forward" as const,
        pool: { name: `backend-${at + 1}`, members: [member] },
        settings: { ...settings, name: `${settings.name}-without-prefix`, path: "/" },
        rewrites: [],
      },
    }));
    return { ...main, pathRules: [...addresses, ...main.pathRules] };
  });
}

/** Whether requests of the Responses API go to one backend. */
export function arePinned(model: GatewayModel): boolean {
  const main = mainRule(model);
  const action = main && routeForPath(main, RESPONSES_PATH).action;
  return action?.kind === "forward" && action.pool.members.length === 1;
}

const RESPONSES_PATH = "/openai/v1/responses";
