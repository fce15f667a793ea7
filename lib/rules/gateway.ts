import { contains, parseCidr, usableAddresses } from "./cidr.js";
import {
  DEFAULT_HTTP_PORT,
  DEFAULT_MAX_INSTANCES,
  DEFAULT_MIN_INSTANCES,
  DEFAULT_PROBE_TIMEOUT_SECONDS,
} from "./defaults.js";
import { type Problem, quote, type RangeRule, wholeNumber } from "./problem.js";

/** Pool members. Azure allows 1200 servers; there are fewer regions than this. */
export const MAX_BACKENDS = 100;

const anyPortProblem = wholeNumber(1, 64_999);
/**
 * A port of a v2 gateway's listener. Azure reserves 22, and the ports from 65200 up, for managing the instances.
 * @see https://learn.microsoft.com/azure/application-gateway/application-gateway-components#ports
 */
export const portProblem: RangeRule = Object.assign(
  (port: number): Problem =>
    port === 22 ? "22 is reserved by Azure; choose another port from 1 to 64999" : anyPortProblem(port),
  { min: anyPortProblem.min, max: anyPortProblem.max },
);
/** The port of an HTTPS listener, where port 80 redirects clients to HTTPS. */
export function redirectPortProblem(port: number): Problem {
  if (port !== DEFAULT_HTTP_PORT) return undefined;
  return `${port} is the port that redirectHttp uses; choose another port, or set redirectHttp to false`;
}
/** A listener that needs a certificate and has none. */
export function noCertificateProblem(): string {
  return 'is missing or empty; write { "keyVaultId": "…", "secretId": "…" } for one in your Key Vault, or { "selfSigned": {} } for a trial';
}

/** A further Https listener without a certificate of its own, beside a main one that has none to share. */
export function noSharedCertificateProblem(): string {
  return 'is missing, and the main listener, whose certificate it would share, has none; write { "keyVaultId": "…", "secretId": "…" } or { "selfSigned": {} }';
}

/** A listener for an address that the gateway does not have. */
export function noSuchFrontendProblem(frontend: string): string {
  return `the gateway has no ${frontend.toLowerCase()} address; remove it, or set network.frontend to "PublicAndPrivate"`;
}

/** A setting of an Http listener that only an Https listener has. */
export function needsHttpsProblem(): string {
  return 'needs HTTPS; set protocol to "Https", or remove it';
}
export const requestTimeoutProblem = wholeNumber(1, 86_400, "seconds");
export const drainTimeoutProblem = wholeNumber(1, 3_600, "seconds");
export const probeIntervalProblem = wholeNumber(1, 86_400, "seconds");
export const probeTimeoutProblem = wholeNumber(1, 86_400, "seconds");
export const unhealthyThresholdProblem = wholeNumber(1, 20);
export const instancesProblem = wholeNumber(1, 125);
export const minInstancesProblem = wholeNumber(0, 100);
export const maxInstancesProblem = wholeNumber(2, 125);

/** Azure ends a request to a public backend after this time, whatever the setting says. */
export const PUBLIC_BACKEND_TIMEOUT_SECONDS = 240;
/** Below this a pause between two events of a stream is likely to end it. */
export const SHORTEST_STREAMING_TIMEOUT_SECONDS = 60;
/** The smallest subnet for a v2 gateway that leaves room to grow. */
export const SMALLEST_GATEWAY_SUBNET_PREFIX_LENGTH = 27;

/** Between how many instances a gateway scales. */
export interface AutoscaleRange {
  /**
   * Instances that always run, 0 to 100.
   *
   * @default 2
   */
  readonly minInstances?: number;
  /**
   * Instances at the highest load, 2 to 125.
   *
   * @default 10
   */
  readonly maxInstances?: number;
}

/** How many instances a gateway runs: a fixed number has equal ends. */
export interface InstanceRange {
  /** Instances that always run. */
  readonly min: number;
  /** Instances at the highest load. */
  readonly max: number;
}

/** What takes addresses of a subnet. */
export interface AddressNeed extends InstanceRange {
  /** Private frontends, which take one address each. */
  readonly privateFrontends?: number;
}

export function instanceRangeProblem({ min, max }: InstanceRange): Problem {
  return min <= max
    ? undefined
    : `minInstances ${min} is greater than maxInstances ${max}; lower minInstances or raise maxInstances`;
}

export function probeTimesProblem(times: {
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
}): Problem {
  if (times.timeoutSeconds <= times.intervalSeconds) return undefined;
  return `timeout ${times.timeoutSeconds} s is longer than interval ${times.intervalSeconds} s; the timeout can be at most the interval`;
}

/** The timeout of a probe that is given none: Azure allows none above the interval. */
export function defaultProbeTimeoutSeconds(intervalSeconds: number): number {
  return Math.min(DEFAULT_PROBE_TIMEOUT_SECONDS, intervalSeconds);
}

/** Times of a gateway, and what matters for them. */
export interface GatewayTimes {
  readonly requestTimeoutSeconds: number;
  readonly drainTimeoutSeconds: number;
  readonly streaming: boolean;
  readonly hasPublicBackends: boolean;
}

/** Times that are legal but unwise. */
export function timeoutWarnings(times: GatewayTimes): string[] {
  const { requestTimeoutSeconds: timeout, drainTimeoutSeconds: drain } = times;
  return [
    times.hasPublicBackends &&
      timeout > PUBLIC_BACKEND_TIMEOUT_SECONDS &&
      `requestTimeout: it is ${timeout} s, but Azure ends a request to a public backend after ${PUBLIC_BACKEND_TIMEOUT_SECONDS} s; longer requests need private endpoints`,
    times.streaming &&
      timeout < SHORTEST_STREAMING_TIMEOUT_SECONDS &&
      `requestTimeout: it is ${timeout} s, so a stream that pauses for longer is cut; allow ${SHORTEST_STREAMING_TIMEOUT_SECONDS} s or more`,
    drain < Math.min(timeout, drainTimeoutProblem.max) &&
      `drainTimeout: it is ${drain} s, below the request timeout of ${timeout} s, so a configuration update cuts requests that are still waiting`,
  ].filter((warning) => warning !== false);
}

/** The gateway's subnet: inside the network, large enough, room for the instances that always run. */
export function gatewaySubnetProblem(prefix: string, addressSpace: readonly string[], instances: AddressNeed): Problem {
  if (!addressSpace.some((range) => contains(range, prefix))) {
    return `${quote(prefix)} is outside the network's address space ${addressSpace.join(", ")}; choose a range inside it`;
  }
  return gatewaySubnetSizeProblem(prefix, instances);
}

/** {@link gatewaySubnetProblem} for a network of which the address space is not known. */
export function gatewaySubnetSizeProblem(prefix: string, instances: AddressNeed): Problem {
  const { prefixLength } = parseCidr(prefix);
  if (prefixLength > SMALLEST_GATEWAY_SUBNET_PREFIX_LENGTH) {
    return `${quote(prefix)} is too small for a gateway; use /${SMALLEST_GATEWAY_SUBNET_PREFIX_LENGTH} or larger (Azure recommends /24)`;
  }
  const room = usableAddresses(prefixLength) - (instances.privateFrontends ?? 0);
  if (instances.min <= room) return undefined;
  return `${quote(prefix)} has room for ${room} instances, but ${instances.min} always run; use a larger range (Azure recommends /24)`;
}

/** A subnet that has no room for all the instances that autoscaling may ask for. */
export function gatewaySubnetWarning(prefix: string, instances: AddressNeed): string | undefined {
  const room = usableAddresses(parseCidr(prefix).prefixLength) - (instances.privateFrontends ?? 0);
  if (instances.max <= room) return undefined;
  return `gateway subnet ${prefix} has room for ${room} instances, so the gateway cannot scale out to ${instances.max}; use /24`;
}

/** The range, with defaults for the ends that are absent. */
export function autoscaleRange(ends: AutoscaleRange): InstanceRange {
  return { min: ends.minInstances ?? DEFAULT_MIN_INSTANCES, max: ends.maxInstances ?? DEFAULT_MAX_INSTANCES };
}
