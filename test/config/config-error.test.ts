import { jsonPath } from "../../lib/config/config-error.js";

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
