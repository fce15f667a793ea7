import { changed, type Changes, GROUP_ID, linesOf, PRINCIPAL_ID, validConfig } from "../support/valid-config.js";

const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`tag${n}`, "x"]));
const fqdns = (count: number) => Array.from({ length: count }, (_, n) => ({ fqdn: `a${n}.openai.azure.com` }));

const FQDN = 'write the host name alone, such as "my-account.openai.azure.com"';
const HOST = 'write a host name such as "llm.example.com" or "*.example.com"';
const WAYS = 'write { "fqdn": "…" } for an existing endpoint, { "account": { … } } for a new one';
const GROUPS = 'write { "name": "…" } to make a group, { "existing": "…" } to use one';
const CERTIFICATE =
  'write { "keyVaultId": "…", "secretId": "…" } for a certificate of yours, { "selfSigned": {} } for a trial';
const EXAMPLE_ID = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/…/providers";
const SKUS =
  '"Standard", "GlobalStandard", "DataZoneStandard", "ProvisionedManaged", "GlobalProvisionedManaged", "DataZoneProvisionedManaged", "GlobalBatch", "DataZoneBatch"';
const ELSEWHERE = "cannot go with subnetId, whose network is made elsewhere; set it there, or leave subnetId out";
const PREFIX = "allowed are 1 to 59 characters: letters, digits, and inner hyphens and underscores";
const GROUP_NAME =
  "allowed are 1 to 90 characters: letters, digits, underscores, hyphens, periods and parentheses, no period at the end";
const SUBDOMAIN = "allowed are 2 to 63 characters: lower-case letters, digits and inner hyphens";
const GUID = "is not a GUID; write 32 hexadecimal digits such as";
const SUBNET_ID = `${GROUP_ID}/providers/Microsoft.Network/virtualNetworks/vnet/subnets/snet`;
const NO_SUBNET = { "network.addressSpace": undefined, "network.gatewaySubnetPrefix": undefined };

type Row = readonly [changes: Changes, ...lines: string[]];

const refused: Record<string, readonly Row[]> = {
  "names and places": [
    [{ name: undefined }, "name: is missing; write a text"],
    [{ name: "" }, `name: "" cannot name a prefix of resource names; ${PREFIX}`],
    [{ name: "a b" }, `name: "a b" cannot name a prefix of resource names; ${PREFIX}`],
    [{ name: "a".repeat(60) }, `name: "${"a".repeat(60)}" cannot name a prefix of resource names; ${PREFIX}`],
    [{ name: "${path.cwd}" }, `name: "\${path.cwd}" cannot name a prefix of resource names; ${PREFIX}`],
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
      { "backends[2].account.name": "my_account" },
      'backends[2].account.name: "my_account" cannot name an Azure OpenAI account; allowed are 2 to 64 characters: letters, digits and inner hyphens',
    ],
    // Once, where the default subdomain has the same fault.
    [
      { "backends[2].account.name": "a_b", "backends[2].account.customSubdomain": undefined },
      'backends[2].account.name: "a_b" cannot name an Azure OpenAI account; allowed are 2 to 64 characters: letters, digits and inner hyphens',
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
      "deployments[0].capacityUnits: 0 is out of range; allowed is a whole number from 1 to 1000000",
    ],
    [
      { "deployments[0].capacityUnits": "50" },
      'deployments[0].capacityUnits: "50" is not a number; leave out the quotes',
    ],
  ],
  listener: [
    [{ listener: undefined }, "listener: is missing; write an object"],
    [{ "listener.protocol": undefined }, 'listener.protocol: is missing; allowed are "Https", "Http"'],
    [
      { "listener.protocol": "https" },
      'listener.protocol: "https" is not known; allowed are "Https", "Http"; did you mean "Https"?',
    ],
    [{ "listener.port": 65_200 }, "listener.port: 65200 is out of range; allowed is a whole number from 1 to 64999"],
    [
      { "listener.port": 22 },
      "listener.port: 22 is a port that Azure keeps for itself; choose another one from 1 to 64999",
    ],
    [
      { "listener.port": 80, "listener.redirectHttp": undefined },
      "listener.port: 80 is the port that redirectHttp uses; choose another port, or set redirectHttp to false",
    ],
    [
      { "listener.hostNames": ["https://a.com"] },
      `listener.hostNames[0]: "https://a.com" has a scheme, a port, a path or white space; ${HOST}`,
    ],
    [
      { "listener.hostNames": ["a.com", "b.com", "c.com", "d.com", "e.com", "f.com"] },
      "listener.hostNames: 6 host names are too many; Azure allows 5 on a listener, use wildcards",
    ],
    [{ "listener.hostNames": ["a.com", "A.com"] }, 'listener.hostNames: "A.com" stands twice; leave one out'],
    ...[true, undefined].map((redirectHttp): Row => [
      { "listener.hostNames": ["a.com", "*.b.com"], "listener.redirectHttp": redirectHttp },
      'listener.redirectHttp: cannot send clients to "a.com", "*.b.com": Azure redirects to a listener of one host name without wildcards, or of any; change hostNames, or set redirectHttp to false',
    ]),
    [{ "listener.hostNames": [1, "a.com"], "listener.redirectHttp": true }, "listener.hostNames[0]: 1 is not a text"],
    [
      { "listener.tlsPolicy": "AppGwSslPolicy20150501" },
      'listener.tlsPolicy: "AppGwSslPolicy20150501" allows TLS 1.0 or 1.1, which Azure ended in August 2025; use "AppGwSslPolicy20220101S"',
    ],
    [
      { listener: { protocol: "Http", redirectHttp: true, certificate: {}, tlsPolicy: "AppGwSslPolicy20220101" } },
      `listener.certificate: names no certificate; ${CERTIFICATE}`,
      'listener.redirectHttp: true needs HTTPS to send clients to; set protocol to "Https", or leave it out',
      'listener.certificate: has no use without HTTPS; set protocol to "Https", or leave it out',
      'listener.tlsPolicy: has no use without HTTPS; set protocol to "Https", or leave it out',
    ],
  ],
  certificate: [
    [{ "listener.certificate": undefined }, `listener.certificate: is missing; ${CERTIFICATE}`],
    [{ "listener.certificate": {} }, `listener.certificate: names no certificate; ${CERTIFICATE}`],
    [
      { "listener.certificate.selfSigned": {} },
      `listener.certificate: has both a certificate of yours and selfSigned; ${CERTIFICATE}`,
    ],
    [
      { "listener.certificate.keyVaultId": undefined },
      "listener.certificate.keyVaultId: is missing; write the Azure resource id of the vault that holds secretId",
    ],
    [
      { "listener.certificate.secretId": undefined },
      "listener.certificate.secretId: is missing; write the certificate's secret id, without version",
    ],
    [
      { "listener.certificate.keyVaultId": "my-vault" },
      `listener.certificate.keyVaultId: "my-vault" is not the id of a Microsoft.KeyVault/vaults; write "${EXAMPLE_ID}/Microsoft.KeyVault/vaults/…"`,
    ],
    [
      { "listener.certificate.secretId": "llm" },
      'listener.certificate.secretId: "llm" is not the id of a Key Vault secret; write "https://my-vault.vault.azure.net/secrets/my-certificate"',
    ],
    [
      { "listener.certificate.secretId": "https://my-vault.vault.azure.net/certificates/llm" },
      'listener.certificate.secretId: "https://my-vault.vault.azure.net/certificates/llm" is a certificate\'s id; the gateway reads its secret: write "secrets" for "certificates", such as "https://my-vault.vault.azure.net/secrets/my-certificate"',
    ],
    [
      { "listener.certificate.secretId": "https://other.vault.azure.net/secrets/llm" },
      'listener.certificate.secretId: "https://other.vault.azure.net/secrets/llm" is a secret of vault "other", but keyVaultId names vault "my-vault"; the gateway gets its role on that one, so name one vault in both',
    ],
    [
      { "listener.certificate": { selfSigned: { subject: "llm.example.com" } } },
      'listener.certificate.selfSigned.subject: "llm.example.com" is not a subject; write an X.500 name with a CN, such as "CN=llm.example.com" or "CN=llm.example.com, O=Example"',
    ],
    [
      { "listener.certificate": { selfSigned: { subject: "CN=${x}" } } },
      'listener.certificate.selfSigned.subject: "CN=${x}" has "${", which Terraform would take for an expression; leave it out',
    ],
    [
      { "listener.certificate": { selfSigned: { dnsNames: ["llm"] } } },
      `listener.certificate.selfSigned.dnsNames[0]: "llm" has no domain; ${HOST}`,
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
  network: [
    [
      { "network.addressSpace[0]": "10.1.0.1/16" },
      'network.addressSpace[0]: "10.1.0.1/16" does not begin at the range\'s first address; write "10.1.0.0/16"',
    ],
    [
      { "network.addressSpace": "10.2.0.0" },
      'network.addressSpace: "10.2.0.0" is not an IPv4 range; write one in CIDR notation, such as "10.0.0.0/16"',
    ],
    [
      { "network.addressSpace": [1, "10.2.0.0/33", "10.2.0.0/16"] },
      "network.addressSpace[0]: 1 is not a text",
      'network.addressSpace[1]: "10.2.0.0/33" is not an IPv4 range; write one in CIDR notation, such as "10.0.0.0/16"',
    ],
    [{ "network.addressSpace": 5 }, "network.addressSpace: 5 is not a text or a list"],
    [{ "network.addressSpace": [] }, "network.addressSpace: [] is empty; at least 1 is needed"],
    [
      { "network.addressSpace": ["10.2.0.0/16", "10.0.0.0/30"] },
      'network.addressSpace[1]: "10.0.0.0/30" has a size that Azure refuses; allowed are /2 to /29',
    ],
    [
      { "network.addressSpace": ["10.2.0.0/16", "127.0.0.0/8"] },
      'network.addressSpace[1]: "127.0.0.0/8" overlaps 127.0.0.0/8, which Azure keeps for itself; use a private range such as "10.0.0.0/16"',
    ],
    [
      { "network.addressSpace": ["10.2.0.0/16", "10.2.0.0/24"] },
      'network.addressSpace[1]: "10.2.0.0/24" overlaps "10.2.0.0/16"; the ranges of a network must not overlap, leave one out',
    ],
    [
      { "network.gatewaySubnetPrefix": "10.2.0.0" },
      'network.gatewaySubnetPrefix: "10.2.0.0" is not an IPv4 range; write one in CIDR notation, such as "10.0.0.0/16"',
    ],
    [
      { "network.gatewaySubnetPrefix": "10.3.0.0/24" },
      'network.gatewaySubnetPrefix: "10.3.0.0/24" is outside the network\'s address space 10.1.0.0/16, 10.2.0.0/16; choose a range inside it',
    ],
    [
      { "network.gatewaySubnetPrefix": "10.2.0.0/28" },
      'network.gatewaySubnetPrefix: "10.2.0.0/28" is too small for a gateway; use /27 or larger, Azure recommends /24',
    ],
    [
      { "network.addressSpace": "10.2.0.0/28", "network.gatewaySubnetPrefix": undefined },
      'network.addressSpace: "10.2.0.0/28" is too small for a gateway; use /27 or larger, Azure recommends /24',
    ],
    [
      { "network.gatewaySubnetPrefix": "10.2.0.0/27", "scale.minInstances": 28 },
      'network.gatewaySubnetPrefix: "10.2.0.0/27" has room for 27 instances, but 28 always run; use a larger range, Azure recommends /24',
    ],
    [
      { "network.gatewaySubnetPrefix": "10.2.0.0/27", scale: { instances: 28 } },
      'network.gatewaySubnetPrefix: "10.2.0.0/27" has room for 27 instances, but 28 always run; use a larger range, Azure recommends /24',
    ],
    [{ "network.allowedClientCidrs": [] }, "network.allowedClientCidrs: [] is empty; at least 1 is needed"],
    [
      { "network.allowedClientCidrs": ["Internet"] },
      'network.allowedClientCidrs[0]: "Internet" is not an IPv4 range; write one in CIDR notation, such as "10.0.0.0/16"',
    ],
    [
      { "network.allowedClientCidrs": ["203.0.113.7/32", "203.0.113.0/24"] },
      'network.allowedClientCidrs[1]: "203.0.113.7/32" is covered by "203.0.113.0/24"; leave "203.0.113.7/32" out',
    ],
    [
      { "network.subnetId": SUBNET_ID },
      `network.addressSpace: ${ELSEWHERE}`,
      `network.gatewaySubnetPrefix: ${ELSEWHERE}`,
      `network.allowedClientCidrs: ${ELSEWHERE}`,
    ],
    // What is not used is not checked against the rest.
    [
      { "network.subnetId": SUBNET_ID, ...NO_SUBNET, "network.gatewaySubnetPrefix": "172.16.0.0/24" },
      `network.gatewaySubnetPrefix: ${ELSEWHERE}`,
      `network.allowedClientCidrs: ${ELSEWHERE}`,
    ],
    [
      { "network.subnetId": "snet", ...NO_SUBNET, "network.allowedClientCidrs": undefined },
      `network.subnetId: "snet" is not the id of a Microsoft.Network/virtualNetworks/subnets; write "${EXAMPLE_ID}/Microsoft.Network/virtualNetworks/…/subnets/…"`,
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
};

test("the configuration that the others are made of is right", () => {
  expect(linesOf(validConfig())).toEqual([]);
});

describe.each(Object.entries(refused))("%s", (_, rows) => {
  test.each(rows.map(([changes, ...lines]) => [changes, lines] as const))("%j is refused", (changes, lines) => {
    expect(linesOf(changed(changes))).toEqual(lines);
  });
});

test.each<[Changes]>([
  [{ "network.subnetId": SUBNET_ID, ...NO_SUBNET, "network.allowedClientCidrs": undefined }],
  [{ "network.addressSpace": "10.2.0.0/16" }],
  [{ listener: { protocol: "Http", redirectHttp: false } }],
  [{ "listener.port": 80 }],
  [{ "listener.hostNames": ["a.com", "*.b.com"] }],
  [{ "listener.hostNames": [], "listener.redirectHttp": true }],
  [{ scale: { instances: 1 } }],
  [{ scale: { minInstances: 0 } }],
  [{ backends: fqdns(100), deployments: [] }],
  [{ tags: many(15), "listener.certificate": { selfSigned: {} } }],
  [{ tags: many(50) }],
  [{ resourceGroup: undefined, state: undefined, access: undefined, tags: undefined }],
])("%j is accepted", (changes) => {
  expect(linesOf(changed(changes))).toEqual([]);
});

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
