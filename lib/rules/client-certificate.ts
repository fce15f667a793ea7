import { X509Certificate } from "node:crypto";
import { type Problem } from "./problem.js";

/**
 * Chains of authorities that a gateway trusts, and the size of each.
 * @see https://learn.microsoft.com/azure/application-gateway/mutual-authentication-overview#certificates-supported-for-mutual-authentication
 */
export const MAX_CLIENT_AUTHORITIES = 100;
export const MAX_CLIENT_AUTHORITY_BYTES = 25_000;

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

/** The certificates of an authority that clients' certificates are checked against, as PEM text: the root, and those below it. */
export function clientAuthorityProblem(pem: string): Problem {
  if (/PRIVATE KEY-----/.test(pem))
    return "holds a private key, which does not belong there; use a file with the certificates of the authority alone";
  if (Buffer.byteLength(pem) > MAX_CLIENT_AUTHORITY_BYTES)
    return `has ${Buffer.byteLength(pem)} bytes; Azure takes ${MAX_CLIENT_AUTHORITY_BYTES}; leave out what is not needed`;
  const blocks = pem.match(CERTIFICATE) ?? [];
  if (blocks.length === 0)
    return 'is no PEM text; use a file that begins with "-----BEGIN CERTIFICATE-----" (`openssl x509 -inform der -in ca.cer -out ca.pem`)';
  const certificates = blocks.flatMap((block) => parsed(block) ?? []);
  if (certificates.length < blocks.length) return "has a certificate that cannot be read; export it again";
  const leaf = certificates.find(({ ca }) => !ca);
  if (leaf)
    return `has the certificate "${leaf.subject.replaceAll("\n", ", ")}", which is not that of an authority; list the authority that signs clients' certificates`;
  if (!certificates.some(({ subject, issuer }) => subject === issuer))
    return "has no root: the certificates of an authority have to go up to one that signs itself; add the root";
  return undefined;
}

function parsed(block: string): X509Certificate | undefined {
  try {
    return new X509Certificate(block);
  } catch {
    return undefined;
  }
}
