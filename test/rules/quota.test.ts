import { dataZoneOf, type QuotaUse, sharedQuotaWarnings } from "../../lib/rules/quota.js";

function use(fqdn: string, location: string | undefined, change: Partial<QuotaUse> = {}): QuotaUse {
  return {
    fqdn,
    location,
    model: "gpt-5-mini",
    version: "2025-08-07",
    sku: "GlobalStandard",
    capacityUnits: 50,
    ...change,
  };
}

const SCOPE =
  'Azure is moving models to this scope one by one; the column "Scope" of the Quota page in the Foundry portal says whether a model has moved';

describe("accounts that share a quota", () => {
  test.each([
    [
      "GlobalStandard: in the subscription, whatever their regions",
      [use("a", "eastus"), use("b", "swedencentral"), use("c", undefined)],
      `quota: a, b, c share the GlobalStandard quota of gpt-5-mini 2025-08-07 in the subscription, whatever their regions: their deployments compete for 150 capacityUnits of it, so more accounts add availability but no throughput; throughput comes from another subscription, another deployment type or provisioned units (${SCOPE})`,
    ],
    [
      "DataZoneStandard: in a data zone",
      [
        use("a", "East US", { sku: "DataZoneStandard" }),
        use("b", "westus3", { sku: "DataZoneStandard" }),
        use("c", "swedencentral", { sku: "DataZoneStandard" }),
      ],
      `quota: a, b share the DataZoneStandard quota of gpt-5-mini 2025-08-07 in the data zone US: their deployments compete for 100 capacityUnits of it, so more accounts add availability but no throughput; throughput comes from another subscription, another data zone, another deployment type or provisioned units (${SCOPE})`,
    ],
    [
      "Standard: in a region, whatever the version",
      [
        use("a", "eastus", { sku: "Standard", version: "1" }),
        use("b", "eastus", { sku: "Standard", version: "2" }),
        use("c", "westus", { sku: "Standard" }),
      ],
      "quota: a, b share the Standard quota of gpt-5-mini in eastus: their deployments compete for 100 capacityUnits of it, so more accounts add availability but no throughput; throughput comes from another subscription, another region, another deployment type or provisioned units",
    ],
    [
      "provisioned units: in a region, whatever the model",
      [
        use("a", "eastus", { sku: "ProvisionedManaged" }),
        use("b", "eastus", { sku: "ProvisionedManaged", model: "gpt-5" }),
      ],
      "quota: a, b share the ProvisionedManaged quota in eastus: their deployments compete for 100 capacityUnits of it, so more accounts add availability but no throughput; throughput comes from another subscription, another region, another deployment type or more provisioned units",
    ],
    [
      "a capacity that is known only after apply",
      [use("a", "eastus"), use("b", "eastus", { capacityUnits: undefined })],
      `quota: a, b share the GlobalStandard quota of gpt-5-mini 2025-08-07 in the subscription, whatever their regions: their deployments compete for more than 50 capacityUnits of it, so more accounts add availability but no throughput; throughput comes from another subscription, another deployment type or provisioned units (${SCOPE})`,
    ],
  ])("%s", (_, uses, warning) => {
    expect(sharedQuotaWarnings(uses)).toEqual([warning]);
  });

  test.each([
    ["another model", [use("a", "eastus"), use("b", "eastus", { model: "gpt-5" })]],
    ["another version of a global model", [use("a", "eastus"), use("b", "eastus", { version: "2" })]],
    ["another deployment type", [use("a", "eastus"), use("b", "eastus", { sku: "DataZoneStandard" })]],
    ["another region", [use("a", "eastus", { sku: "Standard" }), use("b", "westus", { sku: "Standard" })]],
    [
      "a region that is known only after apply",
      [use("a", undefined, { sku: "Standard" }), use("b", undefined, { sku: "Standard" })],
    ],
    ["two deployments of one account", [use("a", "eastus"), use("a", "eastus", { model: "gpt-5-mini" })]],
    ["batches", [use("a", "eastus", { sku: "GlobalBatch" }), use("b", "eastus", { sku: "GlobalBatch" })]],
  ])("not with %s", (_, uses) => {
    expect(sharedQuotaWarnings(uses)).toEqual([]);
  });

  test("every deployment of an account counts", () => {
    const [warning] = sharedQuotaWarnings([use("a", "eastus"), use("a", "eastus"), use("b", "eastus")]);
    expect(warning).toContain("compete for 150 capacityUnits");
  });
});

test.each([
  ["eastus2", "US"],
  ["Sweden Central", "EU"],
  ["uksouth", undefined],
])("the data zone of %s is %s", (location, zone) => {
  expect(dataZoneOf(location)).toBe(zone);
});
