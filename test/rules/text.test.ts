import fc from "fast-check";
import { byteLength, characterLength, composed, isSameName } from "../../lib/rules/text.js";

test.each([
  ["owner", 5, 5],
  ["\u00e9", 2, 1],
  ["e\u0301", 2, 1],
  // One letter as it is written, two as Terraform passes it on.
  ["\u0958", 6, 2],
  ["💥", 4, 1],
  ["", 0, 0],
])("%j has %i bytes and %i characters", (text, bytes, characters) => {
  expect([byteLength(text), characterLength(text)]).toEqual([bytes, characters]);
});

test("two compositions of a text are measured alike and are one name, in any case", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      const parts = text.normalize("NFD");
      expect(composed(parts)).toBe(composed(text));
      expect(byteLength(parts)).toBe(byteLength(text));
      expect(characterLength(parts)).toBe(characterLength(text));
      expect(isSameName(parts, text)).toBe(true);
    }),
  );
  expect(isSameName("Owner", "OWNER")).toBe(true);
  expect(isSameName("owner", "owners")).toBe(false);
});
