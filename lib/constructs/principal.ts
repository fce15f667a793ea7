import { principalIdProblem } from "../rules/resource-id.js";

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
  /** @throws TypeError when the id is not a GUID. */
  static user(objectId: string): Principal {
    return new Principal(objectId, PrincipalType.USER);
  }

  /** @throws TypeError when the id is not a GUID. */
  static group(objectId: string): Principal {
    return new Principal(objectId, PrincipalType.GROUP);
  }

  /**
   * An application's service principal, or a managed identity made elsewhere.
   * @throws TypeError when the id is not a GUID.
   */
  static servicePrincipal(objectId: string): Principal {
    return new Principal(objectId, PrincipalType.SERVICE_PRINCIPAL);
  }

  readonly principalId: string;
  readonly principalKey: string;

  private constructor(
    objectId: string,
    readonly principalType: PrincipalType,
  ) {
    const problem = principalIdProblem(objectId);
    if (problem) throw new TypeError(`objectId: ${problem}`);
    this.principalId = objectId.toLowerCase();
    this.principalKey = this.principalId;
  }
}
