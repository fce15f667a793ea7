import { addressSpaceProblem, cidrProblem } from "../../lib/rules/cidr.js";
import { gatewaySubnetProblem, gatewaySubnetSizeProblem } from "../../lib/rules/gateway.js";
import { addressInSubnetProblem, ipAddressProblem, publicAddressOrRangeProblem } from "../../lib/rules/ip-address.js";
import {
  addressSpaceOverlaps,
  clientCidrOverlaps,
  clientCidrsProblem,
  FRONTEND_KINDS,
  repeatedWordProblem,
  SERVICE_ENDPOINTS,
  unreachableBackendsProblem,
  ZONES,
} from "../../lib/rules/network.js";
import { wrongWord } from "../../lib/rules/problem.js";
import { RESOURCE_TYPES, resourceIdProblem } from "../../lib/rules/resource-id.js";
import { nameProblem } from "../../lib/rules/resource-name.js";
import { serviceTagProblem, serviceTagsProblem } from "../../lib/rules/service-tag.js";
import { excludedBy, missing, tooFew, wrongType } from "../../lib/rules/shape.js";
import { changed, type Changes, GROUP_ID, problemsOf, testRefusals } from "../support/valid-config.js";

const ELSEWHERE = excludedBy("subnetId", "whose network is configured where it is created");
const NETWORK_ELSEWHERE = excludedBy("virtualNetworkId", "which names an existing network");
const SUBNET_ID = `${GROUP_ID}/providers/Microsoft.Network/virtualNetworks/vnet/subnets/snet`;
const PUBLIC_IP_ID = `${GROUP_ID}/providers/Microsoft.Network/publicIPAddresses/pip`;
const VIRTUAL_NETWORK_ID = `${GROUP_ID}/providers/Microsoft.Network/virtualNetworks/vnet`;
const NAT_ID = `${GROUP_ID}/providers/Microsoft.Network/natGateways/nat`;
const PREFIX_ID = `${GROUP_ID}/providers/Microsoft.Network/publicIPPrefixes/ippre`;
const NO_PRIVATE = { "network.frontend": undefined, "network.privateIpAddress": undefined };
const SPACE = ["10.1.0.0/16", "10.2.0.0/16"];
const NONE = { min: 0, max: 0 };
const MANY = Array.from({ length: 4_001 }, (_, n) => `10.${n >> 8}.${n & 255}.0/24`);

testRefusals({
  "the address space": [
    [{ "network.addressSpace[0]": "10.1.0.1/16" }, { "network.addressSpace[0]": addressSpaceProblem("10.1.0.1/16") }],
    [{ "network.addressSpace": "10.2.0.0" }, { "network.addressSpace": addressSpaceProblem("10.2.0.0") }],
    [
      { "network.addressSpace": [1, "10.2.0.0/33", "10.2.0.0/16"] },
      {
        "network.addressSpace[0]": wrongType(1, ["a string"], '"1", in quotes'),
        "network.addressSpace[1]": addressSpaceProblem("10.2.0.0/33"),
      },
    ],
    [
      { "network.addressSpace": 5 },
      { "network.addressSpace": wrongType(5, ["a string", "an array"], '"5", in quotes') },
    ],
    [{ "network.addressSpace": [] }, { "network.addressSpace": tooFew(1) }],
    ...["10.0.0.0/30", "127.0.0.0/8"].map(
      (range) =>
        [
          { "network.addressSpace": ["10.2.0.0/16", range] },
          { "network.addressSpace[1]": addressSpaceProblem(range) },
        ] as const,
    ),
    [
      { "network.addressSpace": ["10.2.0.0/16", "10.2.0.0/24"] },
      { "network.addressSpace[1]": addressSpaceOverlaps(["10.2.0.0/16", "10.2.0.0/24"])[0]?.problem },
    ],
  ],
  "the gateway's subnet": [
    [{ "network.gatewaySubnetPrefix": "10.2.0.0" }, { "network.gatewaySubnetPrefix": cidrProblem("10.2.0.0") }],
    ...["10.3.0.0/24", "10.2.0.0/28"].map(
      (prefix) =>
        [
          { "network.gatewaySubnetPrefix": prefix },
          { "network.gatewaySubnetPrefix": gatewaySubnetProblem(prefix, SPACE, NONE) },
        ] as const,
    ),
    [
      { "network.addressSpace": "10.2.0.0/28", "network.gatewaySubnetPrefix": undefined },
      { "network.addressSpace": gatewaySubnetProblem("10.2.0.0/28", ["10.2.0.0/28"], NONE) },
    ],
    ...[{ "scale.minInstances": 28 }, { scale: { instances: 28 } }].map(
      (scale) =>
        [
          { "network.gatewaySubnetPrefix": "10.2.0.0/27", ...NO_PRIVATE, ...scale },
          { "network.gatewaySubnetPrefix": gatewaySubnetProblem("10.2.0.0/27", SPACE, { min: 28, max: 30 }) },
        ] as const,
    ),
  ],
  clients: [
    [{ "network.allowedClientCidrs": [] }, { "network.allowedClientCidrs": tooFew(1) }],
    [{ "network.allowedClientCidrs": ["Internet"] }, { "network.allowedClientCidrs[0]": cidrProblem("Internet") }],
    [
      { "network.allowedClientCidrs": ["203.0.113.7/32", "203.0.113.0/24"] },
      { "network.allowedClientCidrs[1]": clientCidrOverlaps(["203.0.113.7/32", "203.0.113.0/24"])[0]?.problem },
    ],
    [{ "network.allowedClientCidrs": MANY }, { "network.allowedClientCidrs": clientCidrsProblem(MANY) }],
    [{ "network.allowedClientCidrs": 5 }, { "network.allowedClientCidrs": wrongType(5, ["an array"]) }],
  ],
  "tags and services": [
    [
      { "network.allowedServiceTags": ["Sql", "10.0.0.0/8"] },
      { "network.allowedServiceTags[1]": serviceTagProblem("10.0.0.0/8") },
    ],
    [{ "network.allowedServiceTags": ["Sql", "sql"] }, { "network.allowedServiceTags[1]": serviceTagProblem("sql") }],
    [
      { "network.allowedServiceTags": ["Sql", "SQL"] },
      { "network.allowedServiceTags": serviceTagsProblem(["Sql", "SQL"]) },
    ],
    [
      { "network.serviceEndpoints": ["Microsoft.Vault"] },
      { "network.serviceEndpoints[0]": wrongWord("Microsoft.Vault", SERVICE_ENDPOINTS) },
    ],
    [
      { "network.serviceEndpoints": ["Microsoft.Web", "Microsoft.Web"] },
      { "network.serviceEndpoints": repeatedWordProblem(["Microsoft.Web", "Microsoft.Web"]) },
    ],
    [{ zones: ["1", "4"] }, { "zones[1]": wrongWord("4", ZONES) }],
    [{ zones: ["1", "1"] }, { zones: repeatedWordProblem(["1", "1"]) }],
  ],
  "an existing subnet": [
    [
      {
        network: {
          subnetId: SUBNET_ID,
          addressSpace: "10.1.0.0/16",
          // What is not used is not checked against the rest.
          gatewaySubnetPrefix: "172.16.0.0/24",
          virtualNetworkId: VIRTUAL_NETWORK_ID,
          allowedClientCidrs: ["203.0.113.0/24"],
          allowedServiceTags: ["Sql"],
          serviceEndpoints: ["Microsoft.Web"],
          defaultOutboundAccess: true,
          inlineSubnets: true,
        },
      },
      {
        "network.addressSpace": ELSEWHERE,
        "network.gatewaySubnetPrefix": ELSEWHERE,
        "network.virtualNetworkId": ELSEWHERE,
        "network.allowedClientCidrs": ELSEWHERE,
        "network.allowedServiceTags": ELSEWHERE,
        "network.serviceEndpoints": ELSEWHERE,
        "network.defaultOutboundAccess": ELSEWHERE,
        "network.inlineSubnets": ELSEWHERE,
      },
    ],
    [{ network: { subnetId: "snet" } }, { "network.subnetId": resourceIdProblem(RESOURCE_TYPES.subnet)("snet") }],
    [
      { network: { subnetId: SUBNET_ID, natGateway: {} } },
      {
        "network.natGateway": excludedBy(
          "subnetId",
          "whose NAT gateway is attached where it is created; write its addresses in egressIpAddresses",
        ),
      },
    ],
    [
      { network: { subnetId: SUBNET_ID, frontend: "PublicAndPrivate" } },
      { "network.privateIpAddress": missing("a free address of the existing subnet, best one from its end") },
    ],
  ],
  "an existing network": [
    [
      {
        network: { virtualNetworkId: VIRTUAL_NETWORK_ID, addressSpace: "10.1.0.0/16", inlineSubnets: true },
      },
      {
        "network.addressSpace": NETWORK_ELSEWHERE,
        "network.inlineSubnets": NETWORK_ELSEWHERE,
        "network.gatewaySubnetPrefix": missing(
          'a free range of the network for the gateway\'s subnet, such as "10.0.9.0/24"',
        ),
      },
    ],
    [
      { network: { virtualNetworkId: VIRTUAL_NETWORK_ID, gatewaySubnetPrefix: "10.0.9.0/28" } },
      { "network.gatewaySubnetPrefix": gatewaySubnetSizeProblem("10.0.9.0/28", NONE) },
    ],
    [
      {
        network: { virtualNetworkId: VIRTUAL_NETWORK_ID, gatewaySubnetPrefix: "10.0.9.0/27" },
        scale: { instances: 28 },
      },
      { "network.gatewaySubnetPrefix": gatewaySubnetSizeProblem("10.0.9.0/27", { min: 28, max: 28 }) },
    ],
    [
      { network: { virtualNetworkId: SUBNET_ID, gatewaySubnetPrefix: "10.0.9.0/24" } },
      { "network.virtualNetworkId": resourceIdProblem(RESOURCE_TYPES.virtualNetwork)(SUBNET_ID) },
    ],
  ],
  "the addresses": [
    [
      { network: { publicIpAddressId: PUBLIC_IP_ID, dnsLabel: "my-llm", publicIpPrefixId: PREFIX_ID } },
      {
        "network.dnsLabel": excludedBy("publicIpAddressId", "whose DNS label is set where it is created"),
        "network.publicIpPrefixId": excludedBy("publicIpAddressId", "which is an address by itself"),
      },
    ],
    [
      { network: { publicIpAddressId: "pip" } },
      { "network.publicIpAddressId": resourceIdProblem(RESOURCE_TYPES.publicIpAddress)("pip") },
    ],
    [{ "network.dnsLabel": "My.llm" }, { "network.dnsLabel": nameProblem("dnsLabel")("My.llm") }],
    [
      {
        network: { frontend: "Private", natGateway: {}, dnsLabel: "my-llm", publicIpAddressId: PUBLIC_IP_ID },
      },
      {
        "network.dnsLabel": excludedBy('"frontend": "Private"', "which has no public address"),
        "network.publicIpAddressId": excludedBy('"frontend": "Private"', "which has no public address"),
      },
    ],
    [
      { network: { privateIpAddress: "10.0.0.9" } },
      { "network.privateIpAddress": excludedBy('"frontend": "Public"', "which has no private address") },
    ],
    [{ "network.privateIpAddress": "10.2.3.0/24" }, { "network.privateIpAddress": ipAddressProblem("10.2.3.0/24") }],
    [
      { "network.privateIpAddress": "10.2.3.255" },
      { "network.privateIpAddress": addressInSubnetProblem("10.2.3.255", "10.2.3.0/24") },
    ],
    [
      {
        "network.gatewaySubnetPrefix": "10.2.0.0/27",
        "network.privateIpAddress": undefined,
        "scale.minInstances": 27,
      },
      {
        "network.gatewaySubnetPrefix": gatewaySubnetProblem("10.2.0.0/27", SPACE, {
          min: 27,
          max: 30,
          privateFrontends: 1,
        }),
      },
    ],
    [{ "network.frontend": "Internal" }, { "network.frontend": wrongWord("Internal", FRONTEND_KINDS) }],
  ],
  "the way out": [
    [
      { "network.egressIpAddresses": undefined },
      {
        "network.egressIpAddresses": missing(
          "the public addresses of the existing NAT gateway, which requests come from",
        ),
      },
    ],
    [
      { "network.natGateway": {} },
      { "network.egressIpAddresses": excludedBy("natGateway", "which gets an address of its own") },
    ],
    [
      { "network.egressIpAddresses": ["10.0.0.4"] },
      { "network.egressIpAddresses[0]": publicAddressOrRangeProblem("10.0.0.4") },
    ],
    [
      { "network.natGateway.existing": "nat" },
      { "network.natGateway.existing": resourceIdProblem(RESOURCE_TYPES.natGateway)("nat") },
    ],
    [
      { network: { frontend: "Private" } },
      { "network.frontend": unreachableBackendsProblem(["first.openai.azure.com"]) },
    ],
  ],
});

test.each<[Changes]>([
  [{ network: { subnetId: SUBNET_ID } }],
  [{ "network.addressSpace": "10.2.0.0/16" }],
  [{ network: { publicIpAddressId: PUBLIC_IP_ID } }],
  [
    {
      network: {
        virtualNetworkId: VIRTUAL_NETWORK_ID,
        gatewaySubnetPrefix: "10.0.9.0/24",
        frontend: "PublicAndPrivate",
      },
    },
  ],
  [{ network: { natGateway: { existing: NAT_ID }, egressIpAddresses: ["203.0.113.7"] } }],
  [{ network: { frontend: "Private", natGateway: {} } }],
  [{ network: { frontend: "Private", egressIpAddresses: ["203.0.113.7"] } }],
  // The other two are drained or private.
  [
    {
      network: { frontend: "Private" },
      "backends[0].drained": true,
      ...{ listeners: undefined, addressing: undefined, statefulApis: undefined },
    },
  ],
])("%j is accepted", (changes) => {
  expect(problemsOf(changed(changes))).toEqual([]);
});
