import fc from "fast-check";
import { re2 } from "../../lib/synthesized/re2.js";

test.each<[string, string, boolean]>([
  ["(?i)abc", "xABCx", true],
  ["abc", "ABC", false],
  ["(?s)a.b", "a\nb", true],
  ["a.b", "a\nb", false],
  ["\\Aabc\\z", "abc", true],
  ["\\Aabc\\z", "abcd", false],
  ["^[[:alpha:]_]+$", "Abc_", true],
  ["^[[:alpha:]_]+$", "Abc1", false],
  ["^[^[:digit:]]+$", "abc", true],
  ["^[^[:digit:]]+$", "a1", false],
  ["^\\Qa.b*\\E$", "a.b*", true],
  ["^\\Qa.b*\\E$", "axb*", false],
  ["^[[]$", "[", true],
  ["^\\/openai\\/deployments\\/(.+)$", "/openai/deployments/x", true],
  ["[(?=]", "=", true],
])("%s on %j", (pattern, text, matches) => {
  expect(re2(pattern, false).test(text)).toBe(matches);
});

test("named groups are groups", () => {
  expect(re2("^/(?P<model>[^/]+)/(?<rest>.*)$", false).exec("/gpt/chat")?.slice(1)).toEqual(["gpt", "chat"]);
});

test("ignoring case is an option of its own", () => {
  expect(re2("^a$", true).test("A")).toBe(true);
});

test.each(["a(?!b)", "(?<=a)b", "(?<!a)b", "(a)\\1", "a(?i)b", "(?U)a", "[[:nothing:]]", "(", "[b-a]"])(
  "%s is refused",
  (pattern) => {
    expect(() => re2(pattern, false)).toThrow(SyntaxError);
  },
);

test("a pattern of literals, classes and groups means the same in both", () => {
  const piece = fc.constantFrom("a", "b", ".", "[ab]", "[^a]", "(a|b)", "(?:ab)", "\\d", "\\.", "a*", "b+?", "c{1,2}");
  fc.assert(
    fc.property(fc.array(piece), fc.string(), (pieces, text) => {
      const pattern = pieces.join("");
      expect(re2(pattern, false).exec(text)).toEqual(new RegExp(pattern).exec(text));
    }),
  );
});
