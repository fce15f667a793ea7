import { accountDnsZones, dnsZoneIdsProblem } from "../../lib/rules/private-dns.js";

const id = (zone: string) =>
  `/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Network/privateDnsZones/${zone}`;
const [openai = "", cognitive = "", foundry = ""] = accountDnsZones("eastus");

test("an account is resolved by a zone for each domain that it answers under", () => {
  expect(accountDnsZones("Sweden Central")).toEqual([
    "privatelink.openai.azure.com",
    "privatelink.cognitiveservices.azure.com",
    "privatelink.services.ai.azure.com",
  ]);
  expect(accountDnsZones("usgovvirginia")).toContain("privatelink.openai.azure.us");
  expect(accountDnsZones("chinaeast2")).toContain("privatelink.openai.azure.cn");
});

test("existing zones are all of them, each once, in whatever case and order", () => {
  expect(dnsZoneIdsProblem([id(foundry), id(openai.toUpperCase()), id(cognitive)], "eastus")).toBeUndefined();
  expect(dnsZoneIdsProblem([id(openai)], "eastus")).toBe(
    `has no zone "${cognitive}", "${foundry}"; an account is resolved by "${openai}", "${cognitive}", "${foundry}", list each`,
  );
  expect(dnsZoneIdsProblem([id(openai), id(cognitive), id(foundry), id("privatelink.blob.x")], "eastus")).toBe(
    `has "privatelink.blob.x" besides; list "${openai}", "${cognitive}", "${foundry}", each once`,
  );
  expect(dnsZoneIdsProblem([id(openai), id(openai), id(cognitive), id(foundry)], "eastus")).toContain("besides");
});
