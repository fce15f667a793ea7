import fc from "fast-check";
import { findJsonField, jsonStringField, spliceJsonString } from "../../lib/client/json-field.js";

describe("jsonStringField", () => {
  test.each<[string, string, string | undefined]>([
    ["the first field", '{"model":"gpt","n":1}', "gpt"],
    ["after nested values", '{"messages":[{"model":"no","content":"]}"}],"o":{"a":[1,"}"]},"model":"gpt"}', "gpt"],
    ["after an escaped quote", '{"user":"say \\"model\\":\\"no\\"","model":"gpt"}', "gpt"],
    ["after a backslash at a string's end", '{"user":"C:\\\\","model":"gpt"}', "gpt"],
    ["with blanks", ' {\n\t"n" : 1 ,\r\n "model" : "gpt" } ', "gpt"],
    ["with escapes in the value", '{"model":"a\\"b\\u0041"}', 'a"bA'],
    ["only at the top", '{"o":{"model":"no"}}', undefined],
    ["no other name that ends alike", '{"xmodel":"no","models":"no"}', undefined],
    ["no number", '{"model":4}', undefined],
    ["an array", '["model"]', undefined],
    ["an empty object", "{}", undefined],
    ["nothing", "", undefined],
    ["a text that ends in the value", '{"model":"gp', undefined],
    ["a text that ends before", '{"messages":[{"a"', undefined],
    ["no JSON", "model=gpt", undefined],
    ["a broken escape", '{"model":"\\u00"}', undefined],
  ])("%s", (_, json, expected) => {
    expect(jsonStringField(json, "model")).toBe(expected);
  });
});

describe("spliceJsonString", () => {
  test("keeps every other character", () => {
    const json = '{ "a" : 1.0e3,\n"model"\t: "gpt" ,"b":"\\u00e4" }';
    expect(spliceJsonString(json, "model", 'new "one"')).toBe(
      '{ "a" : 1.0e3,\n"model"\t: "new \\"one\\"" ,"b":"\\u00e4" }',
    );
  });

  test("leaves a text without the field as it is", () => {
    expect(spliceJsonString('{"a":1}', "model", "x")).toBe('{"a":1}');
  });

  test("does what parsing and writing would, for every JSON object", () => {
    const key = fc.string().filter((name) => name !== "model" && name !== "tail");
    const object = fc.tuple(fc.dictionary(key, fc.jsonValue()), fc.string(), fc.nat(3), fc.string());
    fc.assert(
      fc.property(object, ([others, model, indent, name]) => {
        const json = JSON.stringify({ ...others, model, tail: [model] }, undefined, indent);
        expect(jsonStringField(json, "model")).toBe(model);
        expect(JSON.parse(spliceJsonString(json, "model", name))).toEqual(
          JSON.parse(JSON.stringify({ ...others, model: name, tail: [model] })),
        );
      }),
      { numRuns: 500 },
    );
  });

  test("never throws, whatever the text", () => {
    const piece = fc.constantFrom("{", "}", "[", "]", '"', "\\", ":", ",", "model", '"model"', " ", "1", "true");
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const json = pieces.join("");
        const field = findJsonField(json, "model");
        if (field !== undefined) expect(field.end).toBeLessThanOrEqual(json.length);
      }),
      { numRuns: 1_000 },
    );
  });
});
