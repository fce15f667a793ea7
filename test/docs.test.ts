import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./support/config.js";
import { codeBlocks } from "./support/markdown.js";
import { typeErrors } from "./support/type-check.js";

/** docs/client.md shows parts of the examples, which are compiled as they are. */
const pages = ["README.md", ...readdirSync(join(ROOT, "docs")).map((page) => `docs/${page}`)].filter(
  (page) => page.endsWith(".md") && page !== "docs/client.md",
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
