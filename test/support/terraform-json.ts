/** Blocks of an `azurerm_application_gateway` in Terraform JSON; what a test does not name has the value given here. */
export interface GatewayJson {
  readonly sku?: string;
  readonly capacity?: number;
  readonly autoscale?: object;
  readonly http2?: boolean;
  readonly buffering?: { readonly request: boolean; readonly response: boolean };
  readonly fqdns?: readonly string[];
  readonly pools?: readonly object[];
  readonly settings?: object;
  readonly moreSettings?: readonly object[];
  readonly probe?: object;
  readonly listeners?: readonly object[];
  readonly rules?: readonly object[];
  readonly more?: object;
  /** Further resources, by type and name. */
  readonly resources?: Readonly<Record<string, object>>;
  /** Further top-level sections. */
  readonly sections?: object;
}

export const FQDNS = ["a.openai.azure.com", "b.openai.azure.com", "c.openai.azure.com"];

/** One listener on port 80 and one rule to one pool, as small as a gateway can be. */
export function gatewayJson(json: GatewayJson = {}) {
  return {
    resource: {
      azurerm_application_gateway: {
        main: {
          name: "agw-test",
          sku: { name: json.sku ?? "Standard_v2", tier: json.sku ?? "Standard_v2", capacity: json.capacity ?? 1 },
          ...(json.autoscale && { autoscale_configuration: [json.autoscale] }),
          enable_http2: json.http2 ?? false,
          global: {
            request_buffering_enabled: json.buffering?.request ?? false,
            response_buffering_enabled: json.buffering?.response ?? false,
          },
          frontend_ip_configuration: [{ name: "public", public_ip_address_id: "${azurerm_public_ip.main.id}" }],
          frontend_port: [
            { name: "http", port: 80 },
            { name: "https", port: 443 },
          ],
          http_listener: json.listeners ?? [listener()],
          backend_address_pool: json.pools ?? [{ name: "openai", fqdns: json.fqdns ?? FQDNS }],
          backend_http_settings: [settings(json.settings), ...(json.moreSettings ?? [])],
          probe: [probe(json.probe)],
          request_routing_rule: json.rules ?? [rule()],
          ...json.more,
        },
      },
      ...json.resources,
    },
    ...json.sections,
  };
}

export function listener(overrides: object = {}) {
  return {
    name: "http",
    protocol: "Http",
    frontend_ip_configuration_name: "public",
    frontend_port_name: "http",
    ...overrides,
  };
}

export function httpsListener(overrides: object = {}) {
  return listener({
    name: "https",
    protocol: "Https",
    frontend_port_name: "https",
    ssl_certificate_name: "tls",
    ...overrides,
  });
}

export function settings(overrides: object = {}) {
  return {
    name: "openai",
    protocol: "Https",
    port: 443,
    cookie_based_affinity: "Disabled",
    pick_host_name_from_backend_address: true,
    request_timeout: 20,
    probe_name: "status",
    ...overrides,
  };
}

export function probe(overrides: object = {}) {
  return {
    name: "status",
    protocol: "Https",
    path: "/status",
    pick_host_name_from_backend_http_settings: true,
    interval: 1,
    timeout: 1,
    unhealthy_threshold: 2,
    match: { status_code: ["200"] },
    ...overrides,
  };
}

export function rule(overrides: object = {}) {
  return {
    name: "openai",
    rule_type: "Basic",
    priority: 100,
    http_listener_name: "http",
    backend_address_pool_name: "openai",
    backend_http_settings_name: "openai",
    ...overrides,
  };
}
