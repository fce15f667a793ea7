import { WRONG_USAGE } from "../../lib/cli/io.js";
import { runCli } from "../../lib/cli/run-cli.js";
import { Console } from "../support/console.js";

// The peers are optional: who only simulates and verifies does without them.
jest.mock("../../lib/stacks/synthesize.js", () => {
  throw Object.assign(new Error("Cannot find module 'cdktf'"), { code: "MODULE_NOT_FOUND" });
});

test("demo without the peer packages says what to install", async () => {
  const terminal = new Console();
  expect(await runCli(["demo"], terminal.io)).toBe(WRONG_USAGE);
  expect(terminal.stderr).toBe(
    "synthesizing needs the packages cdktf, constructs and @cdktf/provider-azurerm, which are not all installed; install them, or give a synthesized file: `aoai-lb demo cdktf.out`\n",
  );
});
