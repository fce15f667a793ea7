import { type TerraformStack, TerraformVariable } from "cdktf";
import { type ModelDeployment, OpenAiAccount, OpenAiAccountKind, type OpenAiAccountProps } from "../../lib/index.js";
import { accountId } from "../support/load-balancer.js";
import { makeStack, synth } from "../support/synth.js";

const deployment: ModelDeployment = {
  name: "gpt-4o",
  model: "gpt-4o",
  version: "2024-11-20",
  sku: "GlobalStandard",
  capacityUnits: 50,
};

function makeAccount(stack: TerraformStack, props: Partial<OpenAiAccountProps> = {}): OpenAiAccount {
  return new OpenAiAccount(stack, "Account", {
    name: "Contoso-1",
    location: "East US",
    resourceGroupName: "rg",
    ...props,
  });
}

describe("OpenAiAccount", () => {
  test("with all defaults: Entra tokens only, under a subdomain of its own", () => {
    expect(synth((stack) => makeAccount(stack)).json["resource"]).toMatchSnapshot();
  });

  test("with everything set", () => {
    const out = synth((stack) => {
      const account = makeAccount(stack, {
        skuName: "S0",
        kind: OpenAiAccountKind.AI_SERVICES,
        customSubdomain: "contoso",
        localAuthEnabled: true,
        tags: { owner: "platform" },
      });
      account.addDeployment(deployment);
    });
    expect(out.json["resource"]).toMatchSnapshot();
  });

  test("a deployment's version is pinned", () => {
    const out = synth((stack) => makeAccount(stack).addDeployment(deployment));
    expect(out.one("azurerm_cognitive_deployment")).toMatchObject({
      model: { format: "OpenAI", name: "gpt-4o", version: "2024-11-20" },
      sku: { name: "GlobalStandard", capacity: 50 },
      version_upgrade_option: "NoAutoUpgrade",
    });
  });

  test.each([
    ["eastus", "contoso-1.openai.azure.com"],
    ["usgovvirginia", "contoso-1.openai.azure.us"],
    ["chinanorth3", "contoso-1.openai.azure.cn"],
  ])("in %s it answers as %s", (location, fqdn) => {
    expect(makeAccount(makeStack(), { location }).fqdn).toBe(fqdn);
  });

  test("takes a name and a region that only Terraform knows", () => {
    const out = synth((stack) => {
      const variable = (id: string) => new TerraformVariable(stack, id, { type: "string" }).stringValue;
      makeAccount(stack, { name: variable("name"), location: variable("location"), customSubdomain: variable("sub") });
    });
    expect(out.one("azurerm_cognitive_account")).toMatchObject({
      name: "${var.name}",
      location: "${var.location}",
      custom_subdomain_name: "${var.sub}",
    });
  });

  describe("refuses", () => {
    const refusals: [Partial<OpenAiAccountProps>, string][] = [
      [
        { name: "-a" },
        'name: "-a" cannot name an Azure OpenAI account; allowed are 2 to 64 characters: letters, digits, and inner hyphens and underscores',
      ],
      [
        { name: "a".repeat(64) },
        `customSubdomain: "${"a".repeat(64)}" cannot name a custom subdomain; allowed are 2 to 63 characters: lower-case letters, digits and inner hyphens`,
      ],
      [
        { customSubdomain: "Upper" },
        'customSubdomain: "Upper" cannot name a custom subdomain; allowed are 2 to 63 characters: lower-case letters, digits and inner hyphens',
      ],
      [{ skuName: "S1" }, 'skuName: "S1" is not known; allowed are "S0"; did you mean "S0"?'],
    ];
    test.each(refusals)("%j", (props, message) => {
      expect(() => makeAccount(makeStack(), props)).toThrow(new Error(`stack/Account: ${message}`));
    });

    const deployments: [Partial<ModelDeployment>, string][] = [
      [
        { name: "x" },
        'deployment.name: "x" cannot name a model deployment; allowed are 2 to 64 characters: letters, digits, and inner hyphens, underscores and periods',
      ],
      [{ model: "" }, 'deployment.model: "" is empty or padded; write the word alone'],
      [{ version: " 1" }, 'deployment.version: " 1" is empty or padded; write the word alone'],
      [
        { sku: "Standart" },
        'deployment.sku: "Standart" is not known; allowed are "Standard", "GlobalStandard", "DataZoneStandard", "ProvisionedManaged", "GlobalProvisionedManaged", "DataZoneProvisionedManaged", "GlobalBatch", "DataZoneBatch"; did you mean "Standard"?',
      ],
      [
        { capacityUnits: 0 },
        "deployment.capacityUnits: 0 is out of range; allowed is a whole number from 1 to 2147483647",
      ],
    ];
    test.each(deployments)("a deployment with %j", (props, message) => {
      expect(() => makeAccount(makeStack()).addDeployment({ ...deployment, ...props })).toThrow(
        new Error(`stack/Account: ${message}`),
      );
    });

    test("a deployment whose name is taken, whatever its case", () => {
      const account = makeAccount(makeStack());
      account.addDeployment(deployment);
      expect(() => account.addDeployment({ ...deployment, name: "GPT-4o" })).toThrow(
        new Error(
          'stack/Account: deployment.name: "GPT-4o" is already on this account; give each deployment its own name',
        ),
      );
    });

    test.each([
      [
        { accountId: "x", fqdn: "a.openai.azure.com" },
        'accountId: "x" is not the id of a Microsoft.CognitiveServices/accounts; write "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/…/providers/Microsoft.CognitiveServices/accounts/…"',
      ],
      [
        { accountId: accountId("a"), fqdn: "a.openai.azure.com:443" },
        'fqdn: "a.openai.azure.com:443" has a port; the gateway always uses 443, write the host name alone, such as "my-account.openai.azure.com"',
      ],
    ])("attributes %j", (attributes, message) => {
      expect(() => OpenAiAccount.fromAccountAttributes(makeStack(), "Account", attributes)).toThrow(
        new Error(`stack/Account: ${message}`),
      );
    });
  });
});
