import {
  ApplicationGateway as ApplicationGatewayResource,
  type ApplicationGatewayConfig,
} from "@cdktf/provider-azurerm/lib/application-gateway";
import { Annotations, dependable, type ITerraformDependable, TerraformStack, Token } from "cdktf";
import { Construct } from "constructs";
import { type Duration } from "../duration.js";
import {
  DEFAULT_DRAIN_TIMEOUT_SECONDS,
  DEFAULT_REQUEST_TIMEOUT_SECONDS,
  DEFAULT_STREAMING,
} from "../rules/defaults.js";
import {
  drainTimeoutProblem,
  MAX_BACKENDS,
  PUBLIC_BACKEND_TIMEOUT_SECONDS,
  requestTimeoutProblem,
  SHORTEST_STREAMING_TIMEOUT_SECONDS,
} from "../rules/gateway.js";
import { backendFqdnProblem, isOpenAiFqdn, normalizeFqdn, sharedAccountWarnings } from "../rules/host-name.js";
import { RESOURCE_TYPES } from "../rules/resource-id.js";
import { nameProblem } from "../rules/resource-name.js";
import { gatewayFrontend } from "./gateway-frontend.js";
import { type GatewayListener } from "./gateway-listener.js";
import { GATEWAY_NAMES } from "./gateway-names.js";
import { DEFAULT_SCALE, type GatewayScale } from "./gateway-scale.js";
import { HealthProbe } from "./health-probe.js";
import { type IManagedIdentity } from "./managed-identity.js";
import { type Placement, placement, warnOfUnknownLocation } from "./placement.js";
import { checkedResourceId, refuseAtSynth, validate, ValidationError, warnAtSynth } from "./validation.js";

const BACKEND_PORT = 443;
/** Azure's own default, spelt out: left out, it shows up as a change at the next plan. */
const AFFINITY_COOKIE_NAME = "ApplicationGatewayAffinity";

export interface ApplicationGatewayProps extends Placement {
  /** 1 to 80 letters, digits, underscores, periods and hyphens. */
  readonly name: string;
  /** A subnet for gateways only, delegated to `Microsoft.Network/applicationGateways`. */
  readonly subnetId: string;
  /** A static Standard public address. */
  readonly publicIpAddressId: string;
  /** Reads the listener's certificate; no other use: a gateway gets no tokens for its backends. */
  readonly identity: IManagedIdentity;
  readonly listener: GatewayListener;
  /** Whole seconds until an answer that does not come is a 504, 1 to 86400. @default 240 seconds */
  readonly requestTimeout?: Duration;
  /** Whole seconds that requests may go on after a configuration update, 1 to 3600. @default 300 seconds */
  readonly drainTimeout?: Duration;
  /** @default `new HealthProbe()` */
  readonly healthProbe?: HealthProbe;
  /** Whether answers pass through as they come (response buffering off). @default true */
  readonly streaming?: boolean;
  /** @default 2 to 10 instances */
  readonly scale?: GatewayScale;
  /** What has to be in place before the gateway is made. @default none */
  readonly dependsOn?: readonly ITerraformDependable[];
}

/**
 * An Application Gateway (Standard_v2) that spreads requests over Azure OpenAI endpoints in turn.
 *
 * It has one pool. Cookie affinity is off, and each backend gets its own host name, as Azure OpenAI needs.
 */
export class ApplicationGateway extends Construct {
  private readonly resource: ApplicationGatewayResource;
  private readonly requestTimeoutSeconds: number;
  private readonly drainTimeoutSeconds: number;
  private readonly streaming: boolean;
  private readonly fqdns: string[] = [];

  /** @throws ValidationError for anything that Azure would refuse. */
  constructor(scope: Construct, id: string, props: ApplicationGatewayProps) {
    super(scope, id);
    const place = placement(this, props);
    const healthProbe = props.healthProbe ?? new HealthProbe();
    const scale = props.scale ?? DEFAULT_SCALE;
    this.requestTimeoutSeconds = props.requestTimeout?.toSeconds() ?? DEFAULT_REQUEST_TIMEOUT_SECONDS;
    this.drainTimeoutSeconds = props.drainTimeout?.toSeconds() ?? DEFAULT_DRAIN_TIMEOUT_SECONDS;
    this.streaming = props.streaming ?? DEFAULT_STREAMING;
    this.validate(props, healthProbe, scale);
    const ids = {
      subnet: checkedResourceId(this, "subnetId", props.subnetId, RESOURCE_TYPES.subnet),
      publicIpAddress: checkedResourceId(
        this,
        "publicIpAddressId",
        props.publicIpAddressId,
        RESOURCE_TYPES.publicIpAddress,
      ),
      identity: checkedResourceId(this, "identity.identityId", props.identity.identityId, RESOURCE_TYPES.identity),
    };

    const certificate = props.listener.certificate?.bind(this, {
      name: props.name,
      ...place,
      identity: props.identity,
      hostNames: props.listener.hostNames,
    });
    this.resource = new ApplicationGatewayResource(this, "Resource", {
      name: props.name,
      ...place,
      identity: { type: "UserAssigned", identityIds: [ids.identity] },
      enableHttp2: true,
      ...capacity(scale),
      // Both have to be said. A stream needs the answer's buffering off; WAF would refuse the request's.
      global: { requestBufferingEnabled: true, responseBufferingEnabled: !this.streaming },
      sslPolicy: { policyType: "Predefined", policyName: props.listener.tlsPolicy.name },
      gatewayIpConfiguration: [{ name: GATEWAY_NAMES.ipConfiguration, subnetId: ids.subnet }],
      frontendIpConfiguration: [{ name: GATEWAY_NAMES.frontendIp, publicIpAddressId: ids.publicIpAddress }],
      ...gatewayFrontend(props.listener, certificate),
      backendAddressPool: [],
      backendHttpSettings: [this.backendSettings()],
      probe: [probe(healthProbe)],
      dependsOn: [...(props.dependsOn ?? []), ...(certificate?.dependencies ?? [])],
    });
    refuseAtSynth(this, () =>
      this.fqdns.length > 0 ? [] : ["backends: [] is empty; add at least one Azure OpenAI endpoint"],
    );
    warnAtSynth(this, () => this.warnings());
  }

  /** The Azure resource id. */
  get gatewayId(): string {
    return this.resource.id;
  }

  /** The pool's members. */
  get backendFqdns(): readonly string[] {
    return [...this.fqdns];
  }

  /**
   * Takes a host name into the pool.
   * @param dependencies what has to exist before it can answer
   * @throws ValidationError for a malformed name, one that is in the pool, or one too many.
   */
  addBackend(fqdn: string, dependencies: readonly ITerraformDependable[] = []): void {
    validate(this, "backend.fqdn", fqdn, backendFqdnProblem);
    const member = Token.isUnresolved(fqdn) ? fqdn : normalizeFqdn(fqdn);
    if (this.fqdns.includes(member)) {
      throw new ValidationError(this, `backend.fqdn: "${member}" is in the pool already; list each endpoint once`);
    }
    if (this.fqdns.length >= MAX_BACKENDS) {
      throw new ValidationError(this, `backends: more than ${MAX_BACKENDS}; leave some out, or use a second gateway`);
    }
    this.fqdns.push(member);
    this.resource.putBackendAddressPool([{ name: GATEWAY_NAMES.backendPool, fqdns: this.fqdns }]);
    // What stands in another stack is there before this one.
    const here = dependencies.filter(
      (other) => !Construct.isConstruct(other) || TerraformStack.of(other) === TerraformStack.of(this),
    );
    if (here.length > 0) this.resource.dependsOn = [...(this.resource.dependsOn ?? []), ...here.map(dependable)];
  }

  private validate(props: ApplicationGatewayProps, healthProbe: HealthProbe, scale: GatewayScale): void {
    validate(this, "name", props.name, nameProblem("gateway"));
    validate(this, "requestTimeout", this.requestTimeoutSeconds, requestTimeoutProblem);
    validate(this, "drainTimeout", this.drainTimeoutSeconds, drainTimeoutProblem);
    healthProbe.validate(this);
    scale.validate(this);
    props.listener.validate(this);

    warnOfUnknownLocation(this, props.location);
    if (scale.instances.min === 0) {
      Annotations.of(this).addWarning(
        "scale: the minimum is 0 instances, and scaling out takes 3 to 5 minutes; keep at least 1",
      );
    }
  }

  private backendSettings() {
    return {
      name: GATEWAY_NAMES.backendSettings,
      protocol: "Https",
      port: BACKEND_PORT,
      cookieBasedAffinity: "Disabled",
      affinityCookieName: AFFINITY_COOKIE_NAME,
      pickHostNameFromBackendAddress: true,
      requestTimeout: this.requestTimeoutSeconds,
      connectionDraining: { enabled: true, drainTimeoutSec: this.drainTimeoutSeconds },
      probeName: GATEWAY_NAMES.probe,
    };
  }

  private warnings(): string[] {
    const [timeout, drain] = [this.requestTimeoutSeconds, this.drainTimeoutSeconds];
    const known = this.fqdns.filter((fqdn) => !Token.isUnresolved(fqdn));
    const foreign = known.filter((fqdn) => !isOpenAiFqdn(fqdn));
    const isPublic = foreign.length < this.fqdns.length;
    return [
      foreign.length > 0 &&
        `${foreign.join(", ")}: no domain of Azure OpenAI; right only if your own DNS resolves it and the endpoint has a certificate for it`,
      this.fqdns.length === 1 &&
        `one backend only (${this.fqdns[0]}): there is nothing to spread over, and no other when it fails`,
      ...sharedAccountWarnings(known),
      isPublic &&
        timeout > PUBLIC_BACKEND_TIMEOUT_SECONDS &&
        `request timeout ${timeout} s: Azure cuts a request to a public backend at ${PUBLIC_BACKEND_TIMEOUT_SECONDS} s; more works with private endpoints only`,
      this.streaming &&
        timeout < SHORTEST_STREAMING_TIMEOUT_SECONDS &&
        `request timeout ${timeout} s: a stream that pauses for longer is cut; allow ${SHORTEST_STREAMING_TIMEOUT_SECONDS} s or more`,
      drain < Math.min(timeout, 3_600) &&
        `drain timeout ${drain} s is below the request timeout ${timeout} s: a configuration update cuts requests that still wait`,
    ].filter((warning) => warning !== false);
  }
}

function capacity(scale: GatewayScale): Pick<ApplicationGatewayConfig, "sku" | "autoscaleConfiguration"> {
  const sku = { name: "Standard_v2", tier: "Standard_v2" };
  const { min, max } = scale.instances;
  if (!scale.isAutoscaled) return { sku: { ...sku, capacity: min } };
  return { sku, autoscaleConfiguration: { minCapacity: min, maxCapacity: max } };
}

function probe(healthProbe: HealthProbe) {
  return {
    name: GATEWAY_NAMES.probe,
    protocol: "Https",
    pickHostNameFromBackendHttpSettings: true,
    path: healthProbe.path,
    interval: healthProbe.intervalSeconds,
    timeout: healthProbe.timeoutSeconds,
    unhealthyThreshold: healthProbe.unhealthyThreshold,
    match: { statusCode: [...healthProbe.statusCodes] },
  };
}
