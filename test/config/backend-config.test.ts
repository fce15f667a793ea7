import { MAX_BACKENDS } from "../../lib/rules/gateway.js";
import { backendFqdnProblem } from "../../lib/rules/host-name.js";
import { locationProblem } from "../../lib/rules/location.js";
import {
  emptyPoolProblem,
  existingHomeGroupProblem,
  otherSubscriptionProblem,
  sameAccountNameProblem,
  sameAccountProblem,
  sameHostNameProblem,
} from "../../lib/rules/pool.js";
import { guidProblem, RESOURCE_TYPES, resourceIdProblem } from "../../lib/rules/resource-id.js";
import { defaultSubdomainProblem, nameProblem } from "../../lib/rules/resource-name.js";
import { excludedBy, missing, notExactlyOne, tooFew, tooMany, wrongType } from "../../lib/rules/shape.js";
import { wrongWord } from "../../lib/rules/problem.js";
import { changed, type Changes, GROUP_ID, problemsOf, testRefusals } from "../support/valid-config.js";

const fqdns = (count: number) => Array.from({ length: count }, (_, n) => ({ fqdn: `a${n}.openai.azure.com` }));
const OTHER_SUBSCRIPTION = "00000000-0000-0000-0000-00000000000a";
const IN_OTHER = (type: string) =>
  `/subscriptions/${OTHER_SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Network/${type}`;
const ACCOUNT = "backends[2].account";
const WAYS = 'write { "fqdn": "…" } for an existing endpoint, { "account": { … } } to create an account';
const accountId = (name: string) => `${GROUP_ID}/providers/Microsoft.CognitiveServices/accounts/${name}`;
const accountName = nameProblem("account");
const subdomain = nameProblem("customSubdomain");

testRefusals({
  subscriptions: [
    [{ [`${ACCOUNT}.subscriptionId`]: "second" }, { [`${ACCOUNT}.subscriptionId`]: guidProblem("second") }],
    [
      { [`${ACCOUNT}.subscriptionId`]: undefined, [`${ACCOUNT}.resourceGroup`]: { name: "RG-platform" } },
      { [`${ACCOUNT}.resourceGroup.name`]: existingHomeGroupProblem("rg-platform") },
    ],
    [
      { network: { virtualNetworkId: IN_OTHER("virtualNetworks/vnet"), gatewaySubnetPrefix: "10.9.0.0/24" } },
      { "network.virtualNetworkId": otherSubscriptionProblem(OTHER_SUBSCRIPTION) },
    ],
    [
      { network: { publicIpAddressId: IN_OTHER("publicIPAddresses/pip") } },
      { "network.publicIpAddressId": otherSubscriptionProblem(OTHER_SUBSCRIPTION) },
    ],
  ],
  backends: [
    [{ backends: undefined }, { backends: missing('an array: [{ "fqdn": "my-account.openai.azure.com" }]') }],
    [{ backends: [], deployments: [] }, { backends: tooFew(1) }],
    [{ backends: fqdns(101), deployments: [] }, { backends: tooMany(101, MAX_BACKENDS) }],
    [{ "backends[1]": {} }, { "backends[1]": notExactlyOne(["fqdn", "account"], [], WAYS) }],
    [{ "backends[1]": { drained: true } }, { "backends[1]": notExactlyOne(["fqdn", "account"], [], WAYS) }],
    [
      { "backends[2].fqdn": "a.openai.azure.com", "backends[2].accountId": accountId("x") },
      {
        "backends[2].fqdn": excludedBy("account", "whose host name follows from its customSubdomain"),
        "backends[2].accountId": excludedBy("account", "which creates a new account"),
      },
    ],
    [
      { "backends[0].fqdn": undefined },
      { "backends[0].fqdn": missing("the host name of the account that accountId names") },
    ],
    [
      { "backends[0].accountId": "first" },
      { "backends[0].accountId": resourceIdProblem(RESOURCE_TYPES.account)("first") },
    ],
    ...["https://second.openai.azure.com", "a.com/x", "a.com:443", "a.com.", "*.com", ""].map(
      (fqdn) => [{ "backends[1].fqdn": fqdn }, { "backends[1].fqdn": backendFqdnProblem(fqdn) }] as const,
    ),
    [
      { "backends[0].drained": "no" },
      { "backends[0].drained": wrongType("no", ["true or false"], "false, without quotes") },
    ],
    [{ "backends[0].drained": true, "backends[1].drained": true }, { backends: emptyPoolProblem() }],
  ],
  "what has to be unique among backends": [
    [
      { "backends[1].fqdn": "FIRST.openai.azure.com" },
      { "backends[1].fqdn": sameHostNameProblem("first.openai.azure.com", 0) },
    ],
    [
      { "backends[1].fqdn": "my-third.openai.azure.com" },
      { [`${ACCOUNT}.customSubdomain`]: sameHostNameProblem("my-third.openai.azure.com", 1) },
    ],
    [
      { "backends[1].fqdn": "third.openai.azure.com", [`${ACCOUNT}.customSubdomain`]: undefined },
      { [`${ACCOUNT}.name`]: sameHostNameProblem("third.openai.azure.com", 1) },
    ],
    [
      {
        "backends[1].accountId": `${GROUP_ID.toUpperCase()}/providers/Microsoft.CognitiveServices/accounts/FIRST`,
      },
      { "backends[1].accountId": sameAccountProblem("", 0) },
    ],
    [
      { "backends[1]": { account: { name: "THIRD", location: "eastus" } } },
      { [`${ACCOUNT}.name`]: sameAccountNameProblem("third", 1) },
    ],
    // Once, where the default host name is the same as well.
    [
      { "backends[1]": { account: { name: "third", location: "eastus" } }, [`${ACCOUNT}.customSubdomain`]: undefined },
      { [`${ACCOUNT}.name`]: sameAccountNameProblem("third", 1) },
    ],
  ],
  "accounts to create": [
    [
      { [`${ACCOUNT}.name`]: undefined },
      { [`${ACCOUNT}.name`]: missing("a string (Name of the account, 2 to 64 characters)") },
    ],
    [{ [`${ACCOUNT}.name`]: "my.account" }, { [`${ACCOUNT}.name`]: accountName("my.account") }],
    [{ [`${ACCOUNT}.name`]: "my-windows" }, { [`${ACCOUNT}.name`]: accountName("my-windows") }],
    // Once, where the default subdomain has the same fault.
    [
      { [`${ACCOUNT}.name`]: "a.b", [`${ACCOUNT}.customSubdomain`]: undefined },
      { [`${ACCOUNT}.name`]: accountName("a.b") },
    ],
    ...["a_b", "a".repeat(64)].map(
      (name) =>
        [
          { [`${ACCOUNT}.name`]: name, [`${ACCOUNT}.customSubdomain`]: undefined },
          { [`${ACCOUNT}.customSubdomain`]: defaultSubdomainProblem(name) },
        ] as const,
    ),
    [{ [`${ACCOUNT}.customSubdomain`]: "My-Third" }, { [`${ACCOUNT}.customSubdomain`]: subdomain("My-Third") }],
    [{ [`${ACCOUNT}.location`]: "?" }, { [`${ACCOUNT}.location`]: locationProblem("?") }],
    [{ [`${ACCOUNT}.skuName`]: "S1" }, { [`${ACCOUNT}.skuName`]: wrongWord("S1", ["S0"]) }],
    [{ [`${ACCOUNT}.kind`]: "openai" }, { [`${ACCOUNT}.kind`]: wrongWord("openai", ["OpenAI", "AIServices"]) }],
  ],
});

test.each<[Changes]>([
  [
    {
      backends: fqdns(100),
      deployments: [],
      addressing: undefined,
      statefulApis: undefined,
      listeners: undefined,
      accountNetwork: undefined,
    },
  ],
  [{ "backends[1].drained": true }],
  // Two accounts of one name in different groups.
  [{ "backends[1].accountId": accountId("FIRST").replace("rg-platform", "rg-other") }],
])("%j is accepted", (changes) => {
  expect(problemsOf(changed(changes))).toEqual([]);
});
