import { type Block } from "./block.js";
import { type Expression, type Text, type Value, call, isExpression } from "./expression.js";
import { type GatewayPart, part } from "./gateway-part.js";
import { pathMap, redirect, rewriteRuleSet, routingRule } from "./gateway-routing.js";
import { identity } from "./identity.js";
import { type ResourceType, ownGroup, ownName, placement } from "./resource-type.js";

/** The gateway; its parts refer to each other by ids that are made of their names. */
export const APPLICATION_GATEWAY: ResourceType = {
  type: "Microsoft.Network/applicationGateways",
  apiVersion: "2025-01-01",
  names: ownName,
  group: ownGroup,
  attributes: {},
  render: (block, gateway) => {
    const partOf: GatewayPart = (type, name) => part(gateway, type, name);
    return {
      ...placement(block),
      zones: block.optionalTexts("zones"),
      identity: identity(block.block("identity")),
      properties: {
        authenticationCertificates: [],
        autoscaleConfiguration: autoscale(block.block("autoscale_configuration")),
        backendAddressPools: block.blocks("backend_address_pool").map(pool),
        backendHttpSettingsCollection: block.blocks("backend_http_settings").map((each) => settings(each, partOf)),
        customErrorConfigurations: block.blocks("custom_error_configuration").map(customError),
        enableFips: block.optionalFlag("fips_enabled"),
        enableHttp2: block.flag("enable_http2", false),
        firewallPolicy: reference(block.optionalText("firewall_policy_id")),
        forceFirewallPolicyAssociation: block.optionalFlag("force_firewall_policy_association"),
        frontendIPConfigurations: block.blocks("frontend_ip_configuration").map(frontend),
        frontendPorts: block
          .blocks("frontend_port")
          .map((port) => ({ name: port.text("name"), properties: { port: port.number("port") } })),
        gatewayIPConfigurations: block
          .blocks("gateway_ip_configuration")
          .map((each) => ({ name: each.text("name"), properties: { subnet: { id: each.text("subnet_id") } } })),
        globalConfiguration: buffering(block.block("global")),
        httpListeners: block.blocks("http_listener").map((each) => listener(each, partOf)),
        privateLinkConfigurations: [],
        probes: block.blocks("probe").map(probe),
        redirectConfigurations: block.blocks("redirect_configuration").map((each) => redirect(each, partOf)),
        requestRoutingRules: block.blocks("request_routing_rule").map((each) => routingRule(each, partOf)),
        rewriteRuleSets: block.blocks("rewrite_rule_set").map(rewriteRuleSet),
        sku: sku(block),
        sslCertificates: block.blocks("ssl_certificate").map(certificate),
        sslPolicy: tlsPolicy(block.block("ssl_policy")),
        sslProfiles: [],
        trustedClientCertificates: [],
        trustedRootCertificates: [],
        urlPathMaps: block.blocks("url_path_map").map((each) => pathMap(each, partOf)),
      },
    };
  },
};

function autoscale(block: Block | undefined): Value {
  return block && { maxCapacity: block.optionalNumber("max_capacity"), minCapacity: block.number("min_capacity") };
}

function pool(block: Block): Value {
  const fqdns = block.texts("fqdns");
  const addresses = block.items("ip_addresses").map((ipAddress) => ({ ipAddress }));
  if (!isExpression(fqdns)) {
    return {
      name: block.text("name"),
      properties: { backendAddresses: [...fqdns.map((fqdn) => ({ fqdn })), ...addresses] },
    };
  }
  if (addresses.length > 0) throw block.problem("ip_addresses", "cannot be beside fqdns that a parameter gives");
  return { name: block.text("name"), properties: { copy: [copy("backendAddresses", fqdns)] } };
}

/** A list with a member for each item of another one. */
function copy(name: string, fqdns: Expression): Value {
  const fqdn: Expression = { kind: "item", of: fqdns, index: call("copyIndex", name) };
  return { name, count: call("length", fqdns), input: { fqdn } };
}

function settings(block: Block, partOf: GatewayPart): Value {
  const draining = block.block("connection_draining");
  return {
    name: block.text("name"),
    properties: {
      affinityCookieName: block.optionalText("affinity_cookie_name"),
      authenticationCertificates: [],
      connectionDraining: draining && {
        drainTimeoutInSec: draining.number("drain_timeout_sec"),
        enabled: draining.flag("enabled", false),
      },
      cookieBasedAffinity: block.text("cookie_based_affinity"),
      dedicatedBackendConnection: block.flag("dedicated_backend_connection_enabled", false),
      hostName: block.optionalText("host_name"),
      path: block.optionalText("path") ?? "",
      pickHostNameFromBackendAddress: block.flag("pick_host_name_from_backend_address", false),
      port: block.number("port"),
      probe: partOf("probes", block.optionalText("probe_name")),
      protocol: block.text("protocol"),
      requestTimeout: block.number("request_timeout", 30),
      trustedRootCertificates: [],
    },
  };
}

function frontend(block: Block): Value {
  return {
    name: block.text("name"),
    properties: {
      privateIPAddress: block.optionalText("private_ip_address"),
      privateIPAllocationMethod: block.optionalText("private_ip_address_allocation") ?? "Dynamic",
      publicIPAddress: reference(block.optionalText("public_ip_address_id")),
      subnet: reference(block.optionalText("subnet_id")),
    },
  };
}

function buffering(block: Block | undefined): Value {
  return (
    block && {
      enableRequestBuffering: block.flag("request_buffering_enabled", false),
      enableResponseBuffering: block.flag("response_buffering_enabled", false),
    }
  );
}

function listener(block: Block, partOf: GatewayPart): Value {
  return {
    name: block.text("name"),
    properties: {
      customErrorConfigurations: block.blocks("custom_error_configuration").map(customError),
      firewallPolicy: reference(block.optionalText("firewall_policy_id")),
      frontendIPConfiguration: partOf("frontendIPConfigurations", block.text("frontend_ip_configuration_name")),
      frontendPort: partOf("frontendPorts", block.text("frontend_port_name")),
      hostName: block.optionalText("host_name"),
      hostNames: block.optionalTexts("host_names"),
      protocol: block.text("protocol"),
      requireServerNameIndication: block.flag("require_sni", false),
      sslCertificate: partOf("sslCertificates", block.optionalText("ssl_certificate_name")),
    },
  };
}

function customError(block: Block): Value {
  return { customErrorPageUrl: block.text("custom_error_page_url"), statusCode: block.text("status_code") };
}

function probe(block: Block): Value {
  const match = block.block("match");
  return {
    name: block.text("name"),
    properties: {
      host: block.optionalText("host") ?? "",
      interval: block.number("interval"),
      match: match && { body: match.optionalText("body") ?? "", statusCodes: match.texts("status_code") },
      minServers: block.number("minimum_servers", 0),
      path: block.text("path"),
      pickHostNameFromBackendHttpSettings: block.flag("pick_host_name_from_backend_http_settings", false),
      port: block.optionalNumber("port"),
      protocol: block.text("protocol"),
      timeout: block.number("timeout"),
      unhealthyThreshold: block.number("unhealthy_threshold"),
    },
  };
}

function sku(gateway: Block): Value {
  const block = gateway.block("sku");
  if (block === undefined) throw gateway.problem("sku", "is missing");
  return { capacity: block.optionalNumber("capacity"), name: block.text("name"), tier: block.text("tier") };
}

/** Of Key Vault only: a certificate in the file would put its private key into the template. */
function certificate(block: Block): Value {
  const keyVaultSecretId = block.optionalText("key_vault_secret_id");
  if (keyVaultSecretId !== undefined) return { name: block.text("name"), properties: { keyVaultSecretId } };
  throw block.problem("key_vault_secret_id", "is missing; only a certificate of a Key Vault can be rendered");
}

function tlsPolicy(block: Block | undefined): Value {
  if (block === undefined) return {};
  return { policyName: block.text("policy_name"), policyType: block.text("policy_type") };
}

function reference(id: Text | undefined): Value {
  return id && { id };
}
