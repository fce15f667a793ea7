import { expressionProblem } from "../../lib/config/fields.js";
import { needsHttpsProblem, noCertificateProblem, portProblem, redirectPortProblem } from "../../lib/rules/gateway.js";
import {
  certificateDnsNameProblem,
  hostNamesProblem,
  listenerHostNameProblem,
  redirectTargetProblem,
} from "../../lib/rules/host-name.js";
import { secretIdProblem, secretInVaultProblem, subjectProblem } from "../../lib/rules/key-vault.js";
import { RESOURCE_TYPES, resourceIdProblem } from "../../lib/rules/resource-id.js";
import { excludedBy, missing, wrongType } from "../../lib/rules/shape.js";
import { wrongWord } from "../../lib/rules/problem.js";
import { tlsPolicyProblem } from "../../lib/rules/tls-policy.js";
import { changed, type Changes, GROUP_ID, problemsOf, testRefusals } from "../support/valid-config.js";

const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`tag${n}`, "x"]));
const SIX_NAMES = ["a.com", "b.com", "c.com", "d.com", "e.com", "f.com"];
const SELF_SIGNED = excludedBy("selfSigned", "which creates a certificate in a vault of its own");
const VAULT_ID = `${GROUP_ID}/providers/Microsoft.KeyVault/vaults/my-vault`;
const OTHER_SECRET = "https://other.vault.azure.net/secrets/llm";
const CERTIFICATE_ID = "https://my-vault.vault.azure.net/certificates/llm";

testRefusals({
  listener: [
    [{ listener: undefined }, { listener: missing('{ "protocol": "Https", "certificate": { "selfSigned": {} } }') }],
    [{ "listener.protocol": undefined }, { "listener.protocol": wrongWord(undefined, ["Https", "Http"]) }],
    [{ "listener.protocol": "https" }, { "listener.protocol": wrongWord("https", ["Https", "Http"]) }],
    [{ "listener.port": 65_200 }, { "listener.port": portProblem(65_200) }],
    [{ "listener.port": 22 }, { "listener.port": portProblem(22) }],
    [{ "listener.port": 80, "listener.redirectHttp": undefined }, { "listener.port": redirectPortProblem(80) }],
    [
      { "listener.hostNames": ["https://a.com"] },
      { "listener.hostNames[0]": listenerHostNameProblem("https://a.com") },
    ],
    [{ "listener.hostNames": SIX_NAMES }, { "listener.hostNames": hostNamesProblem(SIX_NAMES) }],
    [{ "listener.hostNames": ["a.com", "A.com"] }, { "listener.hostNames": hostNamesProblem(["a.com", "A.com"]) }],
    [
      { "listener.hostNames": ["a.com", "*.b.com"], "listener.redirectHttp": true },
      { "listener.redirectHttp": redirectTargetProblem(["*.b.com"]) },
    ],
    // What is not known is not related to the rest: port 80 would be wrong beside a redirect.
    [
      { "listener.port": 80, "listener.hostNames": [1, "a.com"], "listener.redirectHttp": undefined },
      { "listener.hostNames[0]": wrongType(1, ["a string"], '"1", in quotes') },
    ],
    [
      { "listener.tlsPolicy": "AppGwSslPolicy20150501" },
      { "listener.tlsPolicy": tlsPolicyProblem("AppGwSslPolicy20150501") },
    ],
    [
      {
        listener: {
          protocol: "Http",
          redirectHttp: true,
          certificate: { selfSigned: {} },
          tlsPolicy: "AppGwSslPolicy20220101",
        },
      },
      {
        "listener.redirectHttp": needsHttpsProblem(),
        "listener.certificate": needsHttpsProblem(),
        "listener.tlsPolicy": needsHttpsProblem(),
      },
    ],
  ],
  certificate: [
    [{ "listener.certificate": undefined }, { "listener.certificate": noCertificateProblem() }],
    [{ "listener.certificate": {} }, { "listener.certificate": noCertificateProblem() }],
    [
      { "listener.certificate.selfSigned": {} },
      {
        "listener.certificate.keyVaultId": SELF_SIGNED,
        "listener.certificate.secretId": SELF_SIGNED,
        "listener.certificate.grantAccess": SELF_SIGNED,
      },
    ],
    [
      { "listener.certificate.keyVaultId": undefined },
      { "listener.certificate.keyVaultId": missing("the Azure resource id of the vault that holds secretId") },
    ],
    [
      { "listener.certificate.secretId": undefined },
      { "listener.certificate.secretId": missing("the certificate's secret id, without version") },
    ],
    [
      { "listener.certificate.keyVaultId": "my-vault" },
      { "listener.certificate.keyVaultId": resourceIdProblem(RESOURCE_TYPES.keyVault)("my-vault") },
    ],
    [{ "listener.certificate.secretId": "llm" }, { "listener.certificate.secretId": secretIdProblem("llm") }],
    [
      { "listener.certificate.secretId": CERTIFICATE_ID },
      { "listener.certificate.secretId": secretIdProblem(CERTIFICATE_ID) },
    ],
    [
      { "listener.certificate.secretId": OTHER_SECRET },
      { "listener.certificate.secretId": secretInVaultProblem(OTHER_SECRET, VAULT_ID) },
    ],
    [
      { "listener.certificate.grantAccess": "false" },
      { "listener.certificate.grantAccess": wrongType("false", ["true or false"], "false, without quotes") },
    ],
    ...["llm.example.com", `CN=${"é".repeat(65)}`].map(
      (subject) =>
        [
          { "listener.certificate": { selfSigned: { subject } } },
          { "listener.certificate.selfSigned.subject": subjectProblem(subject) },
        ] as const,
    ),
    [
      { "listener.certificate": { selfSigned: { subject: "CN=${x}" } } },
      { "listener.certificate.selfSigned.subject": expressionProblem("CN=${x}") },
    ],
    [
      { "listener.certificate": { selfSigned: { dnsNames: ["llm"] } } },
      { "listener.certificate.selfSigned.dnsNames[0]": certificateDnsNameProblem("llm") },
    ],
  ],
});

test.each<[Changes]>([
  [{ listener: { protocol: "Http", redirectHttp: false } }],
  [{ "listener.port": 80 }],
  [{ "listener.hostNames": ["a.com", "*.b.com"] }],
  [{ "listener.hostNames": [], "listener.redirectHttp": true }],
  [{ tags: many(15), "listener.certificate": { selfSigned: {} } }],
  [{ "listener.certificate": { selfSigned: { subject: `CN=${"e\u0301".repeat(64)}` } } }],
])("%j is accepted", (changes) => {
  expect(problemsOf(changed(changes))).toEqual([]);
});
