import { type Operation } from "../request/operation.js";
import { Breaker, type BreakerSnapshot } from "./breaker.js";
import { type DeploymentSnapshot, DeploymentState } from "./deployment-state.js";
import { COOLDOWN_SCOPES, type CooldownScope, EndpointState } from "./endpoint-state.js";
import { type Endpoint } from "./endpoint.js";
import { type Queue } from "./queue.js";

/**
 * How many deployments are told apart; beyond it one that has no requests under way or waiting is forgotten: the one used longest ago
 * that is not cooling down, or else the one whose cooldown ends first.
 */
export const MAX_DEPLOYMENTS = 1_000;

/** How an endpoint stands. */
export interface EndpointSnapshot extends BreakerSnapshot {
  readonly name: string;
  /** Origin and path prefix; never a credential. */
  readonly url: string;
  readonly weight: number;
  readonly priority: number;
  /** Those that were asked for so far. */
  readonly deployments: readonly DeploymentSnapshot[];
  /** Those that were not permitted. */
  readonly operations: readonly OperationSnapshot[];
}

export interface OperationSnapshot extends BreakerSnapshot {
  readonly operation: Operation;
}

/** The states of all endpoints, by deployment and operation: a 429 on one deployment says nothing about another. */
export class EndpointPool {
  private readonly members: readonly Member[];
  private readonly exempt: readonly CooldownScope[];
  /** The one used last comes last. */
  private readonly deployments = new Map<string | undefined, DeploymentEntry>();

  /** @param random from 0 up to 1. */
  constructor(
    endpoints: readonly Endpoint[],
    private readonly random: () => number,
    private readonly createQueue: () => Queue,
  ) {
    const origins = new Map<string, Breaker>();
    this.members = endpoints.map((endpoint) => {
      const { origin } = new URL(endpoint.base);
      const breaker = origins.get(origin) ?? new Breaker();
      origins.set(origin, breaker);
      const identity = identityOf(endpoint, endpoints);
      return { endpoint, identity, origin: breaker, breaker: new Breaker(), operations: new Map() };
    });
    this.exempt = endpoints.length === 1 ? COOLDOWN_SCOPES : origins.size === 1 ? ["origin"] : [];
  }

  /** In the order of the endpoints. */
  states(deployment: string | undefined, operation: Operation, now: number): readonly EndpointState[] {
    const entry = this.entry(deployment, now);
    let states = entry.byOperation.get(operation);
    if (states === undefined) {
      states = this.createStates(entry.states, operation);
      entry.byOperation.set(operation, states);
    }
    return states;
  }

  /** Where calls wait for an endpoint with room. */
  queue(deployment: string | undefined, now: number): Queue {
    const entry = this.entry(deployment, now);
    return (entry.queue ??= this.createQueue());
  }

  /** An endpoint's breaker and the state of a deployment on it; undefined for a name that no endpoint has. */
  find(name: string, deployment: string | undefined, now: number) {
    const index = this.members.findIndex((member) => member.endpoint.name === name);
    const breaker = this.members[index]?.breaker;
    const state = this.entry(deployment, now).states[index];
    return breaker && state && { breaker, deployment: state };
  }

  snapshot(now: number): EndpointSnapshot[] {
    return this.members.map(({ endpoint: { name, base, weight, priority }, origin, breaker, operations }, index) => ({
      name,
      url: base,
      weight,
      priority,
      // Unreachable says more than refused.
      ...(origin.isAvailable(now) && origin.consecutiveFailures === 0 ? breaker : origin).snapshot(now),
      deployments: Array.from(this.deployments, ([deployment, { states }]) =>
        states[index]?.snapshot(deployment, now),
      ).filter((snapshot) => snapshot !== undefined),
      operations: Array.from(operations, ([operation, state]) => ({ operation, ...state.snapshot(now) })).filter(
        ({ consecutiveFailures }) => consecutiveFailures > 0,
      ),
    }));
  }

  private entry(deployment: string | undefined, now: number): DeploymentEntry {
    const entry: DeploymentEntry = this.deployments.get(deployment) ?? {
      states: this.createDeployments(),
      byOperation: new Map(),
      queue: undefined,
    };
    this.deployments.delete(deployment);
    this.deployments.set(deployment, entry);
    if (this.deployments.size > MAX_DEPLOYMENTS) this.forgetOne(deployment, now);
    return entry;
  }

  private forgetOne(except: string | undefined, now: number): void {
    let dispensable: string | undefined;
    let soonest = Number.POSITIVE_INFINITY;
    for (const [deployment, { states, queue }] of this.deployments) {
      if (deployment === except || (queue?.length ?? 0) > 0 || states.some(({ underWay }) => underWay > 0)) continue;
      const end = Math.max(...states.map(({ breaker }) => breaker.cooldownEnd(now)));
      if (end >= soonest) continue;
      [dispensable, soonest] = [deployment, end];
      if (end === Number.NEGATIVE_INFINITY) break;
    }
    if (soonest < Number.POSITIVE_INFINITY) this.deployments.delete(dispensable);
  }

  private createDeployments(): readonly DeploymentState[] {
    const { length } = this.members;
    // Processes that start together must not all begin with the first endpoint.
    const first = Math.floor(this.random() * length);
    return this.members.map((_, index) => new DeploymentState(((index - first + length) % length) - length));
  }

  private createStates(deployments: readonly DeploymentState[], operation: Operation): readonly EndpointState[] {
    return this.members.flatMap(({ endpoint, identity, origin, breaker, operations }, index) => {
      const deployment = deployments[index];
      if (deployment === undefined) return [];
      const ofOperation = operations.get(operation) ?? new Breaker();
      operations.set(operation, ofOperation);
      const breakers = { origin, endpoint: breaker, operation: ofOperation, deployment: deployment.breaker };
      return new EndpointState(endpoint, identity, deployment, breakers, this.exempt);
    });
  }
}

interface Member {
  readonly endpoint: Endpoint;
  /** See `Selectable`. */
  readonly identity: string;
  /** Shared by all endpoints of one origin. */
  readonly origin: Breaker;
  readonly breaker: Breaker;
  readonly operations: Map<Operation, Breaker>;
}

interface DeploymentEntry {
  /** In the order of the endpoints. */
  readonly states: readonly DeploymentState[];
  readonly byOperation: Map<Operation, readonly EndpointState[]>;
  queue: Queue | undefined;
}

/** By its URL, which all processes have alike; with its name only where several endpoints share the URL. */
function identityOf({ base, name }: Endpoint, endpoints: readonly Endpoint[]): string {
  return endpoints.filter((other) => other.base === base).length > 1 ? `${base} ${name}` : base;
}
