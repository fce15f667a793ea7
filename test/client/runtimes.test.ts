import { readFileSync } from "node:fs";
import { resolve } from "node:path";

const root = resolve(__dirname, "../..");
const page = readFileSync(resolve(root, "docs/client.md"), "utf8");
const section = page.slice(page.indexOf("## Runtimes"));

/** What test:runtimes installs; esbuild only bundles. */
const { devDependencies } = JSON.parse(readFileSync(resolve(root, "test/runtimes/package.json"), "utf8")) as {
  readonly devDependencies: Readonly<Record<string, string>>;
};
const runIn = Object.entries(devDependencies).filter(([name]) => name !== "esbuild");

test.each(runIn)("the page has the version of %s that test:runtimes runs", (_, specifier) => {
  const version = specifier.slice(specifier.lastIndexOf("@") + 1);
  expect(section.match(/\d+(\.\d+)+/g)).toContain(version);
});
