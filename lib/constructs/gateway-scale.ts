import { type IConstruct } from "constructs";
import {
  autoscaleRange,
  type AutoscaleRange,
  type InstanceRange,
  instanceRangeProblem,
  instancesProblem,
  maxInstancesProblem,
  minInstancesProblem,
} from "../rules/gateway.js";
import { refuse, validate } from "./validation.js";

/** How many instances the gateway runs. */
export class GatewayScale {
  /** Always this many, 1 to 125. */
  static fixed(instances: number): GatewayScale {
    return new GatewayScale({ min: instances, max: instances }, false);
  }

  /**
   * As many as the load asks for. Scaling out takes 3 to 5 minutes, so keep a minimum that bears a burst.
   * @param range `minInstances` 0 to 100 (default 2), `maxInstances` 2 to 125 (default 10)
   */
  static auto(range: AutoscaleRange = {}): GatewayScale {
    return new GatewayScale(autoscaleRange(range), true);
  }

  private constructor(
    readonly instances: InstanceRange,
    readonly isAutoscaled: boolean,
  ) {}

  /** @throws ValidationError for numbers that Azure would refuse. */
  validate(scope: IConstruct): void {
    if (!this.isAutoscaled) return validate(scope, "scale.instances", this.instances.min, instancesProblem);
    validate(scope, "scale.minInstances", this.instances.min, minInstancesProblem);
    validate(scope, "scale.maxInstances", this.instances.max, maxInstancesProblem);
    refuse(scope, "scale", instanceRangeProblem(this.instances));
  }
}

export const DEFAULT_SCALE = GatewayScale.auto();
