import "reflect-metadata"; // the certificate library needs it and does not load it
import { KeyObject, webcrypto } from "node:crypto";
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";

/** PEM texts; the key is never written to disk. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

const LIFETIME_DAYS = 7;
const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/**
 * A self-signed certificate for this machine and the listeners' host names. The real one is in Key Vault or in a PFX
 * file and has no business here.
 */
export async function throwAwayCertificate(hostNames: readonly string[]): Promise<Certificate> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const now = Date.now();
  // A certificate can hold `*.contoso.com`, but not the other wildcards that a listener can.
  const names = hostNames.filter((name) => /^(\*\.)?[\w-]+(\.[\w-]+)*$/.test(name));
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      name: "CN=aoai-kiss-lb simulated gateway",
      notBefore: new Date(now - 60_000),
      notAfter: new Date(now + LIFETIME_DAYS * 86_400_000),
      signingAlgorithm: ALGORITHM,
      keys,
      extensions: [
        new BasicConstraintsExtension(true, undefined, true),
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
        new SubjectAlternativeNameExtension([
          ...[...new Set(["localhost", ...names])].map((value) => ({ type: "dns" as const, value })),
          ...["127.0.0.1", "::1"].map((value) => ({ type: "ip" as const, value })),
        ]),
      ],
    },
    webcrypto as Parameters<typeof X509CertificateGenerator.createSelfSigned>[1],
  );
  const key = KeyObject.from(keys.privateKey).export({ type: "pkcs8", format: "pem" });
  return { cert: certificate.toString("pem"), key: String(key) };
}
