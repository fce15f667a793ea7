import fc from "fast-check";
import { contains } from "../../lib/rules/cidr.js";
import {
  addressInSubnetProblem,
  defaultFrontendAddress,
  ipAddressProblem,
  publicAddressOrRangeProblem,
} from "../../lib/rules/ip-address.js";

test("an address has no prefix length", () => {
  expect(ipAddressProblem("10.0.0.254")).toBeUndefined();
  expect(ipAddressProblem("10.0.0.254/32")).toBe(
    '"10.0.0.254/32" is not an IPv4 address; write one such as "10.0.0.254", without a prefix length',
  );
});

describe("an address of the gateway's subnet", () => {
  test.each(["10.0.0.4", "10.0.0.30"])("%s can be used", (address) => {
    expect(addressInSubnetProblem(address, "10.0.0.0/27")).toBeUndefined();
  });

  test.each(["10.0.0.0", "10.0.0.3", "10.0.0.31"])("%s is Azure's", (address) => {
    expect(addressInSubnetProblem(address, "10.0.0.0/27")).toBe(
      `"${address}" is reserved by Azure in every subnet; choose one from 10.0.0.4 to 10.0.0.30`,
    );
  });

  test("is inside it", () => {
    expect(addressInSubnetProblem("10.0.0.32", "10.0.0.0/27")).toBe(
      '"10.0.0.32" is outside the gateway\'s subnet 10.0.0.0/27; choose one from 10.0.0.4 to 10.0.0.30',
    );
  });

  test("by default is the last that can be used, whatever the subnet", () => {
    const subnets = fc
      .tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 16, max: 27 }))
      .map(([octet, bits]) => `10.${octet}.0.0/${bits}`);
    fc.assert(
      fc.property(subnets, (subnet) => {
        const address = defaultFrontendAddress(subnet);
        expect(contains(subnet, `${address}/32`)).toBe(true);
        expect(addressInSubnetProblem(address, subnet)).toBeUndefined();
      }),
      { numRuns: 50 },
    );
    expect(defaultFrontendAddress("10.0.0.0/24")).toBe("10.0.0.254");
  });
});

describe("a public address or range", () => {
  test.each(["203.0.113.7", "203.0.113.0/24", "203.0.113.4/30"])("%s is taken", (value) => {
    expect(publicAddressOrRangeProblem(value)).toBeUndefined();
  });

  test.each([
    ["east", '"east" is not an IPv4 address or range; write one such as "203.0.113.7" or "203.0.113.0/24"'],
    ["203.0.113.7/24", '"203.0.113.7/24" is not the first address of the range; write "203.0.113.0/24"'],
    ...["172.16.4.5", "10.0.0.0/16", "192.168.1.0/24"].map((value) => [
      value,
      expect.stringMatching(
        /^"[\d./]+" is in the private range [\d./]+, and accounts see public addresses only; write a public address or range$/,
      ) as string,
    ]),
    [
      "203.0.113.6/31",
      '"203.0.113.6/31" is a range that the network rules of an account do not take; write its addresses one by one, without a prefix length',
    ],
  ])("%s is not", (value, problem) => {
    expect(publicAddressOrRangeProblem(String(value))).toEqual(problem);
  });
});
