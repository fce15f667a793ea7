import { type GatewayModel } from "../synthesized/gateway-model.js";

/** What a model asks for and the simulated gateway does not do. docs/simulator.md has the whole list. */
export function notSimulated(model: GatewayModel, clientAddress: string | undefined): string[] {
  const settings = model.rules
    .flatMap(({ action, pathRules }) => [action, ...pathRules.map((rule) => rule.action)])
    .flatMap((action) => (action.kind === "forward" ? [action.settings] : []));
  const sticky = [...new Set(settings.filter((each) => each.cookieBasedAffinity).map(({ name }) => name))];
  const profiles = model.listeners.filter(({ sslProfile }) => sslProfile !== undefined).map(({ name }) => name);
  const { minimum, maximum } = model.instances;
  return [
    ...model.ignored,
    ...(model.sku === "WAF_v2" ? ["the web application firewall's managed rules"] : []),
    ...(clientAddress === undefined ? addressLists(model) : []),
    ...sticky.map((name) => `cookie-based affinity of the backend settings ${name}`),
    ...profiles.map((name) => `the TLS profile (client certificates) of the listener ${name}`),
    ...(maximum > minimum ? [`scaling from ${minimum} to ${maximum} instances`] : []),
    ...(model.unread.length > 0 ? [`the arguments ${model.unread.join(", ")}`] : []),
  ];
}

/** Rules that go by addresses on Azure, where clients have none. */
function addressLists({ listeners, rules }: GatewayModel): string[] {
  const firewalls = [...listeners, ...rules.flatMap(({ pathRules }) => pathRules)].map(({ firewall }) => firewall);
  const lists = firewalls.flatMap((each) => each?.rules ?? []).filter(({ rateLimit }) => rateLimit === undefined);
  return [...new Set(lists.map(({ name }) => name))].map(
    (name) =>
      `the firewall's custom rule ${name}: every client is local; say which address they have with clientAddress`,
  );
}
