import {
  ApplicationGateway,
  Duration,
  GatewayListener,
  GatewayScale,
  HealthProbe,
  ManagedIdentity,
  TlsPolicy,
} from "../../lib/index.js";
import {
  existingIdentity,
  existingNetwork,
  fromKeyVault,
  gatewayOf,
  https,
  makeGateway,
  place,
} from "../support/application-gateway.js";
import { IDENTITY_ID, PUBLIC_IP_ID, SECRET_ID, SUBNET_ID, SUBSCRIPTION, VAULT_ID } from "../support/load-balancer.js";
import { refusal } from "../support/refusal.js";
import { blocks, makeStack, synth } from "../support/synth.js";

describe("ApplicationGateway", () => {
  test("with all defaults", () => {
    expect(gatewayOf().gateway).toMatchSnapshot();
  });

  test("takes the ids of existing resources, in Azure's spelling", () => {
    const { gateway } = synth((stack) => {
      const network = existingNetwork(stack, {
        subnetId: SUBNET_ID.toLowerCase(),
        publicIpAddressId: PUBLIC_IP_ID.toLowerCase(),
      });
      makeGateway(stack, { network, identity: existingIdentity(stack, IDENTITY_ID.toLowerCase()) }).addBackend(
        "one.openai.azure.com",
      );
    });
    expect(gateway["gateway_ip_configuration"]).toMatchObject([{ subnet_id: SUBNET_ID }]);
    expect(gateway["frontend_ip_configuration"]).toMatchObject([{ public_ip_address_id: PUBLIC_IP_ID }]);
    expect(gateway["identity"]).toEqual({ type: "UserAssigned", identity_ids: [IDENTITY_ID] });
  });

  test("with everything set", () => {
    const { gateway } = gatewayOf({
      listener: GatewayListener.https({
        port: 8443,
        hostNames: ["llm.example.com"],
        certificate: fromKeyVault,
        tlsPolicy: TlsPolicy.APP_GW_SSL_POLICY_20170401S,
      }),
      requestTimeout: Duration.seconds(60),
      drainTimeout: Duration.seconds(61),
      healthProbe: new HealthProbe({ path: "/up", statusCodes: ["200"] }),
      streaming: false,
      scale: GatewayScale.auto({ minInstances: 1, maxInstances: 4 }),
      tags: { owner: "platform" },
    });
    expect(gateway).toMatchSnapshot();
  });

  test("talks to its backends as Azure OpenAI needs: TLS, each under its own host name, no cookies", () => {
    const [settings, ...more] = blocks(gatewayOf().gateway, "backend_http_settings");
    expect(more).toEqual([]);
    expect(settings).toMatchObject({
      protocol: "Https",
      port: 443,
      cookie_based_affinity: "Disabled",
      pick_host_name_from_backend_address: true,
      request_timeout: 240,
      connection_draining: { enabled: true, drain_timeout_sec: 300 },
    });
    expect(settings).not.toHaveProperty("host_name");
  });

  test("asks for the status path under the host name of each backend", () => {
    const [probe] = blocks(gatewayOf().gateway, "probe");
    expect(probe).toMatchObject({
      protocol: "Https",
      path: "/status-0123456789abcdef",
      pick_host_name_from_backend_http_settings: true,
      interval: 30,
      timeout: 30,
      unhealthy_threshold: 3,
      match: { status_code: ["200-399"] },
    });
    expect(probe).not.toHaveProperty("host");
  });

  test("waits for a probe no longer than its interval, unless told otherwise", () => {
    const healthProbe = new HealthProbe({ interval: Duration.seconds(10) });
    expect(blocks(gatewayOf({ healthProbe }).gateway, "probe")[0]).toMatchObject({ interval: 10, timeout: 10 });
  });

  test.each([
    [true, { request_buffering_enabled: true, response_buffering_enabled: false }],
    [false, { request_buffering_enabled: true, response_buffering_enabled: true }],
  ])("streaming %s", (streaming, global) => {
    expect(gatewayOf({ streaming }).gateway["global"]).toEqual(global);
  });

  test("runs a range of instances or a fixed number, never both", () => {
    const range = gatewayOf({ scale: GatewayScale.auto({ minInstances: 1, maxInstances: 5 }) }).gateway;
    expect(range["autoscale_configuration"]).toEqual({ min_capacity: 1, max_capacity: 5 });
    expect(range["sku"]).toEqual({ name: "Standard_v2", tier: "Standard_v2" });
    const fixed = gatewayOf({ scale: GatewayScale.fixed(7) }).gateway;
    expect(fixed).not.toHaveProperty("autoscale_configuration");
    expect(fixed["sku"]).toEqual({ name: "Standard_v2", tier: "Standard_v2", capacity: 7 });
  });

  test("HTTPS: port 80 sends clients to it, path and query kept", () => {
    const { gateway } = gatewayOf({ listener: https });
    expect(blocks(gateway, "frontend_port").map(({ port }) => port)).toEqual([443, 80]);
    expect(blocks(gateway, "http_listener").map(({ name, protocol }) => [name, protocol])).toEqual([
      ["clients", "Https"],
      ["clients-http", "Http"],
    ]);
    expect(blocks(gateway, "redirect_configuration")).toEqual([
      {
        name: "to-https",
        redirect_type: "Permanent",
        target_listener_name: "clients",
        include_path: true,
        include_query_string: true,
      },
    ]);
    expect(gateway["ssl_policy"]).toEqual({ policy_type: "Predefined", policy_name: "AppGwSslPolicy20220101S" });
  });

  test("several host names: each is sent to its own URL, as Azure redirects to no listener of several", () => {
    const hostNames = ["A.x.com", "b.x.com"];
    const { gateway } = gatewayOf({ listener: GatewayListener.https({ certificate: fromKeyVault, hostNames }) });
    expect(blocks(gateway, "http_listener").map((listener) => [listener["name"], listener["host_names"]])).toEqual([
      ["clients", ["a.x.com", "b.x.com"]],
      ["clients-http-1", ["a.x.com"]],
      ["clients-http-2", ["b.x.com"]],
    ]);
    expect(blocks(gateway, "redirect_configuration").map(({ name, target_url: url }) => [name, url])).toEqual([
      ["to-https-1", "https://a.x.com"],
      ["to-https-2", "https://b.x.com"],
    ]);
    expect(blocks(gateway, "request_routing_rule").map(({ priority }) => priority)).toEqual([100, 201, 202]);
  });

  test("wildcards: no redirect, and a warning that there is none", () => {
    const listener = GatewayListener.https({ certificate: fromKeyVault, hostNames: ["*.x.com"] });
    const out = gatewayOf({ listener });
    expect(out.gateway).not.toHaveProperty("redirect_configuration");
    expect(out.warnings).toEqual([expect.stringMatching(/^listener\.redirectHttp: /)]);
    const meant = GatewayListener.https({ certificate: fromKeyVault, hostNames: ["*.x.com"], redirectHttp: false });
    expect(gatewayOf({ listener: meant }).warnings).toEqual([]);
  });

  test("HTTPS without the redirect", () => {
    const { gateway } = gatewayOf({
      listener: GatewayListener.https({ certificate: fromKeyVault, redirectHttp: false }),
    });
    expect(blocks(gateway, "frontend_port").map(({ port }) => port)).toEqual([443]);
    expect(blocks(gateway, "http_listener")).toHaveLength(1);
    expect(blocks(gateway, "request_routing_rule")).toHaveLength(1);
    expect(gateway).not.toHaveProperty("redirect_configuration");
  });

  test("waits for the role that lets it read its certificate", () => {
    const out = gatewayOf({ listener: https });
    expect(out.one("azurerm_role_assignment")).toMatchObject({
      scope: VAULT_ID,
      role_definition_id: expect.stringMatching(/\/4633458b-17de-408a-b874-0445c86b69e6$/) as string,
      principal_id: `\${${out.addresses("azurerm_user_assigned_identity")[0]}.principal_id}`,
    });
    expect(out.gateway["depends_on"]).toEqual(out.addresses("azurerm_role_assignment"));
    expect(blocks(out.gateway, "ssl_certificate")).toEqual([
      { name: "listener-certificate", key_vault_secret_id: SECRET_ID },
    ]);
  });

  test("an existing gateway is known by its id, in Azure's spelling", () => {
    const gatewayId = `${SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Network/applicationGateways/agw`;
    const imported = (id: string) =>
      ApplicationGateway.fromApplicationGatewayAttributes(makeStack(), "Gateway", { gatewayId: id });
    expect(imported(gatewayId.toLowerCase()).gatewayId).toBe(gatewayId);
    expect(() => imported("agw")).toThrow(refusal("stack/Gateway", "gatewayId"));
  });

  test("a backend's dependencies come before the gateway", () => {
    const out = synth((stack) => {
      const identity = new ManagedIdentity(stack, "Other", { name: "id-other", ...place });
      const resource = identity.node.findChild("Resource") as unknown as { fqn: string };
      makeGateway(stack).addBackend("one.openai.azure.com", [resource]);
    });
    const other = out.addresses("azurerm_user_assigned_identity").find((address) => address.includes("Other"));
    expect(out.gateway["depends_on"]).toEqual([other]);
  });
});
