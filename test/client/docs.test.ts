import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import {
  createLoadBalancedFetch,
  DEFAULT_COMMIT_AFTER,
  DEFAULT_COOLDOWN,
  DEFAULT_RETRY_AMBIGUOUS,
  EXHAUSTED_CODE,
  type LoadBalancedFetchOptions,
  MAX_HELD_REFERENCES,
  STRATEGIES,
} from "../../lib/client/index.js";

const root = resolve(__dirname, "../..");
const page = readFileSync(resolve(root, "docs/client.md"), "utf8");

/** Each block with the example that it is taken from, which is compiled and run. */
const blocks = Array.from(page.matchAll(/<!-- (\S+) -->\n\n```ts\n(.*?)```/gs), ([, source = "", code = ""]) => ({
  source,
  code,
}));

test("every code block is taken from an example", () => {
  expect(blocks).toHaveLength(page.match(/```\w/g)?.length ?? 0);
});

test.each(blocks)("the block from $source stands there", ({ source, code }) => {
  const unindented = (text: string) => text.replace(/^ +/gm, "");
  expect(unindented(readFileSync(resolve(root, source), "utf8"))).toContain(unindented(code));
});

test("the table of options has each one", () => {
  const refusal = (() => {
    try {
      return String(createLoadBalancedFetch({ endpoints: [], unknown: 1 } as unknown as LoadBalancedFetchOptions));
    } catch (error) {
      return String(error);
    }
  })();
  const names = refusal.split("known are ")[1]?.split(", ") ?? [];
  expect(names).toContain("endpoints");
  const table = page.slice(page.indexOf("## Which options"), page.indexOf("## What it does"));
  for (const name of names) expect(table).toContain(`\`${name}\``);
});

test("every link to a file leads to one", () => {
  const links = Array.from(page.matchAll(/\]\((?!http)([^)]+)\)/g), ([, link = ""]) => resolve(root, "docs", link));
  for (const link of links.filter((path) => /\.\w+$/.test(path)))
    expect(readFileSync(link, "utf8").length).toBeGreaterThan(0);
});

test("the page names what the code has", () => {
  for (const strategy of STRATEGIES) expect(page).toContain(`\`${strategy}\``);
  expect(page).toContain(EXHAUSTED_CODE);
  expect(page).toContain(MAX_HELD_REFERENCES.toLocaleString("en"));
  expect(
    [DEFAULT_COOLDOWN.throttled, DEFAULT_COOLDOWN.failed, DEFAULT_COOLDOWN.misconfigured, DEFAULT_COOLDOWN.maximum].map(
      String,
    ),
  ).toEqual(["10 s", "1 s", "1 min", "5 min"]);
  expect(page).toMatch(new RegExp(`\`commitAfter\` +\\| ${String(DEFAULT_COMMIT_AFTER)} `));
  expect(DEFAULT_RETRY_AMBIGUOUS).toEqual(["chat", "completions", "embeddings", "audio", "responses"]);
});
