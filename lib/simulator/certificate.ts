import { generateKeyPair, randomBytes, sign } from "node:crypto";
import { promisify } from "node:util";
import {
  bitString,
  explicit,
  implicit,
  objectIdentifier,
  octetString,
  sequence,
  set,
  TRUE,
  unsignedInteger,
  utcTime,
  utf8String,
} from "./der.js";

/** PEM texts; the key is never written to disk. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

const LIFETIME_DAYS = 7;
const SUBJECT = "aoai-kiss-lb simulated gateway";
const LOOPBACK = [Buffer.of(127, 0, 0, 1), Buffer.concat([Buffer.alloc(15), Buffer.of(1)])];
/** Version 3, the one that has extensions. */
const VERSION = Buffer.of(2);
const SERIAL_BYTES = 16;
/** Names of a certificate's parts: RFC 5280 and, for the signature, RFC 5758. */
const ECDSA_WITH_SHA256 = objectIdentifier("1.2.840.10045.4.3.2");
const COMMON_NAME = objectIdentifier("2.5.4.3");
const BASIC_CONSTRAINTS = objectIdentifier("2.5.29.19");
const EXTENDED_KEY_USAGE = objectIdentifier("2.5.29.37");
const SERVER_AUTHENTICATION = objectIdentifier("1.3.6.1.5.5.7.3.1");
const SUBJECT_ALTERNATIVE_NAME = objectIdentifier("2.5.29.17");
const DNS_NAME = 2;
const IP_ADDRESS = 7;

/**
 * A self-signed certificate for this machine and the listeners' host names. The real one is in Key Vault or in a PFX
 * file and has no business here.
 */
export async function throwAwayCertificate(hostNames: readonly string[]): Promise<Certificate> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)("ec", { namedCurve: "P-256" });
  // A certificate can hold `*.contoso.com`, but not the other wildcards that a listener can.
  const names = hostNames.filter((name) => /^(\*\.)?[\w-]+(\.[\w-]+)*$/.test(name));
  const now = Date.now();
  const issuer = sequence(set(sequence(COMMON_NAME, utf8String(SUBJECT))));
  const signed = sequence(
    explicit(0, unsignedInteger(VERSION)),
    unsignedInteger(Buffer.concat([Buffer.of(1), randomBytes(SERIAL_BYTES - 1)])),
    sequence(ECDSA_WITH_SHA256),
    issuer,
    sequence(utcTime(new Date(now - 60_000)), utcTime(new Date(now + LIFETIME_DAYS * 86_400_000))),
    issuer,
    publicKey.export({ type: "spki", format: "der" }),
    explicit(3, extensions([...new Set(["localhost", ...names])])),
  );
  const signature = sign("sha256", signed, privateKey);
  const certificate = sequence(signed, sequence(ECDSA_WITH_SHA256), bitString(signature));
  return { cert: pem("CERTIFICATE", certificate), key: String(privateKey.export({ type: "pkcs8", format: "pem" })) };
}

/** It is its own authority, so that a client can be given it to trust. */
function extensions(names: readonly string[]): Buffer {
  const alternatives = [
    ...names.map((name) => implicit(DNS_NAME, Buffer.from(name))),
    ...LOOPBACK.map((address) => implicit(IP_ADDRESS, address)),
  ];
  return sequence(
    sequence(BASIC_CONSTRAINTS, TRUE, octetString(sequence(TRUE))),
    sequence(EXTENDED_KEY_USAGE, octetString(sequence(SERVER_AUTHENTICATION))),
    sequence(SUBJECT_ALTERNATIVE_NAME, octetString(sequence(...alternatives))),
  );
}

function pem(label: string, der: Buffer): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}
