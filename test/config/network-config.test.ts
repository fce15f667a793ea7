import { changed, type Changes, GROUP_ID, linesOf, testRefusals } from "../support/valid-config.js";

const EXAMPLE_ID = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/…/providers";
const ELSEWHERE = "cannot go with subnetId, whose network is made elsewhere; set it there, or leave subnetId out";
const SUBNET_ID = `${GROUP_ID}/providers/Microsoft.Network/virtualNetworks/vnet/subnets/snet`;
const NO_SUBNET = { "network.addressSpace": undefined, "network.gatewaySubnetPrefix": undefined };

testRefusals({
  network: [
    [
      { "network.addressSpace[0]": "10.1.0.1/16" },
      'network.addressSpace[0]: "10.1.0.1/16" does not begin at the range\'s first address; write "10.1.0.0/16"',
    ],
    [
      { "network.addressSpace": "10.2.0.0" },
      'network.addressSpace: "10.2.0.0" is not an IPv4 range; write one in CIDR notation, such as "10.0.0.0/16"',
    ],
    [
      { "network.addressSpace": [1, "10.2.0.0/33", "10.2.0.0/16"] },
      "network.addressSpace[0]: 1 is not a text",
      'network.addressSpace[1]: "10.2.0.0/33" is not an IPv4 range; write one in CIDR notation, such as "10.0.0.0/16"',
    ],
    [{ "network.addressSpace": 5 }, "network.addressSpace: 5 is not a text or a list"],
    [{ "network.addressSpace": [] }, "network.addressSpace: [] is empty; at least 1 is needed"],
    [
      { "network.addressSpace": ["10.2.0.0/16", "10.0.0.0/30"] },
      'network.addressSpace[1]: "10.0.0.0/30" has a size that Azure refuses; allowed are /2 to /29',
    ],
    [
      { "network.addressSpace": ["10.2.0.0/16", "127.0.0.0/8"] },
      'network.addressSpace[1]: "127.0.0.0/8" overlaps 127.0.0.0/8, which Azure keeps for itself; use a private range such as "10.0.0.0/16"',
    ],
    [
      { "network.addressSpace": ["10.2.0.0/16", "10.2.0.0/24"] },
      'network.addressSpace[1]: "10.2.0.0/24" overlaps "10.2.0.0/16"; the ranges of a network must not overlap, leave one out',
    ],
    [
      { "network.gatewaySubnetPrefix": "10.2.0.0" },
      'network.gatewaySubnetPrefix: "10.2.0.0" is not an IPv4 range; write one in CIDR notation, such as "10.0.0.0/16"',
    ],
    [
      { "network.gatewaySubnetPrefix": "10.3.0.0/24" },
      'network.gatewaySubnetPrefix: "10.3.0.0/24" is outside the network\'s address space 10.1.0.0/16, 10.2.0.0/16; choose a range inside it',
    ],
    [
      { "network.gatewaySubnetPrefix": "10.2.0.0/28" },
      'network.gatewaySubnetPrefix: "10.2.0.0/28" is too small for a gateway; use /27 or larger, Azure recommends /24',
    ],
    [
      { "network.addressSpace": "10.2.0.0/28", "network.gatewaySubnetPrefix": undefined },
      'network.addressSpace: "10.2.0.0/28" is too small for a gateway; use /27 or larger, Azure recommends /24',
    ],
    [
      { "network.gatewaySubnetPrefix": "10.2.0.0/27", "scale.minInstances": 28 },
      'network.gatewaySubnetPrefix: "10.2.0.0/27" has room for 27 instances, but 28 always run; use a larger range, Azure recommends /24',
    ],
    [
      { "network.gatewaySubnetPrefix": "10.2.0.0/27", scale: { instances: 28 } },
      'network.gatewaySubnetPrefix: "10.2.0.0/27" has room for 27 instances, but 28 always run; use a larger range, Azure recommends /24',
    ],
    [{ "network.allowedClientCidrs": [] }, "network.allowedClientCidrs: [] is empty; at least 1 is needed"],
    [
      { "network.allowedClientCidrs": ["Internet"] },
      'network.allowedClientCidrs[0]: "Internet" is not an IPv4 range; write one in CIDR notation, such as "10.0.0.0/16"',
    ],
    [
      { "network.allowedClientCidrs": ["203.0.113.7/32", "203.0.113.0/24"] },
      'network.allowedClientCidrs[1]: "203.0.113.7/32" is covered by "203.0.113.0/24"; leave "203.0.113.7/32" out',
    ],
    [
      { "network.allowedClientCidrs": Array.from({ length: 4_001 }, (_, n) => `10.${n >> 8}.${n & 255}.0/24`) },
      "network.allowedClientCidrs: 4001 ranges are too many; Azure allows 4000 in a security group, write wider ones",
    ],
    [{ "network.allowedClientCidrs": 5 }, "network.allowedClientCidrs: 5 is not a list"],
    [
      { "network.subnetId": SUBNET_ID },
      `network.addressSpace: ${ELSEWHERE}`,
      `network.gatewaySubnetPrefix: ${ELSEWHERE}`,
      `network.allowedClientCidrs: ${ELSEWHERE}`,
    ],
    // What is not used is not checked against the rest.
    [
      { "network.subnetId": SUBNET_ID, ...NO_SUBNET, "network.gatewaySubnetPrefix": "172.16.0.0/24" },
      `network.gatewaySubnetPrefix: ${ELSEWHERE}`,
      `network.allowedClientCidrs: ${ELSEWHERE}`,
    ],
    [
      { "network.subnetId": "snet", ...NO_SUBNET, "network.allowedClientCidrs": undefined },
      `network.subnetId: "snet" is not the id of a Microsoft.Network/virtualNetworks/subnets; write "${EXAMPLE_ID}/Microsoft.Network/virtualNetworks/…/subnets/…"`,
    ],
  ],
});

test.each<[Changes]>([
  [{ "network.subnetId": SUBNET_ID, ...NO_SUBNET, "network.allowedClientCidrs": undefined }],
  [{ "network.addressSpace": "10.2.0.0/16" }],
])("%j is accepted", (changes) => {
  expect(linesOf(changed(changes))).toEqual([]);
});
