import { z } from "zod";
import { DEPLOYMENT_SKUS, deploymentCapacityProblem, nonEmptyProblem } from "../rules/openai.js";
import { sameDeploymentProblem } from "../rules/pool.js";
import { nameProblem } from "../rules/resource-name.js";
import { range, refuseRepeated, relatedMembers, text } from "./fields.js";

const deploymentSchema = z
  .strictObject({
    name: text(nameProblem("deployment"), "Name of the deployment, which callers write as the model"),
    model: text(nonEmptyProblem, 'Name of the model, such as "gpt-5-mini"'),
    version: text(nonEmptyProblem, "Version of the model, pinned: look it up in Microsoft's list of models"),
    sku: z.enum(DEPLOYMENT_SKUS).describe("Deployment type"),
    capacityUnits: range(deploymentCapacityProblem, "Thousands of tokens per minute, or provisioned throughput units"),
  })
  .meta({
    description: "A model deployment",
    examples: [{ name: "…", model: "…", version: "…", sku: "GlobalStandard", capacityUnits: 50 }],
  });

/** Deployments of one account, or of every account that is created. */
export const deploymentsSchema = relatedMembers(z.array(deploymentSchema), (deployments, add) => {
  refuseRepeated(
    deployments,
    ({ name }) => ({ value: name.toLowerCase(), field: ["name"] }),
    sameDeploymentProblem,
    add,
  );
});
