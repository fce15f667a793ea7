import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./support/config.js";
import { codeBlocks } from "./support/markdown.js";
import { typeErrors } from "./support/type-check.js";

/** Pages that show the examples, or parts of them, which are compiled and run as they are. */
const SHOWS_EXAMPLES = ["docs/client.md", "docs/testing.md"];
const pages = ["README.md", ...readdirSync(join(ROOT, "docs")).map((page) => `docs/${page}`)].filter(
  (page) => page.endsWith(".md") && !SHOWS_EXAMPLES.includes(page),
);

test("all TypeScript in the pages compiles, and the check would see what does not", () => {
  const blocks = pages
    .flatMap((page) => codeBlocks(readFileSync(join(ROOT, page), "utf8")))
    .filter(({ language }) => language === "ts")
    .map(({ text }) => text);
  expect(blocks.length).toBeGreaterThanOrEqual(4);
  const wrong = 'import { OpenAiLoadBalancer } from "aoai-kiss-lb"; OpenAiLoadBalancer.gone();';
  expect(typeErrors([...blocks, wrong])).toEqual([
    "Property 'gone' does not exist on type 'typeof OpenAiLoadBalancer'.",
  ]);
});
