import { UserAssignedIdentity } from "@cdktf/provider-azurerm/lib/user-assigned-identity";
import { Construct } from "constructs";
import { nameProblem } from "../rules/resource-name.js";
import { type Placement, placement } from "./placement.js";
import { type IPrincipal, PrincipalType } from "./principal.js";
import { validate } from "./validation.js";

export interface ManagedIdentityProps extends Placement {
  /** 3 to 128 letters, digits, hyphens and underscores. */
  readonly name: string;
}

/** A user-assigned identity. */
export class ManagedIdentity extends Construct implements IPrincipal {
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
    return `${this.node.id}-${this.node.addr.slice(-8)}`;
  }
}
