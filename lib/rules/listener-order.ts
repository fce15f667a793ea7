import { hasWildcard, normalizeFqdn } from "./host-name.js";
import { quote } from "./problem.js";

/** Priorities of a listener's rule and of the first one that redirects to it: lower runs first, and no two are the same. */
export interface SitePriorities {
  readonly rule: number;
  readonly redirect: number;
}

/** A listener as its rules see it. */
export interface OrderedSite {
  readonly hostNames: readonly string[];
  /** How many listeners redirect to it. */
  readonly redirects: number;
}

const MAIN: SitePriorities = { rule: 100, redirect: 200 };
/** Before the main listener's: a gateway has 100 listeners at most, those that redirect included. */
const FIRST: SitePriorities = { rule: 1, redirect: 101 };
/** After the main listener's. */
const LAST: SitePriorities = { rule: 300, redirect: 400 };

/**
 * The order in which the rules of several listeners are asked: the first whose host names match takes the request, so host
 * names come before wildcards, long wildcards before short ones, and listeners for any host name last.
 * @param sites the main listener first
 * @see https://learn.microsoft.com/azure/application-gateway/multiple-site-overview#request-routing-rules-evaluation-order
 */
export function sitePriorities([main, ...others]: readonly [OrderedSite, ...OrderedSite[]]): SitePriorities[] {
  const ranked = others
    .map((site, at) => ({ at: at + 1, rank: rankOf(site.hostNames), redirects: site.redirects }))
    .sort((a, b) => a.rank - b.rank);
  const before = ranked.filter(({ rank }) => rank === EXACT || rank < rankOf(main.hostNames));
  const after = ranked.filter((site) => !before.includes(site));
  const priorities: SitePriorities[] = [MAIN];
  for (const [group, start] of [[before, FIRST] as const, [after, LAST] as const]) {
    let { redirect } = start;
    for (const [place, { at, redirects }] of group.entries()) {
      priorities[at] = { rule: start.rule + place, redirect };
      // Several are counted from 1.
      redirect += redirects > 1 ? redirects + 1 : redirects;
    }
  }
  return priorities;
}

const EXACT = 0;

/** Of a list, that of its widest name. */
function rankOf(hostNames: readonly string[]): number {
  const wildcards = hostNames.filter(hasWildcard);
  if (hostNames.length === 0) return Infinity;
  return wildcards.length === 0 ? EXACT : 1_000 - Math.min(...wildcards.map((name) => name.length));
}

/** A listener on a port of a frontend. */
export interface ListenerPlace {
  /** Whose place it is, as the report says it. */
  readonly owner: string;
  /** Whether it only sends HTTP clients to its owner. */
  readonly isRedirect: boolean;
  readonly frontend: string;
  readonly port: number;
  readonly protocol: string;
  readonly hostNames: readonly string[];
  readonly priority: number;
}

/** Listeners of which one would never get a request, or which one port cannot have together. */
export function listenerConflicts(
  places: readonly ListenerPlace[],
): { readonly owner: string; readonly problem: string }[] {
  const ordered = [...places].sort((a, b) => a.priority - b.priority);
  return ordered.flatMap((place, at) => {
    const earlier = ordered.slice(0, at).filter((other) => isOnPort(other, place) && other.protocol === place.protocol);
    const other = protocolOwner(ordered, place);
    if (other.protocol !== place.protocol) {
      const remedy = remedyFor(place, other, `choose another port for ${place.owner}`);
      const problem = `port ${place.port} has ${other.protocol} for ${described(other)}, and a port has one protocol; ${remedy}`;
      return { owner: place.owner, problem };
    }
    for (const hostName of place.hostNames.length > 0 ? place.hostNames : [undefined]) {
      const taker = earlier.find(({ hostNames }) => takes(hostNames, hostName));
      if (!taker) continue;
      const what = hostName === undefined ? "requests for any host name" : `requests for ${quote(hostName)}`;
      const remedy = remedyFor(place, taker, `give ${place.owner} other host names or another port`);
      const problem = `${what} on port ${place.port} go to ${described(taker)} already; ${remedy}`;
      return { owner: place.owner, problem };
    }
    return [];
  });
}

/** The first listener on a place's port with the protocol that most have there: one wrong listener is one problem. */
function protocolOwner(ordered: readonly ListenerPlace[], place: ListenerPlace): ListenerPlace {
  const there = ordered.filter((other) => isOnPort(other, place));
  const count = ({ protocol }: ListenerPlace) => there.filter((other) => other.protocol === protocol).length;
  return there.reduce((most, other) => (count(other) > count(most) ? other : most));
}

function isOnPort(other: ListenerPlace, { frontend, port }: ListenerPlace): boolean {
  return other.frontend === frontend && other.port === port;
}

function described({ owner, isRedirect }: ListenerPlace): string {
  return isRedirect ? `the redirect to HTTPS of ${owner}` : owner;
}

/** The port of a redirect is always 80, so all that can be chosen is whether there is one. */
function remedyFor(place: ListenerPlace, other: ListenerPlace, remedy: string): string {
  const withoutRedirect = ({ owner }: ListenerPlace) => `set redirectHttp to false for ${owner}`;
  if (place.isRedirect) return withoutRedirect(place);
  return other.isRedirect ? `${remedy}, or ${withoutRedirect(other)}` : remedy;
}

/** Whether all requests for a host name, or for any, match one of these names. */
function takes(hostNames: readonly string[], wanted: string | undefined): boolean {
  if (hostNames.length === 0) return true;
  if (wanted === undefined) return false;
  return hostNames.some((pattern) => matches(normalizeFqdn(pattern), normalizeFqdn(wanted)));
}

function matches(pattern: string, name: string): boolean {
  if (!hasWildcard(pattern) || hasWildcard(name)) return pattern === name;
  const expression = pattern.replaceAll(".", "\\.").replaceAll("*", "[a-z0-9.-]*").replaceAll("?", "[a-z0-9-]");
  return new RegExp(`^${expression}$`).test(name);
}
