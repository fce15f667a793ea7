import { z } from "zod";
import { DEFAULT_HTTP_PORT, DEFAULT_HTTPS_PORT } from "../rules/defaults.js";
import { portProblem, redirectPortProblem } from "../rules/gateway.js";
import {
  certificateDnsNameProblem,
  hostNamesProblem,
  listenerHostNameProblem,
  redirectsByDefault,
  redirectTargetProblem,
} from "../rules/host-name.js";
import { secretIdProblem, secretInVaultProblem, subjectProblem } from "../rules/key-vault.js";
import { RESOURCE_TYPES, resourceIdProblem } from "../rules/resource-id.js";
import { tlsPolicyProblem } from "../rules/tls-policy.js";
import { type Add, checked, type Loose, text, range } from "./fields.js";

const keyVaultId = text(
  resourceIdProblem(RESOURCE_TYPES.keyVault),
  "Azure resource id of a vault that uses role-based access",
);
const secretId = text(secretIdProblem, "The certificate's secret id, without version");

const certificateFields = z.strictObject({
  keyVaultId: keyVaultId.optional(),
  secretId: secretId.optional(),
  selfSigned: z
    .strictObject({
      subject: text(subjectProblem, 'X.500 name, such as "CN=llm.example.com"').optional(),
      dnsNames: z.array(text(certificateDnsNameProblem, "Host name")).optional(),
    })
    .optional()
    .describe("For trials: a certificate that clients do not trust, in a Key Vault made for it"),
});

const listenerFields = z.strictObject({
  protocol: z.enum(["Https", "Http"]),
  port: range(portProblem, `Default: ${DEFAULT_HTTPS_PORT} for Https, ${DEFAULT_HTTP_PORT} for Http`).optional(),
  hostNames: checked(z.array(text(listenerHostNameProblem, "Host name, with * and ? as wildcards")), (names, add) => {
    add([], hostNamesProblem(Object.values(names).filter((name) => typeof name === "string")));
  })
    .default([])
    .describe("Host names that are answered; default: any"),
  certificate: checked(certificateFields, checkCertificate).optional(),
  redirectHttp: z
    .boolean()
    .optional()
    .describe("Whether port 80 sends clients to HTTPS; default: true for Https, unless a host name has wildcards"),
  tlsPolicy: text(tlsPolicyProblem, "Predefined TLS policy").optional(),
});

export const listenerSchema = checked(listenerFields, checkListener).describe("Where clients reach the gateway");

function checkListener(listener: Loose<z.output<typeof listenerFields>>, add: Add): void {
  if (listener.protocol === "Http") {
    if (listener.redirectHttp === true)
      add(["redirectHttp"], 'true needs HTTPS to send clients to; set protocol to "Https", or leave it out');
    if (listener.certificate !== undefined)
      add(["certificate"], 'has no use without HTTPS; set protocol to "Https", or leave it out');
    if (listener.tlsPolicy !== undefined)
      add(["tlsPolicy"], 'has no use without HTTPS; set protocol to "Https", or leave it out');
  }
  if (listener.protocol === "Https") {
    if (listener.certificate === undefined) {
      add(
        ["certificate"],
        'is missing; write { "keyVaultId": "…", "secretId": "…" } for a certificate of yours, { "selfSigned": {} } for a trial',
      );
    }
    const names = textsOf(listener.hostNames);
    if (!(listener.redirectHttp ?? redirectsByDefault(names))) return;
    if (typeof listener.port === "number") add(["port"], redirectPortProblem(listener.port));
    add(["redirectHttp"], redirectTargetProblem(names));
  }
}

/** The host names, as far as they are texts: what else stands there is reported by itself. */
function textsOf(names: unknown): string[] {
  return Array.isArray(names) ? names.filter((name) => typeof name === "string") : [];
}

function checkCertificate(certificate: Loose<z.output<typeof certificateFields>>, add: Add): void {
  const fix =
    'write { "keyVaultId": "…", "secretId": "…" } for a certificate of yours, { "selfSigned": {} } for a trial';
  const own = certificate.keyVaultId !== undefined || certificate.secretId !== undefined;
  if (own === (certificate.selfSigned !== undefined)) {
    add([], own ? `has both a certificate of yours and selfSigned; ${fix}` : `names no certificate; ${fix}`);
  } else if (own) {
    const [vault, secret] = [keyVaultId.safeParse(certificate.keyVaultId), secretId.safeParse(certificate.secretId)];
    if (certificate.keyVaultId === undefined)
      add(["keyVaultId"], "is missing; write the Azure resource id of the vault that holds secretId");
    if (certificate.secretId === undefined)
      add(["secretId"], "is missing; write the certificate's secret id, without version");
    if (vault.success && secret.success) add(["secretId"], secretInVaultProblem(secret.data, vault.data));
  }
}
