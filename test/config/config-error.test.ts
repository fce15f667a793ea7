import { ConfigError, type ConfigProblem, jsonPath } from "../../lib/config/config-error.js";

test.each([
  [[], ""],
  [["name"], "name"],
  [["backends", 0, "fqdn"], "backends[0].fqdn"],
  [["tags", "cost center"], 'tags["cost center"]'],
  [["tags", ""], 'tags[""]'],
  [["tags", 'a"b'], 'tags["a\\"b"]'],
  [[0], "[0]"],
  [["a.b", "c"], '["a.b"].c'],
])("%j is written %s", (path, text) => {
  expect(jsonPath(path)).toBe(text);
});

test("one problem is on the file's line, several are below it, each with its place where that is known", () => {
  const position = { line: 3, column: 5 };
  const message = (...problems: ConfigProblem[]) => new ConfigError("f.json", problems).message;
  expect(message({ path: "a", problem: "is wrong" })).toBe("f.json: a: is wrong");
  expect(message({ path: "", problem: "is wrong" })).toBe("f.json: is wrong");
  expect(message({ path: "a", problem: "is wrong", position })).toBe("f.json:3:5: a: is wrong");
  expect(message({ path: "a", problem: "is wrong", position }, { path: "b", problem: "is wrong too" })).toBe(
    "f.json: 2 problems\n  3:5  a: is wrong\n  b: is wrong too",
  );
});
