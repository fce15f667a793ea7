import { synthConfig } from "../support/config.js";
import { type Block } from "../support/synth.js";

const HOME = "00000000-0000-0000-0000-000000000000";
const OTHER = "00000000-0000-0000-0000-00000000000A";
const ALIAS = `subscription-${OTHER.toLowerCase()}`;
const deployment = { name: "gpt", model: "gpt-5", version: "1", sku: "GlobalStandard", capacityUnits: 50 };
const base = {
  name: "aoai",
  location: "eastus",
  subscriptionId: HOME,
  listener: { protocol: "Http" },
  deployments: [deployment],
};
const account = (name: string, rest: object = {}) => ({ account: { name, location: "eastus", ...rest } });
const synth = (...backends: object[]) => synthConfig({ ...base, backends });
const named = (blocks: readonly Block[], name: string) => blocks.find((block) => block["name"] === name) ?? {};

describe("accounts of another subscription", () => {
  const out = synth(
    account("one"),
    account("two", { subscriptionId: OTHER }),
    account("three", { subscriptionId: OTHER.toLowerCase(), resourceGroup: { existing: "rg-theirs" } }),
  );
  const accounts = out.all("azurerm_cognitive_account");

  test("have one provider, under the subscription's name", () => {
    expect(out.json["provider"]?.["azurerm"]).toEqual([
      { features: [{}], subscription_id: HOME },
      { alias: ALIAS, features: [{}], subscription_id: OTHER.toLowerCase() },
    ]);
    expect(["one", "two", "three"].map((name) => named(accounts, name)["provider"])).toEqual([
      undefined,
      `azurerm.${ALIAS}`,
      `azurerm.${ALIAS}`,
    ]);
  });

  test("are in a group of that subscription, which is created unless it exists", () => {
    const groups = out.all("azurerm_resource_group");
    expect(groups.map(({ name, provider }) => [name, provider])).toEqual([
      ["rg-aoai", undefined],
      ["rg-aoai", `azurerm.${ALIAS}`],
    ]);
    expect(named(accounts, "two")["resource_group_name"]).toMatch(/^\$\{azurerm_resource_group\.ResourceGroup-/);
    expect(named(accounts, "three")["resource_group_name"]).toBe("rg-theirs");
  });

  test("have their deployments and their roles in that subscription", () => {
    for (const type of ["azurerm_cognitive_deployment", "azurerm_role_assignment"]) {
      const aliased = out.all(type).filter(({ provider }) => provider === `azurerm.${ALIAS}`);
      expect(aliased).toHaveLength(2);
    }
    const roles = out.all("azurerm_role_assignment").map((role) => String(role["role_definition_id"]));
    expect(roles.every((role) => /azurerm_cognitive_account\.\S+\.id\), 0, 3\)/.test(role))).toBe(true);
  });

  test("compete for no quota with those of the gateway's subscription", () => {
    expect(synth(account("one"), account("two", { subscriptionId: OTHER })).warnings.join()).not.toContain("quota:");
    expect(synth(account("one"), account("two", { subscriptionId: HOME })).warnings.join()).toContain("quota:");
    const both = synth(...["one", "two"].map((name) => account(name, { subscriptionId: OTHER })));
    expect(both.warnings.join()).toContain("quota:");
  });
});

test("an account's subscription needs the gateway's, to tell whether they are one", () => {
  const backends = [account("one", { subscriptionId: OTHER })];
  expect(() => synthConfig({ ...base, subscriptionId: undefined, backends })).toThrow(
    /^aoai: subscriptionId: is needed/,
  );
});

test("the gateway's own subscription, in whatever case, needs no provider", () => {
  const out = synth(account("one", { subscriptionId: HOME.toUpperCase() }));
  expect(out.json["provider"]?.["azurerm"]).toHaveLength(1);
  expect(out.all("azurerm_resource_group")).toHaveLength(1);
});

test("a group of the gateway's subscription is created once, whoever names it and in whatever case", () => {
  const out = synth(
    account("one", { resourceGroup: { existing: "RG-ai" } }),
    account("two", { resourceGroup: { name: "rg-ai" } }),
    account("three", { resourceGroup: { name: "rg-AI" } }),
    account("four", { resourceGroup: { name: "rg-aoai" } }),
  );
  expect(
    out
      .all("azurerm_resource_group")
      .map(({ name }) => String(name))
      .sort(),
  ).toEqual(["rg-ai", "rg-aoai"]);
  const groups = out.all("azurerm_cognitive_account").map((each) => each["resource_group_name"]);
  expect(groups.every((group) => String(group).startsWith("${azurerm_resource_group."))).toBe(true);
});

test("existing zones are linked with the provider of their subscription", () => {
  const zone = (name: string) =>
    `/subscriptions/${OTHER}/resourceGroups/rg-dns/providers/Microsoft.Network/privateDnsZones/privatelink.${name}.azure.com`;
  const out = synthConfig({
    ...base,
    backends: [account("one")],
    accountNetwork: { privateEndpoints: { dnsZoneIds: ["openai", "cognitiveservices", "services.ai"].map(zone) } },
  });
  const links = out.all("azurerm_private_dns_zone_virtual_network_link");
  expect(links.map(({ provider }) => provider)).toEqual(links.map(() => `azurerm.${ALIAS}`));
  expect(links).toHaveLength(3);
});
