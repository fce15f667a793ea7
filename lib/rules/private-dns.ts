import { openAiDomain } from "./location.js";
import { listed, type Problem } from "./problem.js";
import { parseResourceId, RESOURCE_TYPES } from "./resource-id.js";

/**
 * The zones that resolve an account's host names to its private endpoint, by the domain of Azure OpenAI in the cloud: the account
 * answers under a name in each.
 * @see https://learn.microsoft.com/azure/private-link/private-endpoint-dns#ai--machine-learning
 */
const ZONES: Readonly<Record<string, readonly string[]>> = {
  "openai.azure.com": [
    "privatelink.openai.azure.com",
    "privatelink.cognitiveservices.azure.com",
    "privatelink.services.ai.azure.com",
  ],
  "openai.azure.us": ["privatelink.openai.azure.us", "privatelink.cognitiveservices.azure.us"],
  "openai.azure.cn": ["privatelink.openai.azure.cn", "privatelink.cognitiveservices.azure.cn"],
};

/** The zones of a region's cloud. */
export function accountDnsZones(location: string): readonly string[] {
  return ZONES[openAiDomain(location)] ?? [];
}

/** Existing zones by their ids: each of the cloud's, once. */
export function dnsZoneIdsProblem(ids: readonly string[], location: string): Problem {
  const names = ids.map((id) => parseResourceId(id, RESOURCE_TYPES.privateDnsZone).name.toLowerCase());
  const wanted = accountDnsZones(location);
  const missing = wanted.filter((zone) => !names.includes(zone));
  const others = names.filter((name, at) => !wanted.includes(name) || names.indexOf(name) < at);
  const subscriptions = new Set(
    ids.map((id) => parseResourceId(id, RESOURCE_TYPES.privateDnsZone).subscriptionId.toLowerCase()),
  );
  if (subscriptions.size > 1)
    return `has zones of several subscriptions, ${[...subscriptions].join(", ")}; list zones of one`;
  if (missing.length > 0)
    return `has no zone ${listed(missing)}; an account is resolved by ${listed(wanted)}, list each`;
  return others.length > 0 ? `has ${listed(others)} besides; list ${listed(wanted)}, each once` : undefined;
}
