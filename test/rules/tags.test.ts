import fc from "fast-check";
import { certificateTagsProblem, tagProblems, unusableTagNameProblem } from "../../lib/rules/tags.js";

const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`tag${n}`, "x"]));

test.each([
  {},
  { owner: "platform", "cost center": "42", "hidden-title": "" },
  { Größe: "日本" },
  { ["n".repeat(512)]: "v".repeat(256) },
  many(50),
])("takes %j", (tags) => {
  expect(tagProblems(tags)).toEqual([]);
});

test("refuses more than 50", () => {
  expect(tagProblems(many(51))).toEqual([{ problem: "51 tags are too many; Azure allows 50 on a resource" }]);
});

test.each([
  ["", '"" cannot be the name of a tag; names have 1 to 512 bytes'],
  ["n".repeat(513), `"${"n".repeat(299)}…" is 513 bytes long; names have at most 512, as UTF-8 in composed form`],
  ["ü".repeat(257), `"${"ü".repeat(257)}" is 514 bytes long; names have at most 512, as UTF-8 in composed form`],
  // 258 bytes as it is written, 516 as Terraform passes it on.
  [
    "\u0958".repeat(86),
    `"${"\u0958".repeat(86)}" is 516 bytes long; names have at most 512, as UTF-8 in composed form`,
  ],
  ...["<", ">", "%", "&", "\\", "?", "/"].map((sign): [string, string] => [
    `a${sign}b`,
    `${JSON.stringify(`a${sign}b`)} has a character that is not allowed in tag names; remove < > % & \\ ? /`,
  ]),
  ["#", '"#" cannot be the name of a tag: Terraform would set it again at each plan; rename the tag'],
  ["Azure-team", '"Azure-team" begins with "azure", which Azure reserves; rename the tag'],
  ["microsoft", '"microsoft" begins with "microsoft", which Azure reserves; rename the tag'],
  ["windowsVersion", '"windowsVersion" begins with "windows", which Azure reserves; rename the tag'],
])("refuses the name %j", (name, problem) => {
  expect(tagProblems({ [name]: "x" })).toEqual([{ name, problem }]);
});

test.each([
  ["v".repeat(257), 257],
  ["ü".repeat(129), 258],
  ["\u0958".repeat(43), 258],
])("refuses the value %j, which has %i bytes", (value, bytes) => {
  const problem = `"${value}" is ${bytes} bytes long; values have at most 256, as UTF-8 in composed form`;
  expect(tagProblems({ a: value })).toEqual([{ name: "a", problem }]);
});

test("accepts a value that is too long only before composition", () => {
  expect(tagProblems({ a: "e\u0301".repeat(128) })).toEqual([]);
});

test.each([
  ["Owner", "owner"],
  ["\u00e9", "e\u0301"],
  ["\u00c9", "e\u0301"],
])("refuses %j and %j, which are one name to Azure", (one, other) => {
  const same = "are the same name to Azure, which ignores case and Unicode composition; keep one";
  expect(tagProblems({ [one]: "a", [other]: "b" })).toEqual([
    { name: one, problem: `"${one}" and "${other}" ${same}` },
    { name: other, problem: `"${other}" and "${one}" ${same}` },
  ]);
});

test("a name that JavaScript reserves is refused", () => {
  expect(unusableTagNameProblem("__proto__")).toBe(
    '"__proto__" cannot be the name of a tag here, as JavaScript reserves it; rename the tag',
  );
});

test("a certificate in Key Vault takes 15 tags", () => {
  expect(certificateTagsProblem(many(15))).toBeUndefined();
  expect(certificateTagsProblem(many(16))).toBe(
    "16 tags are too many for a certificate in Key Vault, which takes 15; use fewer tags, or a certificate of your own",
  );
});

test("every problem names an existing tag, and the other tags have no problem", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.string(), { noNullPrototype: true }), (tags) => {
      const wrong = new Set(tagProblems(tags).map(({ name }) => name));
      for (const name of wrong) expect(Object.keys(tags)).toContain(name);
      const rest = Object.fromEntries(Object.entries(tags).filter(([name]) => !wrong.has(name)));
      expect(tagProblems(rest)).toEqual([]);
    }),
  );
});
