import fc from "fast-check";
import { ConfigError } from "../../lib/config/config-error.js";
import { synthConfig } from "../support/config.js";
import { brokenReferences, repeatedPriorities } from "../support/references.js";

const accountId = (name: string) =>
  `/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.CognitiveServices/accounts/${name}`;

/** Mostly right, now and then not, so that whole configurations are both. */
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

const backend = mostly<object>(
  fc.oneof(
    name.map((n) => ({ fqdn: `${n}.openai.azure.com` })),
    name.map((n) => ({ fqdn: `${n}.openai.azure.com`, accountId: accountId(n) })),
    fc.record({ account: fc.record({ name, location }) }),
  ),
  fc.constantFrom({ fqdn: "https://x.openai.azure.com" }, { fqdn: "x.openai.azure.com", account: {} }, {}),
);

const certificate = mostly<object>(
  fc.constantFrom(
    { selfSigned: {} },
    {
      keyVaultId: accountId("x").replace("CognitiveServices/accounts", "KeyVault/vaults"),
      secretId: "https://x.vault.azure.net/secrets/s",
    },
  ),
  fc.constant({ secretId: "https://x.vault.azure.net/secrets/s" }),
);

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
  sku: mostly(fc.constant("Standard"), fc.constant("Nope")),
  capacityUnits: instances,
});

/** Configurations that are right, nearly right, or wrong in a place or two. */
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
    network: fc.record(
      {
        addressSpace: mostly(fc.constantFrom("10.0.0.0/16", "10.0.0.0/26"), fc.constant("10.0.0.1/16")),
        allowedClientCidrs: fc.constant(["203.0.113.0/24"]),
      },
      { requiredKeys: [] },
    ),
    access: fc.record(
      {
        clientIdentity: fc.boolean(),
        principals: fc.array(fc.record({ id: fc.uuid(), type: fc.constantFrom("User", "Group", "ServicePrincipal") }), {
          maxLength: 3,
        }),
      },
      { requiredKeys: [] },
    ),
    tags: fc.dictionary(mostly(name, fc.string()), fc.string({ maxLength: 20 }), { maxKeys: 3 }),
  },
  { requiredKeys: ["name", "location", "backends", "listener"] },
);

describe("any configuration", () => {
  test("either synthesizes with every reference resolvable and every priority its own, or is refused with JSON paths", () => {
    const seen = { synthesized: 0, refused: 0 };
    fc.assert(
      fc.property(config, (input) => {
        try {
          const { json } = synthConfig(input);
          expect(brokenReferences(json)).toEqual([]);
          expect(repeatedPriorities(json)).toEqual([]);
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
      { numRuns: 80 },
    );
    // Both happen, so that the property says something.
    expect(Math.min(seen.synthesized, seen.refused)).toBeGreaterThan(10);
  });
});
