import { Linter } from "eslint";
import { join } from "node:path";
import { ROOT } from "./support/config.js";

// eslint-disable-next-line @typescript-eslint/no-require-imports -- it is CommonJS, and has no types
const config = require("../eslint.config.cjs") as Linter.Config[];
const linter = new Linter({ cwd: ROOT });

/** What the import rules say to a file that stands in a wing and imports one thing. */
function complaints(wing: string, imported: string): number {
  const messages = linter.verify(`import x from "${imported}";\nexport default x;\n`, config, {
    filename: join(ROOT, "lib", wing, "some-file.ts"),
  });
  return messages.filter(({ ruleId }) => ruleId === "no-restricted-imports").length;
}

describe("who may import whom", () => {
  test.each([
    ["config", "../constructs/health-probe.js", 1],
    ["constructs", "../config/gateway-config.js", 1],
    ["synthesized", "../constructs/health-probe.js", 1],
    ["simulator", "../constructs/health-probe.js", 1],
    ["verify", "../simulator/index.js", 1],
    ["client", "../rules/cidr.js", 1],
    ["client", "zod", 1],
    ["config", "cdktf", 1],
    ["simulator", "@cdktf/provider-azurerm/lib/application-gateway", 1],
    ["constructs", "@cdktf/provider-azurerm", 1],
    ["constructs", "@cdktf/provider-azurerm/lib", 1],
    ["constructs", "@cdktf/provider-azurerm/lib/application-gateway", 0],
    ["stacks", "../config/gateway-config.js", 0],
    ["simulator", "../synthesized/gateway-model.js", 0],
    ["simulator", "../ui/view.js", 1],
    ["ui", "../verify/index.js", 1],
    ["ui", "../cli/lab.js", 1],
    ["ui", "../simulator/index.js", 0],
    ["ui", "../client/index.js", 0],
    ["cli", "../ui/index.js", 0],
    ["ui/page", "../stage.js", 1],
    ["ui/page", "node:http", 1],
    ["ui/page", "../view.js", 0],
    ["ui/page", "uplot", 0],
    ["client", "../duration.js", 0],
    ["config", "../rules/cidr.js", 0],
  ])("lib/%s importing %s: %i complaints", (wing, imported, count) => {
    expect(complaints(wing, imported)).toBe(count);
  });
});
