import { type TerraformStack } from "cdktf";
import {
  AccountNetwork,
  DeploymentType,
  Egress,
  Frontend,
  OpenAiBackend,
  type OpenAiLoadBalancerProps,
  type PrivateEndpointsOptions,
} from "../../lib/index.js";
import { cidrProblem } from "../../lib/rules/cidr.js";
import {
  MAX_ACCOUNT_IP_RULES,
  publicAddressOrRangeProblem,
  tooManyIpRulesProblem,
} from "../../lib/rules/ip-address.js";
import { noFreeSubnetProblem, secondSubnetProblem } from "../../lib/rules/network.js";
import { dnsZoneIdsProblem } from "../../lib/rules/private-dns.js";
import { RESOURCE_TYPES, resourceIdProblem } from "../../lib/rules/resource-id.js";
import { DNS_ZONE_IDS, loadBalancer, SUBNET_ID, VIRTUAL_NETWORK_ID } from "../support/load-balancer.js";
import { refusal } from "../support/refusal.js";
import { blocks, makeStack, synth } from "../support/synth.js";

const backends = [OpenAiBackend.newAccount({ name: "one", location: "eastus" })];
const deployments = [{ name: "gpt", model: "gpt-5", version: "1", sku: DeploymentType.STANDARD, capacityUnits: 1 }];

function balancer(stack: TerraformStack, accountNetwork: AccountNetwork, props: Partial<OpenAiLoadBalancerProps> = {}) {
  return loadBalancer(stack, { backends, deployments, accountNetwork, ...props });
}

const accountOf = (accountNetwork: AccountNetwork, props: Partial<OpenAiLoadBalancerProps> = {}) => {
  const out = synth((stack) => balancer(stack, accountNetwork, props));
  return { out, account: out.one("azurerm_cognitive_account") };
};

describe("accounts that let in the gateway alone", () => {
  test("see its public address", () => {
    const { out, account } = accountOf(AccountNetwork.gatewayOnly({ allowedIpRanges: ["198.51.100.0/24"] }));
    expect(account["network_acls"]).toEqual({
      default_action: "Deny",
      ip_rules: [`\${${out.addresses("azurerm_public_ip")[0]}.ip_address}`, "198.51.100.0/24"],
    });
    expect(account).not.toHaveProperty("public_network_access_enabled");
  });

  test("see the address of its NAT gateway", () => {
    const { out, account } = accountOf(AccountNetwork.gatewayOnly(), { egress: Egress.natGateway() });
    const nat = out.addresses("azurerm_public_ip").find((address) => address.includes("Nat"));
    expect(account["network_acls"]).toMatchObject({ ip_rules: [`\${${nat}.ip_address}`] });
  });

  test("see the subnet where it has the service endpoint, by which requests come from the subnet", () => {
    const { out, account } = accountOf(AccountNetwork.gatewayOnly(), {
      serviceEndpoints: ["Microsoft.CognitiveServices"],
    });
    expect(account["network_acls"]).toEqual({
      default_action: "Deny",
      ip_rules: [],
      virtual_network_rules: [{ subnet_id: `\${${out.addresses("azurerm_subnet")[0]}.id}` }],
    });
  });

  test.each([
    ["10.0.0.0/8", publicAddressOrRangeProblem("10.0.0.0/8")],
    ["x", publicAddressOrRangeProblem("x")],
  ])("refuse %s", (range, problem) => {
    const network = AccountNetwork.gatewayOnly({ allowedIpRanges: [range] });
    expect(() => balancer(makeStack(), network)).toThrow(
      refusal("stack/LB", "accountNetwork.allowedIpRanges", problem),
    );
  });

  test("take no more ranges than Azure does", () => {
    const allowedIpRanges = Array.from({ length: MAX_ACCOUNT_IP_RULES }, (_, at) => `198.51.100.${at}`);
    expect(() => balancer(makeStack(), AccountNetwork.gatewayOnly({ allowedIpRanges }))).toThrow(
      refusal("stack/LB/Account-one", "networkRules.ipRanges", tooManyIpRulesProblem(MAX_ACCOUNT_IP_RULES + 1)),
    );
  });
});

describe("accounts behind private endpoints", () => {
  const closed = AccountNetwork.privateEndpoints();

  test("have one in a subnet of the gateway's network, zones that resolve to it, and no public access", () => {
    const { out, account } = accountOf(closed);
    expect(account["public_network_access_enabled"]).toBe(false);
    const [network] = out.addresses("azurerm_virtual_network");
    const subnet = out.all("azurerm_subnet").find(({ name }) => name === "snet-endpoints");
    expect(subnet).toMatchObject({ address_prefixes: ["10.0.1.0/24"], default_outbound_access_enabled: false });
    expect(out.all("azurerm_private_dns_zone").map(({ name }) => name)).toEqual([
      "privatelink.cognitiveservices.azure.com",
      "privatelink.openai.azure.com",
      "privatelink.services.ai.azure.com",
    ]);
    const links = out.all("azurerm_private_dns_zone_virtual_network_link");
    expect(links.map((link) => link["virtual_network_id"])).toEqual(links.map(() => `\${${network}.id}`));
    expect(links).toHaveLength(3);
    const endpoint = out.one("azurerm_private_endpoint");
    expect(endpoint).toMatchObject({
      name: "pe-one",
      location: "eastus",
      private_service_connection: {
        is_manual_connection: false,
        private_connection_resource_id: `\${${out.addresses("azurerm_cognitive_account")[0]}.id}`,
        subresource_names: ["account"],
      },
    });
    expect(blocks(endpoint, "private_dns_zone_group")[0]?.["private_dns_zone_ids"]).toHaveLength(3);
  });

  test("are waited for by the gateway with their endpoint and its names, and by the endpoint with their deployments", () => {
    const { out } = accountOf(closed);
    const endpoints = out.addresses("azurerm_private_endpoint");
    const links = out.addresses("azurerm_private_dns_zone_virtual_network_link");
    expect(out.gateway["depends_on"]).toEqual(expect.arrayContaining([...endpoints, ...links]));
    expect(out.one("azurerm_private_endpoint")["depends_on"]).toEqual(
      expect.arrayContaining(out.addresses("azurerm_cognitive_deployment")),
    );
    expect(out.one("azurerm_private_endpoint")["depends_on"]).not.toEqual(expect.arrayContaining(endpoints));
  });

  test("are reached by a gateway without any way to the Internet", () => {
    const { out } = accountOf(closed, { frontend: Frontend.private() });
    expect(out.all("azurerm_public_ip")).toEqual([]);
  });

  test("in existing zones and an existing subnet, which may be linked already", () => {
    const { out } = accountOf(
      AccountNetwork.privateEndpoints({ subnetId: SUBNET_ID, dnsZoneIds: DNS_ZONE_IDS, linkDnsZones: false }),
    );
    expect(out.one("azurerm_private_endpoint")).toMatchObject({
      subnet_id: SUBNET_ID,
      private_dns_zone_group: { private_dns_zone_ids: DNS_ZONE_IDS },
    });
    for (const type of ["azurerm_private_dns_zone", "azurerm_private_dns_zone_virtual_network_link"])
      expect(out.all(type)).toEqual([]);
  });

  test("existing zones are linked in their own group", () => {
    const { out } = accountOf(AccountNetwork.privateEndpoints({ dnsZoneIds: DNS_ZONE_IDS }));
    const links = out.all("azurerm_private_dns_zone_virtual_network_link");
    expect(links.map((link) => [link["resource_group_name"], link["private_dns_zone_name"]])).toEqual([
      ["rg-dns", "privatelink.cognitiveservices.azure.com"],
      ["rg-dns", "privatelink.openai.azure.com"],
      ["rg-dns", "privatelink.services.ai.azure.com"],
    ]);
  });

  test("have the zones of their cloud", () => {
    const { out } = accountOf(closed, { location: "usgovvirginia" });
    expect(out.all("azurerm_private_dns_zone").map(({ name }) => name)).toEqual([
      "privatelink.cognitiveservices.azure.us",
      "privatelink.openai.azure.us",
    ]);
  });

  test("in a network that has its subnets inside, the second has a security group as well", () => {
    const { out } = accountOf(closed, { inlineSubnets: true });
    const subnets = blocks(out.one("azurerm_virtual_network"), "subnet");
    expect(subnets.map(({ name }) => name)).toEqual(["snet-gateway", "snet-endpoints"]);
    expect(new Set(subnets.map((subnet) => subnet["security_group"])).size).toBe(2);
    expect(out.all("azurerm_subnet")).toEqual([]);
  });

  describe("are refused", () => {
    const small = { addressSpace: ["10.9.0.0/27"], gatewaySubnetPrefix: "10.9.0.0/27" };
    const standard = { addressSpace: ["10.0.0.0/16"], gatewaySubnetPrefix: "10.0.0.0/24" };
    const inHub = { virtualNetworkId: VIRTUAL_NETWORK_ID, gatewaySubnetPrefix: "10.9.1.0/24" };
    const cases: [string, PrivateEndpointsOptions, Partial<OpenAiLoadBalancerProps>, string, string?][] = [
      ["without room for their subnet", {}, small, "subnetPrefix", noFreeSubnetProblem(small)],
      [
        "in a range outside the network",
        { subnetPrefix: "10.1.0.0/24" },
        {},
        "subnetPrefix",
        secondSubnetProblem("10.1.0.0/24", standard),
      ],
      [
        "in the gateway's range",
        { subnetPrefix: "10.0.0.128/25" },
        {},
        "subnetPrefix",
        secondSubnetProblem("10.0.0.128/25", standard),
      ],
      ["in what is no range", { subnetPrefix: "10.0.1.1/24" }, {}, "subnetPrefix", cidrProblem("10.0.1.1/24")],
      ["with a range of an existing subnet", { subnetId: SUBNET_ID, subnetPrefix: "10.0.1.0/24" }, {}, "subnetPrefix"],
      ["beside an existing subnet of the gateway", {}, { subnetId: SUBNET_ID }, "subnetId"],
      ["in an existing network without a range", {}, inHub, "subnetPrefix"],
      ["in what is no subnet", { subnetId: "snet" }, {}, "subnetId", resourceIdProblem(RESOURCE_TYPES.subnet)("snet")],
      [
        "with a zone missing",
        { dnsZoneIds: DNS_ZONE_IDS.slice(1) },
        {},
        "dnsZoneIds",
        dnsZoneIdsProblem(DNS_ZONE_IDS.slice(1), "eastus"),
      ],
      [
        "with what is no zone",
        { dnsZoneIds: ["zone"] },
        {},
        "dnsZoneIds",
        resourceIdProblem(RESOURCE_TYPES.privateDnsZone)("zone"),
      ],
    ];
    test.each(cases)("%s", (...[, options, props, prop, problem]) => {
      expect(() => balancer(makeStack(), AccountNetwork.privateEndpoints(options), props)).toThrow(
        refusal("stack/LB/PrivateEndpoints", prop, problem),
      );
    });
  });
});
