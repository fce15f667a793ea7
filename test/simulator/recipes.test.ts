import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { codeBlocks } from "../support/markdown.js";

const root = resolve(__dirname, "../..");
const recipes = join(root, "examples/testing");
const page = readFileSync(join(root, "docs/testing.md"), "utf8");

test.each(readdirSync(recipes))("the page shows %s as it is", (file) => {
  expect(codeBlocks(page).map(({ text }) => text)).toContain(readFileSync(join(recipes, file), "utf8"));
});

// The recipe for jest is run by jest itself, that for vitest by `npm run test:recipes`.
test("the recipe for node:test passes", async () => {
  const args = ["--import", "tsx", "--test", "--test-reporter", "tap", join(recipes, "node.test.ts")];
  // A test that is started inside of another would report to it, not to us.
  const env = { ...process.env, NODE_TEST_CONTEXT: undefined };
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root, env });
  expect(stdout).toMatch(/^# pass 3$/m);
  expect(stdout).toMatch(/^# fail 0$/m);
});
