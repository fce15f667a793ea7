import { type Block, blocks } from "./synth.js";

type Json = Readonly<Record<string, Block>>;

/** For each `*_name` of a gateway's blocks: the blocks whose names it may have. */
const TARGETS: Readonly<Record<string, string>> = {
  frontend_ip_configuration_name: "frontend_ip_configuration",
  frontend_port_name: "frontend_port",
  ssl_certificate_name: "ssl_certificate",
  ssl_profile_name: "ssl_profile",
  probe_name: "probe",
  http_listener_name: "http_listener",
  target_listener_name: "http_listener",
  backend_address_pool_name: "backend_address_pool",
  backend_http_settings_name: "backend_http_settings",
  redirect_configuration_name: "redirect_configuration",
  rewrite_rule_set_name: "rewrite_rule_set",
  url_path_map_name: "url_path_map",
};

/** References that lead nowhere: Terraform's between resources, and the gateway's own between its blocks. */
export function brokenReferences(json: Json): string[] {
  return [...brokenAddresses(json), ...gateways(json).flatMap(brokenNames)];
}

/** Rule priorities that stand twice in one gateway: Azure refuses them. */
export function repeatedPriorities(json: Json): unknown[] {
  return gateways(json).flatMap((gateway) => {
    const priorities = blocks(gateway, "request_routing_rule").map(({ priority }) => priority);
    return priorities.filter((priority, at) => priorities.indexOf(priority) < at);
  });
}

function gateways(json: Json): Block[] {
  return Object.values((json["resource"]?.["azurerm_application_gateway"] ?? {}) as Record<string, Block>);
}

function brokenNames(gateway: Block): string[] {
  return Object.keys(gateway).flatMap((kind) =>
    blocks(gateway, kind).flatMap((block) =>
      Object.entries(block ?? {})
        .filter(
          ([key, name]) =>
            key.endsWith("_name") && key in TARGETS && !names(gateway, TARGETS[key] ?? "").includes(name),
        )
        .map(([key, name]) => `${kind}.${key}: ${String(name)}`),
    ),
  );
}

function names(gateway: Block, kind: string): unknown[] {
  return blocks(gateway, kind).map(({ name }) => name);
}

function brokenAddresses(json: Json): string[] {
  const known = new Set(
    ["resource", "data"].flatMap((section) =>
      Object.entries(json[section] ?? {}).flatMap(([type, resources]) =>
        Object.keys(resources as Block).map((id) => `${section === "data" ? "data." : ""}${type}.${id}`),
      ),
    ),
  );
  const used = JSON.stringify(json).match(/\b(data\.)?azurerm_[a-z_]+\.[A-Za-z][\w-]*/g) ?? [];
  return [...new Set(used)].filter((address) => !known.has(address));
}
