import { readJson, synthConfig } from "../support/config.js";
import { blocks } from "../support/synth.js";

const minimal = readJson("examples/minimal.json");
const subscriptionId = "00000000-0000-0000-0000-000000000009";

describe("OpenAiGatewayStack", () => {
  test("with all defaults", () => {
    const { json } = synthConfig(minimal);
    expect({
      provider: json["provider"],
      output: json["output"],
      resources: Object.keys(json["resource"] ?? {}),
    }).toMatchSnapshot();
  });

  test("the repository's own configuration", () => {
    expect(synthConfig(readJson("gateway.config.json")).json["resource"]).toMatchSnapshot();
  });

  test("makes its resource group, or uses one", () => {
    expect(synthConfig(minimal).one("azurerm_resource_group")["name"]).toBe("rg-aoai-minimal");
    expect(synthConfig({ ...minimal, resourceGroup: { name: "mine" } }).one("azurerm_resource_group")["name"]).toBe(
      "mine",
    );
    const existing = synthConfig({ ...minimal, resourceGroup: { existing: "theirs" } });
    expect(existing.all("azurerm_resource_group")).toEqual([]);
    expect(existing.gateway["resource_group_name"]).toBe("theirs");
  });

  test("keeps its state where it is told", () => {
    const azurerm = {
      resourceGroupName: "rg-state",
      storageAccountName: "ststate",
      containerName: "tfstate",
      key: "aoai.tfstate",
      useAzureadAuth: true,
      useOidc: true,
    };
    expect(synthConfig({ ...minimal, state: { azurerm } }).json["terraform"]?.["backend"]).toEqual({
      azurerm: {
        resource_group_name: "rg-state",
        storage_account_name: "ststate",
        container_name: "tfstate",
        key: "aoai.tfstate",
        use_azuread_auth: true,
        use_oidc: true,
      },
    });
    expect(synthConfig(minimal).json["terraform"]).not.toHaveProperty("backend.azurerm");
  });

  test("asks the provider of 4.55.0, for the subscription it is told", () => {
    const { json } = synthConfig({ ...minimal, subscriptionId });
    expect(json["provider"]).toEqual({ azurerm: [{ features: [{}], subscription_id: subscriptionId }] });
    expect(json["terraform"]?.["required_providers"]).toEqual({ azurerm: { source: "azurerm", version: "4.55.0" } });
  });

  test("outputs no identity where none is made", () => {
    const output = synthConfig({ ...minimal, access: { clientIdentity: false } }).json["output"] ?? {};
    expect(Object.keys(output)).toEqual([
      "backend_fqdns",
      "egress_ip_address",
      "gateway_id",
      "gateway_url",
      "public_ip_address",
      "resource_group_name",
    ]);
  });

  /** Each field with a value that is not the minimal configuration's: none is dropped on its way to the JSON. */
  const https = { protocol: "Https", certificate: { selfSigned: {} } };
  const vault = readJson("examples/existing-accounts.json")["listener"] as Record<string, unknown>;
  const account = { name: "account-a", location: "eastus" };
  const deployment = { name: "gpt", model: "gpt-4o", version: "1", sku: "Standard", capacityUnits: 1 };
  const accountId =
    "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.CognitiveServices/accounts/a";
  const changes: [string, Record<string, unknown>][] = [
    ["name", { name: "other" }],
    ["location", { location: "westus" }],
    ["subscriptionId", { subscriptionId }],
    ["resourceGroup.name", { resourceGroup: { name: "other" } }],
    ["resourceGroup.existing", { resourceGroup: { existing: "other" } }],
    ["backends.fqdn", { backends: [{ fqdn: "other.openai.azure.com" }] }],
    ["backends.accountId", { backends: [{ fqdn: "other.openai.azure.com", accountId }] }],
    ["backends.account", { backends: [{ account }] }],
    ["backends.account.kind", { backends: [{ account: { ...account, kind: "AIServices" } }] }],
    ["backends.account.customSubdomain", { backends: [{ account: { ...account, customSubdomain: "other" } }] }],
    ["backends.account.localAuthEnabled", { backends: [{ account: { ...account, localAuthEnabled: true } }] }],
    ["deployments", { backends: [{ account }], deployments: [deployment] }],
    ["listener.port", { listener: { protocol: "Http", port: 8080 } }],
    ["listener.hostNames", { listener: { protocol: "Http", hostNames: ["x.com"] } }],
    ["listener.protocol", { listener: https }],
    ["listener.redirectHttp", { listener: { ...https, redirectHttp: false } }],
    ["listener.tlsPolicy", { listener: { ...https, tlsPolicy: "AppGwSslPolicy20220101" } }],
    ["listener.certificate.keyVaultId", { listener: vault }],
    [
      "listener.certificate.selfSigned.subject",
      { listener: { ...https, certificate: { selfSigned: { subject: "CN=x" } } } },
    ],
    [
      "listener.certificate.selfSigned.dnsNames",
      { listener: { ...https, certificate: { selfSigned: { dnsNames: ["x.com"] } } } },
    ],
    ["backendSettings.requestTimeoutSeconds", { backendSettings: { requestTimeoutSeconds: 100 } }],
    ["backendSettings.drainTimeoutSeconds", { backendSettings: { drainTimeoutSeconds: 600 } }],
    ["healthProbe.path", { healthProbe: { path: "/x" } }],
    ["healthProbe.intervalSeconds", { healthProbe: { intervalSeconds: 40 } }],
    ["healthProbe.timeoutSeconds", { healthProbe: { timeoutSeconds: 20 } }],
    ["healthProbe.unhealthyThreshold", { healthProbe: { unhealthyThreshold: 2 } }],
    ["healthProbe.statusCodes", { healthProbe: { statusCodes: ["200"] } }],
    ["streaming", { streaming: false }],
    ["scale.minInstances", { scale: { minInstances: 3 } }],
    ["scale.maxInstances", { scale: { maxInstances: 5 } }],
    ["scale.instances", { scale: { instances: 2 } }],
    ["network.addressSpace", { network: { addressSpace: "10.9.0.0/16" } }],
    ["network.gatewaySubnetPrefix", { network: { gatewaySubnetPrefix: "10.0.9.0/24" } }],
    ["network.allowedClientCidrs", { network: { allowedClientCidrs: ["203.0.113.0/24"] } }],
    ["network.subnetId", { network: readJson("examples/existing-accounts.json")["network"] }],
    ["access.clientIdentity", { access: { clientIdentity: false } }],
    [
      "access.principals",
      {
        backends: [{ fqdn: "a.openai.azure.com", accountId }],
        access: { principals: [{ id: subscriptionId, type: "User" }] },
      },
    ],
    ["state", { state: { azurerm: { storageAccountName: "s", containerName: "c", key: "k" } } }],
    ["tags", { tags: { a: "b" } }],
  ];
  test("no field is dropped: each change changes the JSON, in its own way", () => {
    const jsons = [{}, ...changes.map(([, change]) => change)].map((change) => {
      const json = JSON.stringify(synthConfig({ ...minimal, ...change }).json);
      return json.replaceAll(/terraform\.[^"]*\.tfstate/g, "");
    });
    const repeated = jsons.flatMap((json, at) => (jsons.indexOf(json) < at ? [changes[at - 1]?.[0]] : []));
    expect(repeated).toEqual([]);
  });

  test("the address space can be one range or several", () => {
    const several = synthConfig({ ...minimal, network: { addressSpace: ["10.1.0.0/16", "10.2.0.0/16"] } });
    expect(several.one("azurerm_virtual_network")["address_space"]).toEqual(["10.1.0.0/16", "10.2.0.0/16"]);
    const one = synthConfig({ ...minimal, network: { addressSpace: "10.1.0.0/16" } });
    expect(one.one("azurerm_virtual_network")["address_space"]).toEqual(["10.1.0.0/16"]);
    expect(blocks(one.one("azurerm_subnet"), "address_prefixes")).toEqual(["10.1.0.0/24"]);
  });

  test("two subscriptions get two trial vaults", () => {
    const nameIn = (id: string) =>
      synthConfig({ ...minimal, listener: https, subscriptionId: id }).one("azurerm_key_vault")["name"];
    expect(nameIn(subscriptionId)).not.toBe(nameIn("00000000-0000-0000-0000-000000000008"));
  });
});
