import { credentialKey, type JsonType, missing, unknownKey, wrongType } from "../../lib/rules/shape.js";
import { changed, expectRefused, problemsOf } from "../support/valid-config.js";

/** A configuration, with nothing that has a default. */
const SKELETON =
  '{ "name": "…", "location": "…", "backends": [{ "fqdn": "…" }], "listener": { "protocol": "Https", "certificate": { "selfSigned": {} } } }';

describe("wrong types", () => {
  const objects = [
    "resourceGroup",
    "backends[0]",
    "backends[2].account",
    "deployments[0]",
    "listener",
    "listener.certificate",
    "backendSettings",
    "healthProbe",
    "scale",
    "network",
    "access",
    "access.principals[0]",
    "state",
    "state.azurerm",
    "tags",
  ];
  const lists = [
    "backends",
    "deployments",
    "listener.hostNames",
    "healthProbe.statusCodes",
    "network.allowedClientCidrs",
    "access.principals",
  ];
  const strings = [
    "name",
    "location",
    "backends[0].fqdn",
    "deployments[0].model",
    "listener.tlsPolicy",
    "network.dnsLabel",
    "tags.owner",
  ];
  const numbers = [
    "listener.port",
    "scale.minInstances",
    "healthProbe.intervalSeconds",
    "deployments[0].capacityUnits",
  ];

  const places = [
    ...objects.map((path) => [path, "an object", [null, [], [1], "?", 5.5]] as const),
    ...lists.map((path) => [path, "an array", [null, {}, { a: 1 }, "?", true]] as const),
    ...strings.map((path) => [path, "a string", [null, [], { a: 1 }, 5, false]] as const),
    ...numbers.map((path) => [path, "a number", [null, [], {}, "x", true]] as const),
  ];

  test.each(places)("%s has to be %s, which is reported once", (path, type, values) => {
    for (const value of values) {
      const problems = problemsOf(changed({ [path]: value }));
      expect(problems.map(({ path }) => path)).toEqual([path]);
      const said = wrongType(value, [type]);
      expect(problems[0]?.problem.slice(0, said.length)).toBe(said);
    }
  });

  test.each([null, [], 42, "x"])("a file of %j", (config) => {
    expectRefused(config, { "": wrongType(config, ["an object"], SKELETON) });
  });

  test("an empty object lacks just what has no default", () => {
    expectRefused(
      {},
      {
        name: missing("a string (Prefix of resource names, 1 to 59 characters, and the stack's id)"),
        location: missing('a string (Azure region of the gateway, such as "eastus")'),
        backends: missing('an array: [{ "fqdn": "my-account.openai.azure.com" }]'),
        listener: missing('{ "protocol": "Https", "certificate": { "selfSigned": {} } }'),
      },
    );
    expectRefused(undefined, { "": missing(SKELETON) });
  });
});

describe("what was meant is written out", () => {
  const ID = "aaaaaaaa-0000-0000-0000-000000000009";
  const account = '{ "name": "my-account", "location": "eastus" }';
  const GUID = "00000000-0000-0000-0000-000000000000";

  test.each<[path: string, value: unknown, type: JsonType, fix: string | undefined]>([
    ["backends[1]", "b.openai.azure.com", "an object", '{ "fqdn": "b.openai.azure.com" }'],
    ["backends[1]", "https://b.openai.azure.com/", "an object", '{ "fqdn": "my-account.openai.azure.com" }'],
    ["backends[1]", 5, "an object", '{ "fqdn": "my-account.openai.azure.com" }'],
    ["backends", "b.openai.azure.com", "an array", 'an array: [{ "fqdn": "b.openai.azure.com" }]'],
    ["backends", { fqdn: "b.openai.azure.com" }, "an array", 'an array: [{ "fqdn": "b.openai.azure.com" }]'],
    ["backends", null, "an array", 'an array: [{ "fqdn": "my-account.openai.azure.com" }]'],
    ["backends[2].account", "new-one", "an object", account.replace("my-account", "new-one")],
    ["listener", "Http", "an object", '{ "protocol": "Http" }'],
    ["listener", "Https", "an object", '{ "protocol": "Https", "certificate": { "selfSigned": {} } }'],
    ["listener.certificate", "selfSigned", "an object", '{ "selfSigned": {} }'],
    ["listener.hostNames", "llm.example.com", "an array", 'an array: ["llm.example.com"]'],
    ["resourceGroup", "rg-mine", "an object", '{ "existing": "rg-mine" }'],
    ["scale", 3, "an object", '{ "instances": 3 }'],
    ["access.principals[0]", ID, "an object", `{ "id": "${ID}", "type": "ServicePrincipal" }`],
    ["access.principals", "me", "an array", `an array: [{ "id": "${GUID}", "type": "ServicePrincipal" }]`],
    ["healthProbe.statusCodes", "200", "an array", 'an array: ["200"]'],
    ["healthProbe.statusCodes[0]", 200, "a string", '"200", in quotes'],
    ["network.allowedClientCidrs", "203.0.113.0/24", "an array", 'an array: ["203.0.113.0/24"]'],
    ["tags.cost", 5, "a string", '"5", in quotes'],
    ["tags", "owner", "an object", '{ "owner": "owner" }'],
    ["listener.port", "443", "a number", "443, without quotes"],
    ["listener.port", "443x", "a number", undefined],
    ["listener.port", "4m", "a number", undefined],
    ["backendSettings.requestTimeoutSeconds", "240s", "a number", "the seconds as a number: 240"],
    ["backendSettings.drainTimeoutSeconds", "5 minutes", "a number", "the seconds as a number: 300"],
    ["healthProbe.intervalSeconds", "PT30S", "a number", "the seconds as a number: 30"],
    ["healthProbe.timeoutSeconds", "soon", "a number", undefined],
    ["streaming", "true", "true or false", "true, without quotes"],
    ["streaming", "off", "true or false", "false, without quotes"],
    ["streaming", "maybe", "true or false", undefined],
    ["streaming", 1, "true or false", undefined],
  ])("%s of %j", (path, value, type, fix) => {
    expectRefused(changed({ [path]: value }), { [path]: wrongType(value, [type], fix) });
  });
});

describe("unknown keys", () => {
  test.each([
    ["locaton", "location"],
    ["resource_group", "resourceGroup"],
    ["resourceGroup.exsting", "existing"],
    ["backends[0].fqnd", "fqdn"],
    ["backends[2].account.customSubDomain", "customSubdomain"],
    ["deployments[0].capacity", "capacityUnits"],
    ["listener.hostnames", "hostNames"],
    ["listener.certificate.secretID", "secretId"],
    ["listener.certificate.secret", "secretId"],
    ["backendSettings.requestTimeout", "requestTimeoutSeconds"],
    ["healthProbe.interval", "intervalSeconds"],
    ["scale.maxinstances", "maxInstances"],
    ["network.subnetID", "subnetId"],
    ["access.clientIdentitty", "clientIdentity"],
    ["access.principals[0].ID", "id"],
    ["state.azurrm", "azurerm"],
    ["state.azurerm.storage_account_name", "storageAccountName"],
  ])("%s suggests %s", (path, known) => {
    const [problem] = problemsOf(changed({ [path]: "x" }));
    expect(problem).toMatchObject({ path, problem: unknownKey(known, [known]) });
  });

  test("inside a self-signed certificate", () => {
    expectRefused(changed({ "listener.certificate": { selfSigned: { dnsName: [] } } }), {
      "listener.certificate.selfSigned.dnsName": unknownKey("dnsName", ["dnsNames"]),
    });
  });

  test.each(["weights", "constructor", "toString", "__proto__"])(
    "%s is similar to no key, so the known ones are listed",
    (key) => {
      const account = { name: "third", location: "eastus" };
      const withKey = Object.defineProperty(account, key, { value: 1, enumerable: true });
      expectRefused(changed({ "backends[2].account": withKey }), {
        [`backends[2].account.${key}`]: unknownKey(key, [
          ...["name", "location", "skuName", "kind", "customSubdomain", "localAuthEnabled"],
          ...["subscriptionId", "resourceGroup", "deployments"],
        ]),
      });
    },
  );

  test("a very long key is truncated", () => {
    expectRefused(changed({ resourceGroup: { existing: "rg", ["x".repeat(9_999)]: 1 } }), {
      [`resourceGroup["${"x".repeat(299)}…"]`]: unknownKey("x", ["name", "existing"]),
    });
  });

  test.each([
    ...["api_key", "key", "backends[0].apiKey", "backends[1].api-key", "backends[2].account.accessKey"],
    ...["access.keys", "access.principals[0].secret", "gatewayIdentity.token", "deployments[0].apiKey"],
  ])("%s is refused as a credential, and its value is not shown", (path) => {
    const [problem, ...others] = problemsOf(changed({ [path]: "hunter2-do-not-print" }));
    expect(problem?.problem).toBe(credentialKey());
    expect(others).toEqual([]);
    expect(problem?.path).not.toContain("hunter2");
  });
});
