import fc from "fast-check";
import { countTokens, sampleOf, write } from "../../lib/simulator/fake-openai/text.js";

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
  [undefined, {}],
])("a sample of %j is %j", (schema, value) => {
  expect(sampleOf(schema)).toEqual(value);
});

test("any JSON for a schema has a sample, and not an endless one", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (schema) => expect(JSON.stringify(sampleOf(schema))).toEqual(expect.any(String))),
  );
  expect(sampleOf({ type: "array", minItems: 1e9 })).toHaveLength(100);
  expect(sampleOf({ type: "object", required: "name", properties: null })).toEqual({});
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
