import { type Problem, quote, wholeNumber } from "./problem.js";

export const ACCOUNT_KINDS = ["OpenAI", "AIServices"] as const;
/** The one tier that both kinds are sold in. */
export const ACCOUNT_SKUS = ["S0"] as const;
/** @see https://learn.microsoft.com/azure/ai-foundry/foundry-models/concepts/deployment-types */
export const DEPLOYMENT_SKUS = [
  "Standard",
  "GlobalStandard",
  "DataZoneStandard",
  "ProvisionedManaged",
  "GlobalProvisionedManaged",
  "DataZoneProvisionedManaged",
  "GlobalBatch",
  "DataZoneBatch",
] as const;

/** Azure's limits are quotas, which grow; the API's type is a 32-bit integer. */
export const deploymentCapacityProblem = wholeNumber(1, 2 ** 31 - 1);

export function nonEmptyProblem(value: string): Problem {
  return value.trim() === "" || value !== value.trim()
    ? `${quote(value)} is empty, or has white space around it; write the value alone`
    : undefined;
}
