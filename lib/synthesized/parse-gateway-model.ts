import { Duration } from "../duration.js";
import { backendsOf, memberFqdns, roleAssignments } from "./accounts.js";
import { FirewallPolicies } from "./firewall.js";
import { type GatewayBlocks, readGatewayBlocks, unreadGatewayArguments } from "./gateway-blocks.js";
import {
  type BackendSettings,
  DEFAULT_DRAINING,
  DEFAULT_PROBE,
  type GatewayModel,
  type HostHeader,
  type Probe,
  type StatusRange,
} from "./gateway-model.js";
import { References, bareReference, isUnresolved } from "./references.js";
import { checkWhatAzureRefuses } from "./refusals.js";
import { byName, routingRules } from "./routing-rules.js";
import { SynthesizedError } from "./synthesized-error.js";
import { readTerraform } from "./terraform-document.js";
import { type TerraformResource } from "./terraform-json.js";

const GATEWAY = "azurerm_application_gateway";

export interface ParseOptions {
  /**
   * Which gateway to read, for files that hold several: its name, or its Terraform address.
   * @default - the only one
   */
  readonly gateway?: string;
  /**
   * What error messages call the JSON when it has no gateway.
   * @default "the Terraform JSON"
   */
  readonly source?: string;
}

/**
 * Reads a gateway from Terraform's JSON configuration (`cdk.tf.json`, or written by hand) or from the JSON of a plan
 * (`terraform show -json <plan>`).
 *
 * @throws SynthesizedError naming the block, the value and the way out, if there is no gateway, an argument is wrong, a
 * name refers to nothing, or a reference that matters can be computed by Terraform only.
 */
export function parseGatewayModel(json: unknown, options: ParseOptions = {}): GatewayModel {
  const source = options.source ?? "the Terraform JSON";
  const document = readTerraform(json, source);
  const references = new References(document);
  const resources = document.resources.map((resource) => ({
    ...resource,
    body: references.substitute(resource.body) as TerraformResource["body"],
  }));
  const gateway = choose(resources, options.gateway, source);
  const { address } = gateway;
  const blocks = readGatewayBlocks(gateway);
  const scale = blocks.autoscale_configuration[0];
  const sku = blocks.sku[0];
  if (sku === undefined) throw new SynthesizedError(`${address}.sku`, "it is missing");
  const capacity = sku.capacity ?? 1;
  const policies = new FirewallPolicies(references, resources);
  const firewall = policies.ofGateway(blocks);

  const frontends = blocks.frontend_ip_configuration.map(({ name, public_ip_address_id }) => ({
    name,
    isPublic: public_ip_address_id !== undefined,
  }));
  const listeners = blocks.http_listener.map((listener, index) => ({
    name: listener.name,
    protocol: listener.protocol,
    frontend: byName(
      frontends,
      listener.frontend_ip_configuration_name,
      `${address}.http_listener[${index}].frontend_ip_configuration_name`,
    ),
    port: byName(
      blocks.frontend_port,
      listener.frontend_port_name,
      `${address}.http_listener[${index}].frontend_port_name`,
    ).port,
    hostNames: [...(listener.host_name === undefined ? [] : [listener.host_name]), ...listener.host_names].map((name) =>
      name.toLowerCase(),
    ),
    sslProfile: listener.ssl_profile_name,
    firewall: policies.policy(listener.firewall_policy_id) ?? firewall,
  }));
  checkWhatAzureRefuses(blocks, { address, listeners });
  const unknownMembers: string[] = [];
  const pools = blocks.backend_address_pool.map((pool, index) => ({
    name: pool.name,
    members: [
      ...pool.fqdns.flatMap((member) => {
        const fqdns = memberFqdns(member, `${address}.backend_address_pool[${index}].fqdns`, references);
        if (fqdns.length === 0) unknownMembers.push(unknownMember(pool.name, member));
        return fqdns;
      }),
      ...pool.ip_addresses.filter((ip) => {
        if (isUnresolved(ip)) unknownMembers.push(unknownMember(pool.name, ip));
        return !isUnresolved(ip);
      }),
    ],
  }));
  const settings = blocks.backend_http_settings.map((_, index) => backendSettings(blocks, index, address));
  const assignments = roleAssignments(resources);
  const rules = routingRules(blocks, { address, listeners, pools, settings, policies });

  return deepFreeze({
    address,
    name: blocks.name,
    sku: sku.name,
    instances:
      scale === undefined
        ? { minimum: capacity, maximum: capacity }
        : { minimum: scale.min_capacity, maximum: scale.max_capacity ?? Math.max(scale.min_capacity, capacity) },
    http2: blocks.enable_http2,
    // A firewall has to see the whole request, whatever `global` says.
    requestBuffering: sku.name === "WAF_v2" || (blocks.global[0]?.request_buffering_enabled ?? true),
    responseBuffering: blocks.global[0]?.response_buffering_enabled ?? true,
    frontends,
    listeners,
    pools,
    rules,
    backends: backendsOf(pools, assignments, resources),
    roleAssignments: assignments,
    ignored: [
      ...unknownMembers,
      ...policies.ignored,
      ...(gateway.body["dynamic"] === undefined ? [] : ["dynamic blocks (a plan has what they become)"]),
    ],
    unread: unreadGatewayArguments(gateway),
  });
}

function choose(resources: readonly TerraformResource[], wanted: string | undefined, source: string) {
  const gateways = resources.filter(({ type }) => type === GATEWAY);
  const addresses = gateways.map(({ address }) => address).join(", ");
  if (gateways.length === 0) throw new SynthesizedError(source, `no ${GATEWAY} resource in it`);
  const found = gateways.filter(
    ({ address, body }) => wanted === undefined || address === wanted || body["name"] === wanted,
  );
  const [gateway, ...others] = found;
  if (gateway === undefined) {
    throw new SynthesizedError(source, `no gateway has the name or the address "${wanted}"; there are: ${addresses}`);
  }
  if (others.length > 0) {
    throw new SynthesizedError(
      source,
      `several gateways (${addresses}); say which one with --gateway NAME, or the option \`gateway\``,
    );
  }
  return gateway;
}

function backendSettings(blocks: GatewayBlocks, index: number, address: string): BackendSettings {
  const block = blocks.backend_http_settings[index] as GatewayBlocks["backend_http_settings"][number];
  const where = `${address}.backend_http_settings[${index}]`;
  if (block.host_name !== undefined && block.pick_host_name_from_backend_address) {
    throw new SynthesizedError(where, "takes host_name or pick_host_name_from_backend_address, not both");
  }
  const host: HostHeader =
    block.host_name !== undefined
      ? { from: "setting", hostName: block.host_name }
      : { from: block.pick_host_name_from_backend_address ? "member" : "client" };
  const draining = block.connection_draining.find(({ enabled }) => enabled);
  return {
    name: block.name,
    protocol: block.protocol,
    port: block.port,
    host,
    path: block.path,
    requestTimeout: Duration.seconds(block.request_timeout),
    draining: draining === undefined ? DEFAULT_DRAINING : Duration.seconds(draining.drain_timeout_sec),
    cookieBasedAffinity: block.cookie_based_affinity === "Enabled",
    probe: probeOf(blocks, block, host, where),
  };
}

function probeOf(
  blocks: GatewayBlocks,
  { probe_name, protocol, port }: GatewayBlocks["backend_http_settings"][number],
  settingsHost: HostHeader,
  where: string,
): Probe {
  const ofSettings: HostHeader =
    settingsHost.from === "client" ? { from: "setting", hostName: DEFAULT_PROBE.hostName } : settingsHost;
  if (probe_name === undefined) {
    const { path, interval, timeout, unhealthyThreshold, statusCodes } = DEFAULT_PROBE;
    const common = { path, interval, timeout, unhealthyThreshold, statusCodes };
    return { name: undefined, protocol, port, host: ofSettings, body: undefined, ...common };
  }
  const probe = byName(blocks.probe, probe_name, `${where}.probe_name`);
  const at = `${where.replace(/\.backend_http_settings.*/, "")}.probe[${blocks.probe.indexOf(probe)}]`;
  if ((probe.host !== undefined) === probe.pick_host_name_from_backend_http_settings) {
    throw new SynthesizedError(at, "needs exactly one of host and pick_host_name_from_backend_http_settings");
  }
  const codes = probe.match[0]?.status_code ?? [];
  return {
    name: probe.name,
    protocol: probe.protocol,
    port: probe.port ?? port,
    path: probe.path,
    host: probe.host === undefined ? ofSettings : { from: "setting", hostName: probe.host },
    interval: Duration.seconds(probe.interval),
    timeout: Duration.seconds(probe.timeout),
    unhealthyThreshold: probe.unhealthy_threshold,
    statusCodes:
      codes.length === 0
        ? DEFAULT_PROBE.statusCodes
        : codes.flatMap((code) => statusRanges(code, `${at}.match.status_code`)),
    body: probe.match[0]?.body,
  };
}

/** `200`, `200-399`, or several with commas. */
function statusRanges(codes: string, where: string): StatusRange[] {
  return codes.split(",").map((code) => {
    const [, from, to] = /^\s*([1-5]\d\d)(?:\s*-\s*([1-5]\d\d))?\s*$/.exec(code) ?? [];
    if (from === undefined) {
      throw new SynthesizedError(where, `expected a status such as "200" or a range such as "200-399", got "${code}"`);
    }
    return { from: Number(from), to: Number(to ?? from) };
  });
}

function unknownMember(pool: string, member: string): string {
  return `the member ${bareReference(member) ?? member} of the pool ${pool}, which the file does not tell: it may be known only after apply`;
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
