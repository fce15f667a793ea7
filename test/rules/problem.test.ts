import fc from "fast-check";
import { didYouMean, duplicates, listed, oneOf, quote, wholeNumber } from "../../lib/rules/problem.js";

describe("quote", () => {
  test.each([
    ["a text", '"a text"'],
    ['with "quotes" and \n lines', '"with \\"quotes\\" and \\n lines"'],
    [5, "5"],
    [Number.NaN, "NaN"],
    [Number.POSITIVE_INFINITY, "Infinity"],
    [true, "true"],
    [null, "null"],
    [undefined, "undefined"],
    [[], "[]"],
    [{}, "{}"],
  ])("shows %j", (value, shown) => {
    expect(quote(value)).toBe(shown);
  });

  test.each([[["secret"]], [{ accessKey: "secret" }]])("does not show the contents of %j", (value) => {
    expect(quote(value)).toBe(Array.isArray(value) ? "[…]" : "{…}");
  });

  test("truncates long texts", () => {
    expect(quote("x".repeat(1_000_000))).toBe(`"${"x".repeat(299)}…"`);
  });

  test("takes any value, however deep", () => {
    fc.assert(fc.property(fc.anything(), (value) => quote(value).length <= 302));
  });
});

describe("didYouMean", () => {
  test.each([
    ["loaction", ["location", "listener"], '; did you mean "location"?'],
    ["LISTENER", ["location", "listener"], '; did you mean "listener"?'],
    ["colour", ["location", "listener"], ""],
    ["4", ["1", "2", "3"], ""],
    ["anything", [], ""],
    ["interval", ["path", "intervalSeconds"], '; did you mean "intervalSeconds"?'],
    ["int", ["path", "intervalSeconds"], ""],
    // The nearer one, where one begins with the word too.
    ["subnet", ["subnetPrefixOfTheGateway", "subnets"], '; did you mean "subnets"?'],
  ])("%s among %j", (word, known, meant) => {
    expect(didYouMean(word, known)).toBe(meant);
  });

  test("finds a known word with one typo, and suggests only known words", () => {
    const known = ["location", "subscriptionId", "resourceGroup", "deployments"];
    fc.assert(
      fc.property(fc.constantFrom(...known), fc.nat(), fc.constantFrom("", "x"), (word, place, letter) => {
        const at = place % word.length;
        expect(didYouMean(word.slice(0, at) + letter + word.slice(at + 1), known)).toBe(`; did you mean "${word}"?`);
      }),
    );
    fc.assert(
      fc.property(fc.string(), (word) => {
        const meant = /^; did you mean "(.+)"\?$/.exec(didYouMean(word, known))?.[1];
        return meant === undefined || known.includes(meant);
      }),
    );
  });
});

describe("wholeNumber", () => {
  const rule = wholeNumber(1, 20, "seconds");

  test.each([1, 7, 20])("takes %d", (value) => {
    expect(rule(value)).toBeUndefined();
  });

  test.each([0, 21, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])("refuses %d", (value) => {
    expect(rule(value)).toBe(`${value} is not allowed; write a whole number of seconds from 1 to 20`);
  });

  test("exposes its bounds, and omits the unit where there is none", () => {
    expect([rule.min, rule.max]).toEqual([1, 20]);
    expect(wholeNumber(2, 3)(4)).toBe("4 is not allowed; write a whole number from 2 to 3");
  });
});

test("oneOf takes the words as they are spelt", () => {
  const rule = oneOf(["OpenAI", "AIServices"]);
  expect(rule("OpenAI")).toBeUndefined();
  expect(rule("openai")).toBe('"openai" is not known; use one of "OpenAI", "AIServices"; did you mean "OpenAI"?');
  expect(rule("Speech")).toBe('"Speech" is not known; use one of "OpenAI", "AIServices"');
});

test("listed quotes words", () => {
  expect(listed(["a", "b"])).toBe('"a", "b"');
});

test("duplicates finds each repeated value, and nothing else", () => {
  expect(duplicates(["a", "b", "a", "a"])).toEqual([
    { at: 2, first: 0 },
    { at: 3, first: 0 },
  ]);
  fc.assert(
    fc.property(fc.array(fc.constantFrom("a", "b", "c", "d")), (values) => {
      const found = duplicates(values);
      expect(found).toHaveLength(values.length - new Set(values).size);
      for (const { at, first } of found) expect([first < at, values[first]]).toEqual([true, values[at]]);
    }),
  );
});
