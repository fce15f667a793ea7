import { DefaultTokenResolver, StringConcat, Token, Tokenization } from "cdktf";
import { type IConstruct } from "constructs";
import { principalIdProblem } from "../rules/resource-id.js";
import { ValidationError } from "./validation.js";

/** Kinds of Entra identities, as role assignments name them. */
export enum PrincipalType {
  USER = "User",
  GROUP = "Group",
  SERVICE_PRINCIPAL = "ServicePrincipal",
}

/** Somebody a role can be granted to. */
export interface IPrincipal {
  /** The object id: a GUID, or a token that Terraform will know. */
  readonly principalId: string;
  readonly principalType: PrincipalType;
  /** Tells this principal from others in construct ids; known at synthesis. */
  readonly principalKey: string;
}

/** A principal that exists already, by its object id. */
export class Principal implements IPrincipal {
  /**
   * @param key needed when only Terraform knows the id: tells this principal from others in construct ids
   * @throws TypeError when the id is not a GUID, or the key is missing.
   */
  static user(objectId: string, key?: string): Principal {
    return new Principal(objectId, PrincipalType.USER, key);
  }

  /**
   * @param key needed when only Terraform knows the id: tells this principal from others in construct ids
   * @throws TypeError when the id is not a GUID, or the key is missing.
   */
  static group(objectId: string, key?: string): Principal {
    return new Principal(objectId, PrincipalType.GROUP, key);
  }

  /**
   * An application's service principal, or a managed identity made elsewhere.
   * @param key needed when only Terraform knows the id: tells this principal from others in construct ids
   * @throws TypeError when the id is not a GUID, or the key is missing.
   */
  static servicePrincipal(objectId: string, key?: string): Principal {
    return new Principal(objectId, PrincipalType.SERVICE_PRINCIPAL, key);
  }

  readonly principalId: string;
  readonly principalKey: string;

  private constructor(
    objectId: string,
    readonly principalType: PrincipalType,
    key: string | undefined,
  ) {
    const isKnown = !Token.isUnresolved(objectId);
    const problem = isKnown ? principalIdProblem(objectId) : undefined;
    if (problem) throw new TypeError(`objectId: ${problem}`);
    if (!isKnown && key === undefined)
      throw new TypeError("key: is missing; only Terraform knows the object id, so name the principal");
    this.principalId = isKnown ? objectId.toLowerCase() : objectId;
    this.principalKey = key ?? this.principalId;
  }
}

/**
 * Two principals of one key would be one in construct ids. An attribute of a resource is another token each time that it is
 * asked for, so what the tokens stand for is compared.
 * @throws ValidationError when they are not one principal.
 */
export function refuseOtherOfSameKey(scope: IConstruct, known: IPrincipal, principal: IPrincipal): void {
  if (known === principal) return;
  const context = { scope, preparing: false, resolver: new DefaultTokenResolver(new StringConcat()) };
  const [one, other] = [known, principal].map(({ principalId }): unknown => Tokenization.resolve(principalId, context));
  if (one === other) return;
  throw new ValidationError(
    scope,
    `principal: "${principal.principalKey}" is the key of another one already; give each its own`,
  );
}
