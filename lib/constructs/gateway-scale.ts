import { type ApplicationGatewayConfig } from "@cdktf/provider-azurerm/lib/application-gateway";
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
import { isAnyUnresolved, refuse, validate } from "./validation.js";
import { warn } from "./warning.js";

/**
 * What the gateway can do: the second one has a web application firewall.
 * @internal
 */
export type GatewayTier = "Standard_v2" | "WAF_v2";

/** How many instances the gateway runs. */
export class GatewayScale {
  /** A fixed number of instances, 1 to 125. */
  static fixed(instances: number): GatewayScale {
    return new GatewayScale({ min: instances, max: instances }, false);
  }

  /** Scales with the load. Scaling out takes 3 to 5 minutes, so keep a minimum that absorbs a burst. */
  static auto(range: AutoscaleRange = {}): GatewayScale {
    return new GatewayScale(autoscaleRange(range), true);
  }

  private constructor(
    /** The least and the most instances. */
    readonly instances: InstanceRange,
    /** Whether the number follows the load. */
    readonly isAutoscaled: boolean,
  ) {}

  /**
   * The gateway's blocks. Warns of a gateway that may have no instance.
   * @throws ValidationError for numbers that Azure would refuse.
   * @internal
   */
  _render(scope: IConstruct, tier: GatewayTier): Pick<ApplicationGatewayConfig, "sku" | "autoscaleConfiguration"> {
    const sku = { name: tier, tier };
    const { min, max } = this.instances;
    if (!this.isAutoscaled) {
      validate(scope, "scale.instances", min, instancesProblem);
      return { sku: { ...sku, capacity: min } };
    }
    validate(scope, "scale.minInstances", min, minInstancesProblem);
    validate(scope, "scale.maxInstances", max, maxInstancesProblem);
    if (!isAnyUnresolved(min, max)) refuse(scope, "scale", instanceRangeProblem(this.instances));
    if (min === 0)
      warn(scope, "scale: the minimum is 0 instances, and scaling out takes 3 to 5 minutes; keep at least 1");
    return { sku, autoscaleConfiguration: { minCapacity: min, maxCapacity: max } };
  }
}

/** The scale of a gateway that is given none. */
export const DEFAULT_SCALE = GatewayScale.auto();
