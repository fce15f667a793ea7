import { TerraformOutput, TerraformVariable } from "cdktf";
import {
  Duration,
  Egress,
  Frontend,
  GatewayListener,
  ListenerFrontend,
  OpenAiBackend,
  type OpenAiLoadBalancerProps,
} from "../../lib/index.js";
import { timeoutWarnings } from "../../lib/rules/gateway.js";
import { privateOnlyWarning, unreachableBackendsProblem, unreachableVaultWarning } from "../../lib/rules/network.js";
import { existingNetwork, gatewayOf, https } from "../support/application-gateway.js";
import { loadBalancer, SUBNET_ID } from "../support/load-balancer.js";
import { brokenReferences } from "../support/references.js";
import { refusal } from "../support/refusal.js";
import { blocks, makeStack, synth } from "../support/synth.js";

const privateBackends = ["one", "two"].map((name) =>
  OpenAiBackend.fromFqdn(`${name}.openai.azure.com`, { private: true }),
);
const balancer = (props: Partial<OpenAiLoadBalancerProps>) => synth((stack) => loadBalancer(stack, props));

describe("a gateway with a private address only", () => {
  const isolated = { frontend: Frontend.private(), backends: privateBackends };

  test("has one frontend, in its own subnet, and names the feature that it needs", () => {
    const out = balancer(isolated);
    expect(blocks(out.gateway, "frontend_ip_configuration")).toEqual([
      {
        name: "private",
        private_ip_address: "10.0.0.254",
        private_ip_address_allocation: "Static",
        subnet_id: `\${${out.addresses("azurerm_subnet")[0]}.id}`,
      },
    ]);
    expect(blocks(out.gateway, "http_listener").map((each) => each["frontend_ip_configuration_name"])).toEqual([
      "private",
    ]);
    expect(out.warnings).toContain(privateOnlyWarning());
  });

  test("cannot reach public backends without a way out, whichever joined the pool when", () => {
    expect(() => balancer(isolated)).not.toThrow();
    const withPublic = (egress?: Egress) =>
      synth((stack) => {
        const lb = loadBalancer(stack, { ...isolated, egress });
        lb.addBackend(OpenAiBackend.fromFqdn("three.openai.azure.com"));
        lb.addBackend(OpenAiBackend.fromFqdn("four.openai.azure.com", { drained: true }));
      });
    expect(() => withPublic()).toThrow(unreachableBackendsProblem(["three.openai.azure.com"]));
    expect(() => withPublic(Egress.natGateway())).not.toThrow();
    expect(() => withPublic(Egress.through(["203.0.113.7"]))).not.toThrow();
  });

  test("reads a certificate only from a vault that it reaches", () => {
    const warned = (props: Partial<OpenAiLoadBalancerProps>) =>
      balancer({ ...isolated, listener: https, ...props }).warnings.includes(unreachableVaultWarning());
    expect(warned({})).toBe(true);
    expect(warned({ listener: GatewayListener.http() })).toBe(false);
    expect(warned({ serviceEndpoints: ["Microsoft.KeyVault"] })).toBe(false);
    expect(warned({ egress: Egress.natGateway() })).toBe(false);
    expect(warned({ frontend: Frontend.public() })).toBe(false);
  });

  test("has its own address in its URL", () => {
    const { json } = synth((stack) => {
      new TerraformOutput(stack, "url", { value: loadBalancer(stack, isolated).url });
    });
    expect(json["output"]?.["url"]).toEqual({ value: "http://10.0.0.254" });
  });

  test("in an imported network", () => {
    const out = synth((stack) => {
      const network = existingNetwork(stack, { publicIpAddressId: undefined, privateIpAddress: "10.9.0.9" });
      expect(network.egressIpAddresses).toEqual([]);
    });
    expect(out.json["resource"]).toBeUndefined();
    expect(() => existingNetwork(makeStack(), { publicIpAddressId: undefined })).toThrow(
      refusal("stack/Network", "publicIpAddressId"),
    );
  });
});

describe("a gateway with both addresses", () => {
  test("answers on each: the same port, host names, certificate and redirects", () => {
    const out = balancer({
      frontend: Frontend.public().withPrivate({ ipAddress: "10.0.0.9" }),
      listener: https,
    });
    const listeners = blocks(out.gateway, "http_listener").map((each) => [
      each["name"],
      each["frontend_ip_configuration_name"],
      each["frontend_port_name"],
      each["ssl_certificate_name"],
    ]);
    expect(listeners).toEqual([
      ["clients", "public", "clients", "listener-certificate"],
      ["clients-http", "public", "clients-http", undefined],
      ["clients-private", "private", "clients", "listener-certificate"],
      ["clients-http-private", "private", "clients-http", undefined],
    ]);
    const targets = blocks(out.gateway, "redirect_configuration").map((each) => each["target_listener_name"]);
    expect(targets).toEqual(["clients", "clients-private"]);
    expect(out.warnings).not.toContain(privateOnlyWarning());
  });

  test("a listener may be for one of them, and each has a path map of its own", () => {
    const internal = { name: "internal", listener: GatewayListener.http({ port: 8080 }) };
    const out = balancer({
      frontend: Frontend.public().withPrivate(),
      addressing: {},
      listeners: [
        { ...internal, frontend: ListenerFrontend.PRIVATE },
        { name: "outside", listener: GatewayListener.http({ port: 8081 }), frontend: ListenerFrontend.PUBLIC },
      ],
    });
    const rules = blocks(out.gateway, "request_routing_rule").map((rule) => [rule["name"], rule["url_path_map_name"]]);
    expect(rules).toEqual([
      ["clients-to-openai", "clients-by-path"],
      ["rule-outside", "paths-outside"],
      ["clients-to-openai-private", "clients-by-path-private"],
      ["rule-internal-private", "paths-internal-private"],
    ]);
    expect(brokenReferences(out.json)).toEqual([]);
    expect(() => balancer({ listeners: [{ ...internal, frontend: ListenerFrontend.PRIVATE }] })).toThrow(
      refusal("stack/LB/Gateway/Listener-internal", "listener.frontend"),
    );
  });

  test("keeps the names and priorities of a gateway with one", () => {
    const rulesOf = (frontend: Frontend) => blocks(balancer({ frontend }).gateway, "request_routing_rule");
    expect(rulesOf(Frontend.public().withPrivate())).toEqual(expect.arrayContaining(rulesOf(Frontend.public())));
  });
});

describe("a request timeout of more than 4 minutes", () => {
  const requestTimeout = Duration.minutes(20);
  const drainTimeout = Duration.minutes(20);
  const warning = timeoutWarnings({
    requestTimeoutSeconds: 1_200,
    drainTimeoutSeconds: 1_200,
    streaming: true,
    hasPublicBackends: true,
  });

  test("is warned about where a backend is public, and not where all are private", () => {
    const mixed = [...privateBackends, OpenAiBackend.fromFqdn("three.openai.azure.com")];
    expect(balancer({ requestTimeout, drainTimeout, backends: mixed }).warnings).toEqual(
      expect.arrayContaining(warning),
    );
    const warnings = balancer({ requestTimeout, drainTimeout, backends: privateBackends }).warnings;
    expect(warnings.filter((each) => warning.includes(each))).toEqual([]);
  });
});

test("availability zones are those of the gateway and of the address that is created", () => {
  const out = balancer({ zones: ["1", "2"] });
  expect([out.gateway, out.one("azurerm_public_ip")].map(({ zones }) => zones)).toEqual([
    ["1", "2"],
    ["1", "2"],
  ]);
  expect(gatewayOf().gateway).not.toHaveProperty("zones");
});

test("a second gateway in a created subnet has an address of its own to give, and takes room", () => {
  const stack = makeStack();
  const { subnetId } = loadBalancer(stack, { frontend: Frontend.public().withPrivate() }, "A").network;
  const second = (frontend: Frontend) => loadBalancer(stack, { name: "b", subnetId, frontend }, "B");
  expect(() => second(Frontend.public().withPrivate())).toThrow(refusal("stack/B/Network", "frontend.ipAddress"));
});

test("an address that is known only after apply is taken", () => {
  const out = synth((stack) => {
    const ipAddress = new TerraformVariable(stack, "address", {}).stringValue;
    loadBalancer(stack, {
      frontend: Frontend.private({ ipAddress }),
      backends: privateBackends,
      listener: GatewayListener.http(),
    });
    loadBalancer(
      stack,
      {
        name: "other",
        subnetId: SUBNET_ID,
        frontend: Frontend.private({ ipAddress: "10.9.0.9" }),
        backends: privateBackends,
      },
      "Other",
    );
  });
  const addresses = out.all("azurerm_application_gateway").flatMap((each) => blocks(each, "frontend_ip_configuration"));
  expect(addresses.map((each) => each["private_ip_address"]).sort()).toEqual(["${var.address}", "10.9.0.9"]);
});
