import { isIP } from "node:net";
import { randomBytes, webcrypto } from "node:crypto";

/** A private key and its self-signed certificate, both PEM: what `node:https` takes as `key` and `cert`. */
export interface ThrowAwayCertificate {
  readonly key: string;
  readonly cert: string;
}

const VALIDITY_MILLISECONDS = 24 * 3_600_000;
const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/**
 * A certificate that lives as long as the process that made it: self-signed, for a day, its key never on a disk.
 *
 * @param hosts the DNS names and IP addresses that it is valid for
 */
export async function createThrowAwayCertificate(
  hosts: readonly string[] = ["localhost", "127.0.0.1"],
): Promise<ThrowAwayCertificate> {
  // Loaded only when TLS is asked for: the two cost more than all the rest of the simulator.
  await import("reflect-metadata");
  const x509 = await import("@peculiar/x509");
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const now = Date.now();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: randomBytes(8).toString("hex"),
    name: "CN=aoai-kiss-lb simulator",
    notBefore: new Date(now - VALIDITY_MILLISECONDS),
    notAfter: new Date(now + VALIDITY_MILLISECONDS),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new x509.SubjectAlternativeNameExtension(
        hosts.map((host) => ({ type: isIP(host) === 0 ? "dns" : "ip", value: host })),
      ),
      new x509.BasicConstraintsExtension(true, undefined, true),
    ],
  });
  const der = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey)).toString("base64");
  const lines = der.match(/.{1,64}/g) ?? [];
  return {
    key: `-----BEGIN PRIVATE KEY-----\n${lines.join("\n")}\n-----END PRIVATE KEY-----\n`,
    cert: certificate.toString("pem"),
  };
}
