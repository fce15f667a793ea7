import fc from "fast-check";
import { firstSubnet, overlap } from "../../lib/rules/cidr.js";
import {
  addressSpaceOverlaps,
  clientCidrOverlaps,
  clientCidrsProblem,
  freeSubnet,
  gatewayAddresses,
  noFreeSubnetProblem,
  privateOnlyWarning,
  repeatedWordProblem,
  secondSubnetProblem,
  unreachableBackendsProblem,
  unreachableVaultWarning,
} from "../../lib/rules/network.js";

test("gatewayAddresses defaults to the first /24 of the first range", () => {
  expect(gatewayAddresses({})).toEqual({ addressSpace: ["10.0.0.0/16"], gatewaySubnetPrefix: "10.0.0.0/24" });
  expect(gatewayAddresses({ addressSpace: ["10.9.0.0/25", "10.1.0.0/16"] }).gatewaySubnetPrefix).toBe("10.9.0.0/25");
  expect(gatewayAddresses({ gatewaySubnetPrefix: "10.0.3.0/26" })).toEqual({
    addressSpace: ["10.0.0.0/16"],
    gatewaySubnetPrefix: "10.0.3.0/26",
  });
});

describe("a subnet beside the gateway's", () => {
  test.each([
    [["10.0.0.0/16"], "10.0.0.0/24", "10.0.1.0/24"],
    [["10.0.0.0/16"], "10.0.0.128/26", "10.0.1.0/24"],
    [["10.0.0.0/16"], "10.0.9.0/24", "10.0.0.0/24"],
    [["10.9.0.0/24"], "10.9.0.0/25", "10.9.0.128/25"],
    [["10.9.0.0/25", "10.10.0.0/16"], "10.9.0.0/25", "10.10.0.0/24"],
    [["10.9.0.0/26"], "10.9.0.0/27", "10.9.0.32/27"],
  ])("in %j beside %s is %s", (addressSpace, gatewaySubnetPrefix, free) => {
    expect(freeSubnet({ addressSpace, gatewaySubnetPrefix })).toBe(free);
    expect(secondSubnetProblem(free, { addressSpace, gatewaySubnetPrefix })).toBeUndefined();
  });

  test("has no room where the gateway's is all there is", () => {
    const full = { addressSpace: ["10.9.0.0/24"], gatewaySubnetPrefix: "10.9.0.0/24" };
    expect(freeSubnet(full)).toBeUndefined();
    expect(noFreeSubnetProblem(full)).toBe(
      "the network 10.9.0.0/24 has no room for a subnet beside the gateway's, 10.9.0.0/24; use a larger address space, or a smaller gatewaySubnetPrefix",
    );
  });

  test("is in the network, and apart from the gateway's", () => {
    const addresses = { addressSpace: ["10.0.0.0/16"], gatewaySubnetPrefix: "10.0.0.0/24" };
    expect(secondSubnetProblem("10.1.0.0/24", addresses)).toBe(
      '"10.1.0.0/24" is outside the network\'s address space 10.0.0.0/16; choose a range inside it',
    );
    expect(secondSubnetProblem("10.0.0.0/25", addresses)).toBe(
      '"10.0.0.0/25" overlaps the gateway\'s subnet 10.0.0.0/24; choose a range beside it',
    );
  });
});

test("repeatedWordProblem names the word", () => {
  expect(repeatedWordProblem(["1", "2"])).toBeUndefined();
  expect(repeatedWordProblem(["1", "2", "1"])).toBe('"1" is listed twice; remove one');
});

test("what a private gateway lacks is named with what to do", () => {
  expect(unreachableBackendsProblem(["a.openai.azure.com"])).toBe(
    "a gateway without a public address has no way to the public endpoints of a.openai.azure.com; add a NAT gateway, state the egress addresses of the subnet, or mark a backend as private if its name resolves to a private endpoint",
  );
  expect(unreachableVaultWarning()).toContain("service endpoint Microsoft.KeyVault");
  expect(privateOnlyWarning()).toContain("az feature register --namespace Microsoft.Network");
});

test("addressSpaceOverlaps names the range that comes later", () => {
  expect(addressSpaceOverlaps(["10.0.0.0/16", "10.1.0.0/16", "10.0.4.0/24", "10.1.0.0/16"])).toEqual([
    { at: 2, problem: '"10.0.4.0/24" overlaps "10.0.0.0/16", and the ranges of a network cannot overlap; remove one' },
    { at: 3, problem: '"10.1.0.0/16" overlaps "10.1.0.0/16", and the ranges of a network cannot overlap; remove one' },
  ]);
});

test("clientCidrOverlaps names the redundant range, whatever its position", () => {
  expect(clientCidrOverlaps(["10.0.0.0/16", "10.0.4.0/24"])).toEqual([
    { at: 1, problem: '"10.0.4.0/24" is covered by "10.0.0.0/16"; leave "10.0.4.0/24" out' },
  ]);
  expect(clientCidrOverlaps(["10.0.4.0/24", "10.0.0.0/16"])).toEqual([
    { at: 1, problem: '"10.0.4.0/24" is covered by "10.0.0.0/16"; leave "10.0.4.0/24" out' },
  ]);
});

test("clientCidrsProblem takes as many ranges as a security group", () => {
  const ranges = (count: number) => Array.from({ length: count }, (_, n) => `10.${n >> 8}.${n & 255}.0/24`);
  expect(clientCidrsProblem(ranges(4_000))).toBeUndefined();
  expect(clientCidrsProblem(ranges(4_001))).toBe(
    "4001 ranges are too many; Azure allows 4000 in a security group; use wider ranges",
  );
});

test("no overlap is found just where no two ranges overlap", () => {
  const range = fc
    .tuple(fc.nat(15), fc.integer({ min: 6, max: 20 }))
    .map(([second, length]) => firstSubnet(`10.${second}.0.0/${length}`, length));
  fc.assert(
    fc.property(fc.array(range, { maxLength: 5 }), (ranges) => {
      const isClean = ranges.every((a, i) => ranges.every((b, j) => i === j || !overlap(a, b)));
      expect(addressSpaceOverlaps(ranges).length === 0).toBe(isClean);
      expect(clientCidrOverlaps(ranges).length === 0).toBe(isClean);
    }),
  );
});
