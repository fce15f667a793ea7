import { DEFAULT_HTTP_PORT, DEFAULT_HTTPS_PORT } from "../rules/defaults.js";
import { answersTo, hasWildcard } from "../rules/host-name.js";
import { didYouMean, listed, quote } from "../rules/problem.js";
import { publicHostName } from "../rules/traffic-manager.js";
import { type ConfigFile } from "./config-file.js";
import { type GatewayConfig } from "./gateway-config.js";
import { type PlacedProblem } from "./schema-problems.js";
import { type TrafficManagerConfig } from "./traffic-manager-config.js";

/** Where the probes come from. */
const PROBE_SERVICE_TAG = "AzureTrafficManager";

type GatewayFile = ConfigFile<GatewayConfig>;

/** A gateway as Traffic Manager points to it. */
export interface TrafficEndpointConfig {
  readonly name: string;
  readonly fqdn: string;
  readonly location: string;
  readonly weight: number;
}

/** What Traffic Manager asks each gateway for. */
export interface TrafficTarget {
  readonly protocol: "Http" | "Https";
  readonly port: number;
  /** Absent where every listener answers to any name. */
  readonly hostName: string | undefined;
}

/** The gateways that a profile names, in its order: all of them unless it says otherwise. */
export function chosenGateways(config: TrafficManagerConfig, gateways: readonly GatewayFile[]): GatewayFile[] {
  if (!config.gateways) return [...gateways];
  return config.gateways.flatMap(({ name }) => gateways.find((gateway) => isNamed(gateway, name)) ?? []);
}

/** What clients find under the profile's name, once {@link trafficManagerProblems} finds nothing. */
export function trafficEndpoints(
  config: TrafficManagerConfig,
  gateways: readonly GatewayFile[],
): TrafficEndpointConfig[] {
  return chosenGateways(config, gateways).flatMap((gateway) => {
    const { name, location } = gateway.config;
    const weight = config.gateways?.find((each) => isNamed(gateway, each.name))?.weight ?? 1;
    const fqdn = hostNameOf(gateway);
    return fqdn === undefined ? [] : [{ name, fqdn, location, weight }];
  });
}

/** What the profile's probe asks for: the gateways are probed alike. */
export function trafficTarget(
  config: TrafficManagerConfig,
  gateways: readonly GatewayFile[],
): TrafficTarget | undefined {
  const listeners = chosenGateways(config, gateways).map(({ config: { listener } }) => listener);
  const [first] = listeners;
  if (!first) return undefined;
  const candidates = [
    ...(config.probe.hostName === undefined ? [] : [config.probe.hostName]),
    ...listeners.flatMap(({ hostNames }) => hostNames.filter((name) => !hasWildcard(name))),
  ];
  const hostName = candidates.find((name) => listeners.every(({ hostNames }) => answersTo(hostNames, name)));
  return { ...socketOf(first), hostName };
}

/** What keeps a profile from pointing to its gateways. */
export function trafficManagerProblems(
  { config }: ConfigFile<TrafficManagerConfig>,
  gateways: readonly GatewayFile[],
): PlacedProblem[] {
  const names = gateways.map((gateway) => gateway.config.name);
  const chosen = chosenGateways(config, gateways);
  const problems: PlacedProblem[] = (config.gateways ?? []).flatMap(({ name }, at) =>
    gateways.some((gateway) => isNamed(gateway, name))
      ? []
      : [{ path: ["gateways", at, "name"], problem: unknownGateway(name, names) }],
  );
  if (names.some((name) => name.toLowerCase() === config.name.toLowerCase()))
    problems.push({
      path: ["name"],
      problem: `${quote(config.name)} is also the name of a gateway; choose another name`,
    });
  for (const gateway of chosen) {
    if (hostNameOf(gateway) === undefined)
      problems.push({
        path: ["gateways"],
        problem: `${gateway.config.name} has no public host name to point to; set network.dnsLabel in ${gateway.file}, or list the gateways without it`,
      });
  }
  return [...problems, ...targetProblems(config, chosen)];
}

/** Gateways that do not let the profile's probe in, and so would be taken for down. */
export function probeWarnings(config: TrafficManagerConfig, gateways: readonly GatewayFile[]): string[] {
  return chosenGateways(config, gateways).flatMap(({ file, config: { network, waf } }) => {
    const { subnet } = network;
    const isClosed =
      subnet.kind !== "existing" &&
      (subnet.allowedClientCidrs ?? subnet.allowedServiceTags) !== undefined &&
      !subnet.allowedServiceTags?.includes(PROBE_SERVICE_TAG);
    const isBlocked =
      waf?.kind === "new policy" &&
      waf.mode === "Prevention" &&
      (waf.allowedClientCidrs ?? waf.allowedCountries) !== undefined;
    return [
      ...(isClosed
        ? [
            `${file}: its security group lets in only some addresses, and Traffic Manager's probe is none of them, so that the gateway counts as down; add "${PROBE_SERVICE_TAG}" to network.allowedServiceTags`,
          ]
        : []),
      ...(isBlocked
        ? [
            `${file}: its firewall lets in only some addresses, and Traffic Manager's probe may be none of them, so that the gateway counts as down; restrict clients with network.allowedClientCidrs and network.allowedServiceTags instead`,
          ]
        : []),
    ];
  });
}

function targetProblems(config: TrafficManagerConfig, chosen: readonly GatewayFile[]): PlacedProblem[] {
  const [first, ...others] = chosen;
  if (!first) return [];
  const { protocol, port } = socketOf(first.config.listener);
  const other = others.find(({ config: { listener } }) => {
    const socket = socketOf(listener);
    return socket.protocol !== protocol || socket.port !== port;
  });
  if (other) {
    const { protocol: its, port: itsPort } = socketOf(other.config.listener);
    return [
      {
        path: ["gateways"],
        problem: `${first.file} listens on ${protocol} ${port} and ${other.file} on ${its} ${itsPort}, and Traffic Manager probes all alike; use one protocol and port`,
      },
    ];
  }
  const { hostName } = config.probe;
  const deaf = chosen.find(
    ({ config: { listener } }) => hostName !== undefined && !answersTo(listener.hostNames, hostName),
  );
  if (deaf) {
    const problem = `${quote(hostName)} is no host name of the listener in ${deaf.file}; add it there, or name one that every listener has`;
    return [{ path: ["probe", "hostName"], problem }];
  }
  const isAnswered = trafficTarget(config, chosen)?.hostName !== undefined;
  if (isAnswered || chosen.every(({ config: { listener } }) => listener.hostNames.length === 0)) return [];
  const problem =
    "the listeners have no host name in common, so that one name cannot lead to all; add one to each of them";
  return [{ path: ["gateways"], problem }];
}

function unknownGateway(name: string, names: readonly string[]): string {
  return `${quote(name)} is no gateway of this folder; use one of ${listed(names)}${didYouMean(name, names)}`;
}

function socketOf({ protocol, port }: GatewayConfig["listener"]): { protocol: "Http" | "Https"; port: number } {
  return { protocol, port: port ?? (protocol === "Https" ? DEFAULT_HTTPS_PORT : DEFAULT_HTTP_PORT) };
}

function hostNameOf({ config: { network, location } }: GatewayFile): string | undefined {
  const { frontend } = network;
  if (frontend.kind === "Private" || frontend.publicAddress.kind === "existing") return undefined;
  const { dnsLabel } = frontend.publicAddress;
  return dnsLabel === undefined ? undefined : publicHostName(dnsLabel, location);
}

function isNamed({ config }: GatewayFile, name: string): boolean {
  return config.name.toLowerCase() === name.toLowerCase();
}
