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
    ["arm", "../simulator/index.js", 1],
    ["synthesized", "../arm/index.js", 1],
    ["arm", "cdktf", 1],
    ["arm", "../synthesized/index.js", 0],
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

/** What the documentation rules say to a file of the constructs. */
function documentation(code: string): string[] {
  return linter
    .verify(code, config, { filename: join(ROOT, "lib/constructs/some-file.ts") })
    .flatMap(({ ruleId, message }) => (ruleId?.startsWith("jsdoc/") ? [message] : []));
}

describe("the documentation of what users see", () => {
  const props = (member: string) => `/** Some. */\nexport interface SomeProps {\n${member}\n}\n`;

  test.each([
    ["a prop", props("readonly a: string;")],
    ["a method", "/** Some. */\nexport class Some {\n  run(): void {}\n}\n"],
    ["a getter", "/** Some. */\nexport class Some {\n  get a(): number { return 1; }\n}\n"],
    ["a field of the constructor", "/** Some. */\nexport class Some {\n  constructor(readonly a: string) {}\n}\n"],
    ["a member of an enum", '/** Some. */\nexport enum Some {\n  A = "a",\n}\n'],
    ["a class", "export class Some {}\n"],
    ["a constant", "export const SOME = 1;\n"],
    ["a prop with tags alone", props("/** @see https://example.com */\nreadonly a: string;")],
    ["an optional prop without a default", props("/** Some. */\nreadonly a?: string;")],
    ["a default on the line of the summary", props("/** Some. @default 1 */\nreadonly a?: number;")],
    ["a default that is a sentence", props("/**\n * Some.\n *\n * @default - none.\n */\nreadonly a?: number;")],
  ])("has a complaint about %s", (_, code) => {
    expect(documentation(code)).toHaveLength(1);
  });

  test.each([
    ["a prop with a summary", props("/** Some. */\nreadonly a: string;")],
    ["a default", props("/**\n * Some.\n *\n * @default - none\n */\nreadonly a?: string;")],
    ["what is private", "/** Some. */\nexport class Some {\n  private readonly a = 1;\n  private run(): void {}\n}\n"],
    ["what is not exported", "class Some {\n  run(): void {}\n}\n"],
    ["a constructor", "/** Some. */\nexport class Some {\n  constructor() {}\n}\n"],
  ])("has none about %s", (_, code) => {
    expect(documentation(code)).toEqual([]);
  });
});
