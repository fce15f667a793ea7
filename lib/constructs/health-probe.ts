import { type IConstruct } from "constructs";
import { type Duration } from "../duration.js";
import {
  DEFAULT_PROBE_INTERVAL_SECONDS,
  DEFAULT_PROBE_PATH,
  DEFAULT_PROBE_TIMEOUT_SECONDS,
  DEFAULT_STATUS_CODES,
  DEFAULT_UNHEALTHY_THRESHOLD,
} from "../rules/defaults.js";
import {
  probeIntervalProblem,
  probeTimeoutProblem,
  probeTimesProblem,
  unhealthyThresholdProblem,
} from "../rules/gateway.js";
import { probePathProblem, statusCodesProblem } from "../rules/health-probe.js";
import { refuse, validate, ValidationError } from "./validation.js";

export interface HealthProbeProps {
  /**
   * Path that every backend is asked for. The default says that the endpoint is up, not that the model answers or quota is
   * left, and Microsoft does not document it: set another if it ever goes.
   * @default "/status-0123456789abcdef"
   */
  readonly path?: string;
  /** Whole seconds from one probe to the next, 1 to 86400. @default 30 seconds */
  readonly interval?: Duration;
  /** Whole seconds to wait for an answer, at most the interval. @default 30 seconds */
  readonly timeout?: Duration;
  /** Failures in a row that take a backend out, 1 to 20. @default 3 */
  readonly unhealthyThreshold?: number;
  /** Codes and ranges that count as healthy. @default ["200-399"] */
  readonly statusCodes?: readonly string[];
}

/** How the gateway finds out which backends are up. */
export class HealthProbe {
  readonly path: string;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly unhealthyThreshold: number;
  readonly statusCodes: readonly string[];

  constructor(props: HealthProbeProps = {}) {
    this.path = props.path ?? DEFAULT_PROBE_PATH;
    this.intervalSeconds = props.interval?.toSeconds() ?? DEFAULT_PROBE_INTERVAL_SECONDS;
    this.timeoutSeconds = props.timeout?.toSeconds() ?? DEFAULT_PROBE_TIMEOUT_SECONDS;
    this.unhealthyThreshold = props.unhealthyThreshold ?? DEFAULT_UNHEALTHY_THRESHOLD;
    this.statusCodes = [...(props.statusCodes ?? DEFAULT_STATUS_CODES)];
  }

  /** @throws ValidationError for anything that Azure would refuse. */
  validate(scope: IConstruct): void {
    validate(scope, "healthProbe.path", this.path, probePathProblem);
    validate(scope, "healthProbe.interval", this.intervalSeconds, probeIntervalProblem);
    validate(scope, "healthProbe.timeout", this.timeoutSeconds, probeTimeoutProblem);
    refuse(scope, "healthProbe", probeTimesProblem(this));
    validate(scope, "healthProbe.unhealthyThreshold", this.unhealthyThreshold, unhealthyThresholdProblem);
    if (this.statusCodes.length === 0) {
      throw new ValidationError(
        scope,
        'healthProbe.statusCodes: [] accepts no answer; write at least one, such as "200-399"',
      );
    }
    for (const codes of this.statusCodes) validate(scope, "healthProbe.statusCodes", codes, statusCodesProblem);
  }
}
