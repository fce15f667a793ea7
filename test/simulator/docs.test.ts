import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../support/config.js";

const page = readFileSync(join(ROOT, "docs/simulator.md"), "utf8");

test("every source that docs/simulator.md cites is there, and every source is cited", () => {
  const [text = "", ...definitions] = page.split(/^(?=\[\d+\]: )/m);
  const cited = new Set([...text.matchAll(/\[(\d+)\]/g)].map(([, number]) => Number(number)));
  expect([...cited].sort((a, b) => a - b)).toEqual(definitions.map((_, index) => index + 1));
  for (const definition of definitions)
    expect(definition).toMatch(/^\[\d+\]: https:\/\/learn\.microsoft\.com\/\S+\n?$/);
});
