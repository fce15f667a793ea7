import { WRONG_USAGE } from "../../lib/cli/io.js";
import { runCli } from "../../lib/cli/run-cli.js";
import { Console } from "../support/console.js";

// The peers are optional: who only simulates and verifies does without them.
jest.mock("cdktf", () => {
  throw Object.assign(new Error("Cannot find module 'cdktf'"), { code: "MODULE_NOT_FOUND" });
});

const MISSING =
  'aoai-kiss-lb needs cdktf, which is not installed; install its peer packages: npm install "@cdktf/provider-azurerm@^14.23.1" "cdktf@^0.21.0" "constructs@^10.4.2"';

test("demo without the peer packages says what to install", async () => {
  const terminal = new Console();
  expect(await runCli(["demo"], terminal.io)).toBe(WRONG_USAGE);
  expect(terminal.stderr).toBe(`${MISSING}; or name a synthesized file: aoai-lb demo cdktf.out\n`);
});

test("so do the constructs", async () => {
  await expect(import("../../lib/index.js")).rejects.toThrow(MISSING);
});
