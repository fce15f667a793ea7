import { type Problem, quote } from "./problem.js";
import { isSameName } from "./text.js";

/** Where single backends and pools are reached, under the URL of the gateway. */
export const BACKENDS_PATH = "/backends";
export const POOLS_PATH = "/pools";

/** What names a backend or a pool in the responses that come through its address. */
export const BACKEND_HEADER = "x-aoai-lb-backend";
export const POOL_HEADER = "x-aoai-lb-pool";

/** What backends can be grouped by. */
export const POOL_CRITERIA = ["deployment", "deploymentType", "subscription"] as const;
export type PoolCriterion = (typeof POOL_CRITERIA)[number];

/** A backend as far as its address is concerned. */
export interface AddressedBackend {
  readonly name: string;
  /** Those that are known: of an account that the stack creates. */
  readonly deployments: readonly AddressedDeployment[];
  /** Absent where it is not known. */
  readonly subscriptionId?: string;
}

export interface AddressedDeployment {
  readonly name: string;
  /** The deployment type. */
  readonly sku: string;
  /** Whether it was put on this account alone, not on every account. */
  readonly isOwn: boolean;
}

/** A pool by the names of its members. */
export interface NamedPool {
  readonly name: string;
  readonly backends: readonly string[];
}

/**
 * The pools that are not written out: one for each deployment that only some backends have, and those of the criteria. One
 * that is written out takes the place of one of the same name.
 */
export function derivedPools(
  backends: readonly AddressedBackend[],
  criteria: readonly PoolCriterion[],
  written: readonly NamedPool[],
): NamedPool[] {
  return allDerived(backends, criteria, written).filter(
    ({ name }, at, all) => all.findIndex((other) => isSameName(other.name, name)) === at,
  );
}

/** A deployment and a deployment type of one name that lead to different backends. */
export function derivedPoolProblems(
  backends: readonly AddressedBackend[],
  criteria: readonly PoolCriterion[],
  written: readonly NamedPool[],
): string[] {
  const all = allDerived(backends, criteria, written);
  const clashes = all.filter((pool) =>
    all.some((other) => isSameName(other.name, pool.name) && other.backends.join() !== pool.backends.join()),
  );
  return distinct(clashes.map(({ name }) => name)).map(
    (name) =>
      `${quote(name)} would be the name of two different pools, of a deployment and of a deployment type; list the pool that is meant in addressing.pools`,
  );
}

function allDerived(
  backends: readonly AddressedBackend[],
  criteria: readonly PoolCriterion[],
  written: readonly NamedPool[],
): NamedPool[] {
  return [
    ...partialDeployments(backends).map((name) => poolOf(name, backends, (each) => has(each, name))),
    ...criteria.flatMap((criterion) => poolsBy(criterion, backends)),
  ].filter(({ name }) => !written.some((pool) => isSameName(pool.name, name)));
}

/** Deployments that were put on some accounts alone: requests for them must not go to the others. */
export function partialDeployments(backends: readonly AddressedBackend[]): string[] {
  const own = backends.flatMap(({ deployments }) => deployments.filter(({ isOwn }) => isOwn).map(({ name }) => name));
  return distinct(own).filter((name) => !backends.every((backend) => has(backend, name)));
}

function poolsBy(criterion: PoolCriterion, backends: readonly AddressedBackend[]): NamedPool[] {
  switch (criterion) {
    case "deployment": {
      const names = distinct(backends.flatMap(({ deployments }) => deployments.map(({ name }) => name)));
      return names.map((name) => poolOf(name, backends, (each) => has(each, name)));
    }
    case "deploymentType": {
      const types = distinct(backends.flatMap(({ deployments }) => deployments.map(({ sku }) => sku)));
      return types.map((type) =>
        poolOf(kebabCase(type), backends, (each) => each.deployments.some(({ sku }) => sku === type)),
      );
    }
    case "subscription": {
      const ids = distinct(backends.flatMap(({ subscriptionId }) => subscriptionId ?? []));
      return ids.map((id) => poolOf(id, backends, (each) => each.subscriptionId?.toLowerCase() === id.toLowerCase()));
    }
  }
}

function poolOf(
  name: string,
  backends: readonly AddressedBackend[],
  isMember: (backend: AddressedBackend) => boolean,
): NamedPool {
  return { name, backends: backends.filter(isMember).map((backend) => backend.name) };
}

function has({ deployments }: AddressedBackend, name: string): boolean {
  return deployments.some((each) => isSameName(each.name, name));
}

function distinct(names: readonly string[]): string[] {
  return names.filter((name, at) => names.findIndex((other) => isSameName(other, name)) === at);
}

/** `GlobalStandard` as `global-standard`. */
function kebabCase(word: string): string {
  return word.replaceAll(/(?<=[a-z])(?=[A-Z])/g, "-").toLowerCase();
}

/** The name of an address as one label of a host name: in lower case, with hyphens for periods and underscores. */
export function hostLabel(name: string): string {
  return name.toLowerCase().replaceAll(/[._]+/g, "-");
}

/** Two addresses that would be one host name. */
export function sameHostLabelProblem(names: readonly string[], domain: string): Problem {
  const at = names.findIndex((name, index) => names.findIndex((other) => hostLabel(other) === hostLabel(name)) < index);
  const [name, other] = [names[at], names.find((each) => at >= 0 && hostLabel(each) === hostLabel(names[at] ?? ""))];
  if (name === undefined || other === undefined) return undefined;
  return `${quote(other)} and ${quote(name)} would both be ${hostLabel(name)}.${domain}; rename one of the backends or pools`;
}

/** A pool that names a backend that there is not. */
export function unknownBackendProblem(name: string, known: readonly string[]): string {
  return `${quote(name)} is not the name of a backend; known names are ${known.join(", ")}`;
}

/** A pool that nothing is called. */
export function unknownPoolProblem(name: string, known: readonly string[]): string {
  return `${quote(name)} is not the name of a pool; ${known.length === 0 ? "there are none: list it in addressing.pools" : `known names are ${known.join(", ")}`}`;
}

/** A pool that names a backend twice, which gives it no larger share. */
export function repeatedMemberProblem(name: string, first: number): string {
  return `${quote(name)} is already backends[${first}] of this pool, and takes one turn however often it is listed; remove one`;
}

/** A pool of which every member is drained. */
export function drainedPoolProblem(name: string): string {
  return `every backend of the pool ${quote(name)} is drained, so it would be empty; leave one in it, or remove the pool`;
}

export function drainedTargetProblem(name: string): string {
  return `the backend ${quote(name)} is drained, so it gets no requests; name another one`;
}

export function samePoolProblem(name: string, first: number): string {
  return `"${name}" is already the name of addressing.pools[${first}]; give each pool a name of its own`;
}
