import { Bench } from "./bench.js";
import { type Endpoint } from "./endpoint.js";
import { benchSnapshot, type BenchSnapshot, type DeploymentSnapshot, EndpointState } from "./endpoint-state.js";

/** How many deployments are told apart; beyond it the one seen first is forgotten, with its benches. */
export const MAX_DEPLOYMENTS = 1_000;

/** How an endpoint stands. */
export interface EndpointSnapshot extends BenchSnapshot {
  readonly name: string;
  /** Origin and path prefix; never a credential. */
  readonly url: string;
  readonly weight: number;
  readonly priority: number;
  /** Those that were asked for so far. */
  readonly deployments: readonly DeploymentSnapshot[];
}

/** The states of all endpoints, by deployment: a 429 on one says nothing about another. */
export class EndpointPool {
  private readonly members: readonly { readonly endpoint: Endpoint; readonly bench: Bench }[];
  private readonly byDeployment = new Map<string | undefined, readonly EndpointState[]>();

  constructor(endpoints: readonly Endpoint[]) {
    this.members = endpoints.map((endpoint) => ({ endpoint, bench: new Bench() }));
  }

  /** In the order of the endpoints. */
  states(deployment: string | undefined): readonly EndpointState[] {
    return this.byDeployment.get(deployment) ?? this.addDeployment(deployment);
  }

  snapshot(now: number): EndpointSnapshot[] {
    return this.members.map(({ endpoint: { name, base, weight, priority }, bench }, index) => ({
      name,
      url: base,
      weight,
      priority,
      ...benchSnapshot(bench, now),
      deployments: Array.from(this.byDeployment, ([deployment, states]) =>
        states[index]?.snapshot(deployment, now),
      ).filter((snapshot) => snapshot !== undefined),
    }));
  }

  private addDeployment(deployment: string | undefined): readonly EndpointState[] {
    const sole = this.members.length === 1;
    const states = this.members.map(({ endpoint, bench }) => new EndpointState(endpoint, bench, sole));
    this.byDeployment.set(deployment, states);
    if (this.byDeployment.size > MAX_DEPLOYMENTS) {
      for (const first of this.byDeployment.keys()) {
        this.byDeployment.delete(first);
        break;
      }
    }
    return states;
  }
}
