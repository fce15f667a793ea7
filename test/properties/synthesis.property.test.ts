import fc from "fast-check";
import { ConfigError } from "../../lib/config/config-error.js";
import { synthConfig } from "../support/config.js";
import { brokenReferences, repeatedPriorities } from "../support/references.js";
import { repetitions } from "../support/repetitions.js";

const resourceId = (resource: string) =>
  `/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/${resource}`;
const accountId = (name: string) => resourceId(`Microsoft.CognitiveServices/accounts/${name}`);

/** Mostly valid, now and then not, so that whole configurations are both. */
function mostly<T>(right: fc.Arbitrary<T>, wrong: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fc.oneof({ weight: 30, arbitrary: right }, { weight: 1, arbitrary: wrong });
}

const name = fc.stringMatching(/^[a-z][a-z0-9]{3,9}$/);
const location = mostly(
  fc.constantFrom("eastus", "Japan East", "francecentral", "usgovvirginia"),
  fc.constant("east us!"),
);
const instances = mostly(fc.integer({ min: 2, max: 20 }), fc.integer({ min: -1, max: 130 }));
const requestSeconds = mostly(fc.integer({ min: 1, max: 300 }), fc.integer({ min: -1, max: 90_000 }));

const drained = fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) });
const account = fc.record(
  { name, location, kind: fc.constantFrom("OpenAI", "AIServices"), localAuthEnabled: fc.boolean() },
  { requiredKeys: ["name", "location"] },
);
const fqdn = name.map((n) => `${n}.openai.azure.com`);
const backend = mostly<object>(
  fc.oneof(
    fc.record({ fqdn, drained }, { requiredKeys: ["fqdn"] }),
    fc
      .tuple(name, drained)
      .map(([n, out]) => ({ fqdn: `${n}.openai.azure.com`, accountId: accountId(n), drained: out })),
    fc.record({ account, drained }, { requiredKeys: ["account"] }),
  ),
  fc.constantFrom<object>(
    { fqdn: "https://x.openai.azure.com" },
    { fqdn: "x.openai.azure.com", account: {} },
    { fqdn: "x.privatelink.openai.azure.com" },
    {},
  ),
);

const certificate = mostly<object>(
  fc.oneof(
    fc.constant({ selfSigned: {} }),
    fc.record(
      {
        keyVaultId: fc.constant(resourceId("Microsoft.KeyVault/vaults/kv-x")),
        secretId: fc.constant("https://kv-x.vault.azure.net/secrets/s"),
        grantAccess: fc.boolean(),
      },
      { requiredKeys: ["keyVaultId", "secretId"] },
    ),
  ),
  fc.constant({ secretId: "https://kv-x.vault.azure.net/secrets/s" }),
);

const network = fc.oneof(
  fc.record(
    {
      addressSpace: mostly(fc.constantFrom("10.0.0.0/16", "10.0.0.0/26"), fc.constant("10.0.0.1/16")),
      allowedClientCidrs: fc.constant(["203.0.113.0/24"]),
      dnsLabel: mostly(name, fc.constant("-")),
    },
    { requiredKeys: [] },
  ),
  fc.record(
    {
      subnetId: mostly(
        fc.constant(resourceId("Microsoft.Network/virtualNetworks/vnet/subnets/snet-gateways")),
        fc.constant(resourceId("Microsoft.Network/virtualNetworks/vnet/subnets/GatewaySubnet")),
      ),
      publicIpAddressId: fc.constant(resourceId("Microsoft.Network/publicIPAddresses/pip")),
    },
    { requiredKeys: ["subnetId"] },
  ),
);

const gatewayIdentity = fc.record({
  identityId: mostly(
    fc.constant(resourceId("Microsoft.ManagedIdentity/userAssignedIdentities/id-gateway")),
    fc.constant("id-gateway"),
  ),
  principalId: fc.uuid(),
});

const hostNames = fc.uniqueArray(fc.domain(), { maxLength: 5, selector: (domain) => domain.toLowerCase() });
const listener = fc.oneof(
  fc.record(
    {
      protocol: fc.constant("Http"),
      port: mostly(fc.integer({ min: 1, max: 64_999 }), fc.constant(70_000)),
      hostNames,
    },
    { requiredKeys: ["protocol"] },
  ),
  fc.record(
    {
      protocol: fc.constant("Https"),
      certificate,
      redirectHttp: fc.boolean(),
      port: mostly(fc.constantFrom(443, 8443), fc.constant(80)),
      hostNames,
    },
    { requiredKeys: ["protocol", "certificate"] },
  ),
);

const deployment = fc.record({
  name,
  model: name,
  version: fc.constant("1"),
  sku: mostly(fc.constantFrom("Standard", "GlobalStandard", "DataZoneStandard"), fc.constant("Nope")),
  capacityUnits: instances,
});

/** Configurations that are valid, nearly valid, or wrong in a place or two. */
const config = fc.record(
  {
    name,
    location,
    backends: mostly(fc.array(backend, { minLength: 1, maxLength: 5 }), fc.constant<object[]>([])),
    deployments: fc.oneof(
      { weight: 4, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(deployment, { maxLength: 2 }) },
    ),
    listener,
    backendSettings: fc.record(
      { requestTimeoutSeconds: requestSeconds, drainTimeoutSeconds: requestSeconds },
      { requiredKeys: [] },
    ),
    healthProbe: fc.record(
      {
        path: mostly(fc.constantFrom("/", "/up"), fc.constant("up")),
        intervalSeconds: mostly(fc.integer({ min: 30, max: 300 }), fc.constant(0)),
        timeoutSeconds: mostly(fc.integer({ min: 1, max: 30 }), fc.constant(400)),
      },
      { requiredKeys: [] },
    ),
    streaming: fc.boolean(),
    scale: fc.oneof(fc.record({ instances }), fc.record({ maxInstances: instances }, { requiredKeys: [] })),
    network,
    gatewayIdentity,
    protect: fc.boolean(),
    resourceGroup: fc.oneof(fc.record({ name }), fc.record({ existing: name })),
    access: fc.record(
      {
        clientIdentity: fc.boolean(),
        principals: fc.array(fc.record({ id: fc.uuid(), type: fc.constantFrom("User", "Group", "ServicePrincipal") }), {
          maxLength: 3,
        }),
      },
      { requiredKeys: [] },
    ),
    tags: fc.dictionary(
      mostly(fc.string({ unit: "grapheme", minLength: 1, maxLength: 9 }), fc.string()),
      fc.string({ unit: "grapheme", maxLength: 20 }),
      { maxKeys: 3 },
    ),
  },
  { requiredKeys: ["name", "location", "backends", "listener"] },
);

describe("any configuration", () => {
  test("either synthesizes with every reference resolvable and every priority and role assignment unique, or is refused with JSON paths", () => {
    const seen = { synthesized: 0, refused: 0 };
    fc.assert(
      fc.property(config, (input) => {
        try {
          const { json } = synthConfig(input);
          expect(brokenReferences(json)).toEqual([]);
          expect(repeatedPriorities(json)).toEqual([]);
          const assignments = Object.values((json["resource"]?.["azurerm_role_assignment"] ?? {}) as object);
          const names = assignments.map((assignment: { readonly name: string }) => assignment.name);
          expect(new Set(names).size).toBe(names.length);
          seen.synthesized++;
        } catch (error) {
          if (!(error instanceof ConfigError)) throw error;
          expect(error.problems.length).toBeGreaterThan(0);
          for (const { path, problem } of error.problems) {
            expect(path.split(/[.[]/)[0]).toMatch(new RegExp(`^(${Object.keys(input).join("|")})$`));
            expect(problem).not.toBe("");
          }
          seen.refused++;
        }
      }),
      { numRuns: repetitions(100, 1_000) },
    );
    // Both happen, or the property would prove nothing.
    expect(Math.min(seen.synthesized, seen.refused)).toBeGreaterThan(10);
  });
});
