import { type GatewayModel } from "../synthesized/gateway-model.js";

/** What a model asks for and the simulated gateway does not do. docs/simulator.md has the whole list. */
export function notSimulated(model: GatewayModel): string[] {
  const settings = model.rules
    .flatMap(({ action, pathRules }) => [action, ...pathRules.map((rule) => rule.action)])
    .flatMap((action) => (action.kind === "forward" ? [action.settings] : []));
  const sticky = [...new Set(settings.filter((each) => each.cookieBasedAffinity).map(({ name }) => name))];
  const profiles = model.listeners.filter(({ sslProfile }) => sslProfile !== undefined).map(({ name }) => name);
  const { minimum, maximum } = model.instances;
  return [
    ...model.ignored,
    ...(model.sku === "WAF_v2" ? ["web application firewall rules (only its limit on the size of bodies)"] : []),
    ...sticky.map((name) => `cookie-based affinity of the backend settings ${name}`),
    ...profiles.map((name) => `the TLS profile (client certificates) of the listener ${name}`),
    ...(maximum > minimum ? [`scaling from ${minimum} to ${maximum} instances`] : []),
    ...(model.unread.length > 0 ? [`the arguments ${model.unread.join(", ")}`] : []),
  ];
}
