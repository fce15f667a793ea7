import { parseGatewayModel } from "../../lib/synthesized/index.js";
import { type GatewayJson, gatewayJson, listener, rule } from "../support/terraform-json.js";

const TWO = [listener(), listener({ name: "other", host_name: "x.com" })];
const parse = (json: GatewayJson = {}) => parseGatewayModel(gatewayJson(json));

describe("what cannot be read is said with the block, the value and what is allowed", () => {
  const at = "azurerm_application_gateway.main";
  const pathRule = (paths: string[]) => ({
    rules: [rule({ rule_type: "PathBasedRouting", url_path_map_name: "map" })],
    more: {
      url_path_map: {
        name: "map",
        default_backend_address_pool_name: "openai",
        default_backend_http_settings_name: "openai",
        path_rule: { name: "p", paths, backend_address_pool_name: "openai", backend_http_settings_name: "openai" },
      },
    },
  });
  const redirect = (more: object) => ({
    more: { redirect_configuration: { name: "r", redirect_type: "Permanent", ...more } },
  });
  const rewrite = (pattern: string) => ({
    more: {
      rewrite_rule_set: {
        name: "set",
        rewrite_rule: { name: "r", rule_sequence: 1, condition: { variable: "var_host", pattern } },
      },
    },
  });
  test.each<[GatewayJson, string]>([
    [{ settings: { port: 0 } }, `${at}.backend_http_settings[0].port: Too small: expected number to be >=1; got 0`],
    [
      { settings: { port: undefined } },
      `${at}.backend_http_settings[0].port: Invalid input: expected number, received undefined; it is missing`,
    ],
    [
      { settings: { protocol: "Tcp" } },
      `${at}.backend_http_settings[0].protocol: Invalid option: expected one of "Http"|"Https"; got "Tcp"`,
    ],
    [
      { settings: { probe_name: "nope" } },
      `${at}.backend_http_settings[0].probe_name: nothing is named "nope"; there are: status`,
    ],
    [
      { settings: { host_name: "x.y" } },
      `${at}.backend_http_settings[0]: takes host_name or pick_host_name_from_backend_address, not both`,
    ],
    [{ probe: { path: "status" } }, `${at}.probe[0].path: Invalid string: must start with "/"; got "status"`],
    [
      { probe: { host: "x.y" } },
      `${at}.probe[0]: needs exactly one of host and pick_host_name_from_backend_http_settings`,
    ],
    [
      { probe: { match: { status_code: ["2xx"] } } },
      `${at}.probe[0].match.status_code: expected a status such as "200" or a range such as "200-399", got "2xx"`,
    ],
    [
      { listeners: [listener({ frontend_port_name: "x" })] },
      `${at}.http_listener[0].frontend_port_name: nothing is named "x"; there are: http, https`,
    ],
    [
      { listeners: [listener({ frontend_ip_configuration_name: "x" })] },
      `${at}.http_listener[0].frontend_ip_configuration_name: nothing is named "x"; there are: public`,
    ],
    [
      { rules: [rule({ http_listener_name: "x" })] },
      `${at}.request_routing_rule[0].http_listener_name: nothing is named "x"; there are: http`,
    ],
    [
      { rules: [rule({ backend_address_pool_name: undefined })] },
      `${at}.request_routing_rule[0]: leads nowhere: set backend_address_pool_name and backend_http_settings_name, or redirect_configuration_name`,
    ],
    [
      { rules: [rule({ rewrite_rule_set_name: "x" })] },
      `${at}.request_routing_rule[0].rewrite_rule_set_name: nothing is named "x"; there is none`,
    ],
    [
      { rules: [rule({ rule_type: "PathBasedRouting" })] },
      `${at}.request_routing_rule[0].url_path_map_name: a rule of type PathBasedRouting needs it`,
    ],
    [
      pathRule(["/a/*/b"]),
      `${at}.url_path_map[0].path_rule[0].paths: "/a/*/b" has to start with "/" and may have one "*", at its end`,
    ],
    [redirect({}), `${at}.redirect_configuration[0]: needs exactly one of target_listener_name and target_url`],
    [
      redirect({ target_url: "/x" }),
      `${at}.redirect_configuration[0].target_url: expected an absolute http or https URL, got "/x"`,
    ],
    [
      rewrite("("),
      `${at}.rewrite_rule_set[0].rewrite_rule[0].condition[0].pattern: not a regular expression of RE2: Invalid regular expression: /(/: Unterminated group; got "("`,
    ],
    [
      { fqdns: ["https://a.openai.azure.com"] },
      `${at}.backend_address_pool[0].fqdns: expected a host name such as "east.openai.azure.com", got "https://a.openai.azure.com"`,
    ],
    [
      rewrite("a(?=b)"),
      `${at}.rewrite_rule_set[0].rewrite_rule[0].condition[0].pattern: not a regular expression of RE2: RE2 has no look-around such as (?=; got "a(?=b)"`,
    ],
    [
      rewrite("(a)\\1"),
      `${at}.rewrite_rule_set[0].rewrite_rule[0].condition[0].pattern: not a regular expression of RE2: RE2 has no back references such as \\1; got "(a)\\1"`,
    ],
    [{ more: { sku: undefined } }, `${at}.sku: it is missing`],
    [
      { sku: "Standard_Medium" },
      `${at}.sku.name: version 1 is retired; expected Standard_v2 or WAF_v2 (or Basic), got "Standard_Medium"`,
    ],
    [{ sku: "Premium" }, `${at}.sku.name: expected Standard_v2 or WAF_v2 (or Basic), got "Premium"`],
    [
      { rules: [rule({ priority: undefined })] },
      `${at}.request_routing_rule[0].priority: the rule openai has none; version 2 needs one from 1 to 20000 for each rule`,
    ],
    [
      { listeners: TWO, rules: [rule(), rule({ name: "other", http_listener_name: "other" })] },
      `${at}.request_routing_rule[1].priority: 100 is the priority of the rule openai too; give each its own`,
    ],
    [
      { rules: [rule(), rule({ name: "other", priority: 200 })] },
      `${at}.request_routing_rule[1].http_listener_name: the listener http has the rule openai already; give the rule other a listener of its own, or use path rules`,
    ],
    [
      { listeners: [listener(), listener({ name: "other", protocol: "Https", host_name: "x.com" })] },
      `${at}.http_listener[1].protocol: port 80 speaks Http for the listener http; Https needs another port`,
    ],
    [
      { probe: { protocol: "Http" } },
      `${at}.probe[0].protocol: it is Http, and the backend settings openai that use the probe speak Https; they have to be the same`,
    ],
  ])("%j", (json, message) => {
    expect(() => parse(json)).toThrow(expect.objectContaining({ name: "SynthesizedError", message }));
  });

  test.each([
    [null, "x.json: expected a JSON object with Terraform configuration, got null"],
    [[], "x.json: expected a JSON object with Terraform configuration, got an array"],
    ["{}", "x.json: expected a JSON object with Terraform configuration, got a value of type string"],
    [
      {},
      "x.json: no `resource` block; give cdk.tf.json, Terraform JSON with resources, or the output of `terraform show -json <plan>`",
    ],
    [{ resource: {} }, "x.json: no azurerm_application_gateway resource in it"],
  ])("%j as a whole", (json, message) => {
    expect(() => parseGatewayModel(json, { source: "x.json" })).toThrow(message);
  });
});
