import { ConfigError, type ConfigProblem } from "../../lib/config/config-error.js";
import { parseConfig } from "../../lib/config/load-config.js";
import { type Problem } from "../../lib/rules/problem.js";

export const SUBSCRIPTION_ID = "00000000-0000-0000-0000-000000000000";
export const GROUP_ID = `/subscriptions/${SUBSCRIPTION_ID}/resourceGroups/rg-platform`;
export const PRINCIPAL_ID = "aaaaaaaa-0000-0000-0000-000000000001";

/** A right configuration in which every field is set, except for those that exclude each other. */
export function validConfig() {
  return {
    $schema: "./gateway.config.schema.json",
    name: "aoai-test",
    location: "eastus",
    subscriptionId: SUBSCRIPTION_ID,
    resourceGroup: { existing: "rg-platform" },
    backends: [
      {
        name: "one",
        fqdn: "first.openai.azure.com",
        accountId: `${GROUP_ID}/providers/Microsoft.CognitiveServices/accounts/first`,
      },
      { fqdn: "second.openai.azure.com", private: true },
      {
        account: {
          name: "third",
          location: "swedencentral",
          skuName: "S0",
          kind: "AIServices",
          customSubdomain: "my-third",
          localAuthEnabled: true,
          subscriptionId: "00000000-0000-0000-0000-000000000002",
          resourceGroup: { existing: "rg-ai" },
          deployments: [
            { name: "own", model: "gpt-5", version: "2025-08-07", sku: "ProvisionedManaged", capacityUnits: 15 },
          ],
        },
        drained: true,
      },
    ],
    deployments: [
      { name: "chat", model: "gpt-5-mini", version: "2025-08-07", sku: "GlobalStandard", capacityUnits: 50 },
      { name: "embed", model: "text-embedding-3-large", version: "1", sku: "Standard", capacityUnits: 100 },
    ],
    accountNetwork: { gatewayOnly: { allowedIpRanges: ["198.51.100.0/24"] } },
    protect: true,
    listener: {
      protocol: "Https",
      port: 8443,
      hostNames: ["llm.example.com"],
      certificate: {
        keyVaultId: `${GROUP_ID}/providers/Microsoft.KeyVault/vaults/my-vault`,
        secretId: "https://my-vault.vault.azure.net/secrets/llm",
        grantAccess: false,
      },
      redirectHttp: false,
      tlsPolicy: "AppGwSslPolicy20220101",
    },
    listeners: [
      {
        name: "internal",
        protocol: "Https",
        port: 9443,
        hostNames: ["internal.example.com"],
        certificate: {
          keyVaultId: `${GROUP_ID}/providers/Microsoft.KeyVault/vaults/my-vault`,
          secretId: "https://my-vault.vault.azure.net/secrets/internal",
          grantAccess: true,
        },
        redirectHttp: false,
        backend: "one",
      },
      { name: "europe", protocol: "Http", port: 8080, pool: "europe" },
    ],
    addressing: {
      backends: true,
      poolsBy: ["deployment", "deploymentType", "subscription"],
      pools: [{ name: "europe", backends: ["one", "second"] }],
      domain: "llm.example.com",
    },
    statefulApis: { backend: "one" },
    backendSettings: { requestTimeoutSeconds: 200, drainTimeoutSeconds: 400, dedicatedConnections: true },
    healthProbe: {
      path: "/healthy",
      intervalSeconds: 20,
      timeoutSeconds: 10,
      unhealthyThreshold: 5,
      statusCodes: ["200", "300-399"],
    },
    streaming: false,
    scale: { minInstances: 3, maxInstances: 30 },
    network: {
      addressSpace: ["10.1.0.0/16", "10.2.0.0/16"],
      gatewaySubnetPrefix: "10.2.3.0/24",
      allowedClientCidrs: ["203.0.113.0/24"],
      allowedServiceTags: ["AzureFrontDoor.Backend"],
      serviceEndpoints: ["Microsoft.KeyVault"],
      defaultOutboundAccess: false,
      inlineSubnets: true,
      frontend: "PublicAndPrivate",
      privateIpAddress: "10.2.3.250",
      dnsLabel: "my-llm",
      publicIpPrefixId: `${GROUP_ID}/providers/Microsoft.Network/publicIPPrefixes/ippre`,
      natGateway: { existing: `${GROUP_ID}/providers/Microsoft.Network/natGateways/nat` },
      egressIpAddresses: ["203.0.113.16/28"],
    },
    zones: ["1", "2"],
    waf: {
      mode: "Prevention",
      promptFields: ["messages", "input"],
      inspectedBodyKb: 256,
      maxRequestBodyKb: 1_000,
      maxFileUploadMb: 100,
      allowedClientCidrs: ["203.0.113.0/24"],
      allowedCountries: ["DE", "ZZ"],
      rateLimit: { requests: 600, minutes: 5 },
    },
    monitoring: {
      retentionDays: 90,
      alerts: {
        emails: ["ops@contoso.com"],
        webhooks: ["https://alerts.contoso.com/hook"],
        serverErrorPercent: 1,
        throttledPercent: 20,
        responseSeconds: 30,
        capacityPercent: 60,
      },
    },
    gatewayIdentity: {
      identityId: `${GROUP_ID}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-gateway`,
      principalId: "aaaaaaaa-0000-0000-0000-000000000002",
    },
    deletionLock: true,
    access: { clientIdentity: false, foundryRoutes: true, principals: [{ id: PRINCIPAL_ID, type: "Group" }] },
    state: {
      azurerm: {
        resourceGroupName: "rg-state",
        storageAccountName: "mystate",
        containerName: "tfstate",
        key: "gateway.tfstate",
        useAzureadAuth: true,
      },
    },
    tags: { owner: "platform" },
  };
}

/** Places and what is put there; `undefined` takes out what is there. */
export type Changes = Readonly<Record<string, unknown>>;

/** The valid configuration with some places changed: `{ "backends[0].fqdn": "a.openai.azure.com" }`. */
export function changed(changes: Changes): unknown {
  const config: Record<string, unknown> = validConfig();
  for (const [path, value] of Object.entries(changes)) {
    const keys = path.split(/[.[\]]+/).filter((key) => key !== "");
    const last = keys.pop() ?? "";
    const place = keys.reduce((at, key) => at[key] as Record<string, unknown>, config);
    if (value === undefined) Reflect.deleteProperty(place, last);
    else place[last] = value;
  }
  return config;
}

/** What is wrong with a configuration; nothing when it is accepted. */
export function problemsOf(config: unknown): readonly ConfigProblem[] {
  try {
    parseConfig(config);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

/** What each rule says, by the path of the field that it refuses; the words are tested with the rules. */
export type Refused = Readonly<Record<string, Problem>>;

/** Expects a configuration to be refused for these reasons and no others, each path once. */
export function expectRefused(config: unknown, refused: Refused): void {
  const problems = problemsOf(config);
  expect(Object.fromEntries(problems.map(({ path, problem }) => [path, problem]))).toStrictEqual(refused);
  expect(problems).toHaveLength(Object.keys(refused).length);
}

/** A test of each change that makes the configuration wrong, by the part that it is in. */
export function testRefusals(parts: Readonly<Record<string, readonly (readonly [Changes, Refused])[]>>): void {
  describe.each(Object.entries(parts))("%s", (_, refusals) => {
    test.each(refusals)("%j is refused", (changes, refused) => {
      expectRefused(changed(changes), refused);
    });
  });
}
