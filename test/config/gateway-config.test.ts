import { expressionProblem } from "../../lib/config/fields.js";
import { parseConfig } from "../../lib/config/load-config.js";
import * as gateway from "../../lib/rules/gateway.js";
import { probePathProblem, statusCodesProblem } from "../../lib/rules/health-probe.js";
import { noAccessProblem } from "../../lib/rules/key-vault.js";
import { locationProblem } from "../../lib/rules/location.js";
import { DEPLOYMENT_SKUS, deploymentCapacityProblem, nonEmptyProblem } from "../../lib/rules/openai.js";
import { noAccountForDeploymentsProblem, sameDeploymentProblem, samePrincipalProblem } from "../../lib/rules/pool.js";
import { guidProblem, principalIdProblem, RESOURCE_TYPES, resourceIdProblem } from "../../lib/rules/resource-id.js";
import { nameProblem, stackNameProblem } from "../../lib/rules/resource-name.js";
import { excludedBy, missing, notExactlyOne, tooFew, unknownKey, wrongType } from "../../lib/rules/shape.js";
import { wrongWord } from "../../lib/rules/problem.js";
import { certificateTagsProblem, tagProblems, unusableTagNameProblem } from "../../lib/rules/tags.js";
import {
  changed,
  type Changes,
  PRINCIPAL_ID,
  problemsOf,
  type Refused,
  testRefusals,
  validConfig,
} from "../support/valid-config.js";

const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`tag${n}`, "x"]));
const GROUPS = 'write { "name": "…" } to create a group, { "existing": "…" } to use one';
const groupName = nameProblem("resourceGroup");

/** A value that the rule of its field refuses. */
const refused = (path: string, value: unknown, problem: string | undefined): [Changes, Refused] => [
  { [path]: value },
  { [path]: problem },
];
const tags = (added: Record<string, string>): [Changes, Refused] => [
  Object.fromEntries(Object.entries(added).map(([name, value]) => [`tags.${name}`, value])),
  Object.fromEntries(
    tagProblems({ owner: "platform", ...added }).map(({ name = "", problem }) => [
      /^\w+$/.test(name) ? `tags.${name}` : `tags[${JSON.stringify(name)}]`,
      problem,
    ]),
  ),
];

test("the configuration that the others are made of is accepted", () => {
  expect(problemsOf(validConfig())).toEqual([]);
});

testRefusals({
  "names and places": [
    refused("name", undefined, missing("a string (Prefix of resource names, 1 to 59 characters, and the stack's id)")),
    ...["", "a b", "a".repeat(60), "${path.cwd}", "constructor"].map((name) =>
      refused("name", name, stackNameProblem(name)),
    ),
    refused("location", undefined, missing('a string (Azure region of the gateway, such as "eastus")')),
    refused("location", "east-us", locationProblem("east-us")),
    refused("subscriptionId", "mine", guidProblem("mine")),
    refused("resourceGroup", {}, notExactlyOne(["name", "existing"], [], GROUPS)),
    refused(
      "resourceGroup",
      { name: "a", existing: "b" },
      notExactlyOne(["name", "existing"], ["name", "existing"], GROUPS),
    ),
    [{ resourceGroup: { name: "rg." } }, { "resourceGroup.name": groupName("rg.") }],
    refused("resourceGroup.existing", "my rg", groupName("my rg")),
  ],
  deployments: [
    [
      { "backends[2]": { fqdn: "third.openai.azure.com" }, accountNetwork: undefined },
      { deployments: noAccountForDeploymentsProblem() },
    ],
    refused("deployments[0].name", "x", nameProblem("deployment")("x")),
    refused("deployments[1].name", "CHAT", sameDeploymentProblem("chat", 0)),
    refused("deployments[0].model", " gpt", nonEmptyProblem(" gpt")),
    refused("deployments[0].model", "${var.model}", expressionProblem("${var.model}")),
    refused("deployments[0].version", "", nonEmptyProblem("")),
    refused(
      "deployments[0].version",
      undefined,
      missing("a string (Version of the model, pinned: look it up in Microsoft's list of models)"),
    ),
    refused("deployments[0].sku", "standard", wrongWord("standard", DEPLOYMENT_SKUS)),
    refused("deployments[0].sku", undefined, wrongWord(undefined, DEPLOYMENT_SKUS)),
    refused("deployments[0].capacityUnits", 0, deploymentCapacityProblem(0)),
    refused("deployments[0].capacityUnits", "50", wrongType("50", ["a number"], "50, without quotes")),
    refused("protect", 1, wrongType(1, ["true or false"])),
  ],
  "numbers of the gateway": [
    refused("backendSettings.requestTimeoutSeconds", 86_401, gateway.requestTimeoutProblem(86_401)),
    refused("backendSettings.drainTimeoutSeconds", 0, gateway.drainTimeoutProblem(0)),
    refused("healthProbe.path", "status", probePathProblem("status")),
    refused("healthProbe.intervalSeconds", 90_000, gateway.probeIntervalProblem(90_000)),
    refused("healthProbe.timeoutSeconds", 0, gateway.probeTimeoutProblem(0)),
    refused("healthProbe.timeoutSeconds", 21, gateway.probeTimesProblem({ intervalSeconds: 20, timeoutSeconds: 21 })),
    refused("healthProbe.unhealthyThreshold", 21, gateway.unhealthyThresholdProblem(21)),
    refused("healthProbe.statusCodes", [], tooFew(1)),
    refused("healthProbe.statusCodes[1]", "2xx", statusCodesProblem("2xx")),
    refused("scale.minInstances", 101, gateway.minInstancesProblem(101)),
    refused("scale.maxInstances", 1, gateway.maxInstancesProblem(1)),
    [{ "scale.maxInstances": 2 }, { scale: gateway.instanceRangeProblem({ min: 3, max: 2 }) }],
    [{ scale: { instances: 126 } }, { "scale.instances": gateway.instancesProblem(126) }],
    [
      { "scale.instances": 3 },
      {
        "scale.minInstances": excludedBy("instances", "which is a fixed number"),
        "scale.maxInstances": excludedBy("instances", "which is a fixed number"),
      },
    ],
  ],
  access: [
    refused("access.clientIdentity", 1, wrongType(1, ["true or false"])),
    refused("access.principals[0].id", "me@example.com", principalIdProblem("me@example.com")),
    refused(
      "access.principals[0].type",
      "Application",
      wrongWord("Application", ["User", "Group", "ServicePrincipal"]),
    ),
    [
      { "access.principals[1]": { id: PRINCIPAL_ID.toUpperCase(), type: "User" } },
      { "access.principals[1].id": samePrincipalProblem(PRINCIPAL_ID, 0) },
    ],
    [{ gatewayIdentity: undefined }, { "listener.certificate.grantAccess": noAccessProblem() }],
    refused("gatewayIdentity.identityId", "id", resourceIdProblem(RESOURCE_TYPES.identity)("id")),
    refused("gatewayIdentity.principalId", "id-gateway", principalIdProblem("id-gateway")),
    refused("gatewayIdentity.principalId", undefined, missing("a string (Object id of its service principal)")),
  ],
  tags: [
    [{ "tags.cost": 5 }, { "tags.cost": wrongType(5, ["a string"], '"5", in quotes') }],
    tags({ "a/b": "x" }),
    tags({ azureTeam: "x" }),
    tags({ Owner: "x" }),
    // One name in two compositions.
    tags({ "\u00e9": "x", "e\u0301": "y" }),
    tags({ long: "x".repeat(257) }),
    // 129 bytes, which are 258 once they are composed.
    tags({ long: "\u0958".repeat(43) }),
    [{ "tags.owner": "%{ if true }" }, { "tags.owner": expressionProblem("%{ if true }") }],
    [{ "tags.${a}": "x" }, { 'tags["${a}"]': expressionProblem("${a}") }],
    [{ tags: many(51) }, { tags: tagProblems(many(51))[0]?.problem }],
    [{ tags: many(16), "listener.certificate": { selfSigned: {} } }, { tags: certificateTagsProblem(many(16)) }],
    [
      { tags: JSON.parse('{ "__proto__": "x" }') as unknown },
      { "tags.__proto__": unusableTagNameProblem("__proto__") },
    ],
  ],
});

test.each<[Changes]>([
  [{ scale: { instances: 1 } }],
  [{ scale: { minInstances: 0 } }],
  [{ tags: many(50) }],
  [{ "tags.e\u0301": "x".repeat(256) }],
  [{ resourceGroup: undefined, state: undefined, access: undefined, tags: undefined }],
  [{ gatewayIdentity: undefined, "listener.certificate.grantAccess": undefined }],
])("%j is accepted", (changes) => {
  expect(problemsOf(changed(changes))).toEqual([]);
});

test.each([
  [10, undefined, 10],
  [60, undefined, 30],
  [60, 5, 5],
])("a probe every %i s with a timeout of %p s: %i s", (intervalSeconds, timeoutSeconds, expected) => {
  const { healthProbe } = parseConfig(changed({ healthProbe: { intervalSeconds, timeoutSeconds } }));
  expect(healthProbe).toMatchObject({ intervalSeconds, timeoutSeconds: expected });
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
  const problems = problemsOf(config);
  expect(problems.map(({ path }) => path)).toEqual([
    "name",
    "backends[0].fqdn",
    "backends[4].account.name",
    "backends[4].account.location",
    "backends[3].fqdn",
    "deployments[0].sku",
    "deployments[2].name",
    "listener.port",
    "listener.certificate.keyVaultId",
    "listener.certificate.secretId",
    "listener.certificate.grantAccess",
    "healthProbe.path",
    "healthProbe.timeoutSeconds",
    "scale.instances",
    "scale.minInstances",
    "scale.maxInstances",
    "network.allowedClientCidrs[0]",
    "network.gatewaySubnetPrefix",
    "access.principals[1].id",
    "access.principals[2].id",
    'tags["a?"]',
    "zone",
  ]);
  expect(problems.at(-1)?.problem).toBe(
    unknownKey(
      "zone",
      Object.keys(validConfig()).filter((key) => key !== "$schema"),
    ),
  );
});
