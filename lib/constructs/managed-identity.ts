import { UserAssignedIdentity } from "@cdktf/provider-azurerm/lib/user-assigned-identity";
import { Construct } from "constructs";
import { principalIdProblem, RESOURCE_TYPES } from "../rules/resource-id.js";
import { nameProblem } from "../rules/resource-name.js";
import { type Placement, placement } from "./placement.js";
import { type IPrincipal, PrincipalType } from "./principal.js";
import { checkedResourceId, validate } from "./validation.js";

export interface ManagedIdentityProps extends Placement {
  /** 3 to 128 letters, digits, hyphens and underscores. */
  readonly name: string;
}

/** A user-assigned identity, made here or elsewhere. */
export interface IManagedIdentity extends IPrincipal {
  /** The Azure resource id. */
  readonly identityId: string;
}

export interface ManagedIdentityAttributes {
  /** The Azure resource id. */
  readonly identityId: string;
  /** The object id of its service principal. */
  readonly principalId: string;
}

/** A user-assigned identity. */
export class ManagedIdentity extends Construct implements IManagedIdentity {
  /**
   * An identity made elsewhere.
   * @throws ValidationError when the ids are malformed.
   */
  static fromManagedIdentityAttributes(
    scope: Construct,
    id: string,
    attributes: ManagedIdentityAttributes,
  ): IManagedIdentity {
    return new ImportedManagedIdentity(scope, id, attributes);
  }

  readonly principalType = PrincipalType.SERVICE_PRINCIPAL;
  private readonly resource: UserAssignedIdentity;

  /** @throws ValidationError for a name or location that Azure would refuse. */
  constructor(scope: Construct, id: string, props: ManagedIdentityProps) {
    super(scope, id);
    validate(this, "name", props.name, nameProblem("identity"));
    this.resource = new UserAssignedIdentity(this, "Resource", { name: props.name, ...placement(this, props) });
  }

  /** The Azure resource id. */
  get identityId(): string {
    return this.resource.id;
  }

  /** What callers name when they ask for a token (`AZURE_CLIENT_ID`). */
  get clientId(): string {
    return this.resource.clientId;
  }

  get principalId(): string {
    return this.resource.principalId;
  }

  get principalKey(): string {
    return keyOf(this);
  }
}

class ImportedManagedIdentity extends Construct implements IManagedIdentity {
  readonly principalType = PrincipalType.SERVICE_PRINCIPAL;
  readonly identityId: string;
  readonly principalId: string;

  constructor(scope: Construct, id: string, { identityId, principalId }: ManagedIdentityAttributes) {
    super(scope, id);
    this.identityId = checkedResourceId(this, "identityId", identityId, RESOURCE_TYPES.identity);
    validate(this, "principalId", principalId, principalIdProblem);
    this.principalId = principalId;
  }

  get principalKey(): string {
    return keyOf(this);
  }
}

/** Identities of one name in different places differ. */
function keyOf({ node }: Construct): string {
  return `${node.id}-${node.addr.slice(-8)}`;
}
