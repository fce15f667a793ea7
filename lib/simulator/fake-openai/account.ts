import { type Duration } from "../../duration.js";
import { SimulatorOptionError } from "../simulator-option-error.js";
import { RateLimit } from "./rate-limit.js";
import { ServiceError } from "./service-error.js";

/** A model deployment of the account; its limits are its own, as in Azure. */
export interface FakeDeployment {
  /** What callers ask for. */
  readonly name: string;
  /** What `model` of the answers says. @default the deployment's name */
  readonly model?: string;
  /** @default no limit */
  readonly requestsPerMinute?: number;
  /** @default no limit */
  readonly tokensPerMinute?: number;
}

/** A stored object: a response or a file. */
export interface StoredFile {
  readonly object: Readonly<Record<string, unknown>>;
  readonly bytes: Uint8Array;
}

export interface AccountProps {
  readonly deployments: readonly FakeDeployment[];
  readonly rateLimitPeriod: Duration;
  readonly reply: string;
  /** The time now, in milliseconds. */
  readonly clock: () => number;
}

/** What belongs to one account alone: deployments with their limits, and everything that callers have stored. */
export class Account {
  readonly responses = new Map<string, Readonly<Record<string, unknown>>>();
  readonly files = new Map<string, StoredFile>();
  readonly reply: string;
  private readonly deployments = new Map<string, Deployment>();

  constructor(private readonly props: AccountProps) {
    this.reply = props.reply;
    for (const { name, model = name, ...limits } of props.deployments) {
      if (this.deployments.has(name))
        throw new SimulatorOptionError(`there are two deployments "${name}": give each its own name`);
      const rateLimit = new RateLimit({ ...limits, period: props.rateLimitPeriod, clock: props.clock });
      this.deployments.set(name, { name, model, rateLimit });
    }
  }

  get models(): readonly string[] {
    return [...new Set([...this.deployments.values()].map(({ model }) => model))];
  }

  /** @throws ServiceError `DeploymentNotFound` */
  deployment(name: string): Deployment {
    const deployment = this.deployments.get(name);
    if (deployment === undefined) throw ServiceError.deploymentNotFound();
    return deployment;
  }

  /** For `created` fields: whole seconds. */
  nowSeconds(): number {
    return Math.floor(this.props.clock() / 1_000);
  }
}

export interface Deployment {
  readonly name: string;
  readonly model: string;
  readonly rateLimit: RateLimit;
}
