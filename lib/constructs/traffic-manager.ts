import { TrafficManagerExternalEndpoint } from "@cdktf/provider-azurerm/lib/traffic-manager-external-endpoint";
import { TrafficManagerProfile } from "@cdktf/provider-azurerm/lib/traffic-manager-profile";
import { Token } from "cdktf";
import { Construct } from "constructs";
import { Duration } from "../duration.js";
import { DEFAULT_HTTPS_PORT, DEFAULT_PROBE_PATH } from "../rules/defaults.js";
import { portProblem } from "../rules/gateway.js";
import { probePathProblem } from "../rules/health-probe.js";
import { backendFqdnProblem, normalizeFqdn } from "../rules/host-name.js";
import { locationProblem, normalizeLocation } from "../rules/location.js";
import { nameProblem } from "../rules/resource-name.js";
import {
  DEFAULT_TOLERATED_FAILURES,
  DEFAULT_TRAFFIC_PROBE_INTERVAL_SECONDS,
  DEFAULT_TRAFFIC_PROBE_TIMEOUT_SECONDS,
  DEFAULT_TTL_SECONDS,
  MAX_ENDPOINTS,
  toleratedFailuresProblem,
  trafficProbeIntervalProblem,
  trafficProbeTimeoutProblem,
  trafficProbeTimesProblem,
  ttlSecondsProblem,
  weightProblem,
} from "../rules/traffic-manager.js";
import { claimName, claimUniqueName } from "./claimed-name.js";
import { ListenerProtocol } from "./gateway-listener.js";
import { type Placement, placement } from "./placement.js";
import { refuse, refuseAtSynth, secondsOf, validate, ValidationError } from "./validation.js";

/** How Traffic Manager chooses among the gateways that answer its probe. */
export enum RoutingMethod {
  /** The gateway with the least latency to the client's resolver. */
  PERFORMANCE = "Performance",
  /** The first of the list that answers. */
  PRIORITY = "Priority",
  /** Each in proportion to its weight. */
  WEIGHTED = "Weighted",
}

/** How Traffic Manager finds out which gateways are up. */
export interface TrafficProbe {
  /**
   * How the gateways are talked to.
   *
   * @default ListenerProtocol.HTTPS
   */
  readonly protocol?: ListenerProtocol;
  /**
   * The port of the gateways' listeners.
   *
   * @default 443
   */
  readonly port?: number;
  /**
   * The path that is requested: one that the gateways pass on to a backend, so that a gateway without any is down.
   *
   * @default "/status-0123456789abcdef"
   */
  readonly path?: string;
  /**
   * The host name that listeners with host names answer to.
   *
   * @default - the gateway's own
   */
  readonly hostName?: string;
  /**
   * The time between two probes: 10 or 30 seconds.
   *
   * @default Duration.seconds(10)
   */
  readonly interval?: Duration;
  /**
   * How long to wait for a response; whole seconds, 5 to 10 and below the interval.
   *
   * @default Duration.seconds(5)
   */
  readonly timeout?: Duration;
  /**
   * Failures in a row that are tolerated, 0 to 9.
   *
   * @default 3
   */
  readonly toleratedFailures?: number;
}

/** A gateway as clients find it. */
export interface TrafficEndpoint {
  /** 1 to 80 letters, digits, underscores, periods and hyphens; unique in the profile. */
  readonly name: string;
  /** The gateway's host name. */
  readonly fqdn: string;
  /** The gateway's region. */
  readonly location: string;
  /**
   * Its share with weighted routing, 1 to 1000.
   *
   * @default 1
   */
  readonly weight?: number;
}

/** Props of {@link TrafficManager}. */
export interface TrafficManagerProps extends Omit<Placement, "location"> {
  /** 1 to 63 letters, digits and hyphens. */
  readonly name: string;
  /** First label of its host name under `trafficmanager.net`, unique in the whole of Azure. */
  readonly dnsLabel: string;
  /**
   * How it chooses.
   *
   * @default RoutingMethod.PERFORMANCE
   */
  readonly routing?: RoutingMethod;
  /**
   * How long resolvers keep an answer, and clients that ask them a gateway that is down; whole seconds.
   *
   * @default Duration.seconds(30)
   */
  readonly ttl?: Duration;
  /**
   * How it finds out which gateways are up.
   *
   * @default - HTTPS on port 443, every 10 seconds
   */
  readonly probe?: TrafficProbe;
  /**
   * The gateways; more can be added with `addEndpoint`.
   *
   * @default - none
   */
  readonly endpoints?: readonly TrafficEndpoint[];
}

/**
 * One name for gateways of several regions.
 *
 * It answers DNS queries and no more: requests go to the gateways themselves, so that it adds no latency and no timeout, and
 * streams stay direct.
 *
 * @see https://learn.microsoft.com/azure/traffic-manager/traffic-manager-overview
 */
export class TrafficManager extends Construct {
  private readonly resource: TrafficManagerProfile;
  private readonly routing: RoutingMethod;
  private endpoints = 0;

  /** @throws ValidationError for anything that Azure would refuse. */
  constructor(scope: Construct, id: string, props: TrafficManagerProps) {
    super(scope, id);
    const { name, dnsLabel, routing = RoutingMethod.PERFORMANCE, ttl = Duration.seconds(DEFAULT_TTL_SECONDS) } = props;
    const { resourceGroupName, tags } = placement(this, { ...props, location: "global" });
    validate(this, "name", name, nameProblem("trafficManager"));
    claimName(this, "Traffic Manager profile", name, resourceGroupName);
    validate(this, "dnsLabel", dnsLabel, nameProblem("dnsLabel"));
    claimUniqueName(this, "dnsLabel", "Traffic Manager name", dnsLabel, "across Azure");
    this.routing = routing;
    this.resource = new TrafficManagerProfile(this, "Resource", {
      name,
      resourceGroupName,
      tags,
      trafficRoutingMethod: routing,
      dnsConfig: { relativeName: dnsLabel, ttl: secondsOf(this, "ttl", ttl, ttlSecondsProblem) },
      monitorConfig: this.monitorConfig(props.probe ?? {}),
    });
    for (const endpoint of props.endpoints ?? []) this.addEndpoint(endpoint);
    refuseAtSynth(this, () => (this.endpoints > 0 ? [] : ["endpoints: there is no gateway; add at least one"]));
  }

  /** The Azure resource id. */
  get profileId(): string {
    return this.resource.id;
  }

  /** The host name that clients, or a CNAME record of your own domain, point to. */
  get fqdn(): string {
    return this.resource.fqdn;
  }

  /**
   * Adds a gateway; with priority routing, behind those before it.
   * @throws ValidationError for an endpoint that Azure would refuse, or whose name is taken.
   */
  addEndpoint({ name, fqdn, location, weight }: TrafficEndpoint): void {
    validate(this, "endpoint.name", name, nameProblem("gateway"));
    validate(this, "endpoint.fqdn", fqdn, backendFqdnProblem);
    validate(this, "endpoint.location", location, locationProblem);
    validate(this, "endpoint.weight", weight, weightProblem);
    if (Token.isUnresolved(name))
      throw new ValidationError(
        this,
        "endpoint.name: is known only after apply; write it out, it is part of the address",
      );
    const id = `Endpoint-${name.toLowerCase()}`;
    if (this.node.tryFindChild(id))
      throw new ValidationError(this, `endpoint.name: "${name}" is listed twice; give each endpoint its own name`);
    if (this.endpoints >= MAX_ENDPOINTS)
      throw new ValidationError(this, `endpoints: a profile takes ${MAX_ENDPOINTS} at most; leave some out`);
    this.endpoints += 1;
    new TrafficManagerExternalEndpoint(this, id, {
      name,
      profileId: this.resource.id,
      target: Token.isUnresolved(fqdn) ? fqdn : normalizeFqdn(fqdn),
      endpointLocation: Token.isUnresolved(location) ? location : normalizeLocation(location),
      ...(weight !== undefined && { weight }),
      ...(this.routing === RoutingMethod.PRIORITY && { priority: this.endpoints }),
    });
  }

  private monitorConfig(probe: TrafficProbe) {
    const { protocol = ListenerProtocol.HTTPS, port = DEFAULT_HTTPS_PORT, path = DEFAULT_PROBE_PATH, hostName } = probe;
    const {
      interval = Duration.seconds(DEFAULT_TRAFFIC_PROBE_INTERVAL_SECONDS),
      timeout = Duration.seconds(DEFAULT_TRAFFIC_PROBE_TIMEOUT_SECONDS),
      toleratedFailures = DEFAULT_TOLERATED_FAILURES,
    } = probe;
    validate(this, "probe.port", port, portProblem);
    validate(this, "probe.path", path, probePathProblem);
    validate(this, "probe.hostName", hostName, backendFqdnProblem);
    const intervalSeconds = secondsOf(this, "probe.interval", interval, trafficProbeIntervalProblem);
    const timeoutSeconds = secondsOf(this, "probe.timeout", timeout, trafficProbeTimeoutProblem);
    refuse(this, "probe", trafficProbeTimesProblem({ intervalSeconds, timeoutSeconds }));
    validate(this, "probe.toleratedFailures", toleratedFailures, toleratedFailuresProblem);
    return {
      protocol: protocol.toUpperCase(),
      port,
      path,
      intervalInSeconds: intervalSeconds,
      timeoutInSeconds: timeoutSeconds,
      toleratedNumberOfFailures: toleratedFailures,
      ...(hostName !== undefined && { customHeader: [{ name: "Host", value: hostName }] }),
    };
  }
}
