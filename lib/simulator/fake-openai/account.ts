import { type Duration } from "../../duration.js";
import { SimulatorOptionError } from "../simulator-option-error.js";
import { AccountIdentity } from "./account-identity.js";
import { type CapacityLimits, limitsOfCapacity } from "./capacity.js";
import { type Conversation, idPrefixOf, type Item, type StoredItem, type StoredResponse } from "./item.js";
import { type ModelKind, kindOfModel } from "./model-kind.js";
import { RateLimit, type RateLimitState } from "./rate-limit.js";
import { type NotHeldErrors, ServiceError } from "./service-error.js";
import { Shelf } from "./shelf.js";

/** A model deployment of the account; its limits are its own, as in Azure. */
export interface FakeDeployment {
  /** What callers ask for. */
  readonly name: string;
  /**
   * What `model` of the answers says. Its name decides which operations the deployment takes, and whether it reasons; a
   * name that says nothing of that takes every operation. @default the deployment's name
   */
  readonly model?: string;
  /**
   * Its quota as Azure gives it, for both limits: mostly thousands of tokens per minute, and 1, 6 or 10 requests per minute
   * for each, depending on the model. @default no limit
   */
  readonly capacityUnits?: number;
  /** @default by `capacityUnits` */
  readonly requestsPerMinute?: number;
  /** @default by `capacityUnits` */
  readonly tokensPerMinute?: number;
}

export interface StoredFile {
  readonly object: Readonly<Record<string, unknown>>;
  readonly bytes: Uint8Array;
}

export interface AccountProps {
  readonly deployments: readonly FakeDeployment[];
  readonly requestWindow: Duration;
  readonly reply: string;
  readonly notHeldErrors: NotHeldErrors;
  /** The time now, in milliseconds. */
  readonly clock: () => number;
}

/** What belongs to one account alone: deployments with their limits, and everything that callers have stored. */
export class Account {
  readonly identity = new AccountIdentity();
  readonly responses = new Shelf<StoredResponse>();
  readonly conversations = new Shelf<Conversation>();
  readonly files = new Shelf<StoredFile>();
  readonly reply: string;
  readonly notHeldErrors: NotHeldErrors;
  private readonly items = new Shelf<StoredItem>();
  private readonly deployments = new Map<string, Deployment>();

  constructor(private readonly props: AccountProps) {
    this.reply = props.reply;
    this.notHeldErrors = props.notHeldErrors;
    for (const deployment of props.deployments) {
      const { name, model = name } = deployment;
      if (this.deployments.has(name))
        throw new SimulatorOptionError(`there are two deployments "${name}": give each its own name`);
      const { requestWindow, clock } = props;
      const rateLimit = new RateLimit({ ...limitsOf(deployment, model), requestWindow, clock });
      this.deployments.set(name, { name, model, kind: kindOfModel(model), rateLimit });
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

  /** Undefined if there is no such deployment. */
  rateLimit(name: string): RateLimitState | undefined {
    return this.deployments.get(name)?.rateLimit.state();
  }

  /** The stored item with this id. @throws ServiceError "Item with id '…' not found." */
  item(id: string): StoredItem {
    const item = this.items.get(id);
    if (item !== undefined) return item;
    throw ServiceError.itemNotFound(id, this.identity.hasIssued(id), this.notHeldErrors);
  }

  /** @throws ServiceError 404 */
  conversation(id: string): Conversation {
    const conversation = this.conversations.get(id);
    if (conversation === undefined) throw ServiceError.conversationNotFound(id);
    return conversation;
  }

  /** Keeps items for later requests that give them back by id; those that have none get one. */
  storeItems(items: readonly Item[]): StoredItem[] {
    return items.map((item) => {
      const stored = { ...item, id: item.id ?? this.identity.issueId(idPrefixOf(item)) };
      this.items.put(stored.id, stored, JSON.stringify(stored).length);
      return stored;
    });
  }

  /** For `created` fields: whole seconds. */
  nowSeconds(): number {
    return Math.floor(this.props.clock() / 1_000);
  }
}

function limitsOf(deployment: FakeDeployment, model: string): Partial<CapacityLimits> {
  const { capacityUnits } = deployment;
  const byCapacity = capacityUnits === undefined ? undefined : limitsOfCapacity(model, capacityUnits);
  const { requestsPerMinute = byCapacity?.requestsPerMinute, tokensPerMinute = byCapacity?.tokensPerMinute } =
    deployment;
  return { requestsPerMinute, tokensPerMinute };
}

export interface Deployment {
  readonly name: string;
  readonly model: string;
  /** Undefined where the model's name does not say. */
  readonly kind: ModelKind | undefined;
  readonly rateLimit: RateLimit;
}
