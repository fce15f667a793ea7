import { readdirSync } from "node:fs";
import { join } from "node:path";
import { readJson, ROOT, synthConfig } from "./support/config.js";
import { brokenReferences, repeatedPriorities } from "./support/references.js";

const examples = readdirSync(join(ROOT, "examples")).filter((file) => file.endsWith(".json"));

describe("examples", () => {
  test("are the files that the tests know", () => {
    expect(examples.sort()).toEqual([
      "agents.json",
      "existing-accounts.json",
      "fleet.json",
      "minimal.json",
      "private.json",
      "production.json",
      "two-subscriptions.json",
    ]);
  });

  test.each([...examples.map((file) => `examples/${file}`), "gateway.config.json"])("%s synthesizes", (file) => {
    const { json } = synthConfig(readJson(file));
    expect(json["resource"]).toHaveProperty("azurerm_application_gateway");
    expect(brokenReferences(json)).toEqual([]);
    expect(repeatedPriorities(json)).toEqual([]);
  });
});
