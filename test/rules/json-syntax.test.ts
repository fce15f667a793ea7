import { emptyTextProblem, nestingProblem, syntaxProblem, yamlProblem } from "../../lib/rules/json-syntax.js";

test("a file that is not JSON at all gets a skeleton of a configuration", () => {
  const skeleton = '{ "name": "…", "location": "…", "backends": [ … ], "listener": { … } }';
  expect(emptyTextProblem()).toBe(`is empty; write ${skeleton}`);
  expect(yamlProblem()).toBe(`looks like YAML; the configuration is JSON: write ${skeleton}`);
  expect(nestingProblem()).toBe("is nested too deeply to be a configuration");
});

test.each([
  ["{", 1, "CloseBraceExpected", "the text ends too early; look for a missing bracket, brace or quote"],
  ["//", 0, "InvalidCommentToken", "JSON has no comments; remove it"],
  ["# x", 0, "InvalidSymbol", "JSON has no comments; remove it"],
  ["'x'", 0, "InvalidSymbol", "strings take double quotes"],
  ['"x', 0, "UnexpectedEndOfString", "the string that begins here is not closed on its line"],
  [
    '"\\x"',
    0,
    "InvalidEscapeCharacter",
    "the string that begins here has a control character or an unknown escape sequence",
  ],
  ['"a" "b"', 4, "CommaExpected", "'\"' is not expected here; look for a missing comma before it"],
  ["[1,]", 3, "ValueExpected", '"]" is not expected here; look for an extra comma before it, or a missing quote'],
  ["{} x", 3, "EndOfFileExpected", '"x" is not expected here; nothing can follow the configuration'],
  ["💥", 0, "InvalidSymbol", '"💥" is not expected here; look for a missing or extra comma, quote or bracket'],
])("%j is wrong at %i: %s", (text, offset, code, reason) => {
  expect(syntaxProblem(text, offset, code)).toBe(`is not JSON: ${reason}`);
});
