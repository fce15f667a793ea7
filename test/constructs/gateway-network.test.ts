import { TerraformOutput, type TerraformStack, TerraformVariable } from "cdktf";
import { Egress, Frontend, GatewayNetwork, type GatewayNetworkProps } from "../../lib/index.js";
import { addressSpaceProblem, cidrProblem } from "../../lib/rules/cidr.js";
import {
  gatewaySubnetProblem,
  gatewaySubnetSizeProblem,
  gatewaySubnetWarning,
  portProblem,
} from "../../lib/rules/gateway.js";
import { addressInSubnetProblem, ipAddressProblem, publicAddressOrRangeProblem } from "../../lib/rules/ip-address.js";
import {
  addressSpaceOverlaps,
  clientCidrOverlaps,
  clientCidrsProblem,
  repeatedWordProblem,
  SERVICE_ENDPOINTS,
  ZONES,
} from "../../lib/rules/network.js";
import { oneOf } from "../../lib/rules/problem.js";
import { RESOURCE_TYPES, resourceIdProblem } from "../../lib/rules/resource-id.js";
import { nameProblem } from "../../lib/rules/resource-name.js";
import { serviceTagProblem } from "../../lib/rules/service-tag.js";
import { NAT_ID, PREFIX_ID, PUBLIC_IP_ID, SUBNET_ID, VIRTUAL_NETWORK_ID } from "../support/load-balancer.js";
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
        allowedServiceTags: ["AzureFrontDoor.Backend"],
        serviceEndpoints: ["Microsoft.KeyVault"],
        defaultOutboundAccess: true,
        inlineSubnets: true,
        frontend: Frontend.public({ dnsLabel: "my-llm", publicIpPrefixId: PREFIX_ID }).withPrivate({
          ipAddress: "10.2.3.60",
        }),
        egress: Egress.natGateway(),
        zones: ["1", "3"],
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

  test("clients can be service tags, besides ranges", () => {
    const rules = (props: Partial<GatewayNetworkProps>) =>
      blocks(synth((stack) => makeNetwork(stack, props)).one("azurerm_network_security_group"), "security_rule").map(
        (rule) => [rule["access"], rule["source_address_prefix"] ?? rule["source_address_prefixes"]],
      );
    const tags = ["AzureFrontDoor.Backend", "ApiManagement"];
    const allowed = tags.map((tag) => ["Allow", tag]);
    const azure = ["GatewayManager", "AzureLoadBalancer"].map((tag) => ["Allow", tag]);
    expect(rules({ allowedServiceTags: tags })).toEqual([...allowed, ...azure]);
    expect(rules({ allowedServiceTags: tags, allowedClientCidrs: ["203.0.113.0/24"] })).toEqual([
      ["Allow", ["203.0.113.0/24"]],
      ...allowed,
      ...azure,
    ]);
  });

  test("Azure's own rules would let the network in, so where clients of a private address are narrowed all others are denied", () => {
    const frontend = Frontend.public().withPrivate();
    const out = synth((stack) => makeNetwork(stack, { allowedClientCidrs: ["10.0.0.0/8"], frontend }));
    const rules = blocks(out.one("azurerm_network_security_group"), "security_rule");
    const deny = rules.find(({ access }) => access === "Deny");
    expect(deny).toMatchObject({ destination_port_ranges: ["443", "80"], source_address_prefix: "*" });
    expect(rules.every((rule) => rule === deny || Number(rule["priority"]) < Number(deny?.["priority"]))).toBe(true);
  });

  test("without a public address the network's clients are let in, and no management", () => {
    const out = synth((stack) => {
      const network = makeNetwork(stack, { frontend: Frontend.private(), listenerPorts: [443] });
      expect(network.privateIpAddress).toBe("10.0.0.254");
      expect([network.publicIpAddressId, network.publicIpAddress, network.publicFqdn]).toEqual([]);
    });
    const rules = blocks(out.one("azurerm_network_security_group"), "security_rule");
    expect(rules.map((rule) => rule["source_address_prefix"])).toEqual(["VirtualNetwork", "AzureLoadBalancer"]);
    expect(out.all("azurerm_public_ip")).toEqual([]);
    expect(out.one("azurerm_subnet")["default_outbound_access_enabled"]).toBe(false);
  });

  test("a NAT gateway is the way out: with its address, before the gateway, and without Azure's default access", () => {
    const out = synth((stack) => {
      const network = makeNetwork(stack, { egress: Egress.natGateway() });
      new TerraformOutput(stack, "egress", { value: network.egressIpAddresses });
      expect(network.dependencies).toHaveLength(2);
    });
    expect(out.one("azurerm_subnet")["default_outbound_access_enabled"]).toBe(false);
    const [nat] = out.addresses("azurerm_nat_gateway");
    const address = out.addresses("azurerm_public_ip").find((each) => each.includes("NatAddress"));
    expect(out.json["output"]?.["egress"]).toEqual({ value: [`\${${address}.ip_address}`] });
    expect(out.one("azurerm_nat_gateway_public_ip_association")).toEqual({
      nat_gateway_id: `\${${nat}.id}`,
      public_ip_address_id: `\${${address}.id}`,
    });
    expect(out.one("azurerm_subnet_nat_gateway_association")).toEqual({
      depends_on: out.addresses("azurerm_nat_gateway_public_ip_association"),
      nat_gateway_id: `\${${nat}.id}`,
      subnet_id: `\${${out.addresses("azurerm_subnet")[0]}.id}`,
    });
  });

  test("an existing NAT gateway is attached, and its addresses are those given", () => {
    const out = synth((stack) => {
      const network = makeNetwork(stack, { egress: Egress.existingNatGateway(NAT_ID, ["203.0.113.16/28"]) });
      expect(network.egressIpAddresses).toEqual(["203.0.113.16/28"]);
    });
    expect(out.one("azurerm_subnet_nat_gateway_association")["nat_gateway_id"]).toBe(NAT_ID);
    expect(out.all("azurerm_nat_gateway")).toEqual([]);
  });

  test("a subnet is added to an existing network, in that network's group", () => {
    const out = synth((stack) => {
      const network = makeNetwork(stack, {
        virtualNetworkId: VIRTUAL_NETWORK_ID,
        gatewaySubnetPrefix: "10.9.1.0/24",
        frontend: Frontend.private(),
        egress: Egress.natGateway(),
      });
      expect(network.virtualNetworkId).toBe(VIRTUAL_NETWORK_ID);
      expect(network.privateIpAddress).toBe("10.9.1.254");
    });
    expect(out.all("azurerm_virtual_network")).toEqual([]);
    expect(out.one("azurerm_subnet")).toMatchObject({
      name: "snet-aoai-gateway",
      resource_group_name: "rg-hub",
      virtual_network_name: "vnet-hub",
    });
    expect(out.one("azurerm_network_security_group")["resource_group_name"]).toBe("rg");
  });

  test("of a network that is known only after apply, the parts of its id are read from it", () => {
    const out = synth((stack) => {
      const { stringValue } = new TerraformVariable(stack, "vnet", {});
      makeNetwork(stack, { virtualNetworkId: stringValue, gatewaySubnetPrefix: "10.9.1.0/24" });
    });
    expect(out.one("azurerm_subnet")).toMatchObject({
      resource_group_name: '${element(split("/", var.vnet), 4)}',
      virtual_network_name: '${element(split("/", var.vnet), 8)}',
    });
  });

  test("a subnet inside its network has its delegation and security group from the first request on", () => {
    const out = synth((stack) => makeNetwork(stack, { inlineSubnets: true }));
    expect(out.all("azurerm_subnet")).toEqual([]);
    expect(out.all("azurerm_subnet_network_security_group_association")).toEqual([]);
    expect(blocks(out.one("azurerm_virtual_network"), "subnet")).toEqual([
      expect.objectContaining({
        name: "snet-gateway",
        security_group: `\${${out.addresses("azurerm_network_security_group")[0]}.id}`,
        delegation: [expect.objectContaining({ name: "application-gateway" })],
      }),
    ]);
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
      const network = makeNetwork(stack, { frontend: Frontend.existingPublic(PUBLIC_IP_ID) });
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
      makeNetwork(stack, { frontend: Frontend.existingPublic(new TerraformVariable(stack, "pip", {}).stringValue) });
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
      [
        { frontend: Frontend.public({ dnsLabel: "My_label" }) },
        "frontend.dnsLabel",
        nameProblem("dnsLabel")("My_label"),
      ],
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
      [
        { frontend: Frontend.existingPublic("pip") },
        "frontend.publicIpAddressId",
        resourceIdProblem(RESOURCE_TYPES.publicIpAddress)("pip"),
      ],
      [
        { frontend: Frontend.public({ publicIpPrefixId: "pip" }) },
        "frontend.publicIpPrefixId",
        resourceIdProblem(RESOURCE_TYPES.publicIpPrefix)("pip"),
      ],
      [{ frontend: Frontend.private({ ipAddress: "10.0.0" }) }, "frontend.ipAddress", ipAddressProblem("10.0.0")],
      [
        { frontend: Frontend.private({ ipAddress: "10.0.1.9" }) },
        "frontend.ipAddress",
        addressInSubnetProblem("10.0.1.9", "10.0.0.0/24"),
      ],
      [{ subnetId: SUBNET_ID, frontend: Frontend.private() }, "frontend.ipAddress"],
      [
        { gatewaySubnetPrefix: "10.0.0.0/27", instances: { min: 27, max: 27 }, frontend: Frontend.private() },
        "gatewaySubnetPrefix",
        gatewaySubnetProblem("10.0.0.0/27", ["10.0.0.0/16"], { min: 27, max: 27, privateFrontends: 1 }),
      ],
      [{ subnetId: SUBNET_ID, egress: Egress.natGateway() }, "egress"],
      [{ subnetId: SUBNET_ID, egress: Egress.existingNatGateway(NAT_ID, ["203.0.113.7"]) }, "egress"],
      [
        { egress: Egress.existingNatGateway("nat", ["203.0.113.7"]) },
        "egress.natGatewayId",
        resourceIdProblem(RESOURCE_TYPES.natGateway)("nat"),
      ],
      [{ egress: Egress.through([]) }, "egress.ipAddresses"],
      [{ egress: Egress.through(["10.0.0.4"]) }, "egress.ipAddresses", publicAddressOrRangeProblem("10.0.0.4")],
      [{ virtualNetworkId: VIRTUAL_NETWORK_ID }, "gatewaySubnetPrefix"],
      [
        { virtualNetworkId: VIRTUAL_NETWORK_ID, gatewaySubnetPrefix: "10.0.0.0/28" },
        "gatewaySubnetPrefix",
        gatewaySubnetSizeProblem("10.0.0.0/28", { min: 2, max: 10 }),
      ],
      [
        { virtualNetworkId: VIRTUAL_NETWORK_ID, gatewaySubnetPrefix: "10.0.9.0/24", inlineSubnets: true },
        "inlineSubnets",
      ],
      [
        { virtualNetworkId: "vnet", gatewaySubnetPrefix: "10.0.9.0/24" },
        "virtualNetworkId",
        resourceIdProblem(RESOURCE_TYPES.virtualNetwork)("vnet"),
      ],
      [{ allowedServiceTags: ["10.0.0.0/8"] }, "allowedServiceTags", serviceTagProblem("10.0.0.0/8")],
      [{ allowedServiceTags: ["Sql", "sql"] }, "allowedServiceTags", serviceTagProblem("sql")],
      [{ serviceEndpoints: ["Microsoft.Vault"] }, "serviceEndpoints", oneOf(SERVICE_ENDPOINTS)("Microsoft.Vault")],
      [
        { serviceEndpoints: ["Microsoft.Web", "Microsoft.Web"] },
        "serviceEndpoints",
        repeatedWordProblem(["Microsoft.Web", "Microsoft.Web"]),
      ],
      [{ zones: [] }, "zones"],
      [{ zones: ["4"] }, "zones", oneOf(ZONES)("4")],
      [{ zones: ["1", "1"] }, "zones", repeatedWordProblem(["1", "1"])],
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
