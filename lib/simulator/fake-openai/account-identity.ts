import { createCipheriv, createDecipheriv, createHmac, randomBytes } from "node:crypto";

/**
 * What makes an account's ids and encrypted reasoning its own: a key that no other account has. Ids carry a tag of the key,
 * so that an account knows its own without remembering each.
 */
export class AccountIdentity {
  private readonly key = randomBytes(KEY_BYTES);

  /** `rs_0c…`: no two alike. */
  issueId(prefix: string): string {
    const unique = `${prefix}_${randomBytes(16).toString("hex")}`;
    return unique + this.tagOf(unique);
  }

  hasIssued(id: string): boolean {
    const unique = id.slice(0, -TAG_DIGITS);
    return unique !== "" && id.slice(-TAG_DIGITS) === this.tagOf(unique);
  }

  /** A text that only this account can read again. */
  encrypt(text: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, this.key, nonce);
    const encrypted = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
    return Buffer.concat([VERSION, nonce, cipher.getAuthTag(), encrypted]).toString("base64url");
  }

  /** Whether the text was encrypted by this account and not changed since. */
  canDecrypt(encrypted: string): boolean {
    const bytes = Buffer.from(encrypted, "base64url").subarray(VERSION.length);
    if (bytes.length < NONCE_BYTES + AUTH_TAG_BYTES) return false;
    const decipher = createDecipheriv(CIPHER, this.key, bytes.subarray(0, NONCE_BYTES));
    decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + AUTH_TAG_BYTES));
    try {
      decipher.update(bytes.subarray(NONCE_BYTES + AUTH_TAG_BYTES));
      decipher.final();
      return true;
    } catch {
      return false;
    }
  }

  private tagOf(text: string): string {
    return createHmac("sha256", this.key).update(text).digest("hex").slice(0, TAG_DIGITS);
  }
}

const KEY_BYTES = 32;
const TAG_DIGITS = 16;
const CIPHER = "aes-256-gcm";
const NONCE_BYTES = 12;
const AUTH_TAG_BYTES = 16;
/** Fernet's version and the start of its time: why the service's own begin with `gAAAA` too. */
const VERSION = Buffer.from([0x80, 0, 0, 0, 0]);
