import fc from "fast-check";
import { firstSubnet, overlap } from "../../lib/rules/cidr.js";
import {
  addressSpaceOverlaps,
  clientCidrOverlaps,
  clientCidrsProblem,
  gatewayAddresses,
} from "../../lib/rules/network.js";

test("gatewayAddresses defaults to the first /24 of the first range", () => {
  expect(gatewayAddresses({})).toEqual({ addressSpace: ["10.0.0.0/16"], gatewaySubnetPrefix: "10.0.0.0/24" });
  expect(gatewayAddresses({ addressSpace: ["10.9.0.0/25", "10.1.0.0/16"] }).gatewaySubnetPrefix).toBe("10.9.0.0/25");
  expect(gatewayAddresses({ gatewaySubnetPrefix: "10.0.3.0/26" })).toEqual({
    addressSpace: ["10.0.0.0/16"],
    gatewaySubnetPrefix: "10.0.3.0/26",
  });
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
