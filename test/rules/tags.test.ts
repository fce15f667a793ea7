import fc from "fast-check";
import { tagProblems } from "../../lib/rules/tags.js";

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
  ["", '"" cannot name a tag; names have 1 to 512 characters'],
  ["n".repeat(513), `"${"n".repeat(299)}…" is too long; names have at most 512 bytes`],
  ["ü".repeat(257), `"${"ü".repeat(257)}" is too long; names have at most 512 bytes`],
  ...["<", ">", "%", "&", "\\", "?", "/"].map((sign): [string, string] => [
    `a${sign}b`,
    `${JSON.stringify(`a${sign}b`)} has a character that tag names cannot have; leave out < > % & \\ ? /`,
  ]),
  ["#", '"#" cannot name a tag: Terraform would set it again at each plan; choose another name'],
  ["Azure-team", '"Azure-team" begins with "azure", which Azure keeps for itself; choose another name'],
  ["microsoft", '"microsoft" begins with "microsoft", which Azure keeps for itself; choose another name'],
  ["windowsVersion", '"windowsVersion" begins with "windows", which Azure keeps for itself; choose another name'],
])("refuses the name %j", (name, problem) => {
  expect(tagProblems({ [name]: "x" })).toEqual([{ name, problem }]);
});

test("refuses a value that is too long in bytes", () => {
  expect(tagProblems({ a: "v".repeat(257), b: "ü".repeat(129) })).toEqual([
    { name: "a", problem: `"${"v".repeat(257)}" is too long; values have at most 256 bytes` },
    { name: "b", problem: `"${"ü".repeat(129)}" is too long; values have at most 256 bytes` },
  ]);
});

test("refuses names that Azure does not tell apart", () => {
  expect(tagProblems({ Owner: "a", owner: "b" })).toEqual([
    { name: "Owner", problem: '"Owner" and "owner" are one name to Azure, which ignores case; keep one' },
    { name: "owner", problem: '"owner" and "Owner" are one name to Azure, which ignores case; keep one' },
  ]);
});

test("every problem is that of a tag that is there, and what is left over has none", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.string(), { noNullPrototype: true }), (tags) => {
      const wrong = new Set(tagProblems(tags).map(({ name }) => name));
      for (const name of wrong) expect(Object.keys(tags)).toContain(name);
      const rest = Object.fromEntries(Object.entries(tags).filter(([name]) => !wrong.has(name)));
      expect(tagProblems(rest)).toEqual([]);
    }),
  );
});
