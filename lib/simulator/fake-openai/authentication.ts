import type { IncomingHttpHeaders } from "node:http";
import { ServiceError } from "./service-error.js";

export interface AuthenticationProps {
  /** The account's keys. @default any non-empty key is accepted */
  readonly apiKeys?: readonly string[];
  /**
   * The object or application ids that hold a role on this account; anybody else's token gets the 401 of a missing
   * role. @default any token is accepted
   */
  readonly principals?: readonly string[];
  /** Whether keys are accepted at all, as `local_auth_enabled` of the account. @default true */
  readonly localAuthEnabled?: boolean;
}

/** Who sent a request: known by key, or by the identity in the bearer token. */
export type Caller = { readonly kind: "key" } | { readonly kind: "principal"; readonly principal: string };

export class Authentication {
  constructor(private readonly props: AuthenticationProps) {}

  /** @throws ServiceError with the answer that Azure OpenAI gives to a caller that it does not let in. */
  authenticate(headers: IncomingHttpHeaders): Caller {
    // `x-api-key` is how Anthropic's SDKs send the account's key.
    const key = [headers["api-key"], headers["x-api-key"]].find((value) => typeof value === "string" && value !== "");
    if (typeof key === "string") return this.authenticateKey(key);
    const token = /^Bearer +(\S+)$/i.exec(headers.authorization ?? "")?.[1];
    if (token === undefined) throw ServiceError.tokenMissing();
    // The v1 API takes a key as a bearer token too: that is how the plain OpenAI SDKs send it.
    if (this.props.apiKeys?.includes(token)) return this.authenticateKey(token);
    return this.authenticateToken(token);
  }

  private authenticateKey(key: string): Caller {
    if (this.props.localAuthEnabled === false) throw ServiceError.keysDisabled();
    if (this.props.apiKeys !== undefined && !this.props.apiKeys.includes(key)) throw ServiceError.wrongKey();
    return { kind: "key" };
  }

  private authenticateToken(token: string): Caller {
    const { apiKeys, principals } = this.props;
    const claims = claimsOf(token);
    // Where only keys are listed, a string that is neither a key nor a JWT is a wrong key in the wrong header.
    if (claims === undefined && principals === undefined && apiKeys !== undefined) throw ServiceError.tokenMissing();
    const ids =
      claims === undefined ? [token] : [claims["oid"], claims["appid"]].filter((id) => typeof id === "string");
    const principal = ids.find((id) => principals?.includes(id) ?? true);
    if (principal === undefined) throw ServiceError.permissionDenied();
    return { kind: "principal", principal };
  }
}

/**
 * An unsigned JSON web token for a principal, as the fake servers accept it: they read `oid` and `appid` and check no
 * signature. Useless anywhere else.
 */
export function createUnsignedToken(claims: { readonly oid?: string; readonly appid?: string }): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "none", typ: "JWT" })}.${part(claims)}.`;
}

/** Undefined for a token that is no JWT: such a token is its own principal. */
function claimsOf(token: string): Record<string, unknown> | undefined {
  const parts = token.split(".");
  if (parts.length !== 3) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(parts[1] ?? "", "base64url").toString("utf8"));
    return typeof claims === "object" && claims !== null ? { ...claims } : undefined;
  } catch {
    return undefined;
  }
}
