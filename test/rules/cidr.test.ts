import fc from "fast-check";
import {
  addressSpaceProblem,
  cidrProblem,
  contains,
  firstSubnet,
  overlap,
  parseCidr,
  usableAddresses,
} from "../../lib/rules/cidr.js";

const malformed = (value: string) =>
  `"${value}" is not an IPv4 range; write one in CIDR notation, such as "10.0.0.0/16"`;
const unusable = (value: string, range: string) =>
  `"${value}" overlaps ${range}, which Azure reserves; use a private range such as "10.0.0.0/16"`;

/** A range that begins at its first address. */
const cidr = fc
  .tuple(fc.nat(2 ** 32 - 1), fc.nat(32))
  .map(([address, length]) => firstSubnet(`${ip(address)}/${length}`, length));

function ip(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}

describe("cidrProblem", () => {
  test.each(["10.0.0.0/16", "0.0.0.0/0", "255.255.255.255/32", "203.0.113.7/32", "128.0.0.0/1"])(
    "takes %s",
    (value) => {
      expect(cidrProblem(value)).toBeUndefined();
    },
  );

  test.each([
    "",
    "10.0.0.0",
    "10.0.0.0/33",
    "10.0.0.0/-1",
    "10.0.0.0/08",
    "10.0.0.0/16/24",
    "10.0.0/16",
    "10.0.0.256/16",
    "010.0.0.0/16",
    " 10.0.0.0/16",
    "10.0.0.0/16 ",
    "fd00::/8",
    "Internet",
  ])("refuses %j", (value) => {
    expect(cidrProblem(value)).toBe(malformed(value));
  });

  test.each([
    ["10.0.0.1/16", "10.0.0.0/16"],
    ["10.1.2.3/0", "0.0.0.0/0"],
    ["255.255.255.255/1", "128.0.0.0/1"],
  ])("says where %s begins", (value, first) => {
    expect(cidrProblem(value)).toBe(`"${value}" is not the first address of the range; write "${first}"`);
  });

  test("the range that it proposes is right", () => {
    fc.assert(
      fc.property(fc.nat(2 ** 32 - 1), fc.nat(32), (address, length) => {
        const proposed = /write "(.+)"$/.exec(cidrProblem(`${ip(address)}/${length}`) ?? "")?.[1];
        expect(proposed === undefined || cidrProblem(proposed) === undefined).toBe(true);
      }),
    );
  });

  test("any text is a range, or the message quotes it", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), (value) => {
        const problem = cidrProblem(value);
        if (problem === undefined) expect(value).toMatch(/^\d+\.\d+\.\d+\.\d+\/\d+$/);
        else expect(problem).toContain(JSON.stringify(value));
      }),
    );
  });
});

describe("addressSpaceProblem", () => {
  test.each(["10.0.0.0/8", "10.0.0.0/29", "0.0.0.0/2", "168.63.129.0/29"])("takes %s", (value) => {
    expect(addressSpaceProblem(value)).toBeUndefined();
  });

  test.each([
    ["10.0.0.0", malformed("10.0.0.0")],
    ["10.0.0.0/30", '"10.0.0.0/30" has a size that Azure does not allow; use /2 to /29'],
    ["0.0.0.0/1", '"0.0.0.0/1" has a size that Azure does not allow; use /2 to /29'],
    ["224.0.0.0/8", unusable("224.0.0.0/8", "224.0.0.0/4")],
    ["192.0.0.0/2", unusable("192.0.0.0/2", "224.0.0.0/4")],
    ["255.255.255.248/29", unusable("255.255.255.248/29", "255.255.255.255/32")],
    ["127.0.0.0/16", unusable("127.0.0.0/16", "127.0.0.0/8")],
    ["169.254.0.0/24", unusable("169.254.0.0/24", "169.254.0.0/16")],
    ["168.63.129.16/29", unusable("168.63.129.16/29", "168.63.129.16/32")],
  ])("refuses %s", (value, problem) => {
    expect(addressSpaceProblem(value)).toBe(problem);
  });
});

test("parseCidr takes a range apart, and refuses what is none", () => {
  expect(parseCidr("10.0.1.0/24")).toEqual({ base: 10 * 2 ** 24 + 256, prefixLength: 24 });
  expect(() => parseCidr("10.0.0.0")).toThrow(new TypeError('"10.0.0.0" is not an IPv4 range'));
});

describe("contains and overlap", () => {
  test.each([
    ["10.0.0.0/16", "10.0.1.0/24", true, true],
    ["10.0.1.0/24", "10.0.0.0/16", false, true],
    ["10.0.0.0/16", "10.1.0.0/24", false, false],
    ["0.0.0.0/0", "255.255.255.255/32", true, true],
  ])("%s and %s", (a, b, isInside, isShared) => {
    expect([contains(a, b), overlap(a, b)]).toEqual([isInside, isShared]);
  });

  test("agree with the addresses that the ranges have", () => {
    const ends = (range: string) => {
      const { base, prefixLength } = parseCidr(range);
      return [base, base + 2 ** (32 - prefixLength) - 1] as const;
    };
    fc.assert(
      fc.property(cidr, cidr, (a, b) => {
        const [[firstA, lastA], [firstB, lastB]] = [ends(a), ends(b)];
        expect(contains(a, b)).toBe(firstA <= firstB && lastB <= lastA);
        expect(overlap(a, b)).toBe(firstA <= lastB && firstB <= lastA);
        expect(overlap(b, a)).toBe(overlap(a, b));
        expect(contains(a, a)).toBe(true);
      }),
    );
  });
});

test("firstSubnet begins with the range, is inside it and has the size asked for, or the range's", () => {
  expect(firstSubnet("10.0.0.0/16", 24)).toBe("10.0.0.0/24");
  expect(firstSubnet("10.0.0.0/26", 24)).toBe("10.0.0.0/26");
  fc.assert(
    fc.property(cidr, fc.nat(32), (range, length) => {
      const subnet = firstSubnet(range, length);
      expect(contains(range, subnet)).toBe(true);
      expect(parseCidr(subnet)).toEqual({
        base: parseCidr(range).base,
        prefixLength: Math.max(length, parseCidr(range).prefixLength),
      });
    }),
  );
});

test.each([
  [24, 251],
  [27, 27],
  [29, 3],
])("a /%d has room for %d hosts", (prefixLength, hosts) => {
  expect(usableAddresses(prefixLength)).toBe(hosts);
});
