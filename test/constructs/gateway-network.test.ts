import { TerraformOutput, type TerraformStack, TerraformVariable } from "cdktf";
import { GatewayNetwork, type GatewayNetworkProps } from "../../lib/index.js";
import { addressSpaceProblem, cidrProblem } from "../../lib/rules/cidr.js";
import { gatewaySubnetProblem, gatewaySubnetWarning, portProblem } from "../../lib/rules/gateway.js";
import { addressSpaceOverlaps, clientCidrOverlaps, clientCidrsProblem } from "../../lib/rules/network.js";
import { RESOURCE_TYPES, resourceIdProblem } from "../../lib/rules/resource-id.js";
import { nameProblem } from "../../lib/rules/resource-name.js";
import { PUBLIC_IP_ID, SUBNET_ID } from "../support/load-balancer.js";
import { refusal } from "../support/refusal.js";
import { blocks, makeStack, synth } from "../support/synth.js";

function makeNetwork(stack: TerraformStack, props: Partial<GatewayNetworkProps> = {}): GatewayNetwork {
  return new GatewayNetwork(stack, "Network", {
    name: "aoai",
    location: "eastus",
    resourceGroupName: "rg",
    listenerPorts: [443, 80],
    instances: { min: 2, max: 10 },
    ...props,
  });
}

describe("GatewayNetwork", () => {
  test("with all defaults", () => {
    expect(synth((stack) => makeNetwork(stack)).json["resource"]).toMatchSnapshot();
  });

  test("with everything set", () => {
    const out = synth((stack) =>
      makeNetwork(stack, {
        listenerPorts: [8443],
        addressSpace: ["10.1.0.0/16", "10.2.0.0/16"],
        gatewaySubnetPrefix: "10.2.3.0/26",
        allowedClientCidrs: ["203.0.113.0/24", "198.51.100.7/32"],
        dnsLabel: "my-llm",
        tags: { owner: "platform" },
      }),
    );
    expect(out.json["resource"]).toMatchSnapshot();
  });

  test("the subnet is delegated to application gateways", () => {
    const out = synth((stack) => makeNetwork(stack));
    expect(blocks(out.one("azurerm_subnet"), "delegation")).toEqual([
      {
        name: "application-gateway",
        service_delegation: {
          name: "Microsoft.Network/applicationGateways",
          actions: ["Microsoft.Network/virtualNetworks/subnets/join/action"],
        },
      },
    ]);
  });

  test("lets in clients, Azure's management and Azure's load balancer, and nobody else", () => {
    const rules = blocks(synth((stack) => makeNetwork(stack)).one("azurerm_network_security_group"), "security_rule");
    expect(
      rules.map((rule) => [
        rule["source_address_prefix"],
        rule["destination_port_ranges"] ?? rule["destination_port_range"],
      ]),
    ).toEqual([
      ["Internet", ["443", "80"]],
      ["GatewayManager", "65200-65535"],
      ["AzureLoadBalancer", "*"],
    ]);
    expect(new Set(rules.map(({ priority }) => priority)).size).toBe(rules.length);
  });

  test("clients can be narrowed to ranges", () => {
    const out = synth((stack) => makeNetwork(stack, { allowedClientCidrs: ["203.0.113.0/24"] }));
    const [clients] = blocks(out.one("azurerm_network_security_group"), "security_rule");
    expect(clients).toMatchObject({ source_address_prefixes: ["203.0.113.0/24"], source_address_prefix: null });
  });

  test("an existing subnet is used as it is, in Azure's spelling", () => {
    const out = synth((stack) => {
      const network = makeNetwork(stack, { subnetId: SUBNET_ID.replace("resourceGroups", "resourcegroups") });
      expect(network.subnetId).toBe(SUBNET_ID);
      expect(network.dependencies).toEqual([]);
    });
    expect(Object.keys(out.json["resource"] ?? {})).toEqual(["azurerm_public_ip"]);
  });

  test("an existing public address is looked up, by whatever its id is known from", () => {
    const out = synth((stack) => {
      const network = makeNetwork(stack, { publicIpAddressId: PUBLIC_IP_ID });
      new TerraformOutput(stack, "address", { value: network.publicIpAddress });
    });
    expect(out.all("azurerm_public_ip")).toEqual([]);
    expect(Object.values((out.json["data"]?.["azurerm_public_ip"] ?? {}) as object)).toEqual([
      { name: "pip", resource_group_name: "rg" },
    ]);
    expect(out.json["output"]?.["address"]).toEqual({
      value: expect.stringMatching(/^\$\{data\.azurerm_public_ip\.\w+\.ip_address\}$/) as string,
    });
    const ofToken = synth((stack) => {
      makeNetwork(stack, { publicIpAddressId: new TerraformVariable(stack, "pip", {}).stringValue });
    });
    expect(Object.values((ofToken.json["data"]?.["azurerm_public_ip"] ?? {}) as object)).toEqual([
      { name: '${element(split("/", var.pip), 8)}', resource_group_name: '${element(split("/", var.pip), 4)}' },
    ]);
  });

  test("knows the ids of its parts", () => {
    const out = synth((stack) => {
      const created = makeNetwork(stack);
      new TerraformOutput(stack, "created", { value: [created.virtualNetworkId, created.publicIpAddressId] });
    });
    expect(out.json["output"]?.["created"]).toEqual({
      value: [
        `\${${out.addresses("azurerm_virtual_network")[0]}.id}`,
        `\${${out.addresses("azurerm_public_ip")[0]}.id}`,
      ],
    });
    expect(makeNetwork(makeStack(), { subnetId: SUBNET_ID }).virtualNetworkId).toBe(
      SUBNET_ID.replace("/subnets/snet", ""),
    );
  });

  test.each([
    [{ addressSpace: ["10.9.0.0/25"] }, "10.9.0.0/25"],
    [{ addressSpace: ["192.168.0.0/16", "10.0.0.0/8"] }, "192.168.0.0/24"],
    [{}, "10.0.0.0/24"],
  ])("the subnet defaults to the first /24 of the space: %j", (props, prefix) => {
    expect(synth((stack) => makeNetwork(stack, props)).one("azurerm_subnet")["address_prefixes"]).toEqual([prefix]);
  });

  describe("refuses", () => {
    const subnetProblem = (prefix: string, min = 2, max = 10) =>
      gatewaySubnetProblem(prefix, ["10.0.0.0/16"], { min, max });
    const tooMany = Array.from({ length: 4_001 }, (_, n) => `10.${n >> 8}.${n & 255}.0/24`);
    const refusals: [Partial<GatewayNetworkProps>, string, string?][] = [
      [{ addressSpace: [] }, "addressSpace"],
      [{ addressSpace: ["10.0.0.0"] }, "addressSpace", addressSpaceProblem("10.0.0.0")],
      [
        { addressSpace: ["10.0.0.0/16", "10.0.1.0/24"] },
        "addressSpace",
        addressSpaceOverlaps(["10.0.0.0/16", "10.0.1.0/24"])[0]?.problem,
      ],
      [{ gatewaySubnetPrefix: "10.0.0.1/24" }, "gatewaySubnetPrefix", cidrProblem("10.0.0.1/24")],
      [{ gatewaySubnetPrefix: "10.1.0.0/24" }, "gatewaySubnetPrefix", subnetProblem("10.1.0.0/24")],
      [
        { gatewaySubnetPrefix: "10.0.0.0/27", instances: { min: 28, max: 60 } },
        "gatewaySubnetPrefix",
        subnetProblem("10.0.0.0/27", 28, 60),
      ],
      [{ allowedClientCidrs: ["Internet", "10.0.0.0/8"] }, "allowedClientCidrs", cidrProblem("Internet")],
      [{ listenerPorts: [] }, "listenerPorts"],
      [{ allowedClientCidrs: [] }, "allowedClientCidrs"],
      [{ allowedClientCidrs: tooMany }, "allowedClientCidrs", clientCidrsProblem(tooMany)],
      [
        { allowedClientCidrs: ["10.0.0.0/24", "10.0.0.0/16"] },
        "allowedClientCidrs",
        clientCidrOverlaps(["10.0.0.0/24", "10.0.0.0/16"])[0]?.problem,
      ],
      [{ dnsLabel: "My_label" }, "dnsLabel", nameProblem("dnsLabel")("My_label")],
      [{ dnsLabel: "my-label", publicIpAddressId: PUBLIC_IP_ID }, "dnsLabel"],
      [
        { subnetId: SUBNET_ID, addressSpace: ["10.0.0.0/16"], allowedClientCidrs: ["10.0.0.0/8"] },
        "addressSpace, allowedClientCidrs",
      ],
      [{ subnetId: "snet" }, "subnetId", resourceIdProblem(RESOURCE_TYPES.subnet)("snet")],
      [
        { subnetId: SUBNET_ID.replace(/snet$/, "azurebastionsubnet") },
        "subnetId",
        resourceIdProblem(RESOURCE_TYPES.subnet)(SUBNET_ID.replace(/snet$/, "azurebastionsubnet")),
      ],
      [{ publicIpAddressId: "pip" }, "publicIpAddressId", resourceIdProblem(RESOURCE_TYPES.publicIpAddress)("pip")],
      [{ listenerPorts: [0] }, "listenerPorts", portProblem(0)],
    ];
    test.each(refusals)("%j", (...[props, prop, problem]) => {
      expect(() => makeNetwork(makeStack(), props)).toThrow(refusal("stack/Network", prop, problem));
    });
  });

  test("warns of a subnet that has no room to scale out", () => {
    const out = synth((stack) =>
      makeNetwork(stack, { gatewaySubnetPrefix: "10.0.0.0/27", instances: { min: 27, max: 28 } }),
    );
    expect(out.warnings).toEqual([`gatewaySubnetPrefix: ${gatewaySubnetWarning("10.0.0.0/27", { min: 27, max: 28 })}`]);
  });

  test("takes ranges that are known only after apply", () => {
    const out = synth((stack) => {
      const space = new TerraformVariable(stack, "space", { type: "string" });
      const subnet = new TerraformVariable(stack, "subnet", { type: "string" });
      makeNetwork(stack, { addressSpace: [space.stringValue], gatewaySubnetPrefix: subnet.stringValue });
    });
    expect(out.one("azurerm_virtual_network")["address_space"]).toEqual(["${var.space}"]);
    expect(out.one("azurerm_subnet")["address_prefixes"]).toEqual(["${var.subnet}"]);
  });
});
