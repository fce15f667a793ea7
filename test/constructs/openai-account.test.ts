import { type TerraformStack, TerraformVariable } from "cdktf";
import {
  DeploymentType,
  type ModelDeployment,
  OpenAiAccount,
  OpenAiAccountKind,
  type OpenAiAccountProps,
} from "../../lib/index.js";
import { accountLabelWarning, backendFqdnProblem } from "../../lib/rules/host-name.js";
import { ACCOUNT_SKUS, DEPLOYMENT_SKUS, deploymentCapacityProblem, nonEmptyProblem } from "../../lib/rules/openai.js";
import { oneOf } from "../../lib/rules/problem.js";
import { RESOURCE_TYPES, resourceIdProblem } from "../../lib/rules/resource-id.js";
import { nameProblem } from "../../lib/rules/resource-name.js";
import { accountId } from "../support/load-balancer.js";
import { refusal } from "../support/refusal.js";
import { makeStack, synth } from "../support/synth.js";

const deployment: ModelDeployment = {
  name: "chat",
  model: "gpt-5-mini",
  version: "2025-08-07",
  sku: DeploymentType.GLOBAL_STANDARD,
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
        kind: OpenAiAccountKind.OPEN_AI,
        customSubdomain: "contoso",
        localAuthEnabled: true,
        protect: true,
        tags: { owner: "platform" },
      });
      account.addDeployment(deployment);
    });
    expect(out.json["resource"]).toMatchSnapshot();
  });

  test("a deployment's version is pinned", () => {
    const out = synth((stack) => makeAccount(stack).addDeployment(deployment));
    expect(out.one("azurerm_cognitive_deployment")).toMatchObject({
      model: { format: "OpenAI", name: "gpt-5-mini", version: "2025-08-07" },
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

  test("takes a name and a region that are known only after apply", () => {
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

  describe("lives through its upgrade to Azure AI Foundry", () => {
    const lifecycleOf = (props: Partial<OpenAiAccountProps>) =>
      synth((stack) => makeAccount(stack, props).addDeployment(deployment));

    test.each([undefined, OpenAiAccountKind.OPEN_AI])("as kind %s", (kind) => {
      expect(lifecycleOf({ kind }).one("azurerm_cognitive_account")).toMatchObject({
        kind: kind ?? "AIServices",
        identity: { type: "SystemAssigned" },
        lifecycle: { ignore_changes: ["kind", "project_management_enabled"] },
      });
    });

    test("and is protected with its deployments where that is asked for", () => {
      const out = lifecycleOf({ protect: true });
      expect(out.one("azurerm_cognitive_account")["lifecycle"]).toEqual({
        ignore_changes: ["kind", "project_management_enabled"],
        prevent_destroy: true,
      });
      expect(out.one("azurerm_cognitive_deployment")["lifecycle"]).toEqual({ prevent_destroy: true });
      expect(lifecycleOf({}).one("azurerm_cognitive_deployment")).not.toHaveProperty("lifecycle");
    });
  });

  test("a deployment keeps its address when its name changes its case", () => {
    const addresses = ["Chat", "chat"].map((name) =>
      synth((stack) => makeAccount(stack).addDeployment({ ...deployment, name })).addresses(
        "azurerm_cognitive_deployment",
      ),
    );
    expect(addresses[0]).toEqual(addresses[1]);
  });

  describe("refuses", () => {
    const refusals: [Partial<OpenAiAccountProps>, string, string?][] = [
      [{ name: "-a" }, "name", nameProblem("account")("-a")],
      [{ name: "a".repeat(64) }, "customSubdomain", nameProblem("customSubdomain")("a".repeat(64))],
      [{ customSubdomain: "Upper" }, "customSubdomain", nameProblem("customSubdomain")("Upper")],
      [{ skuName: "S1" }, "skuName", oneOf(ACCOUNT_SKUS)("S1")],
    ];
    test.each(refusals)("%j", (...[props, prop, problem]) => {
      expect(() => makeAccount(makeStack(), props)).toThrow(refusal("stack/Account", prop, problem));
    });

    test("a name that is known only after apply, without a subdomain", () => {
      const stack = makeStack();
      const name = new TerraformVariable(stack, "name", {}).stringValue;
      expect(() => makeAccount(stack, { name })).toThrow(refusal("stack/Account", "customSubdomain"));
    });

    test("a second account of its name in the resource group, whatever its case", () => {
      const stack = makeStack();
      makeAccount(stack);
      const place = { location: "eastus", customSubdomain: "other" };
      const second = (id: string, resourceGroupName: string) =>
        new OpenAiAccount(stack, id, { name: "CONTOSO-1", resourceGroupName, ...place });
      expect(() => second("Other", "RG")).toThrow(refusal("stack/Other", "name"));
      expect(() => second("Elsewhere", "rg-other")).not.toThrow();
    });

    const deployments: [Partial<ModelDeployment>, string, string?][] = [
      [{ name: "x" }, "deployment.name", nameProblem("deployment")("x")],
      [{ model: "" }, "deployment.model", nonEmptyProblem("")],
      [{ version: " 1" }, "deployment.version", nonEmptyProblem(" 1")],
      [{ sku: "Standart" as DeploymentType }, "deployment.sku", oneOf(DEPLOYMENT_SKUS)("Standart")],
      [{ capacityUnits: 0 }, "deployment.capacityUnits", deploymentCapacityProblem(0)],
    ];
    test.each(deployments)("a deployment with %j", (props, prop, problem) => {
      expect(() => makeAccount(makeStack()).addDeployment({ ...deployment, ...props })).toThrow(
        refusal("stack/Account", prop, problem),
      );
    });

    test("a deployment whose name is taken, whatever its case", () => {
      const account = makeAccount(makeStack());
      account.addDeployment(deployment);
      expect(() => account.addDeployment({ ...deployment, name: "CHAT" })).toThrow(
        refusal("stack/Account", "deployment.name"),
      );
    });

    test.each([
      [{ accountId: "x", fqdn: "a.openai.azure.com" }, "accountId", resourceIdProblem(RESOURCE_TYPES.account)("x")],
      [
        { accountId: accountId("a"), fqdn: "a.openai.azure.com:443" },
        "fqdn",
        backendFqdnProblem("a.openai.azure.com:443"),
      ],
    ])("attributes %j", (attributes, prop, problem) => {
      expect(() => OpenAiAccount.fromAccountAttributes(makeStack(), "Account", attributes)).toThrow(
        refusal("stack/Account", prop, problem),
      );
    });
  });

  test.each([
    ["another", "a.openai.azure.com", 1],
    ["A", "a.openai.azure.com", 0],
    ["another", "a.llm.internal", 0],
  ])("an existing account named %s that answers as %s: %i warnings", (name, fqdn, count) => {
    const { warnings } = synth((stack) => {
      OpenAiAccount.fromAccountAttributes(stack, "Account", { accountId: accountId(name), fqdn });
    });
    const label = accountLabelWarning(name, fqdn);
    expect(warnings).toEqual(label === undefined ? [] : [`accountId: ${label}`]);
    expect(warnings).toHaveLength(count);
  });
});
