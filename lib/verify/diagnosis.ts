import { type Sample } from "./sample.js";

/** What was asked, as far as it explains answers. */
export interface Asked {
  readonly url: string;
  readonly host: string | undefined;
  readonly deployment: string;
}

/** Says what answers other than 2xx mean, where their status alone would mislead. */
export function diagnose(asked: Asked, samples: readonly Sample[]): string[] {
  return [
    ...redirects(samples, asked),
    ...unknownHost(samples, asked),
    ...unknownDeployment(samples, asked),
    ...unknownPath(samples, asked),
    ...refusedCredential(samples),
  ];
}

function redirects(samples: readonly Sample[], { url, host }: Asked): string[] {
  const locations = samples.flatMap(({ outcome, refusal }) =>
    isRedirect(outcome) && refusal?.location !== undefined ? [refusal.location] : [],
  );
  const targets = [...new Set(locations.map((location) => originOf(location, url)))];
  return targets.map((target) => {
    const from = new URL(url);
    if (host !== undefined) from.hostname = host;
    const listener = from.protocol === "http:" && target.startsWith("https:") ? "the HTTP listener" : from.origin;
    return `${listener} redirects to ${target}: no redirect is followed, since the credential is for ${from.origin} alone; give ${target}`;
  });
}

function unknownHost(samples: readonly Sample[], { url, host }: Asked): string[] {
  if (!samples.some(({ outcome, refusal }) => outcome === 404 && refusal?.fromGateway === true)) return [];
  const name = host ?? new URL(url).hostname;
  return [
    `the gateway itself answers 404: none of its listeners takes the host name "${name}"; name one that does with --host`,
  ];
}

function unknownDeployment(samples: readonly Sample[], { deployment }: Asked): string[] {
  const from = samples.filter(({ outcome, refusal }) => outcome === 404 && refusal?.code === "DeploymentNotFound");
  if (from.length === 0) return [];
  return [`there is no deployment "${deployment}" at ${namesOf(from)}: every backend needs one of that name`];
}

function unknownPath(samples: readonly Sample[], { url }: Asked): string[] {
  const { pathname, origin } = new URL(url);
  const unexplained = samples.some(
    ({ outcome, refusal }) =>
      outcome === 404 && refusal?.fromGateway !== true && refusal?.code !== "DeploymentNotFound",
  );
  if (!unexplained || pathname === "/") return [];
  return [
    `404 at a path that begins with "${pathname}", as the url does: unless a path rule takes that away, give "${origin}"`,
  ];
}

function refusedCredential(samples: readonly Sample[]): string[] {
  const from = samples.filter(({ outcome }) => outcome === 401);
  if (from.length === 0) return [];
  return [
    `the credential is refused (401) by ${namesOf(from)}: an identity needs its role on every account, and a key belongs to one`,
  ];
}

function namesOf(samples: readonly Sample[]): string {
  const names = [...new Set(samples.map(({ backend }) => (backend === undefined ? "a backend" : `"${backend}"`)))];
  return names.length > 3 ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} more` : names.join(", ");
}

function isRedirect(outcome: number | string): boolean {
  return typeof outcome === "number" && outcome >= 300 && outcome < 400;
}

function originOf(location: string, base: string): string {
  return URL.canParse(location, base) ? new URL(location, base).origin : location;
}
