import { changed, type Changes, linesOf, type Refusal, testRefusals } from "../support/valid-config.js";

const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`tag${n}`, "x"]));
const HOST = 'write a host name such as "llm.example.com" or "*.example.com"';
const CERTIFICATE =
  'write { "keyVaultId": "…", "secretId": "…" } for a certificate of yours, { "selfSigned": {} } for a trial';
const EXAMPLE_ID = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/…/providers";

testRefusals({
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
    ...[true, undefined].map((redirectHttp): Refusal => [
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
});

test.each<[Changes]>([
  [{ listener: { protocol: "Http", redirectHttp: false } }],
  [{ "listener.port": 80 }],
  [{ "listener.hostNames": ["a.com", "*.b.com"] }],
  [{ "listener.hostNames": [], "listener.redirectHttp": true }],
  [{ tags: many(15), "listener.certificate": { selfSigned: {} } }],
])("%j is accepted", (changes) => {
  expect(linesOf(changed(changes))).toEqual([]);
});
