import {
  derivedPools,
  drainedPoolProblem,
  drainedTargetProblem,
  repeatedMemberProblem,
  samePoolProblem,
  unknownBackendProblem,
  unknownPoolProblem,
} from "../../lib/rules/addressing.js";
import {
  needsHttpsProblem,
  noSharedCertificateProblem,
  noSuchFrontendProblem,
  redirectPortProblem,
} from "../../lib/rules/gateway.js";
import { domainProblem } from "../../lib/rules/host-name.js";
import { noAccessProblem } from "../../lib/rules/key-vault.js";
import { deployedEverywhereProblem, sameBackendNameProblem, sameListenerProblem } from "../../lib/rules/pool.js";
import { wrongWord } from "../../lib/rules/problem.js";
import { nameProblem } from "../../lib/rules/resource-name.js";
import { excludedBy, missing, notExactlyOne, tooFew } from "../../lib/rules/shape.js";
import { changed, type Changes, problemsOf, testRefusals } from "../support/valid-config.js";

const NAMES = ["one", "second", "third"];
const POOLS = [
  "europe",
  ...derivedPools(
    ["one", "second"].map((name) => ({
      name,
      deployments: [],
      ...(name === "one" && { subscriptionId: "00000000-0000-0000-0000-000000000000" }),
    })),
    ["subscription"],
    [],
  ).map(({ name }) => name),
];
const TARGET_WAYS =
  'write { "backend": "…" } for one backend, { "pool": "…" } for a pool, { "spread": true } if no client uses them';
const http = { name: "x", protocol: "Http", port: 8081 };

testRefusals({
  "names of backends": [
    [{ "backends[0].name": "a/b" }, { "backends[0].name": nameProblem("backend")("a/b") }],
    [{ "backends[1].name": "ONE" }, { "backends[1].name": sameBackendNameProblem("one", 0) }],
    [{ "backends[1].name": "third" }, { "backends[2].name": sameBackendNameProblem("third", 1) }],
  ],
  "deployments of an account": [
    [
      { "backends[2].account.deployments[0].name": "Chat" },
      { "backends[2].account.deployments[0].name": deployedEverywhereProblem("Chat") },
    ],
  ],
  addressing: [
    [{ "addressing.domain": "*.x.com" }, { "addressing.domain": domainProblem("*.x.com") }],
    [
      { "addressing.poolsBy": ["model"] },
      { "addressing.poolsBy[0]": wrongWord("model", ["deployment", "deploymentType", "subscription"]) },
    ],
    [
      { "addressing.pools[0].backends": ["one", "sekond"] },
      { "addressing.pools[0].backends[1]": unknownBackendProblem("sekond", NAMES) },
    ],
    [{ "addressing.pools[0].backends": ["third"] }, { "addressing.pools[0].backends": drainedPoolProblem("europe") }],
    [
      { "addressing.pools[0].backends": ["second", "one", "ONE"] },
      { "addressing.pools[0].backends[2]": repeatedMemberProblem("one", 1) },
    ],
    [{ "addressing.pools[0].backends": [] }, { "addressing.pools[0].backends": tooFew(1) }],
    [
      { "addressing.pools[1]": { name: "EUROPE", backends: ["one"] } },
      { "addressing.pools[1].name": samePoolProblem("europe", 0) },
    ],
  ],
  statefulApis: [
    [
      { statefulApis: { spread: false } },
      { "statefulApis.spread": "false is not allowed; write true, or leave it out" },
    ],
    [
      { statefulApis: { spread: "true" } },
      { "statefulApis.spread": '"true" is not allowed; write true, or leave it out' },
    ],
    [{ statefulApis: {} }, { statefulApis: notExactlyOne(["backend", "pool", "spread"], [], TARGET_WAYS) }],
    [
      { statefulApis: { backend: "one", spread: true } },
      { statefulApis: notExactlyOne(["backend", "pool", "spread"], ["backend", "spread"], TARGET_WAYS) },
    ],
    [{ statefulApis: { backend: "1" } }, { "statefulApis.backend": unknownBackendProblem("1", NAMES) }],
    [{ statefulApis: { backend: "Third" } }, { "statefulApis.backend": drainedTargetProblem("Third") }],
    [{ statefulApis: { pool: "asia" } }, { "statefulApis.pool": unknownPoolProblem("asia", POOLS) }],
  ],
  listeners: [
    [
      { "listeners[0].name": undefined },
      { "listeners[0].name": missing("a string (Name of the listener, 1 to 64 characters)") },
    ],
    [{ "listeners[1].name": "Internal" }, { "listeners[1].name": sameListenerProblem("internal", 0) }],
    [{ "listeners[1].pool": "asia" }, { "listeners[1].pool": unknownPoolProblem("asia", POOLS) }],
    [{ "listeners[0].backend": "1" }, { "listeners[0].backend": unknownBackendProblem("1", NAMES) }],
    [
      { network: { frontend: "Public" }, "listeners[0].frontend": "Private" },
      { "listeners[0].frontend": noSuchFrontendProblem("Private") },
    ],
    [
      { "listeners[0].pool": "europe" },
      { "listeners[0].pool": excludedBy("backend", "which is one place that requests go to") },
    ],
    [{ "listeners[1].certificate": { selfSigned: {} } }, { "listeners[1].certificate": needsHttpsProblem() }],
    [{ "listeners[1].redirectHttp": true }, { "listeners[1].redirectHttp": needsHttpsProblem() }],
    [{ "listeners[0].port": 80, "listeners[0].redirectHttp": true }, { "listeners[0].port": redirectPortProblem(80) }],
    [
      {
        gatewayIdentity: undefined,
        "listener.certificate.grantAccess": true,
        "listeners[0].certificate.grantAccess": false,
      },
      { "listeners[0].certificate.grantAccess": noAccessProblem() },
    ],
    [
      { listener: { protocol: "Http" }, "listeners[0].certificate": undefined },
      { "listeners[0].certificate": noSharedCertificateProblem() },
    ],
  ],
});

test.each<[Changes]>([
  [{ statefulApis: { spread: true } }],
  [{ statefulApis: { pool: "EUROPE" } }],
  [{ statefulApis: { backend: "Second" } }],
  [{ "listeners[0].certificate": undefined }],
  [{ "listeners[0].backend": undefined }],
  [{ "listeners[0].frontend": "Private", "listeners[1].frontend": "Public" }],
  [{ addressing: {}, listeners: [http] }],
  // Deployments of the accounts that are created, and the subscription of all.
  [{ "listeners[1].pool": "chat", "backends[2].drained": false }],
])("%j is accepted", (changes) => {
  expect(problemsOf(changed(changes))).toEqual([]);
});

test("default names that are used nowhere may be those of several backends", () => {
  const backends = [{ fqdn: "a.x.com" }, { fqdn: "a.y.com" }];
  const rest = { name: "aoai", location: "eastus", listener: { protocol: "Http" } };
  expect(problemsOf({ ...rest, backends })).toEqual([]);
  expect(problemsOf({ ...rest, backends, addressing: {} })).toEqual([
    { path: "backends[1].name", problem: sameBackendNameProblem("a", 0) },
  ]);
});
