import { type ApplicationGatewayBackendHttpSettings } from "@cdktf/provider-azurerm/lib/application-gateway";
import { type IConstruct } from "constructs";
import { Duration } from "../duration.js";
import {
  DEFAULT_DEDICATED_CONNECTIONS,
  DEFAULT_DRAIN_TIMEOUT_SECONDS,
  DEFAULT_REQUEST_TIMEOUT_SECONDS,
} from "../rules/defaults.js";
import { drainTimeoutProblem, requestTimeoutProblem } from "../rules/gateway.js";
import { GATEWAY_NAMES } from "./gateway-names.js";
import { secondsOf } from "./validation.js";

const BACKEND_PORT = 443;
/** Azure's own default, spelt out: left out, it shows up as a change at the next plan. */
const AFFINITY_COOKIE_NAME = "ApplicationGatewayAffinity";

/** What can be chosen about the requests to backends. */
export interface BackendSettingsOptions {
  /**
   * How long a backend may take to respond before clients get a 504; whole seconds, 1 to 86400.
   *
   * @default Duration.seconds(240)
   */
  readonly requestTimeout?: Duration;
  /**
   * How long open requests may continue after a configuration update; whole seconds, 1 to 3600.
   *
   * @default Duration.seconds(300)
   */
  readonly drainTimeout?: Duration;
  /**
   * Whether each client connection has backend connections of its own, which no other client's requests use.
   *
   * @default false
   */
  readonly dedicatedConnections?: boolean;
}

/**
 * How the gateway talks to its backends: TLS, no cookies, and each under its own host name, as Azure OpenAI needs.
 */
export class BackendSettings {
  /** How long a backend may take to respond. */
  readonly requestTimeoutSeconds: number;
  /** How long open requests may continue after an update. */
  readonly drainTimeoutSeconds: number;
  private readonly dedicatedConnections: boolean;

  /** @throws ValidationError for times that Azure would refuse. */
  constructor(scope: IConstruct, options: BackendSettingsOptions) {
    const {
      requestTimeout = Duration.seconds(DEFAULT_REQUEST_TIMEOUT_SECONDS),
      drainTimeout = Duration.seconds(DEFAULT_DRAIN_TIMEOUT_SECONDS),
      dedicatedConnections = DEFAULT_DEDICATED_CONNECTIONS,
    } = options;
    this.dedicatedConnections = dedicatedConnections;
    this.requestTimeoutSeconds = secondsOf(scope, "requestTimeout", requestTimeout, requestTimeoutProblem);
    this.drainTimeoutSeconds = secondsOf(scope, "drainTimeout", drainTimeout, drainTimeoutProblem);
  }

  /**
   * The gateway's blocks.
   * @param stripsPrefixes whether there are routes whose prefix the backends do not get
   */
  _render(stripsPrefixes: boolean): ApplicationGatewayBackendHttpSettings[] {
    const settings = {
      protocol: "Https",
      port: BACKEND_PORT,
      cookieBasedAffinity: "Disabled",
      affinityCookieName: AFFINITY_COOKIE_NAME,
      pickHostNameFromBackendAddress: true,
      requestTimeout: this.requestTimeoutSeconds,
      connectionDraining: { enabled: true, drainTimeoutSec: this.drainTimeoutSeconds },
      probeName: GATEWAY_NAMES.probe,
      ...(this.dedicatedConnections && { dedicatedBackendConnectionEnabled: true }),
    };
    return [
      { name: GATEWAY_NAMES.backendSettings, ...settings },
      // In place of what the path rule matched, whatever it was.
      ...(stripsPrefixes ? [{ name: GATEWAY_NAMES.prefixedBackendSettings, ...settings, path: "/" }] : []),
    ];
  }
}
