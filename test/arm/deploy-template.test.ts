import { readFileSync } from "node:fs";
import { join } from "node:path";
import { renderArmTemplate } from "../../lib/arm/index.js";
import { readTerraform } from "../../lib/synthesized/index.js";
import { deployTemplate } from "../../scripts/deploy-template.js";
import { deployArm, type Request } from "../support/arm-deployment.js";
import { readJson, ROOT, synthConfig } from "../support/config.js";

const subscription = "00000000-0000-0000-0000-000000000001";
const vault = `/subscriptions/00000000-0000-0000-0000-000000000002/resourceGroups/rg-vaults/providers/Microsoft.KeyVault/vaults/kv-contoso`;
const place = { subscription, resourceGroup: "rg-button" };
const backends = ["one.openai.azure.com", "two.openai.azure.com"];
const template = readJson("infra/main.json");

function byPath(requests: readonly Request[]): Record<string, unknown> {
  return Object.fromEntries(requests.map(({ path, ...rest }) => [path, rest]));
}

/** What the stack of such a configuration would send. */
function sent(listener: unknown): Record<string, unknown> {
  const { json } = synthConfig({
    name: "contoso",
    location: "swedencentral",
    subscriptionId: subscription,
    resourceGroup: { existing: place.resourceGroup },
    backends: backends.map((fqdn) => ({ fqdn })),
    access: { clientIdentity: false },
    listener,
  });
  return byPath(deployArm(renderArmTemplate(readTerraform(json, "the stack")).json, place).requests);
}

describe("infra/main.json, behind the button", () => {
  test("is what `npm run template` writes", () => {
    expect(readFileSync(join(ROOT, "infra/main.json"), "utf8")).toBe(`${JSON.stringify(deployTemplate(), null, 2)}\n`);
  });

  test("has these parameters, of which the backends have to be given", () => {
    const parameters = template["parameters"] as Record<string, { defaultValue?: unknown; metadata: object }>;
    expect(Object.entries(parameters).map(([name, { defaultValue }]) => [name, defaultValue])).toEqual([
      ["name", "aoai-kiss-lb"],
      ["location", "[resourceGroup().location]"],
      ["backends", undefined],
      ["keyVaultSecret", ""],
    ]);
    expect(parameters["keyVaultSecret"]?.metadata).toHaveProperty(
      "description",
      expect.stringContaining("an HTTP listener, which sends tokens, keys and prompts in clear text"),
    );
  });

  test("without a secret: an HTTP listener, and what the constructs would create", () => {
    const parameters = { name: "contoso", location: "swedencentral", backends };
    const { requests, outputs } = deployArm(template, { ...place, parameters });
    expect(byPath(requests)).toEqual(sent({ protocol: "Http" }));
    expect(outputs).toEqual({ gateway_url: "http://203.0.113.10", egress_ip_address: "203.0.113.10" });
  });

  test("with a secret: an HTTPS listener, and a role on the vault, wherever it is", () => {
    const keyVaultSecret = `${vault}/secrets/llm`;
    const parameters = { name: "contoso", location: "swedencentral", backends, keyVaultSecret };
    const { requests, outputs } = deployArm(template, { ...place, parameters });
    const certificate = { keyVaultId: vault, secretId: "https://kv-contoso.vault.azure.net/secrets/llm" };
    expect(byPath(requests)).toEqual(sent({ protocol: "Https", certificate }));
    expect(requests.map(({ path }) => path)).toContainEqual(
      expect.stringContaining(`${vault}/providers/Microsoft.Auth`),
    );
    expect(outputs["gateway_url"]).toBe("https://203.0.113.10");
  });

  test("refuses what is no secret's resource id before it creates anything", () => {
    const parameters = { backends, keyVaultSecret: "https://kv-contoso.vault.azure.net/secrets/llm" };
    expect(() => deployArm(template, { ...place, parameters })).toThrow('there is no "8"');
  });
});
