import { type TerraformStack, TerraformVariable } from "cdktf";
import { GatewayNetwork, type GatewayNetworkProps } from "../../lib/index.js";
import { SUBNET_ID } from "../support/load-balancer.js";
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

  test.each([
    [{ addressSpace: ["10.9.0.0/25"] }, "10.9.0.0/25"],
    [{ addressSpace: ["192.168.0.0/16", "10.0.0.0/8"] }, "192.168.0.0/24"],
    [{}, "10.0.0.0/24"],
  ])("the subnet defaults to the first /24 of the space: %j", (props, prefix) => {
    expect(synth((stack) => makeNetwork(stack, props)).one("azurerm_subnet")["address_prefixes"]).toEqual([prefix]);
  });

  describe("refuses", () => {
    const refusals: [Partial<GatewayNetworkProps>, string][] = [
      [{ addressSpace: [] }, 'addressSpace: [] is empty; write a range such as "10.0.0.0/16"'],
      [
        { addressSpace: ["10.0.0.0"] },
        'addressSpace: "10.0.0.0" is not an IPv4 range; write one in CIDR notation, such as "10.0.0.0/16"',
      ],
      [
        { addressSpace: ["10.0.0.0/30"] },
        'addressSpace: "10.0.0.0/30" has a size that Azure refuses; allowed are /2 to /29',
      ],
      [
        { addressSpace: ["10.0.0.0/16", "10.0.1.0/24"] },
        'addressSpace: "10.0.1.0/24" overlaps "10.0.0.0/16"; the ranges of a network must not overlap, leave one out',
      ],
      [
        { gatewaySubnetPrefix: "10.0.0.1/24" },
        'gatewaySubnetPrefix: "10.0.0.1/24" does not begin at the range\'s first address; write "10.0.0.0/24"',
      ],
      [
        { gatewaySubnetPrefix: "10.1.0.0/24" },
        'gatewaySubnetPrefix: "10.1.0.0/24" is outside the network\'s address space 10.0.0.0/16; choose a range inside it',
      ],
      [
        { gatewaySubnetPrefix: "10.0.0.0/28" },
        'gatewaySubnetPrefix: "10.0.0.0/28" is too small for a gateway; use /27 or larger, Azure recommends /24',
      ],
      [
        { gatewaySubnetPrefix: "10.0.0.0/27", instances: { min: 28, max: 60 } },
        'gatewaySubnetPrefix: "10.0.0.0/27" has room for 27 instances, but 28 always run; use a larger range, Azure recommends /24',
      ],
      [
        { allowedClientCidrs: ["Internet", "10.0.0.0/8"] },
        'allowedClientCidrs: "Internet" is not an IPv4 range; write one in CIDR notation, such as "10.0.0.0/16"',
      ],
      [{ listenerPorts: [] }, "listenerPorts: [] lets nobody connect; list the listener's ports, such as 443"],
      [
        { allowedClientCidrs: [] },
        "allowedClientCidrs: [] lets nobody connect; list ranges, or leave it out to allow anybody",
      ],
      [
        { allowedClientCidrs: Array.from({ length: 4_001 }, (_, n) => `10.${n >> 8}.${n & 255}.0/24`) },
        "allowedClientCidrs: 4001 ranges are too many; Azure allows 4000 in a security group, write wider ones",
      ],
      [
        { allowedClientCidrs: ["10.0.0.0/24", "10.0.0.0/16"] },
        'allowedClientCidrs: "10.0.0.0/24" is covered by "10.0.0.0/16"; leave "10.0.0.0/24" out',
      ],
      [
        { dnsLabel: "My_label" },
        'dnsLabel: "My_label" cannot name a DNS label; allowed are 3 to 63 characters: lower-case letters, digits and inner hyphens, a letter first',
      ],
      [
        { subnetId: SUBNET_ID, addressSpace: ["10.0.0.0/16"], allowedClientCidrs: ["10.0.0.0/8"] },
        "addressSpace, allowedClientCidrs: cannot go with subnetId, whose network is made elsewhere; set it there",
      ],
      [
        { subnetId: "snet" },
        'subnetId: "snet" is not the id of a Microsoft.Network/virtualNetworks/subnets; write "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/…/providers/Microsoft.Network/virtualNetworks/…/subnets/…"',
      ],
      [{ listenerPorts: [0] }, "listenerPorts: 0 is out of range; allowed is a whole number from 1 to 64999"],
    ];
    test.each(refusals)("%j", (props, message) => {
      expect(() => makeNetwork(makeStack(), props)).toThrow(new Error(`stack/Network: ${message}`));
    });
  });

  test("warns of a subnet that has no room to scale out", () => {
    const out = synth((stack) =>
      makeNetwork(stack, { gatewaySubnetPrefix: "10.0.0.0/27", instances: { min: 27, max: 28 } }),
    );
    expect(out.warnings).toEqual([
      "gateway subnet 10.0.0.0/27 has room for 27 instances, so the gateway cannot scale out to 28; use /24",
    ]);
  });

  test("takes ranges that only Terraform knows", () => {
    const out = synth((stack) => {
      const space = new TerraformVariable(stack, "space", { type: "string" });
      const subnet = new TerraformVariable(stack, "subnet", { type: "string" });
      makeNetwork(stack, { addressSpace: [space.stringValue], gatewaySubnetPrefix: subnet.stringValue });
    });
    expect(out.one("azurerm_virtual_network")["address_space"]).toEqual(["${var.space}"]);
    expect(out.one("azurerm_subnet")["address_prefixes"]).toEqual(["${var.subnet}"]);
  });
});
