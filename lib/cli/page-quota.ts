import { type ModelDeployment } from "../synthesized/index.js";
import { type DeploymentLimits } from "./lab.js";

/** Of a deployment whose capacity the file does not say: little enough for the page's traffic to use it up. */
export const PAGE_REQUESTS_PER_MINUTE = 450;

/** What Azure allows a deployment of such a capacity. */
export function pageQuota({ capacityUnits }: Partial<ModelDeployment>): DeploymentLimits {
  return capacityUnits === undefined ? { requestsPerMinute: PAGE_REQUESTS_PER_MINUTE } : { capacityUnits };
}
