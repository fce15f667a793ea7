import { cidrProblem } from "../../lib/rules/cidr.js";
import { publicAddressOrRangeProblem } from "../../lib/rules/ip-address.js";
import { noFreeSubnetProblem, secondSubnetProblem, unreachableBackendsProblem } from "../../lib/rules/network.js";
import { noCreatedAccountProblem } from "../../lib/rules/pool.js";
import { dnsZoneIdsProblem } from "../../lib/rules/private-dns.js";
import { RESOURCE_TYPES, resourceIdProblem } from "../../lib/rules/resource-id.js";
import { excludedBy, missing, notExactlyOne, tooFew } from "../../lib/rules/shape.js";
import { changed, type Changes, GROUP_ID, problemsOf, testRefusals } from "../support/valid-config.js";

const KEYS = ["gatewayOnly", "privateEndpoints"];
const HINT = 'write { "gatewayOnly": {} } or { "privateEndpoints": {} }';
const network = (type: string) => `${GROUP_ID}/providers/Microsoft.Network/${type}`;
const SUBNET_ID = network("virtualNetworks/vnet/subnets/snet");
const ADDRESSES = { addressSpace: ["10.1.0.0/16", "10.2.0.0/16"], gatewaySubnetPrefix: "10.2.3.0/24" };
/** Without what names other backends. */
const ALONE = { addressing: undefined, statefulApis: undefined, listeners: undefined };
const account = { account: { name: "third", location: "eastus" } };
const place = "accountNetwork.privateEndpoints";
const endpoints = (privateEndpoints: object): Changes => ({ accountNetwork: { privateEndpoints } });

testRefusals({
  "the alternatives": [
    [{ accountNetwork: {} }, { accountNetwork: notExactlyOne(KEYS, [], HINT) }],
    [
      { accountNetwork: { gatewayOnly: {}, privateEndpoints: {} } },
      { accountNetwork: notExactlyOne(KEYS, KEYS, HINT) },
    ],
    [
      { ...ALONE, backends: [{ fqdn: "a.openai.azure.com" }], deployments: undefined },
      { accountNetwork: noCreatedAccountProblem() },
    ],
  ],
  "the gateway alone": [
    [
      { accountNetwork: { gatewayOnly: { allowedIpRanges: ["10.0.0.4"] } } },
      { "accountNetwork.gatewayOnly.allowedIpRanges[0]": publicAddressOrRangeProblem("10.0.0.4") },
    ],
    [
      { accountNetwork: { gatewayOnly: {} }, backends: [account], ...ALONE, network: { frontend: "Private" } },
      { "network.frontend": unreachableBackendsProblem(["third.openai.azure.com"]) },
    ],
  ],
  "private endpoints": [
    [endpoints({ subnetPrefix: "10.1.0.1/24" }), { [`${place}.subnetPrefix`]: cidrProblem("10.1.0.1/24") }],
    [
      endpoints({ subnetPrefix: "10.2.3.128/25" }),
      { [`${place}.subnetPrefix`]: secondSubnetProblem("10.2.3.128/25", ADDRESSES) },
    ],
    [
      endpoints({ subnetId: SUBNET_ID, subnetPrefix: "10.1.0.0/24" }),
      { [`${place}.subnetPrefix`]: excludedBy("subnetId", "whose range is set where it is created") },
    ],
    [
      { ...endpoints({}), network: { addressSpace: "10.9.0.0/27" } },
      {
        [`${place}.subnetPrefix`]: noFreeSubnetProblem({
          addressSpace: ["10.9.0.0/27"],
          gatewaySubnetPrefix: "10.9.0.0/27",
        }),
      },
    ],
    [
      { ...endpoints({}), network: { subnetId: SUBNET_ID } },
      {
        [`${place}.subnetId`]: missing("an existing subnet for the endpoints, as that of the gateway exists too"),
      },
    ],
    [
      {
        ...endpoints({}),
        network: { virtualNetworkId: network("virtualNetworks/vnet"), gatewaySubnetPrefix: "10.9.0.0/24" },
      },
      { [`${place}.subnetPrefix`]: missing("a free range of the existing network for the endpoints") },
    ],
    [endpoints({ dnsZoneIds: [] }), { [`${place}.dnsZoneIds`]: tooFew(1) }],
    [
      endpoints({ dnsZoneIds: [network("privateDnsZones/privatelink.openai.azure.com")] }),
      {
        [`${place}.dnsZoneIds`]: dnsZoneIdsProblem([network("privateDnsZones/privatelink.openai.azure.com")], "eastus"),
      },
    ],
    [
      endpoints({ dnsZoneIds: ["zone"] }),
      { [`${place}.dnsZoneIds[0]`]: resourceIdProblem(RESOURCE_TYPES.privateDnsZone)("zone") },
    ],
  ],
});

test.each<[Changes]>([
  [{ accountNetwork: { gatewayOnly: {} } }],
  [{ accountNetwork: { privateEndpoints: {} } }],
  [{ accountNetwork: { privateEndpoints: {} }, backends: [account], ...ALONE, network: { frontend: "Private" } }],
  [{ accountNetwork: { privateEndpoints: { subnetId: SUBNET_ID } }, network: { subnetId: SUBNET_ID } }],
])("%j is accepted", (changes) => {
  expect(problemsOf(changed(changes))).toEqual([]);
});
