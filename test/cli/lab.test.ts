import { Lab } from "../../lib/cli/lab.js";
import { pageQuota } from "../../lib/cli/page-quota.js";
import { parseGatewayModel } from "../../lib/synthesized/index.js";
import { verify } from "../../lib/verify/index.js";
import { gatewayJson } from "../support/terraform-json.js";

const CHAT = { name: "chat", model: [{ name: "gpt-4o" }] };
const EMBED = { name: "embed", model: [{ name: "text-embedding-3-small" }] };
const ONLY_HERE = { name: "only-here", model: [{ name: "gpt-4o-mini" }] };

/** Accounts that the file makes, each with its deployments, beside members of which it knows the name only. */
function modelWith(deployments: Readonly<Record<string, readonly object[]>>) {
  const subdomains = Object.keys(deployments);
  return parseGatewayModel(
    gatewayJson({
      probe: { path: "/status-0123456789abcdef" },
      fqdns: [...subdomains, "elsewhere"].map((label) => `${label}.openai.azure.com`),
      resources: {
        azurerm_cognitive_account: Object.fromEntries(
          subdomains.map((custom_subdomain_name) => [
            custom_subdomain_name,
            { kind: "OpenAI", custom_subdomain_name, local_auth_enabled: false },
          ]),
        ),
        azurerm_role_assignment: Object.fromEntries(
          subdomains.map((label) => [
            label,
            {
              scope: `\${azurerm_cognitive_account.${label}.id}`,
              principal_id: "aaaaaaaa-0000-0000-0000-000000000001",
              role_definition_name: "Cognitive Services OpenAI User",
            },
          ]),
        ),
        azurerm_cognitive_deployment: Object.fromEntries(
          Object.entries(deployments).flatMap(([label, list]) =>
            list.map((one, index) => [
              `${label}_${index}`,
              { ...one, cognitive_account_id: `\${azurerm_cognitive_account.${label}.id}` },
            ]),
          ),
        ),
      },
    }),
  );
}

test.each([
  ["the first chat model that every account has", { east: [EMBED, ONLY_HERE, CHAT], west: [CHAT] }, "chat"],
  ["the first chat model, where no one is everywhere", { east: [ONLY_HERE], west: [CHAT] }, "only-here"],
  ["gpt-5-mini, where the file has none", { east: [] }, "gpt-5-mini"],
])("callers ask for %s", async (_, deployments, name) => {
  await using lab = await Lab.create({ model: modelWith(deployments) });
  expect(lab.deployment).toBe(name);
});

test.each([
  ["such a caller is served everywhere", { east: [EMBED, CHAT], west: [CHAT] }],
  ["so is one of accounts that do not chat", { east: [EMBED], west: [EMBED] }],
])("%s", async (_, deployments) => {
  await using lab = await Lab.create({ model: modelWith(deployments) });
  const { gateway, credential, deployment } = lab;
  const { outcomes, backends } = await verify({ url: gateway.url, api: "v1", credential, deployment, requests: 6 });
  expect(outcomes).toEqual({ 200: 6 });
  expect(backends.map(({ name }) => name)).toEqual(["east", "elsewhere", "west"]);
});

test("with the page, a deployment has the quota of its capacity in the file, and a member without one 450 requests", async () => {
  await using lab = await Lab.create({
    model: modelWith({ east: [{ ...CHAT, sku: { name: "GlobalStandard", capacity: 20 } }] }),
    limits: pageQuota,
  });
  const limits = lab.backends.map(({ fqdn, server }) => {
    const { requests, tokens } = server.rateLimit("chat") ?? {};
    return [fqdn.split(".")[0], requests?.perMinute, tokens?.perMinute];
  });
  expect(limits).toEqual([
    ["east", 120, 20_000],
    ["elsewhere", 450, undefined],
  ]);
});
