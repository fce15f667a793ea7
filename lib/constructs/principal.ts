import { Token } from "cdktf";
import { principalIdProblem } from "../rules/resource-id.js";

/** Kinds of Entra identities, as role assignments name them. */
export enum PrincipalType {
  /** A person. */
  USER = "User",
  /** A security group. */
  GROUP = "Group",
  /** An application, or a managed identity. */
  SERVICE_PRINCIPAL = "ServicePrincipal",
}

/** Somebody a role can be granted to. */
export interface IPrincipal {
  /** The object id: a GUID, or a token. */
  readonly principalId: string;
  /** What the object id is the id of. */
  readonly principalType: PrincipalType;
}

/** An existing principal, by its object id. */
export class Principal implements IPrincipal {
  /**
   * A person.
   * @throws TypeError when the id is not a GUID.
   */
  static user(objectId: string): Principal {
    return new Principal(objectId, PrincipalType.USER);
  }

  /**
   * A security group.
   * @throws TypeError when the id is not a GUID.
   */
  static group(objectId: string): Principal {
    return new Principal(objectId, PrincipalType.GROUP);
  }

  /**
   * An application's service principal, or a managed identity.
   * @throws TypeError when the id is not a GUID.
   */
  static servicePrincipal(objectId: string): Principal {
    return new Principal(objectId, PrincipalType.SERVICE_PRINCIPAL);
  }

  /** The object id, in lower case. */
  readonly principalId: string;

  private constructor(
    objectId: string,
    /** What the object id is the id of. */
    readonly principalType: PrincipalType,
  ) {
    const isKnown = !Token.isUnresolved(objectId);
    const problem = isKnown ? principalIdProblem(objectId) : undefined;
    if (problem) throw new TypeError(`objectId: ${problem}`);
    this.principalId = isKnown ? objectId.toLowerCase() : objectId;
  }
}
