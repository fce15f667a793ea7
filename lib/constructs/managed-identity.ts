import { UserAssignedIdentity } from "@cdktf/provider-azurerm/lib/user-assigned-identity";
import { Token } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { principalIdProblem, RESOURCE_TYPES } from "../rules/resource-id.js";
import { nameProblem } from "../rules/resource-name.js";
import { claimName } from "./claimed-name.js";
import { type Placement, placement } from "./placement.js";
import { type IPrincipal, PrincipalType } from "./principal.js";
import { checkedResourceId, validate } from "./validation.js";

/** Props of {@link ManagedIdentity}. */
export interface ManagedIdentityProps extends Placement {
  /** 3 to 128 letters, digits, hyphens and underscores. */
  readonly name: string;
}

/** A user-assigned identity, created by this app or existing. */
export interface IManagedIdentity extends IConstruct, IPrincipal {
  /** The Azure resource id. */
  readonly identityId: string;
}

/** What has to be known of an existing identity. */
export interface ManagedIdentityAttributes {
  /** The Azure resource id. */
  readonly identityId: string;
  /** The object id of its service principal. */
  readonly principalId: string;
}

/** A user-assigned identity. */
export class ManagedIdentity extends Construct implements IManagedIdentity {
  /**
   * An existing identity.
   * @throws ValidationError when the ids are malformed.
   */
  static fromManagedIdentityAttributes(
    scope: Construct,
    id: string,
    attributes: ManagedIdentityAttributes,
  ): IManagedIdentity {
    return new ImportedManagedIdentity(scope, id, attributes);
  }

  /** The type of every managed identity. */
  readonly principalType = PrincipalType.SERVICE_PRINCIPAL;
  private readonly resource: UserAssignedIdentity;

  /** @throws ValidationError for a name or location that Azure would refuse. */
  constructor(scope: Construct, id: string, props: ManagedIdentityProps) {
    super(scope, id);
    validate(this, "name", props.name, nameProblem("identity"));
    const place = placement(this, props);
    claimName(this, "identity", props.name, place.resourceGroupName);
    this.resource = new UserAssignedIdentity(this, "Resource", { name: props.name, ...place });
  }

  /** The Azure resource id. */
  get identityId(): string {
    return this.resource.id;
  }

  /** What applications set as `AZURE_CLIENT_ID` to get a token for this identity. */
  get clientId(): string {
    return this.resource.clientId;
  }

  /** The object id of its service principal. */
  get principalId(): string {
    return this.resource.principalId;
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
    this.principalId = Token.isUnresolved(principalId) ? principalId : principalId.toLowerCase();
  }
}
