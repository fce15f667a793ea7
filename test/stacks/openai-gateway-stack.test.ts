import { accountDnsZones } from "../../lib/rules/private-dns.js";
import { readJson, synthConfig } from "../support/config.js";
import { blocks } from "../support/synth.js";

const minimal = readJson("examples/minimal.json");
const subscriptionId = "00000000-0000-0000-0000-000000000009";
const id = (resource: string) =>
  `/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/${resource}`;

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

  test("creates its resource group, or uses an existing one", () => {
    expect(synthConfig(minimal).one("azurerm_resource_group")["name"]).toBe("rg-aoai-minimal");
    expect(synthConfig({ ...minimal, resourceGroup: { name: "mine" } }).one("azurerm_resource_group")["name"]).toBe(
      "mine",
    );
    const existing = synthConfig({ ...minimal, resourceGroup: { existing: "theirs" } });
    expect(existing.all("azurerm_resource_group")).toEqual([]);
    expect(existing.gateway["resource_group_name"]).toBe("theirs");
  });

  test("keeps its state in the backend that is configured", () => {
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

  test("requires provider 4.55.0, configured for the subscription", () => {
    const { json } = synthConfig({ ...minimal, subscriptionId });
    expect(json["provider"]).toEqual({ azurerm: [{ features: [{}], subscription_id: subscriptionId }] });
    expect(json["terraform"]?.["required_providers"]).toEqual({ azurerm: { source: "azurerm", version: "4.55.0" } });
  });

  test("has no output for an identity that is not created", () => {
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

  /** Each field with a value that the minimal configuration does not have. */
  const https = { protocol: "Https", certificate: { selfSigned: {} } };
  const vault = readJson("examples/existing-accounts.json")["listener"] as Record<string, unknown>;
  const account = { name: "account-a", location: "eastus" };
  const deployment = { name: "gpt", model: "gpt-5-mini", version: "1", sku: "Standard", capacityUnits: 1 };
  const subnetId = id("Microsoft.Network/virtualNetworks/vnet/subnets/snet");
  const dnsZoneIds = accountDnsZones("eastus").map((zone) => id(`Microsoft.Network/privateDnsZones/${zone}`));
  const virtualNetworkId = id("Microsoft.Network/virtualNetworks/vnet-hub");
  const accountId = id("Microsoft.CognitiveServices/accounts/a");
  const identity = {
    identityId: id("Microsoft.ManagedIdentity/userAssignedIdentities/id-gateway"),
    principalId: "aaaaaaaa-0000-0000-0000-000000000001",
  };
  const changes: [string, Record<string, unknown>][] = [
    ["name", { name: "other" }],
    ["location", { location: "westus" }],
    ["subscriptionId", { subscriptionId }],
    ["resourceGroup.name", { resourceGroup: { name: "other" } }],
    ["resourceGroup.existing", { resourceGroup: { existing: "other" } }],
    ["backends.fqdn", { backends: [{ fqdn: "other.openai.azure.com" }] }],
    ["backends.accountId", { backends: [{ fqdn: "other.openai.azure.com", accountId }] }],
    ["backends.account", { backends: [{ account }] }],
    ["backends.account.kind", { backends: [{ account: { ...account, kind: "OpenAI" } }] }],
    ["backends.account.customSubdomain", { backends: [{ account: { ...account, customSubdomain: "other" } }] }],
    ["backends.account.localAuthEnabled", { backends: [{ account: { ...account, localAuthEnabled: true } }] }],
    [
      "backends.account.subscriptionId",
      {
        subscriptionId,
        backends: [{ account: { ...account, subscriptionId: "00000000-0000-0000-0000-00000000000a" } }],
      },
    ],
    ["backends.account.resourceGroup.name", { backends: [{ account: { ...account, resourceGroup: { name: "x" } } }] }],
    [
      "backends.account.resourceGroup.existing",
      { backends: [{ account: { ...account, resourceGroup: { existing: "x" } } }] },
    ],
    ["backends.drained", { backends: [{ fqdn: "a.openai.azure.com" }, { account, drained: true }] }],
    ["protect", { backends: [{ account }], protect: true }],
    ["accountNetwork.gatewayOnly", { backends: [{ account }], accountNetwork: { gatewayOnly: {} } }],
    [
      "accountNetwork.gatewayOnly.allowedIpRanges",
      { backends: [{ account }], accountNetwork: { gatewayOnly: { allowedIpRanges: ["203.0.113.7"] } } },
    ],
    ...[{}, { subnetId }, { subnetPrefix: "10.0.9.0/24" }, { dnsZoneIds }, { linkDnsZones: false }].map(
      (privateEndpoints): [string, Record<string, unknown>] => [
        `accountNetwork.privateEndpoints ${JSON.stringify(privateEndpoints)}`,
        { backends: [{ account }], accountNetwork: { privateEndpoints } },
      ],
    ),
    ["deployments", { backends: [{ account }], deployments: [deployment] }],
    ["listener.port", { listener: { protocol: "Http", port: 8080 } }],
    ["listener.hostNames", { listener: { protocol: "Http", hostNames: ["x.com"] } }],
    ["listener.protocol", { listener: https }],
    ["listener.redirectHttp", { listener: { ...https, redirectHttp: false } }],
    ["listener.tlsPolicy", { listener: { ...https, tlsPolicy: "AppGwSslPolicy20220101" } }],
    ["listener.certificate.keyVaultId", { listener: vault }],
    [
      "listener.certificate.grantAccess",
      {
        gatewayIdentity: identity,
        listener: { ...vault, certificate: { ...(vault["certificate"] as object), grantAccess: false } },
      },
    ],
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
    ["backendSettings.dedicatedConnections", { backendSettings: { dedicatedConnections: true } }],
    ["deletionLock", { deletionLock: true }],
    [
      "access.foundryRoutes",
      { backends: [{ fqdn: "other.openai.azure.com", accountId }], access: { foundryRoutes: true } },
    ],
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
    ["network.dnsLabel", { network: { dnsLabel: "my-llm" } }],
    ["network.publicIpPrefixId", { network: { publicIpPrefixId: id("Microsoft.Network/publicIPPrefixes/ippre") } }],
    ["network.frontend", { network: { frontend: "PublicAndPrivate" } }],
    ["network.privateIpAddress", { network: { frontend: "PublicAndPrivate", privateIpAddress: "10.0.0.9" } }],
    ["network.natGateway", { network: { natGateway: {} } }],
    [
      "network.natGateway.existing",
      {
        network: {
          natGateway: { existing: id("Microsoft.Network/natGateways/nat") },
          egressIpAddresses: ["203.0.113.7"],
        },
      },
    ],
    ["network.egressIpAddresses", { network: { egressIpAddresses: ["203.0.113.7"] } }],
    ["network.virtualNetworkId", { network: { virtualNetworkId, gatewaySubnetPrefix: "10.0.9.0/24" } }],
    ["network.allowedServiceTags", { network: { allowedServiceTags: ["AzureFrontDoor.Backend"] } }],
    ["network.serviceEndpoints", { network: { serviceEndpoints: ["Microsoft.KeyVault"] } }],
    ["network.defaultOutboundAccess", { network: { defaultOutboundAccess: false } }],
    ["network.inlineSubnets", { network: { inlineSubnets: true } }],
    ["zones", { zones: ["1", "2"] }],
    ["network.publicIpAddressId", { network: { publicIpAddressId: id("Microsoft.Network/publicIPAddresses/pip") } }],
    ["waf", { waf: {} }],
    [
      "waf.policyId",
      { waf: { policyId: id("Microsoft.Network/applicationGatewayWebApplicationFirewallPolicies/waf") } },
    ],
    ["waf.mode", { waf: { mode: "Prevention" } }],
    ["waf.promptFields", { waf: { promptFields: ["messages"] } }],
    ["waf.inspectedBodyKb", { waf: { inspectedBodyKb: 64 } }],
    ["waf.maxRequestBodyKb", { waf: { maxRequestBodyKb: 64 } }],
    ["waf.maxFileUploadMb", { waf: { maxFileUploadMb: 64 } }],
    ["waf.allowedClientCidrs", { waf: { allowedClientCidrs: ["203.0.113.0/24"] } }],
    ["waf.allowedCountries", { waf: { allowedCountries: ["DE"] } }],
    ["waf.rateLimit.requests", { waf: { rateLimit: { requests: 600 } } }],
    ["waf.rateLimit.minutes", { waf: { rateLimit: { requests: 600, minutes: 5 } } }],
    ["monitoring", { monitoring: {} }],
    ["monitoring.workspaceId", { monitoring: { workspaceId: id("Microsoft.OperationalInsights/workspaces/log") } }],
    ["monitoring.retentionDays", { monitoring: { retentionDays: 90 } }],
    ["monitoring.alerts", { monitoring: { alerts: {} } }],
    ...[
      { actionGroupId: id("Microsoft.Insights/actionGroups/ag") },
      { emails: ["ops@contoso.com"] },
      { webhooks: ["https://alerts.contoso.com/hook"] },
      { serverErrorPercent: 7 },
      { throttledPercent: 7 },
      { responseSeconds: 7 },
      { capacityPercent: 7 },
    ].map((alerts): [string, Record<string, unknown>] => [
      `monitoring.alerts.${Object.keys(alerts)[0]}`,
      { monitoring: { alerts } },
    ]),
    ["gatewayIdentity", { gatewayIdentity: identity }],
    ["access.clientIdentity", { access: { clientIdentity: false } }],
    [
      "access.principals",
      {
        backends: [{ fqdn: "a.openai.azure.com", accountId }],
        access: { principals: [{ id: subscriptionId, type: "User" }] },
      },
    ],
    ["state", { state: { azurerm: { storageAccountName: "other", containerName: "other", key: "k" } } }],
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

  describe("what each alternative becomes", () => {
    const accountId = id("Microsoft.CognitiveServices/accounts/existing");
    const caller = { id: "aaaaaaaa-0000-0000-0000-000000000009", type: "Group" };
    const backends = [
      { fqdn: "named.openai.azure.com" },
      { fqdn: "existing.openai.azure.com", accountId },
      { account: { name: "created", location: "eastus" } },
    ];
    const pool = (input: unknown) => blocks(synthConfig(input).gateway, "backend_address_pool")[0]?.["fqdns"];

    test("every kind of backend joins the pool, and the accounts get the caller's role", () => {
      const synthesized = synthConfig({
        ...minimal,
        backends,
        access: { clientIdentity: false, principals: [caller] },
      });
      expect(blocks(synthesized.gateway, "backend_address_pool")[0]?.["fqdns"]).toEqual([
        "named.openai.azure.com",
        "existing.openai.azure.com",
        "created.openai.azure.com",
      ]);
      const scopes = synthesized.all("azurerm_role_assignment").map(({ scope }) => scope);
      expect(scopes).toHaveLength(2);
      expect(scopes).toContain(accountId);
      expect(scopes).toContainEqual(expect.stringMatching(/^\$\{azurerm_cognitive_account\..*\.id\}$/));
    });

    test("a drained backend is out of the pool, and keeps its account and its roles", () => {
      const drained = backends.map((backend, at) => ({ ...backend, drained: at > 0 }));
      const input = { ...minimal, backends: drained, access: { clientIdentity: false, principals: [caller] } };
      expect(pool(input)).toEqual(["named.openai.azure.com"]);
      expect(synthConfig(input).all("azurerm_role_assignment")).toHaveLength(2);
      expect(synthConfig(input).all("azurerm_cognitive_account")).toHaveLength(1);
    });

    test("a protected account and its deployments cannot be destroyed", () => {
      const input = { ...minimal, backends, deployments: [deployment], protect: true };
      const synthesized = synthConfig(input);
      for (const type of ["azurerm_cognitive_account", "azurerm_cognitive_deployment"])
        expect(synthesized.one(type)["lifecycle"]).toMatchObject({ prevent_destroy: true });
    });

    test("an existing gateway identity reads the certificate, and is granted access unless grantAccess is false", () => {
      const certificate = { ...(vault["certificate"] as object) };
      const grants = (grantAccess: boolean) =>
        synthConfig({
          ...minimal,
          gatewayIdentity: identity,
          listener: { protocol: "Https", certificate: { ...certificate, grantAccess } },
        });
      expect(grants(true).one("azurerm_role_assignment")["principal_id"]).toBe(identity.principalId);
      expect(grants(false).all("azurerm_role_assignment")).toEqual([]);
      expect(blocks(grants(false).gateway, "identity")[0]?.["identity_ids"]).toEqual([identity.identityId]);
    });

    test("an existing public address is used, and none is created", () => {
      const publicIpAddressId = id("Microsoft.Network/publicIPAddresses/pip");
      const synthesized = synthConfig({ ...minimal, network: { publicIpAddressId } });
      expect(synthesized.all("azurerm_public_ip")).toEqual([]);
      expect(Object.values(synthesized.json["data"]?.["azurerm_public_ip"] as object)).toEqual([
        expect.objectContaining({ name: "pip", resource_group_name: "rg" }),
      ]);
      expect(blocks(synthesized.gateway, "frontend_ip_configuration")[0]?.["public_ip_address_id"]).toMatch(
        /^\$\{data\.azurerm_public_ip\..*\.id\}$/,
      );
    });
  });

  describe("Terraform addresses", () => {
    const existing = (name: string) => ({
      fqdn: `${name}.openai.azure.com`,
      accountId: id(`Microsoft.CognitiveServices/accounts/${name}`),
    });
    const created = (name: string) => ({ account: { name, location: "eastus" } });
    const base = {
      ...minimal,
      access: { principals: [{ id: "aaaaaaaa-0000-0000-0000-000000000009", type: "Group" }] },
    };
    const backends = [existing("one"), created("two"), { fqdn: "three.openai.azure.com" }, existing("four")];
    const [chat, embed] = ["chat", "embed"].map((name) => ({ ...deployment, name }));
    /** Every resource by its address, less the order of the pool. */
    const resources = (input: Record<string, unknown>) => {
      const { json } = synthConfig({ deployments: [chat, embed], ...base, ...input });
      const types = Object.entries((json["resource"] ?? {}) as Record<string, Record<string, object>>);
      return Object.fromEntries(
        types
          .filter(([type]) => type !== "azurerm_application_gateway")
          .flatMap(([type, named]) => Object.entries(named).map(([name, body]) => [`${type}.${name}`, body])),
      );
    };

    test("stay the same, with all resources, when backends and deployments are reordered", () => {
      expect(resources({ backends: backends.toReversed(), deployments: [embed, chat] })).toEqual(
        resources({ backends }),
      );
    });

    test("stay the same when a backend is inserted: it only adds resources", () => {
      const before = resources({ backends });
      const after = resources({ backends: [existing("zero"), created("half"), ...backends] });
      expect(after).toMatchObject(before);
      expect(Object.keys(after).length).toBeGreaterThan(Object.keys(before).length);
    });

    test("stay the same when a backend is removed: it only takes its own resources", () => {
      const before = resources({ backends });
      const after = resources({ backends: backends.slice(1) });
      expect(before).toMatchObject(after);
    });

    test("come from the account's id and the deployment's name, in any case, not from the host name", () => {
      const addresses = (input: Record<string, unknown>) => Object.keys(resources(input)).sort();
      const [first, ...rest] = backends;
      const renamed = {
        fqdn: "other.openai.azure.com",
        accountId: id("Microsoft.CognitiveServices/accounts/ONE").replace("resourceGroups/rg", "resourceGroups/RG"),
      };
      expect(addresses({ backends: [renamed, ...rest], deployments: [{ ...chat, name: "CHAT" }, embed] })).toEqual(
        addresses({ backends: [first, ...rest] }),
      );
    });
  });

  test("two subscriptions get two trial vaults", () => {
    const nameIn = (id: string) =>
      synthConfig({ ...minimal, listener: https, subscriptionId: id }).one("azurerm_key_vault")["name"];
    expect(nameIn(subscriptionId)).not.toBe(nameIn("00000000-0000-0000-0000-000000000008"));
  });
});
