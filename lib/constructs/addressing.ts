import {
  BACKEND_HEADER,
  BACKENDS_PATH,
  derivedPools,
  derivedPoolProblems,
  drainedPoolProblem,
  drainedTargetProblem,
  hostLabel,
  type NamedPool,
  partialDeployments,
  POOL_HEADER,
  POOLS_PATH,
  sameHostLabelProblem,
  unknownBackendProblem,
  unknownPoolProblem,
} from "../rules/addressing.js";
import { DEFAULT_BACKEND_ADDRESSES } from "../rules/defaults.js";
import { STATEFUL_PATHS } from "../rules/stateful-apis.js";
import { isSameName } from "../rules/text.js";
import { type AdditionalListener, type GatewayPool, type ListenerFrontend } from "./additional-listener.js";
import { type GatewayListener } from "./gateway-listener.js";
import { GATEWAY_NAMES } from "./gateway-names.js";
import { type GatewayRoute } from "./gateway-route.js";
import { type DerivedRouting } from "./gateway-routing.js";
import { GatewayTarget } from "./gateway-target.js";
import { type BoundBackend } from "./openai-backend.js";

/** What backends can be grouped by. */
export enum PoolCriterion {
  /** A pool for each deployment, of the accounts that have it. */
  DEPLOYMENT = "deployment",
  /** A pool for each deployment type, such as `global-standard`, of the accounts that have one of it. */
  DEPLOYMENT_TYPE = "deploymentType",
  /** A pool for each subscription, under its id. */
  SUBSCRIPTION = "subscription",
}

/** What can be chosen about the addresses of single backends and of pools. */
export interface AddressingOptions {
  /**
   * Whether each backend is reached under `/backends/<name>`.
   *
   * @default true
   */
  readonly backends?: boolean;
  /**
   * What pools are derived from, besides deployments that only some accounts have. Of existing accounts, deployments are not
   * known here.
   *
   * @default - none
   */
  readonly poolsBy?: readonly PoolCriterion[];
  /**
   * Pools by the names of their backends; more can be added with `addPool`. One takes the place of a derived one of its name.
   *
   * @default - none
   */
  readonly pools?: readonly NamedPool[];
  /**
   * A domain under which each backend and each pool has a host name besides, `<name>.<domain>`. The main listener's certificate
   * has to cover `*.<domain>`, and so has DNS.
   *
   * @default - none
   */
  readonly domain?: string;
}

/** A listener of a load balancer besides the main one. */
export interface LoadBalancerListener {
  /** Unique among the listeners; 1 to 64 letters, digits, hyphens, underscores and periods. */
  readonly name: string;
  /** Where clients reach it. TLS policies are the main listener's. */
  readonly listener: GatewayListener;
  /**
   * Where its requests go.
   *
   * @default GatewayTarget.all()
   */
  readonly target?: GatewayTarget;
  /**
   * The one of the gateway's addresses that it is on.
   *
   * @default - each that the gateway has
   */
  readonly frontend?: ListenerFrontend;
}

/**
 * What addresses are derived from.
 * @internal
 */
interface AddressingParts {
  readonly options: AddressingOptions | undefined;
  /** Those of the options, and those that were added. */
  readonly pools: readonly NamedPool[];
  /** Those that are drained too. */
  readonly backends: readonly BoundBackend[];
  /** Where requests of stateful APIs go. */
  readonly statefulApis: GatewayTarget;
  readonly mainListener: GatewayListener;
  /** Where further listeners lead to. */
  readonly targets: readonly GatewayTarget[];
}

/**
 * Single backends and pools of a load balancer, and what leads to them.
 * @internal
 */
export class Addressing {
  private readonly active: readonly BoundBackend[];

  constructor(private readonly parts: AddressingParts) {
    this.active = parts.backends.filter(({ isDrained }) => !isDrained);
  }

  /** Names of the backends that have an address. */
  get backendNames(): readonly string[] {
    const { options } = this.parts;
    return options && (options.backends ?? DEFAULT_BACKEND_ADDRESSES) ? this.active.map(({ name }) => name) : [];
  }

  /** Names of the pools that have an address. */
  get poolNames(): readonly string[] {
    return this.parts.options ? this.pools.map(({ name }) => name) : [];
  }

  /** The gateway's pools, routes and listeners for all of them. */
  routing(): DerivedRouting {
    const { statefulApis, options, mainListener, targets } = this.parts;
    const addressed = [...this.backendNames.map(GatewayTarget.backend), ...this.poolNames.map(GatewayTarget.pool)];
    const partial = partialDeployments(this.active).map((name) => ({ name, target: GatewayTarget.pool(name) }));
    const used = [...addressed, ...partial.map(({ target }) => target), statefulApis, ...targets];
    return {
      pools: this.poolsOf(used),
      routes: [
        ...addressed.map(addressRoute),
        ...(statefulApis.kind === "all"
          ? []
          : [{ name: GATEWAY_NAMES.statefulApis, paths: STATEFUL_PATHS, ...leadingTo(statefulApis) }]),
        ...partial.map(({ name, target }) => ({
          name: GATEWAY_NAMES.deployment(name),
          paths: [`/openai/deployments/${name}/*`],
          ...leadingTo(target),
        })),
      ],
      listeners: options?.domain === undefined ? [] : addressed.map(hostListener(options.domain, mainListener)),
    };
  }

  /** What can be told once all backends and pools are there. */
  problems(): string[] {
    const { options, pools, backends, statefulApis, targets } = this.parts;
    const names = backends.map(({ name }) => name);
    const unknown = pools.flatMap(({ name, backends: members }) =>
      members
        .filter((member) => !names.some((each) => isSameName(each, member)))
        .map((member) => `addressing.pools: ${name}: ${unknownBackendProblem(member, names)}`),
    );
    const drained = pools.filter((pool) => this.membersOf(pool).length === 0 && unknown.length === 0);
    const domain = options?.domain;
    const same = domain && sameHostLabelProblem([...this.backendNames, ...this.poolNames], domain);
    return [
      ...unknown,
      ...drained.map(({ name }) => `addressing.pools: ${drainedPoolProblem(name)}`),
      ...derivedPoolProblems(this.active, options?.poolsBy ?? [], pools).map((problem) => `addressing: ${problem}`),
      ...(same ? [`addressing.domain: ${same}`] : []),
      ...this.targetProblems("statefulApis", statefulApis),
      ...targets.flatMap((target) => this.targetProblems("listeners", target)),
    ];
  }

  /** How many backends a target has; undefined for all of them. */
  sizeOf(target: GatewayTarget): number | undefined {
    return target.kind === "all" ? undefined : this.poolsOf([target])[0]?.fqdns.length;
  }

  private get pools(): readonly NamedPool[] {
    const { options, pools } = this.parts;
    return [...pools, ...derivedPools(this.active, options?.poolsBy ?? [], pools)];
  }

  private membersOf({ backends }: NamedPool): readonly BoundBackend[] {
    return this.active.filter(({ name }) => backends.some((member) => isSameName(member, name)));
  }

  /** A block for each target, once. */
  private poolsOf(targets: readonly GatewayTarget[]): GatewayPool[] {
    const blocks = new Map<string, GatewayPool>();
    for (const { kind, name } of targets) {
      const members =
        kind === "pool"
          ? this.pools.filter((pool) => isSameName(pool.name, name)).flatMap((pool) => this.membersOf(pool))
          : this.active.filter((backend) => kind === "backend" && isSameName(backend.name, name));
      if (members.length === 0 || kind === "all") continue;
      const block = blockName({ kind, name });
      blocks.set(block, { name: block, fqdns: members.map(({ fqdn }) => fqdn) });
    }
    return [...blocks.values()];
  }

  private targetProblems(prop: string, { kind, name }: GatewayTarget): string[] {
    if (kind === "all") return [];
    if (kind === "pool") {
      const known = this.pools.map((pool) => pool.name);
      return known.some((each) => isSameName(each, name)) ? [] : [`${prop}: ${unknownPoolProblem(name, known)}`];
    }
    const backend = this.parts.backends.find((each) => isSameName(each.name, name));
    const known = this.parts.backends.map((each) => each.name);
    if (!backend) return [`${prop}: ${unknownBackendProblem(name, known)}`];
    return backend.isDrained ? [`${prop}: ${drainedTargetProblem(name)}`] : [];
  }
}

/** The pool of a target, and what its responses are marked with, in lower case; for all backends nothing. */
export function leadingTo({ kind, name }: GatewayTarget): Pick<GatewayRoute, "pool" | "responseHeaders"> {
  if (kind === "all") return {};
  return {
    pool: blockName({ kind, name }),
    responseHeaders: { [kind === "backend" ? BACKEND_HEADER : POOL_HEADER]: name.toLowerCase() },
  };
}

/** Where a backend or a pool is reached, under the URL of the gateway. */
export function addressPath({ kind, name }: GatewayTarget): string {
  return `${kind === "backend" ? BACKENDS_PATH : POOLS_PATH}/${name}`;
}

function addressRoute(target: GatewayTarget): GatewayRoute {
  const { pool = "", ...rest } = leadingTo(target);
  return { name: pool, paths: [`${addressPath(target)}/*`], pool, stripPrefix: true, ...rest };
}

function hostListener(domain: string, main: GatewayListener) {
  return (target: GatewayTarget): AdditionalListener => {
    const { pool = "", ...rest } = leadingTo(target);
    return { name: pool, listener: main._forHostName(`${hostLabel(target.name)}.${domain}`), pool, ...rest };
  };
}

/** Of whatever case a name is referred to in, it is one block. */
function blockName({ kind, name }: Pick<GatewayTarget, "kind" | "name">): string {
  return GATEWAY_NAMES[kind === "backend" ? "backend" : "pool"](name.toLowerCase());
}
