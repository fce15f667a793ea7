import { type ApplicationGatewayProbe } from "@cdktf/provider-azurerm/lib/application-gateway";
import { type IConstruct } from "constructs";
import { Duration } from "../duration.js";
import {
  DEFAULT_PROBE_INTERVAL_SECONDS,
  DEFAULT_PROBE_PATH,
  DEFAULT_STATUS_CODES,
  DEFAULT_UNHEALTHY_THRESHOLD,
} from "../rules/defaults.js";
import {
  defaultProbeTimeoutSeconds,
  probeIntervalProblem,
  probeTimeoutProblem,
  probeTimesProblem,
  unhealthyThresholdProblem,
} from "../rules/gateway.js";
import { probePathProblem, statusCodesProblem } from "../rules/health-probe.js";
import { GATEWAY_NAMES } from "./gateway-names.js";
import { refuse, secondsOf, validate, validateAll, ValidationError } from "./validation.js";

/** Props of {@link HealthProbe}. */
export interface HealthProbeProps {
  /**
   * The path that is requested from every backend. The default says that the endpoint is up, not that the model answers or quota is
   * left, and Microsoft does not document it: set another path if it ever disappears.
   *
   * @default "/status-0123456789abcdef"
   */
  readonly path?: string;
  /**
   * The time between two probes; whole seconds, 1 to 86400.
   *
   * @default Duration.seconds(30)
   */
  readonly interval?: Duration;
  /**
   * How long to wait for a response; whole seconds, at most the interval.
   *
   * @default - 30 seconds, or the interval if it is shorter
   */
  readonly timeout?: Duration;
  /**
   * Failures in a row that take a backend out, 1 to 20.
   *
   * @default 3
   */
  readonly unhealthyThreshold?: number;
  /**
   * Codes and ranges that count as healthy.
   *
   * @default ["200-399"]
   */
  readonly statusCodes?: readonly string[];
}

/** How the gateway finds out which backends are up. */
export class HealthProbe {
  /** The path that is requested from every backend. */
  readonly path: string;
  /** The time between two probes. */
  readonly interval: Duration;
  /** How long to wait for a response. */
  readonly timeout: Duration;
  /** Failures in a row that take a backend out. */
  readonly unhealthyThreshold: number;
  /** Codes and ranges that count as healthy. */
  readonly statusCodes: readonly string[];

  constructor(props: HealthProbeProps = {}) {
    this.path = props.path ?? DEFAULT_PROBE_PATH;
    this.interval = props.interval ?? Duration.seconds(DEFAULT_PROBE_INTERVAL_SECONDS);
    this.timeout = props.timeout ?? defaultTimeout(this.interval);
    this.unhealthyThreshold = props.unhealthyThreshold ?? DEFAULT_UNHEALTHY_THRESHOLD;
    this.statusCodes = [...(props.statusCodes ?? DEFAULT_STATUS_CODES)];
  }

  /**
   * The gateway's block.
   * @throws ValidationError for anything that Azure would refuse.
   * @internal
   */
  _render(scope: IConstruct): ApplicationGatewayProbe {
    validate(scope, "healthProbe.path", this.path, probePathProblem);
    const intervalSeconds = secondsOf(scope, "healthProbe.interval", this.interval, probeIntervalProblem);
    const timeoutSeconds = secondsOf(scope, "healthProbe.timeout", this.timeout, probeTimeoutProblem);
    refuse(scope, "healthProbe", probeTimesProblem({ intervalSeconds, timeoutSeconds }));
    validate(scope, "healthProbe.unhealthyThreshold", this.unhealthyThreshold, unhealthyThresholdProblem);
    if (this.statusCodes.length === 0) {
      throw new ValidationError(
        scope,
        'healthProbe.statusCodes: [] accepts no answer; write at least one, such as "200-399"',
      );
    }
    validateAll(scope, "healthProbe.statusCodes", this.statusCodes, statusCodesProblem);
    return {
      name: GATEWAY_NAMES.probe,
      protocol: "Https",
      pickHostNameFromBackendHttpSettings: true,
      path: this.path,
      interval: intervalSeconds,
      timeout: timeoutSeconds,
      unhealthyThreshold: this.unhealthyThreshold,
      match: { statusCode: [...this.statusCodes] },
    };
  }
}

/** An interval that is known only after apply is refused when the probe is rendered. */
function defaultTimeout(interval: Duration): Duration {
  return interval.isUnresolved() ? interval : Duration.seconds(defaultProbeTimeoutSeconds(interval.toSeconds()));
}
