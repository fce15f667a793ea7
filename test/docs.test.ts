import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { ROOT } from "./support/config.js";
import { anchorsOf, codeBlocks, linksOf } from "./support/markdown.js";
import { PAGES, pageText } from "./support/pages.js";
import { typeErrors } from "./support/type-check.js";

/** Pages that show the examples, or parts of them, which are compiled and run as they are. */
const SHOWS_EXAMPLES = ["docs/client.md", "docs/testing.md"];

test("all TypeScript in the pages compiles, and the check would see what does not", () => {
  const blocks = PAGES.filter((page) => !SHOWS_EXAMPLES.includes(page))
    .flatMap((page) => codeBlocks(pageText(page)))
    .filter(({ language }) => language === "ts")
    .map(({ text }) => text);
  expect(blocks.length).toBeGreaterThanOrEqual(4);
  const wrong = 'import { OpenAiLoadBalancer } from "aoai-kiss-lb"; OpenAiLoadBalancer.gone();';
  expect(typeErrors([...blocks, wrong])).toEqual([
    "Property 'gone' does not exist on type 'typeof OpenAiLoadBalancer'.",
  ]);
});

/** What a page links to that is not there: `page: link`. */
function brokenLinks(page: string, text: string): string[] {
  return linksOf(text)
    .filter((link) => !/^[a-z]+:/.test(link))
    .filter((link) => {
      const [file = "", anchor] = link.split("#");
      // A package of `packages/` is packed with files of the root.
      const base = page.startsWith("packages/") ? "." : dirname(page);
      const target = file === "" ? page : join(base, file).replaceAll("\\", "/");
      if (file !== "" && !existsSync(join(ROOT, target))) return true;
      return anchor !== undefined && !anchorsOf(file === "" ? text : pageText(target)).includes(anchor);
    })
    .map((link) => `${page}: ${link}`);
}

test("the files and sections that the pages link to exist, and the check would see what does not", () => {
  expect(PAGES).toEqual(expect.arrayContaining(["README.md", "docs/gateway.md", "examples/stack/README.md"]));
  expect(PAGES.flatMap((page) => linksOf(pageText(page))).length).toBeGreaterThan(100);
  expect(PAGES.flatMap((page) => brokenLinks(page, pageText(page)))).toEqual([]);
  const wrong =
    "# A `b` (c)\n[1](#a-b-c) [2](#a-b) [3](gateway.md#access) [4](gateway.md#gone) [5](gone.md) ![6](gone.svg)";
  expect(brokenLinks("docs/client.md", wrong).map((link) => link.replace("docs/client.md: ", ""))).toEqual([
    "#a-b",
    "gateway.md#gone",
    "gone.md",
    "gone.svg",
  ]);
});
