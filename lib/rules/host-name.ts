import { isIP } from "node:net";
import { hostNameAttributeProblem } from "./attribute.js";
import { listed, type Problem, quote, type Rule } from "./problem.js";

/** Domains that Azure OpenAI answers under. */
export const OPENAI_SUFFIXES = [
  ".openai.azure.com",
  ".cognitiveservices.azure.com",
  ".services.ai.azure.com",
  ".openai.azure.us",
  ".cognitiveservices.azure.us",
  ".openai.azure.cn",
  ".cognitiveservices.azure.cn",
] as const;

/** Azure's limit on host names of one listener. */
export const MAX_LISTENER_HOST_NAMES = 5;

const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i;
const LONGEST_NAME = 253;

/** Names are compared and sent in lower case. */
export function normalizeFqdn(value: string): string {
  return value.toLowerCase();
}

const FQDN_EXAMPLE = 'write the host name alone, such as "my-account.openai.azure.com"';

/** A pool member: a fully qualified host name and nothing else. */
export const backendFqdnProblem: Rule<string> = Object.assign(backendFqdnTextProblem, {
  ofAttribute: hostNameAttributeProblem,
  ofTemplate: (template: string): Problem => surroundingsProblem(template) ?? privateAliasProblem(template),
});

function backendFqdnTextProblem(value: string): Problem {
  if (value === "") return `"" is empty; ${FQDN_EXAMPLE}`;
  if (isIP(value))
    return `${quote(value)} is an IP address, and the gateway needs the account's own host name; ${FQDN_EXAMPLE}`;
  const problem = surroundingsProblem(value);
  if (problem) return problem;
  if (value.includes("*")) return `${quote(value)} has a wildcard, and each account has to be listed; ${FQDN_EXAMPLE}`;
  return privateAliasProblem(value) ?? dnsNameProblem(value, FQDN_EXAMPLE);
}

/** What belongs to a URL, around a host name that may be known only after apply. */
function surroundingsProblem(value: string): Problem {
  if (value.includes("://")) return `${quote(value)} has a scheme; ${FQDN_EXAMPLE}`;
  if (/[/?#]/.test(value)) return `${quote(value)} has a path; ${FQDN_EXAMPLE}`;
  if (/\s/.test(value)) return `${quote(value)} has white space; ${FQDN_EXAMPLE}`;
  if (value.includes("@")) return `${quote(value)} has a user name; ${FQDN_EXAMPLE}`;
  if (value.includes(":")) return `${quote(value)} has a port, and the gateway always uses 443; ${FQDN_EXAMPLE}`;
  if (value.endsWith(".")) return `${quote(value)} ends with a dot; ${FQDN_EXAMPLE}`;
  return undefined;
}

/**
 * The name of a private endpoint in DNS: no account has a certificate for it.
 * @see https://learn.microsoft.com/azure/private-link/private-endpoint-dns
 */
function privateAliasProblem(value: string): Problem {
  const [, account, zone] = /^(?:(.+)\.)?(privatelink\..+)$/i.exec(value) ?? [];
  if (zone === undefined) return undefined;
  if (account === undefined) return `${quote(value)} is the zone of private endpoints; ${FQDN_EXAMPLE}`;
  const own = `${account}.${zone.slice("privatelink.".length)}`;
  return `${quote(value)} is the alias of a private endpoint in the zone ${zone}: write the account's own host name, ${quote(own)}, which resolves to the private endpoint`;
}

/** True for a name under a domain of Azure OpenAI. */
export function isOpenAiFqdn(value: string): boolean {
  return OPENAI_SUFFIXES.some((suffix) => normalizeFqdn(value).endsWith(suffix));
}

/** An account whose host name begins with another word than its name. */
export function accountLabelWarning(accountName: string, fqdn: string): string | undefined {
  const label = normalizeFqdn(fqdn).split(".")[0] ?? "";
  if (!isOpenAiFqdn(fqdn) || label === accountName.toLowerCase()) return undefined;
  return `the account is named ${quote(accountName)}, but the host name begins with ${quote(label)}; that is right only if ${quote(label)} is its custom subdomain; otherwise the roles are granted on a different account from the one that answers`;
}

/** A name that serves every account of a region, by the accounts' keys. */
export function isRegionalEndpoint(value: string): boolean {
  return /^[a-z0-9]+\.api\.cognitive\.(microsoft\.com|microsoft\.us|azure\.us|azure\.cn)$/.test(normalizeFqdn(value));
}

/** Accounts that are in a pool under several names: their first label is unique in a cloud. */
export function sharedAccountWarnings(fqdns: readonly string[]): string[] {
  const byAccount = new Map<string, string[]>();
  for (const fqdn of fqdns.filter(isOpenAiFqdn)) {
    const labels = normalizeFqdn(fqdn).split(".");
    const account = [labels.at(0), labels.at(-1)].join(".");
    byAccount.set(account, [...(byAccount.get(account) ?? []), fqdn]);
  }
  return [...byAccount.values()]
    .filter((names) => names.length > 1)
    .map((names) => `${names.join(", ")} are the same account, which has one quota; list each account once`);
}

/**
 * What is legal but unwise about a pool.
 * @param known the host names that are known; `size` counts the others too
 */
export function poolWarnings(known: readonly string[], size: number): string[] {
  const regional = known.filter(isRegionalEndpoint);
  const foreign = known.filter((fqdn) => !isOpenAiFqdn(fqdn) && !isRegionalEndpoint(fqdn));
  return [
    ...regional.map(
      (fqdn) =>
        `${fqdn}: it is a regional endpoint, which takes API keys only; Entra tokens need the custom subdomain of the account, such as "my-account.openai.azure.com"`,
    ),
    ...(foreign.length > 0
      ? [
          `${foreign.join(", ")}: not a domain of Azure OpenAI; right only if your own DNS resolves the name and the endpoint has a certificate for it`,
        ]
      : []),
    ...(size === 1
      ? [
          `backends: the only one is ${known[0] ?? "(known after apply)"}, so there is nothing to balance and no fail-over`,
        ]
      : []),
    ...sharedAccountWarnings(known),
  ];
}

/** A name in a TLS certificate: a host name, or one with `*` for its first label. */
export function certificateDnsNameProblem(value: string): Problem {
  const example = `write a host name such as "llm.example.com" or "*.example.com"`;
  return dnsNameProblem(value.replace(/^\*\./, ""), example, value);
}

/**
 * A host name that a listener answers to, with `*` and `?` as wildcards.
 * @see https://learn.microsoft.com/azure/application-gateway/multiple-site-overview#allowed-characters-in-the-host-names-field
 */
export function listenerHostNameProblem(value: string): Problem {
  const example = `write a host name such as "llm.example.com" or "*.example.com"`;
  if (/[:/\s]/.test(value)) return `${quote(value)} has a scheme, a port, a path or white space; ${example}`;
  const stars = value.split("*").length - 1;
  const wildcards = stars + value.split("?").length - 1;
  if (stars > 2) return `${quote(value)} has ${stars} asterisks; Azure allows 2 in a host name`;
  if (wildcards > 4) return `${quote(value)} has ${wildcards} wildcards; Azure allows 4 in a host name`;
  for (const label of value.split(".")) {
    if (label.split("*").length > 2) return `${quote(value)} has two asterisks in one label; Azure allows one`;
    if (/[*]/.test(label) && /[?]/.test(label))
      return `${quote(value)} mixes * and ? in one label, which Azure does not allow`;
  }
  return dnsNameProblem(value.replaceAll(/[*?]/g, "x"), example, value);
}

/** A domain that host names are made under: a host name without wildcards. */
export function domainProblem(value: string): Problem {
  const example = `write the domain alone, such as "llm.example.com"`;
  if (hasWildcard(value)) return `${quote(value)} has a wildcard; ${example}`;
  return dnsNameProblem(value, example);
}

function dnsNameProblem(name: string, example: string, shown = name): Problem {
  if (name.length > LONGEST_NAME) return `${quote(shown)} is longer than ${LONGEST_NAME} characters; ${example}`;
  const labels = name.split(".");
  if (labels.length < 2) return `${quote(shown)} has no domain; ${example}`;
  const wrong = labels.find((label) => !LABEL.test(label));
  if (wrong === undefined && /[a-z]/i.test(labels.at(-1) ?? "")) return undefined;
  return `${quote(shown)} is not a host name: each label has 1 to 63 letters, digits and inner hyphens; ${example}`;
}

export function hasWildcard(hostName: string): boolean {
  return /[*?]/.test(hostName);
}

/** Port 80 redirects clients to HTTPS by default, where Azure can. */
export function redirectsByDefault(hostNames: readonly string[]): boolean {
  return !hostNames.some(hasWildcard);
}

/**
 * Host names of a listener that HTTP is redirected to; Azure cannot redirect to a wildcard host name.
 * @see https://learn.microsoft.com/azure/application-gateway/multiple-site-overview#considerations-and-limitations-of-using-wildcard-or-multiple-host-names-in-a-listener
 */
export function redirectTargetProblem(names: readonly string[]): Problem {
  const wildcards = names.filter(hasWildcard);
  if (wildcards.length === 0) return undefined;
  return `cannot redirect to wildcard host names, such as ${listed(wildcards)}; write the host names out, or set redirectHttp to false`;
}

/** The list as a whole: not too long, no name twice. */
export function hostNamesProblem(names: readonly string[]): Problem {
  if (names.length > MAX_LISTENER_HOST_NAMES) {
    return `${names.length} host names are too many; Azure allows ${MAX_LISTENER_HOST_NAMES} on a listener; use wildcards`;
  }
  const twice = names.find((name, at) => names.findIndex((other) => normalizeFqdn(other) === normalizeFqdn(name)) < at);
  return twice && `${quote(twice)} is listed twice; remove one`;
}

/** Whether a listener with these host names answers to a name; one without any answers to all. */
export function answersTo(hostNames: readonly string[], name: string): boolean {
  return hostNames.length === 0 || hostNames.some((pattern) => matches(pattern.toLowerCase(), name.toLowerCase()));
}

/** `*` stands for any characters and `?` for one, both for letters, digits and hyphens, and `*` for dots too. */
function matches(pattern: string, name: string): boolean {
  const signs: Readonly<Record<string, string>> = { ".": "\\.", "*": "[a-z0-9.-]*", "?": "[a-z0-9-]" };
  return new RegExp(`^${pattern.replace(/[.*?]/g, (sign) => signs[sign] ?? "")}$`).test(name);
}
