import { UserAssignedIdentity } from "@cdktf/provider-azurerm/lib/user-assigned-identity";
import { Construct } from "constructs";
import { locationProblem, normalizeLocation } from "../rules/location.js";
import { nameProblem } from "../rules/resource-name.js";
import { type IPrincipal, PrincipalType } from "./principal.js";
import { validateTags } from "./tags.js";
import { validate } from "./validation.js";

export interface ManagedIdentityProps {
  /** 3 to 128 letters, digits, hyphens and underscores. */
  readonly name: string;
  readonly location: string;
  readonly resourceGroupName: string;
  /** @default none */
  readonly tags?: Readonly<Record<string, string>>;
}

/** A user-assigned identity. */
export class ManagedIdentity extends Construct implements IPrincipal {
  readonly principalType = PrincipalType.SERVICE_PRINCIPAL;
  private readonly resource: UserAssignedIdentity;

  /** @throws ValidationError for a name or location that Azure would refuse. */
  constructor(scope: Construct, id: string, props: ManagedIdentityProps) {
    super(scope, id);
    validate(this, "name", props.name, nameProblem("identity"));
    validate(this, "location", props.location, locationProblem);
    validateTags(this, props.tags);
    this.resource = new UserAssignedIdentity(this, "Resource", {
      name: props.name,
      location: normalizeLocation(props.location),
      resourceGroupName: props.resourceGroupName,
      tags: props.tags,
    });
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
