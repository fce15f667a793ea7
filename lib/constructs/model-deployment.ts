/**
 * Types of deployments: where requests are processed, and how capacity is paid for.
 * @see https://learn.microsoft.com/azure/ai-foundry/foundry-models/concepts/deployment-types
 */
export enum DeploymentType {
  /** Pay per token, processed in the account's region. */
  STANDARD = "Standard",
  /** Pay per token, processed anywhere. */
  GLOBAL_STANDARD = "GlobalStandard",
  /** Pay per token, processed in the account's data zone. */
  DATA_ZONE_STANDARD = "DataZoneStandard",
  /** Reserved throughput in the account's region. */
  PROVISIONED_MANAGED = "ProvisionedManaged",
  /** Reserved throughput, processed anywhere. */
  GLOBAL_PROVISIONED_MANAGED = "GlobalProvisionedManaged",
  /** Reserved throughput in the account's data zone. */
  DATA_ZONE_PROVISIONED_MANAGED = "DataZoneProvisionedManaged",
  /** Batches, processed anywhere. */
  GLOBAL_BATCH = "GlobalBatch",
  /** Batches, processed in the account's data zone. */
  DATA_ZONE_BATCH = "DataZoneBatch",
}

/** A model put on an account under a name. The version is pinned: it changes only when you change it. */
export interface ModelDeployment {
  /** The name in the URL or the body's `model`; 2 to 64 characters. */
  readonly name: string;
  /**
   * The model, such as `gpt-5-mini`.
   * @see https://learn.microsoft.com/azure/ai-foundry/openai/concepts/model-retirements
   */
  readonly model: string;
  /** The model's version, such as `2025-08-07`. */
  readonly version: string;
  /** The deployment type. */
  readonly sku: DeploymentType;
  /** Thousands of tokens per minute, or provisioned throughput units; 1 or more. */
  readonly capacityUnits: number;
}
