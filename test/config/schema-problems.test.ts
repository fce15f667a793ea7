import { changed, linesOf } from "../support/valid-config.js";

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
  const texts = [
    "name",
    "location",
    "backends[0].fqdn",
    "deployments[0].model",
    "listener.tlsPolicy",
    "network.subnetId",
    "tags.owner",
  ];
  const numbers = [
    "listener.port",
    "scale.minInstances",
    "healthProbe.intervalSeconds",
    "deployments[0].capacityUnits",
  ];

  const places = [
    ...objects.map((path) => [path, "an object", [null, [], [1], "x", 5]] as const),
    ...lists.map((path) => [path, "a list", [null, {}, { a: 1 }, "x", true]] as const),
    ...texts.map((path) => [path, "a text", [null, [], { a: 1 }, 5, false]] as const),
    ...numbers.map((path) => [path, "a number", [null, [], {}, "x", true]] as const),
  ];

  test.each(places)("%s has to be %s, which is said once", (path, type, values) => {
    for (const value of values) {
      const shown = { "[1]": "[…]", '{"a":1}': "{…}" }[JSON.stringify(value)] ?? JSON.stringify(value);
      expect(linesOf(changed({ [path]: value }))).toEqual([`${path}: ${shown} is not ${type}`]);
    }
  });

  test.each([
    [null, "null is not an object"],
    [[], "[] is not an object"],
    [42, "42 is not an object"],
    ["x", '"x" is not an object'],
    [undefined, "is missing; write an object"],
  ])("a file of %j", (config, problem) => {
    expect(linesOf(config)).toEqual([`: ${problem}`]);
  });

  test("an empty object lacks just what has no default", () => {
    expect(linesOf({})).toEqual([
      "name: is missing; write a text",
      "location: is missing; write a text",
      "backends: is missing; write a list",
      "listener: is missing; write an object",
    ]);
  });

  test.each([
    ["listener.port", "443", '"443" is not a number; leave out the quotes'],
    ["streaming", "true", '"true" is not true or false; leave out the quotes'],
    ["listener.port", "443x", '"443x" is not a number'],
  ])("%s of %j", (path, value, problem) => {
    expect(linesOf(changed({ [path]: value }))).toEqual([`${path}: ${problem}`]);
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
    ["backendSettings.requestTimeout", "requestTimeoutSeconds"],
    ["healthProbe.interval", "intervalSeconds"],
    ["scale.maxinstances", "maxInstances"],
    ["network.subnetID", "subnetId"],
    ["access.clientIdentitty", "clientIdentity"],
    ["access.principals[0].ID", "id"],
    ["state.azurrm", "azurerm"],
    ["state.azurerm.storage_account_name", "storageAccountName"],
  ])("%s suggests %s", (path, known) => {
    expect(linesOf(changed({ [path]: "x" }))).toEqual([`${path}: unknown key; did you mean "${known}"?`]);
  });

  test("inside a self-signed certificate", () => {
    expect(linesOf(changed({ "listener.certificate": { selfSigned: { dnsName: [] } } }))).toEqual([
      'listener.certificate.selfSigned.dnsName: unknown key; did you mean "dnsNames"?',
    ]);
  });

  test.each(["weights", "constructor", "toString", "__proto__"])(
    "%s, near to none, lists those that are known",
    (key) => {
      const account = { name: "third", location: "eastus" };
      const withKey = Object.defineProperty(account, key, { value: 1, enumerable: true });
      expect(linesOf(changed({ "backends[2].account": withKey }))).toEqual([
        `backends[2].account.${key}: unknown key; known are name, location, skuName, kind, customSubdomain, localAuthEnabled`,
      ]);
    },
  );

  test("a key without end is cut short", () => {
    const problem = "unknown key; known are name, existing";
    expect(linesOf(changed({ resourceGroup: { existing: "rg", ["x".repeat(9_999)]: 1 } }))).toEqual([
      `resourceGroup["${"x".repeat(299)}…"]: ${problem}`,
    ]);
  });
});
