import {
  changed,
  type Changes,
  GROUP_ID,
  linesOf,
  PRINCIPAL_ID,
  testRefusals,
  validConfig,
} from "../support/valid-config.js";

const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`tag${n}`, "x"]));
const fqdns = (count: number) => Array.from({ length: count }, (_, n) => ({ fqdn: `a${n}.openai.azure.com` }));
const FQDN = 'write the host name alone, such as "my-account.openai.azure.com"';
const WAYS = 'write { "fqdn": "…" } for an existing endpoint, { "account": { … } } for a new one';
const GROUPS = 'write { "name": "…" } to make a group, { "existing": "…" } to use one';
const EXAMPLE_ID = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/…/providers";
const SKUS =
  '"Standard", "GlobalStandard", "DataZoneStandard", "ProvisionedManaged", "GlobalProvisionedManaged", "DataZoneProvisionedManaged", "GlobalBatch", "DataZoneBatch"';
const PREFIX = "allowed are 1 to 59 characters: letters, digits, and inner hyphens and underscores";
const GROUP_NAME =
  "allowed are 1 to 90 characters: letters, digits, underscores, hyphens, periods and parentheses, no period at the end";
const SUBDOMAIN = "allowed are 2 to 63 characters: lower-case letters, digits and inner hyphens";
const GUID = "is not a GUID; write 32 hexadecimal digits such as";

test("the configuration that the others are made of is right", () => {
  expect(linesOf(validConfig())).toEqual([]);
});

testRefusals({
  "names and places": [
    [{ name: undefined }, "name: is missing; write a text"],
    [{ name: "" }, `name: "" cannot name a prefix of resource names; ${PREFIX}`],
    [{ name: "a b" }, `name: "a b" cannot name a prefix of resource names; ${PREFIX}`],
    [{ name: "a".repeat(60) }, `name: "${"a".repeat(60)}" cannot name a prefix of resource names; ${PREFIX}`],
    [{ name: "${path.cwd}" }, `name: "\${path.cwd}" cannot name a prefix of resource names; ${PREFIX}`],
    [
      { name: "constructor" },
      'name: "constructor" cannot name a stack; JavaScript keeps the word, choose another name',
    ],
    [{ location: undefined }, "location: is missing; write a text"],
    [
      { location: "east-us" },
      'location: "east-us" is not an Azure region; write its name, such as "eastus" (`az account list-locations -o table`)',
    ],
    [{ subscriptionId: "mine" }, `subscriptionId: "mine" ${GUID} "00000000-0000-0000-0000-000000000000"`],
    [{ resourceGroup: {} }, `resourceGroup: has neither name nor existing; ${GROUPS}`],
    [{ resourceGroup: { name: "a", existing: "b" } }, `resourceGroup: has both name and existing; ${GROUPS}`],
    [{ resourceGroup: { name: "rg." } }, `resourceGroup.name: "rg." cannot name a resource group; ${GROUP_NAME}`],
    [
      { resourceGroup: { existing: "my rg" } },
      `resourceGroup.existing: "my rg" cannot name a resource group; ${GROUP_NAME}`,
    ],
  ],
  backends: [
    [{ backends: undefined }, "backends: is missing; write a list"],
    [{ backends: [], deployments: [] }, "backends: [] is empty; at least 1 is needed"],
    [{ backends: fqdns(101), deployments: [] }, "backends: has 101 members; at most 100 are allowed"],
    [{ "backends[1]": {} }, `backends[1]: has neither fqdn nor account; ${WAYS}`],
    [{ "backends[2].fqdn": "a.openai.azure.com" }, `backends[2]: has both fqdn and account; ${WAYS}`],
    [
      { "backends[0].fqdn": undefined },
      "backends[0].fqdn: is missing; write the host name of the account that accountId names",
    ],
    [
      { "backends[2].accountId": `${GROUP_ID}/providers/Microsoft.CognitiveServices/accounts/x` },
      "backends[2].accountId: names an existing account, but account makes a new one; leave one of them out",
    ],
    [
      { "backends[0].accountId": "first" },
      `backends[0].accountId: "first" is not the id of a Microsoft.CognitiveServices/accounts; write "${EXAMPLE_ID}/Microsoft.CognitiveServices/accounts/…"`,
    ],
    [
      { "backends[1].fqdn": "https://second.openai.azure.com" },
      `backends[1].fqdn: "https://second.openai.azure.com" has a scheme; ${FQDN}`,
    ],
    [{ "backends[1].fqdn": "a.com/x" }, `backends[1].fqdn: "a.com/x" has a path; ${FQDN}`],
    [
      { "backends[1].fqdn": "a.com:443" },
      `backends[1].fqdn: "a.com:443" has a port; the gateway always uses 443, ${FQDN}`,
    ],
    [{ "backends[1].fqdn": "a.com." }, `backends[1].fqdn: "a.com." ends with a dot; ${FQDN}`],
    [{ "backends[1].fqdn": "*.com" }, `backends[1].fqdn: "*.com" has a wildcard; list each account, ${FQDN}`],
    [{ "backends[1].fqdn": "" }, `backends[1].fqdn: "" is empty; ${FQDN}`],
    [
      { "backends[1].fqdn": "FIRST.openai.azure.com" },
      'backends[1].fqdn: "first.openai.azure.com" is the host name of backends[0] already; list each endpoint once',
    ],
    [
      { "backends[1].fqdn": "my-third.openai.azure.com" },
      'backends[2].account.customSubdomain: "my-third.openai.azure.com" is the host name of backends[1] already; list each endpoint once',
    ],
    [
      { "backends[1].fqdn": "third.openai.azure.com", "backends[2].account.customSubdomain": undefined },
      'backends[2].account.name: "third.openai.azure.com" is the host name of backends[1] already; list each endpoint once',
    ],
    [
      {
        "backends[1].accountId": `${GROUP_ID.toUpperCase()}/providers/Microsoft.CognitiveServices/accounts/FIRST`,
      },
      "backends[1].accountId: is the account of backends[0] already, which has one quota; list each account once",
    ],
  ],
  "accounts made here": [
    [{ "backends[2].account.name": undefined }, "backends[2].account.name: is missing; write a text"],
    [
      { "backends[2].account.name": "my.account" },
      'backends[2].account.name: "my.account" cannot name an Azure OpenAI account; allowed are 2 to 64 characters: letters, digits, and inner hyphens and underscores',
    ],
    // Once, where the default subdomain has the same fault.
    [
      { "backends[2].account.name": "a.b", "backends[2].account.customSubdomain": undefined },
      'backends[2].account.name: "a.b" cannot name an Azure OpenAI account; allowed are 2 to 64 characters: letters, digits, and inner hyphens and underscores',
    ],
    [
      { "backends[2].account.name": "a_b", "backends[2].account.customSubdomain": undefined },
      `backends[2].account.customSubdomain: is missing, and the name does not do for it: "a_b" cannot name a custom subdomain; ${SUBDOMAIN}`,
    ],
    [
      { "backends[2].account.name": "my-windows" },
      'backends[2].account.name: "my-windows" cannot name an Azure OpenAI account; Azure reserves the word "windows", choose another name',
    ],
    [
      { "backends[2].account.customSubdomain": "My-Third" },
      `backends[2].account.customSubdomain: "My-Third" cannot name a custom subdomain; ${SUBDOMAIN}`,
    ],
    [
      { "backends[2].account.name": "a".repeat(64), "backends[2].account.customSubdomain": undefined },
      `backends[2].account.customSubdomain: is missing, and the name does not do for it: "${"a".repeat(64)}" cannot name a custom subdomain; ${SUBDOMAIN}`,
    ],
    [
      { "backends[2].account.location": "?" },
      'backends[2].account.location: "?" is not an Azure region; write its name, such as "eastus" (`az account list-locations -o table`)',
    ],
    [
      { "backends[2].account.skuName": "S1" },
      'backends[2].account.skuName: "S1" is not known; allowed are "S0"; did you mean "S0"?',
    ],
    [
      { "backends[2].account.kind": "openai" },
      'backends[2].account.kind: "openai" is not known; allowed are "OpenAI", "AIServices"; did you mean "OpenAI"?',
    ],
    [
      { "backends[2].account.localAuthEnabled": "false" },
      'backends[2].account.localAuthEnabled: "false" is not true or false; leave out the quotes',
    ],
    [
      { "backends[1]": { account: { name: "THIRD", location: "eastus" } } },
      'backends[2].account.name: "third" is the name of backends[1]\'s account already; accounts of one resource group need names of their own',
    ],
    // One message where the default host name repeats with the name.
    [
      {
        "backends[1]": { account: { name: "third", location: "eastus" } },
        "backends[2].account.customSubdomain": undefined,
      },
      'backends[2].account.name: "third" is the name of backends[1]\'s account already; accounts of one resource group need names of their own',
    ],
  ],
  deployments: [
    [
      { "backends[2]": { fqdn: "third.openai.azure.com" } },
      'deployments: there is no account made here to put them on; add { "account": { … } } to backends, or leave them out',
    ],
    [
      { "deployments[0].name": "x" },
      'deployments[0].name: "x" cannot name a model deployment; allowed are 2 to 64 characters: letters, digits, and inner hyphens, underscores and periods',
    ],
    [
      { "deployments[1].name": "GPT-4O" },
      'deployments[1].name: "gpt-4o" is the name of deployments[0] already; give each deployment its own name',
    ],
    [{ "deployments[0].model": " gpt-4o" }, 'deployments[0].model: " gpt-4o" is empty or padded; write the word alone'],
    [
      { "deployments[0].model": "${var.model}" },
      'deployments[0].model: "${var.model}" has "${", which Terraform would take for an expression; leave it out',
    ],
    [{ "deployments[0].version": "" }, 'deployments[0].version: "" is empty or padded; write the word alone'],
    [{ "deployments[0].version": undefined }, "deployments[0].version: is missing; write a text"],
    [
      { "deployments[0].sku": "standard" },
      `deployments[0].sku: "standard" is not known; allowed are ${SKUS}; did you mean "Standard"?`,
    ],
    [{ "deployments[0].sku": undefined }, `deployments[0].sku: is missing; allowed are ${SKUS}`],
    [
      { "deployments[0].capacityUnits": 0 },
      "deployments[0].capacityUnits: 0 is out of range; allowed is a whole number from 1 to 2147483647",
    ],
    [
      { "deployments[0].capacityUnits": "50" },
      'deployments[0].capacityUnits: "50" is not a number; leave out the quotes',
    ],
  ],
  "numbers of the gateway": [
    [
      { "backendSettings.requestTimeoutSeconds": 86_401 },
      "backendSettings.requestTimeoutSeconds: 86401 is out of range; allowed is a whole number of seconds from 1 to 86400",
    ],
    [
      { "backendSettings.drainTimeoutSeconds": 0 },
      "backendSettings.drainTimeoutSeconds: 0 is out of range; allowed is a whole number of seconds from 1 to 3600",
    ],
    [
      { "healthProbe.path": "status" },
      'healthProbe.path: "status" does not begin with "/"; write a path such as "/status-0123456789abcdef"',
    ],
    [
      { "healthProbe.intervalSeconds": 90_000 },
      "healthProbe.intervalSeconds: 90000 is out of range; allowed is a whole number of seconds from 1 to 86400",
    ],
    [
      { "healthProbe.timeoutSeconds": 0 },
      "healthProbe.timeoutSeconds: 0 is out of range; allowed is a whole number of seconds from 1 to 86400",
    ],
    [
      { "healthProbe.timeoutSeconds": 21 },
      "healthProbe.timeoutSeconds: timeout 21 s is above interval 20 s; Azure wants the timeout to be at most the interval",
    ],
    [
      { "healthProbe.unhealthyThreshold": 21 },
      "healthProbe.unhealthyThreshold: 21 is out of range; allowed is a whole number from 1 to 20",
    ],
    [{ "healthProbe.statusCodes": [] }, "healthProbe.statusCodes: [] is empty; at least 1 is needed"],
    [
      { "healthProbe.statusCodes[1]": "2xx" },
      'healthProbe.statusCodes[1]: "2xx" is not a status code or a range of them; write "200" or "200-399", from 100 to 599',
    ],
    [{ "healthProbe.statusCodes": [200] }, "healthProbe.statusCodes[0]: 200 is not a text"],
    [{ streaming: "yes" }, 'streaming: "yes" is not true or false'],
    [{ "scale.minInstances": 101 }, "scale.minInstances: 101 is out of range; allowed is a whole number from 0 to 100"],
    [{ "scale.maxInstances": 1 }, "scale.maxInstances: 1 is out of range; allowed is a whole number from 2 to 125"],
    [{ "scale.maxInstances": 2 }, "scale: minInstances 3 is above maxInstances 2; lower the one or raise the other"],
    [{ scale: { instances: 126 } }, "scale.instances: 126 is out of range; allowed is a whole number from 1 to 125"],
    [
      { "scale.instances": 3 },
      "scale.instances: cannot go with minInstances and maxInstances; write a fixed number or a range",
    ],
  ],
  access: [
    [{ "access.clientIdentity": 1 }, "access.clientIdentity: 1 is not true or false"],
    [
      { "access.principals[0].id": "me@example.com" },
      'access.principals[0].id: "me@example.com" is not a GUID; write the object id of the user, group or service principal (`az ad user show`, `az ad sp show`), not its name or application id',
    ],
    [
      { "access.principals[0].type": "Application" },
      'access.principals[0].type: "Application" is not known; allowed are "User", "Group", "ServicePrincipal"',
    ],
    [
      { "access.principals[1]": { id: PRINCIPAL_ID.toUpperCase(), type: "User" } },
      `access.principals[1].id: "${PRINCIPAL_ID}" is access.principals[0] already; list each principal once`,
    ],
  ],
  tags: [
    [{ "tags.cost": 5 }, "tags.cost: 5 is not a text"],
    [{ "tags.a/b": "x" }, 'tags["a/b"]: "a/b" has a character that tag names cannot have; leave out < > % & \\ ? /'],
    [
      { "tags.azureTeam": "x" },
      'tags.azureTeam: "azureTeam" begins with "azure", which Azure keeps for itself; choose another name',
    ],
    [
      { "tags.Owner": "x" },
      'tags.owner: "owner" and "Owner" are one name to Azure, which ignores case; keep one',
      'tags.Owner: "Owner" and "owner" are one name to Azure, which ignores case; keep one',
    ],
    [{ "tags.owner": "x".repeat(257) }, `tags.owner: "${"x".repeat(257)}" is too long; values have at most 256 bytes`],
    [
      { "tags.owner": "%{ if true }" },
      'tags.owner: "%{ if true }" has "%{", which Terraform would take for an expression; leave it out',
    ],
    [{ "tags.${a}": "x" }, 'tags["${a}"]: "${a}" has "${", which Terraform would take for an expression; leave it out'],
    [{ tags: many(51) }, "tags: 51 tags are too many; Azure allows 50 on a resource"],
    [
      { tags: many(16), "listener.certificate": { selfSigned: {} } },
      "tags: 16 tags are too many for a certificate in Key Vault, which takes 15; use fewer, or a certificate of your own",
    ],
    [{ tags: JSON.parse('{ "__proto__": "x" }') as unknown }, "tags.__proto__: cannot name a tag here; rename it"],
  ],
});

test.each<[Changes]>([
  [{ scale: { instances: 1 } }],
  [{ scale: { minInstances: 0 } }],
  [{ backends: fqdns(100), deployments: [] }],
  [{ tags: many(50) }],
  [{ resourceGroup: undefined, state: undefined, access: undefined, tags: undefined }],
])("%j is accepted", (changes) => {
  expect(linesOf(changed(changes))).toEqual([]);
});

test("everything that is wrong is reported at once, in fields, between fields and between parts", () => {
  const config = changed({
    name: "-",
    zone: 1,
    "backends[0].fqdn": "http://x",
    "backends[3]": { fqdn: "second.openai.azure.com" },
    "backends[4]": { account: {} },
    "deployments[0].sku": "Premium",
    "deployments[2]": { name: "embed", model: "m", version: "1", sku: "Standard", capacityUnits: 1 },
    "listener.port": "x",
    "listener.certificate.selfSigned": {},
    "healthProbe.path": "x",
    "healthProbe.timeoutSeconds": 25,
    "scale.instances": 0,
    "network.allowedClientCidrs": ["x"],
    "network.gatewaySubnetPrefix": "10.9.0.0/24",
    "access.principals": [
      { id: PRINCIPAL_ID, type: "User" },
      { id: "x", type: "User" },
      { id: PRINCIPAL_ID, type: "Group" },
    ],
    "tags.a?": "x",
  });
  expect(linesOf(config).map((line) => line.slice(0, line.indexOf(": ")))).toEqual([
    "name",
    "backends[0].fqdn",
    "backends[4].account.name",
    "backends[4].account.location",
    "deployments[0].sku",
    "listener.port",
    "listener.certificate",
    "healthProbe.path",
    "healthProbe.timeoutSeconds",
    "scale.instances",
    "scale.instances",
    "network.allowedClientCidrs[0]",
    "access.principals[1].id",
    'tags["a?"]',
    "zone",
    "backends[3].fqdn",
    "deployments[2].name",
    "access.principals[2].id",
    "network.gatewaySubnetPrefix",
  ]);
});
