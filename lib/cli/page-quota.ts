import { type ModelDeployment } from "../synthesized/index.js";
import { type DeploymentLimits } from "./lab.js";

/** Of a deployment whose capacity the file does not say: little enough for the page's traffic to use it up. */
export const PAGE_REQUESTS_PER_MINUTE = 450;

const TOKENS_PER_CAPACITY_UNIT = 1_000;
/** Of most chat models. https://learn.microsoft.com/azure/foundry-classic/openai/how-to/quota#introduction-to-quota */
const REQUESTS_PER_CAPACITY_UNIT = 6;

/** What Azure allows a deployment of such a capacity. */
export function pageQuota({ capacityUnits }: Partial<ModelDeployment>): DeploymentLimits {
  if (capacityUnits === undefined) return { requestsPerMinute: PAGE_REQUESTS_PER_MINUTE };
  return {
    requestsPerMinute: capacityUnits * REQUESTS_PER_CAPACITY_UNIT,
    tokensPerMinute: capacityUnits * TOKENS_PER_CAPACITY_UNIT,
  };
}
