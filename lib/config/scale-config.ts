import { z } from "zod";
import { DEFAULT_MAX_INSTANCES, DEFAULT_MIN_INSTANCES } from "../rules/defaults.js";
import {
  autoscaleRange,
  type InstanceRange,
  instanceRangeProblem,
  instancesProblem,
  maxInstancesProblem,
  minInstancesProblem,
} from "../rules/gateway.js";
import { excludedBy } from "../rules/shape.js";
import { alternatives, range } from "./fields.js";

/** How many instances the gateway runs. */
export type ScaleConfig = FixedScaleConfig | AutoscaleConfig;

export interface FixedScaleConfig {
  readonly kind: "fixed";
  readonly instances: number;
}

export interface AutoscaleConfig {
  readonly kind: "autoscale";
  readonly minInstances: number;
  readonly maxInstances: number;
}

export const scaleSchema = alternatives(
  z.strictObject({
    minInstances: range(minInstancesProblem, `The fewest that run; default: ${DEFAULT_MIN_INSTANCES}`).optional(),
    maxInstances: range(maxInstancesProblem, `The most that run; default: ${DEFAULT_MAX_INSTANCES}`).optional(),
    instances: range(instancesProblem, "A fixed number, instead of minInstances and maxInstances").optional(),
  }),
  ({ right: { minInstances, maxInstances, instances }, has }, add): ScaleConfig | undefined => {
    if (has("instances")) {
      for (const key of (["minInstances", "maxInstances"] as const).filter(has))
        add([key], excludedBy("instances", "which is a fixed number"));
      return instances === undefined ? undefined : { kind: "fixed", instances };
    }
    if (has("minInstances") && minInstances === undefined) return undefined;
    if (has("maxInstances") && maxInstances === undefined) return undefined;
    const { min, max } = autoscaleRange({ minInstances, maxInstances });
    add([], instanceRangeProblem({ min, max }));
    return { kind: "autoscale", minInstances: min, maxInstances: max };
  },
).meta({ description: "How many instances the gateway runs", examples: [{ instances: 2 }] });

/** The fewest and the most instances that a scale allows. */
export function instanceRangeOf(scale: ScaleConfig): InstanceRange {
  switch (scale.kind) {
    case "fixed":
      return { min: scale.instances, max: scale.instances };
    case "autoscale":
      return { min: scale.minInstances, max: scale.maxInstances };
  }
}
