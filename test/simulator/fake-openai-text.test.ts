import fc from "fast-check";
import { sampleText } from "../../lib/simulator/fake-openai/sample.js";
import { ServiceError } from "../../lib/simulator/fake-openai/service-error.js";
import { countTokens, write } from "../../lib/simulator/fake-openai/text.js";

test.each<[unknown, unknown]>([
  [{ type: "string" }, "text"],
  [{ type: ["null", "string"] }, null],
  [{ type: "number", minimum: 18 }, 18],
  [{ type: "boolean" }, true],
  [{ type: "array", items: { type: "integer" } }, []],
  [{ type: "array", items: { type: "integer" }, minItems: 2 }, [1, 1]],
  [{ anyOf: [{ const: "first" }, { type: "string" }] }, "first"],
  [{ type: "object", properties: { a: { type: "string" }, b: { enum: [7, 8] } }, required: ["b"] }, { b: 7 }],
  [{ type: "object", properties: { o: { type: "object", required: ["x"] } }, required: ["o"] }, { o: { x: {} } }],
  [{ type: "number", minimum: "low" }, 1],
  [{ enum: [] }, null],
  [undefined, {}],
])("a sample of %j is %j", (schema, value) => {
  expect(JSON.parse(sampleText(schema))).toEqual(value);
});

test("any JSON for a schema has a sample", () => {
  fc.assert(fc.property(fc.jsonValue(), (schema) => void JSON.parse(sampleText(schema))));
  expect(sampleText({ type: "object", required: "name", properties: null })).toBe("{}");
});

test.each([
  ["a list that is long", { type: "array", minItems: 1e9 }],
  [
    "lists of lists",
    { type: "array", minItems: 100, items: { type: "array", minItems: 100, items: { type: "array", minItems: 100 } } },
  ],
  ["many names", { type: "object", required: Array.from({ length: 20_000 }, (_, index) => `a${index}`) }],
])("a schema that only a huge value satisfies is refused: %s", (_, schema) => {
  expect(() => sampleText(schema)).toThrow(ServiceError);
});

test("what is written is the reply, as far as the limit goes", () => {
  fc.assert(
    fc.property(fc.string(), fc.nat(20), (reply, limit) => {
      const { text, tokens, truncated } = write(reply, limit);
      expect(reply.startsWith(text)).toBe(true);
      expect(tokens.join("")).toBe(text);
      expect(tokens.length).toBeLessThanOrEqual(limit);
      expect(truncated).toBe(reply.trimEnd() !== text && text !== reply);
    }),
  );
});

test("tokens are counted by four characters, of texts and of messages", () => {
  expect([countTokens(""), countTokens("abcd"), countTokens("abcde"), countTokens([1, 2])]).toEqual([0, 1, 2, 2]);
});
