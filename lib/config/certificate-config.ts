import { z } from "zod";
import { DEFAULT_GRANT_ACCESS } from "../rules/defaults.js";
import { noCertificateProblem } from "../rules/gateway.js";
import { certificateDnsNameProblem } from "../rules/host-name.js";
import { secretIdProblem, secretInVaultProblem, subjectProblem } from "../rules/key-vault.js";
import { RESOURCE_TYPES, resourceIdProblem } from "../rules/resource-id.js";
import { excludedBy, missing } from "../rules/shape.js";
import { alternatives, text } from "./fields.js";

/** Where the listener's certificate comes from. */
export type CertificateConfig = KeyVaultCertificateConfig | SelfSignedCertificateConfig;

export interface KeyVaultCertificateConfig {
  readonly kind: "key vault";
  readonly keyVaultId: string;
  readonly secretId: string;
  readonly grantAccess: boolean;
}

export interface SelfSignedCertificateConfig {
  readonly kind: "self-signed";
  readonly subject?: string;
  readonly dnsNames?: readonly string[];
}

const selfSignedSchema = z
  .strictObject({
    subject: text(
      subjectProblem,
      'X.500 name, such as "CN=llm.example.com"; default: CN= and the first host name',
    ).optional(),
    dnsNames: z
      .array(text(certificateDnsNameProblem, "Host name"))
      .optional()
      .describe("Host names that the certificate is valid for; default: those of the listener, without wildcards"),
  })
  .meta({
    description: "For trials: a certificate that clients do not trust, in a Key Vault created for it",
    examples: [{}],
  });

export const certificateSchema = alternatives(
  z.strictObject({
    keyVaultId: text(
      resourceIdProblem(RESOURCE_TYPES.keyVault),
      "Azure resource id of the vault that holds the certificate",
    ).optional(),
    secretId: text(secretIdProblem, "The certificate's secret id, without version").optional(),
    grantAccess: z
      .boolean()
      .optional()
      .describe(
        "Whether the gateway's identity is granted Key Vault Secrets User on the vault; false where it has access already, or the vault uses access policies; default: true",
      ),
    selfSigned: selfSignedSchema.optional(),
  }),
  (
    { right: { keyVaultId, secretId, grantAccess = DEFAULT_GRANT_ACCESS, selfSigned }, has },
    add,
  ): CertificateConfig | undefined => {
    const ofVault = (["keyVaultId", "secretId", "grantAccess"] as const).filter(has);
    if (has("selfSigned")) {
      for (const key of ofVault)
        add([key], excludedBy("selfSigned", "which creates a certificate in a vault of its own"));
      return selfSigned && { kind: "self-signed", ...selfSigned };
    }
    if (ofVault.length === 0) add([], noCertificateProblem());
    else if (!has("keyVaultId")) add(["keyVaultId"], missing("the Azure resource id of the vault that holds secretId"));
    else if (!has("secretId")) add(["secretId"], missing("the certificate's secret id, without version"));
    if (keyVaultId === undefined || secretId === undefined) return undefined;
    add(["secretId"], secretInVaultProblem(secretId, keyVaultId));
    return { kind: "key vault", keyVaultId, secretId, grantAccess };
  },
).meta({ description: "TLS certificate, which an Https listener needs", examples: [{ selfSigned: {} }] });
