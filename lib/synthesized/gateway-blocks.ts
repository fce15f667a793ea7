import { z } from "zod";
import { DEFAULT_REQUEST_TIMEOUT } from "./gateway-model.js";
import { WHAT_IS_RESOLVED, isUnresolved } from "./references.js";
import { SynthesizedError } from "./synthesized-error.js";
import { type TerraformResource } from "./terraform-json.js";
import { unreadArguments } from "./unread-arguments.js";

// The arguments of azurerm 4.55 that decide what a gateway does; the others are only listed, by `unreadGatewayArguments`.

/** Names by which blocks refer to each other, and ids: usable even as unresolved references. */
const name = z.string().min(1);
const optional = <T extends z.ZodType>(type: T) =>
  z.preprocess((value) => (value === null || value === "" ? undefined : value), type.optional());
const optionalName = optional(name);
/** Text that decides how requests are handled, so its value has to be known. */
const anyText = z.string().refine((value) => !isUnresolved(value));
const text = anyText.min(1);
const optionalText = optional(text);
const list = z.preprocess((value) => value ?? [], z.array(text));
const number = (minimum: number, maximum: number) =>
  z.preprocess(
    (value) => (typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value),
    z.number().int().min(minimum).max(maximum),
  );
/** In what Terraform reads from Azure, a number that is not set is 0. */
const optionalNumber = (minimum: number, maximum: number) =>
  z.preprocess((value) => value || undefined, number(minimum, maximum).optional());
const flag = (otherwise: boolean) =>
  z.preprocess((value) => (value === "true" ? true : value === "false" ? false : (value ?? otherwise)), z.boolean());
/** Terraform JSON writes one block as an object, several as an array. */
const blocks = <T extends z.ZodType>(block: T) =>
  z.preprocess((value) => (value === undefined || value === null ? [] : [value].flat()), z.array(block));

const protocol = z.enum(["Http", "Https"]);
const port = number(1, 65_535);
const seconds = number(1, 86_400);

const rewriteRule = z.object({
  name,
  rule_sequence: number(1, 1_000),
  condition: blocks(z.object({ variable: text, pattern: anyText, ignore_case: flag(false), negate: flag(false) })),
  request_header_configuration: blocks(z.object({ header_name: text, header_value: anyText })),
  response_header_configuration: blocks(z.object({ header_name: text, header_value: anyText })),
  url: blocks(
    z.object({
      path: optionalText,
      query_string: optionalText,
      components: z.preprocess((value) => value || undefined, z.enum(["path_only", "query_string_only"]).optional()),
      reroute: flag(false),
    }),
  ),
});

const gatewayBlocks = z.object({
  name,
  sku: blocks(z.object({ name: text, capacity: optionalNumber(1, 125) })),
  autoscale_configuration: blocks(z.object({ min_capacity: number(0, 125), max_capacity: optionalNumber(2, 125) })),
  enable_http2: flag(false),
  global: blocks(z.object({ request_buffering_enabled: flag(true), response_buffering_enabled: flag(true) })),
  firewall_policy_id: optionalName,
  waf_configuration: blocks(
    z.object({
      enabled: flag(true),
      firewall_mode: z.enum(["Detection", "Prevention"]),
      request_body_check: flag(true),
      max_request_body_size_kb: z.preprocess((value) => value ?? 128, number(1, 128)),
    }),
  ),
  frontend_ip_configuration: blocks(z.object({ name, public_ip_address_id: optionalName })),
  frontend_port: blocks(z.object({ name, port })),
  http_listener: blocks(
    z.object({
      name,
      protocol,
      frontend_ip_configuration_name: name,
      frontend_port_name: name,
      host_name: optionalText,
      host_names: list,
      firewall_policy_id: optionalName,
      ssl_profile_name: optionalName,
    }),
  ),
  backend_address_pool: blocks(
    z.object({
      name,
      fqdns: z.preprocess((value) => [value ?? []].flat(), z.array(name)),
      ip_addresses: z.preprocess((value) => [value ?? []].flat(), z.array(name)),
    }),
  ),
  backend_http_settings: blocks(
    z.object({
      name,
      protocol,
      port,
      path: optionalText,
      host_name: optionalText,
      pick_host_name_from_backend_address: flag(false),
      request_timeout: z.preprocess((value) => value ?? DEFAULT_REQUEST_TIMEOUT.toSeconds(), seconds),
      cookie_based_affinity: z.enum(["Enabled", "Disabled"]),
      connection_draining: blocks(z.object({ enabled: flag(false), drain_timeout_sec: number(1, 3_600) })),
      probe_name: optionalName,
    }),
  ),
  probe: blocks(
    z.object({
      name,
      protocol,
      path: text.startsWith("/"),
      host: optionalText,
      pick_host_name_from_backend_http_settings: flag(false),
      port: optionalNumber(1, 65_535),
      interval: seconds,
      timeout: seconds,
      unhealthy_threshold: number(1, 20),
      match: blocks(z.object({ status_code: list, body: optionalText })),
    }),
  ),
  request_routing_rule: blocks(
    z.object({
      name,
      rule_type: z.enum(["Basic", "PathBasedRouting"]),
      priority: optionalNumber(1, 20_000),
      http_listener_name: name,
      backend_address_pool_name: optionalName,
      backend_http_settings_name: optionalName,
      redirect_configuration_name: optionalName,
      rewrite_rule_set_name: optionalName,
      url_path_map_name: optionalName,
    }),
  ),
  url_path_map: blocks(
    z.object({
      name,
      default_backend_address_pool_name: optionalName,
      default_backend_http_settings_name: optionalName,
      default_redirect_configuration_name: optionalName,
      default_rewrite_rule_set_name: optionalName,
      path_rule: blocks(
        z.object({
          name,
          paths: list,
          backend_address_pool_name: optionalName,
          backend_http_settings_name: optionalName,
          redirect_configuration_name: optionalName,
          rewrite_rule_set_name: optionalName,
          firewall_policy_id: optionalName,
        }),
      ),
    }),
  ),
  redirect_configuration: blocks(
    z.object({
      name,
      redirect_type: z.enum(["Permanent", "Temporary", "Found", "SeeOther"]),
      target_listener_name: optionalName,
      target_url: optionalText,
      include_path: flag(false),
      include_query_string: flag(false),
    }),
  ),
  rewrite_rule_set: blocks(z.object({ name, rewrite_rule: blocks(rewriteRule) })),
});

const firewallPolicyBlocks = z.object({
  name: optionalName,
  custom_rules: blocks(
    z.object({
      name: optionalName,
      enabled: flag(true),
      priority: number(0, Number.MAX_SAFE_INTEGER),
      rule_type: z.enum(["MatchRule", "RateLimitRule"]),
      action: z.enum(["Allow", "Block", "Log", "JSChallenge"]),
      rate_limit_duration: optional(z.enum(["OneMin", "FiveMins"])),
      rate_limit_threshold: optionalNumber(1, Number.MAX_SAFE_INTEGER),
      group_rate_limit_by: optionalText,
      match_conditions: blocks(
        z.object({
          match_variables: blocks(z.object({ variable_name: text })),
          operator: text,
          negation_condition: flag(false),
          match_values: z.preprocess((value) => [value ?? []].flat(), z.array(name)),
        }),
      ),
    }),
  ),
  policy_settings: blocks(
    z.object({
      enabled: flag(true),
      mode: z.preprocess((value) => value ?? "Prevention", z.enum(["Detection", "Prevention"])),
      request_body_enforcement: flag(true),
      max_request_body_size_in_kb: z.preprocess((value) => value ?? 128, number(8, 2_000)),
    }),
  ),
});

export type GatewayBlocks = z.infer<typeof gatewayBlocks>;
export type FirewallPolicyBlocks = z.infer<typeof firewallPolicyBlocks>;

/** @throws SynthesizedError naming the first argument that is missing or wrong. */
export function readGatewayBlocks(resource: TerraformResource): GatewayBlocks {
  return read(gatewayBlocks, resource);
}

/** What the file says about the gateway and {@link readGatewayBlocks} has no use for, by the paths of the arguments. */
export function unreadGatewayArguments({ body }: TerraformResource): string[] {
  return unreadArguments(gatewayBlocks, body);
}

/** @throws SynthesizedError naming the first argument that is missing or wrong. */
export function readFirewallPolicyBlocks(resource: TerraformResource): FirewallPolicyBlocks {
  return read(firewallPolicyBlocks, resource);
}

function read<T extends z.ZodType>(blocksOf: T, resource: TerraformResource): z.infer<T> {
  const result = blocksOf.safeParse(resource.body);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const path = issue?.path ?? [];
  const where = path.reduce<string>(
    (sofar, key) => (typeof key === "number" ? `${sofar}[${key}]` : `${sofar}.${String(key)}`),
    resource.address,
  );
  const value = valueAt(resource.body, path);
  if (isUnresolved(value)) {
    throw new SynthesizedError(where, `cannot resolve ${String(value)}; ${WHAT_IS_RESOLVED}`);
  }
  const got = value === undefined ? "it is missing" : `got ${JSON.stringify(value)}`;
  throw new SynthesizedError(where, `${issue?.message ?? "cannot be read"}; ${got}`);
}

/** The offending value; a block written as one object counts as an array of it. */
function valueAt(body: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => {
    if (key === 0 && !Array.isArray(value)) return value;
    return typeof value === "object" && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined;
  }, body);
}
