import fc from "fast-check";
import { jsonFaults } from "../../lib/config/json-text.js";

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

test.each([
  ['{"a":1,"a":2}', ["a"]],
  ['{"a":{"b":1,"c":1,"b":1},"d":[{"e":1},{"e":1,"e":1,"e":1}]}', ["a.b", "d[1].e", "d[1].e"]],
  ['{"a":1,"\\u0061":2}', ["a"]],
  ['{"__proto__":1,"__proto__":2}', ["__proto__"]],
  ['{"a":{"b":1},"c":{"b":1}}', []],
])("%s repeats %j", (text, repeated) => {
  expect(jsonFaults(text)).toEqual({ repeated });
});

test("agrees with the engine on what is JSON", () => {
  const sign = fc.constantFrom(...'{}[]:,"\\ \n\t0123.eE+-u\u0001\u00a0ä', "true", "false", "null", '"a"', '"\\n"');
  const json = fc.json().chain((text) =>
    fc.tuple(fc.nat(text.length), fc.nat(2), fc.oneof(fc.constant(""), sign)).map(
      // A right text with a few characters put in place of others.
      ([at, length, put]) => text.slice(0, at) + put + text.slice(at + length),
    ),
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.json(),
        json,
        fc.array(sign, { maxLength: 8 }).map((signs) => signs.join("")),
      ),
      (text) => {
        expect(jsonFaults(text).wrongAt === undefined).toBe(isJson(text));
      },
    ),
    { numRuns: 1_000 },
  );
});

test("what stands before the place that is wrong can be completed", () => {
  expect(jsonFaults('{"a": [1, 2,, 3]}').wrongAt).toBe(12);
  expect(jsonFaults('{"a": "b}').wrongAt).toBe(6);
  expect(jsonFaults('{"a": 01}').wrongAt).toBe(7);
  expect(jsonFaults("[1").wrongAt).toBe(2);
  expect(jsonFaults(" ").wrongAt).toBe(1);
});

test("a text that is nested without end is wrong, not an overflow", () => {
  expect(jsonFaults("[".repeat(1_000_000)).wrongAt).toBe(101);
});
