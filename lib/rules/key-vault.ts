import { createHash } from "node:crypto";
import { secretIdAttributeProblem } from "./attribute.js";
import { type Problem, quote, type Rule } from "./problem.js";
import { parseResourceId, RESOURCE_TYPES } from "./resource-id.js";
import { RESERVED_PARTS } from "./resource-name.js";
import { characterLength } from "./text.js";

const SECRET_ID =
  /^https:\/\/([A-Za-z0-9-]+)\.(vault\.azure\.net|vault\.azure\.cn|vault\.usgovcloudapi\.net)(?::443)?\/secrets\/([0-9A-Za-z-]{1,127})(?:\/([0-9A-Za-z]+))?\/?$/;
const EXAMPLE = `"https://my-vault.vault.azure.net/secrets/my-certificate"`;

/** The secret that a Key Vault certificate is read through. */
export const secretIdProblem: Rule<string> = Object.assign(secretIdTextProblem, {
  ofAttribute: secretIdAttributeProblem,
});

function secretIdTextProblem(value: string): Problem {
  if (SECRET_ID.test(value)) return undefined;
  if (/\/certificates\//.test(value)) {
    return `${quote(value)} is the id of a certificate, and the gateway reads the secret behind it; replace "certificates" with "secrets", as in ${EXAMPLE}`;
  }
  return `${quote(value)} is not the id of a Key Vault secret; write ${EXAMPLE}`;
}

/** Without the port and the last slash, which Microsoft's way to cut the version off leaves there. */
export function normalizeSecretId(value: string): string {
  return value.replace(":443/", "/").replace(/\/$/, "");
}

/** The vault's name in a secret id; undefined when the id is malformed. */
export function vaultOfSecret(secretId: string): string | undefined {
  return SECRET_ID.exec(secretId)?.[1]?.toLowerCase();
}

/** The gateway's role is granted on the one vault, so the secret has to be in it. */
export function secretInVaultProblem(secretId: string, keyVaultId: string): Problem {
  const [inSecret, inId] = [
    vaultOfSecret(secretId),
    parseResourceId(keyVaultId, RESOURCE_TYPES.keyVault).name.toLowerCase(),
  ];
  if (inSecret === inId) return undefined;
  return `${quote(secretId)} is a secret of vault "${inSecret}", but keyVaultId is vault "${inId}", on which the gateway is granted its role; use the same vault in both`;
}

/** An identity that is created with the gateway can read a certificate only if it is granted access at once. */
export function noAccessProblem(): string {
  return "false leaves an identity that is created with the gateway without access to the certificate; set gatewayIdentity to one that has access, or remove grantAccess";
}

export function isVersioned(secretId: string): boolean {
  return SECRET_ID.exec(secretId)?.[4] !== undefined;
}

/** A value of an attribute, less the characters that would have to be escaped in it. */
const ATTRIBUTE = /^(CN|OU|O|L|ST|S|C|E|DC|STREET|SERIALNUMBER)=[^\s"#+;<=>\\][^"+;<=>\\]*$/i;
/** X.520's upper bound of a common name. */
const LONGEST_COMMON_NAME = 64;

/** The subject of a certificate, an X.500 distinguished name. */
export function subjectProblem(value: string): Problem {
  const parts = value.split(",").map((part) => part.trim());
  if (/\p{Cc}/u.test(value) || !parts.every((part) => ATTRIBUTE.test(part)) || !/(^|,)\s*CN=/i.test(value)) {
    return `${quote(value)} is not a subject; write an X.500 name with a CN, such as "CN=llm.example.com" or "CN=llm.example.com, O=Example"`;
  }
  const commonName = parts.find((part) => /^CN=/i.test(part))?.slice(3) ?? "";
  const length = characterLength(commonName);
  if (length <= LONGEST_COMMON_NAME) return undefined;
  return `${quote(value)} has a CN of ${length} characters; at most ${LONGEST_COMMON_NAME} are allowed, and longer names can go into dnsNames`;
}

/**
 * A name for a vault, where none is given. Vault names are unique across Azure, so what identifies this deployment is hashed
 * into it.
 */
export function trialVaultName(name: string, ...place: readonly string[]): string {
  const hash = createHash("sha256")
    .update([name, ...place].join("/"))
    .digest("hex")
    .slice(0, 10);
  const short = name
    .toLowerCase()
    .replace(/^agw-/, "")
    .replaceAll(/[^a-z0-9]/g, "")
    .slice(0, 10);
  return RESERVED_PARTS.test(short) ? `kv-${hash}` : `kv-${short}-${hash}`;
}
