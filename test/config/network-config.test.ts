import { addressSpaceProblem, cidrProblem } from "../../lib/rules/cidr.js";
import { gatewaySubnetProblem } from "../../lib/rules/gateway.js";
import { addressSpaceOverlaps, clientCidrOverlaps, clientCidrsProblem } from "../../lib/rules/network.js";
import { RESOURCE_TYPES, resourceIdProblem } from "../../lib/rules/resource-id.js";
import { nameProblem } from "../../lib/rules/resource-name.js";
import { excludedBy, tooFew, wrongType } from "../../lib/rules/shape.js";
import { changed, type Changes, GROUP_ID, problemsOf, testRefusals } from "../support/valid-config.js";

const ELSEWHERE = excludedBy("subnetId", "whose network is configured where it is created");
const SUBNET_ID = `${GROUP_ID}/providers/Microsoft.Network/virtualNetworks/vnet/subnets/snet`;
const PUBLIC_IP_ID = `${GROUP_ID}/providers/Microsoft.Network/publicIPAddresses/pip`;
const NO_SUBNET = { "network.addressSpace": undefined, "network.gatewaySubnetPrefix": undefined };
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
          { "network.gatewaySubnetPrefix": "10.2.0.0/27", ...scale },
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
  "what exists already": [
    [
      { "network.subnetId": SUBNET_ID },
      {
        "network.addressSpace": ELSEWHERE,
        "network.gatewaySubnetPrefix": ELSEWHERE,
        "network.allowedClientCidrs": ELSEWHERE,
      },
    ],
    // What is not used is not checked against the rest.
    [
      { "network.subnetId": SUBNET_ID, ...NO_SUBNET, "network.gatewaySubnetPrefix": "172.16.0.0/24" },
      { "network.gatewaySubnetPrefix": ELSEWHERE, "network.allowedClientCidrs": ELSEWHERE },
    ],
    [
      { "network.subnetId": "snet", ...NO_SUBNET, "network.allowedClientCidrs": undefined },
      { "network.subnetId": resourceIdProblem(RESOURCE_TYPES.subnet)("snet") },
    ],
    [
      { "network.publicIpAddressId": PUBLIC_IP_ID },
      { "network.dnsLabel": excludedBy("publicIpAddressId", "whose DNS label is set where it is created") },
    ],
    [
      { "network.publicIpAddressId": "pip", "network.dnsLabel": undefined },
      { "network.publicIpAddressId": resourceIdProblem(RESOURCE_TYPES.publicIpAddress)("pip") },
    ],
    [{ "network.dnsLabel": "My.llm" }, { "network.dnsLabel": nameProblem("dnsLabel")("My.llm") }],
  ],
});

test.each<[Changes]>([
  [{ "network.subnetId": SUBNET_ID, ...NO_SUBNET, "network.allowedClientCidrs": undefined }],
  [{ "network.addressSpace": "10.2.0.0/16" }],
  [{ "network.publicIpAddressId": PUBLIC_IP_ID, "network.dnsLabel": undefined }],
])("%j is accepted", (changes) => {
  expect(problemsOf(changed(changes))).toEqual([]);
});
