import { RoleAssignment } from "@cdktf/provider-azurerm/lib/role-assignment";
import { Fn, Token } from "cdktf";
import { type Construct } from "constructs";
import { type IPrincipal, PrincipalType, refuseOtherOfSameKey } from "./principal.js";

/**
 * A built-in role of Azure, by its id: a name would cost a look-up at every plan.
 * @see https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
 */
export class Role {
  /** Calls models; reads neither keys nor settings. */
  static readonly OPENAI_USER = new Role("OpenAiUser", "5e0bd9bd-7b93-4f28-af87-19fc36ad61bd");
  /** Reads secrets of a vault that uses role-based access. */
  static readonly KEY_VAULT_SECRETS_USER = new Role("KeyVaultSecretsUser", "4633458b-17de-408a-b874-0445c86b69e6");

  private constructor(
    private readonly key: string,
    /** The GUID of the role definition. */
    readonly roleDefinitionGuid: string,
  ) {}

  /** Grants this role on a resource. Granting it twice to one principal is granting it once. */
  grant(scope: Construct, resourceId: string, principal: IPrincipal): RoleAssignment {
    const id = `${this.key}-${principal.principalKey}`;
    const existing = granted.get(scope)?.get(id);
    if (existing) {
      refuseOtherOfSameKey(scope, existing.principal, principal);
      return existing.assignment;
    }
    const assignment = new RoleAssignment(scope, id, {
      // The same for the same grant, so that a lost state or a second plan makes no second assignment.
      name: Fn.uuidv5("url", [resourceId, principal.principalId, this.roleDefinitionGuid].join("|")),
      scope: resourceId,
      roleDefinitionId: `${subscriptionOf(resourceId)}/providers/Microsoft.Authorization/roleDefinitions/${this.roleDefinitionGuid}`,
      principalId: principal.principalId,
      principalType: principal.principalType,
      // An identity made in the same apply is not everywhere in Entra yet, and a look-up would fail.
      ...(principal.principalType === PrincipalType.SERVICE_PRINCIPAL && { skipServicePrincipalAadCheck: true }),
    });
    granted.set(scope, (granted.get(scope) ?? new Map<string, Grant>()).set(id, { principal, assignment }));
    return assignment;
  }
}

interface Grant {
  readonly principal: IPrincipal;
  readonly assignment: RoleAssignment;
}

/** What is granted in each scope, by construct id. */
const granted = new WeakMap<Construct, Map<string, Grant>>();

/** `/subscriptions/{guid}` of a resource id: Azure answers with it in the role's id, and another spelling would be a change at each plan. */
function subscriptionOf(resourceId: string): string {
  if (!Token.isUnresolved(resourceId)) return resourceId.split("/").slice(0, 3).join("/");
  return Fn.join("/", Token.asList(Fn.slice(Fn.split("/", resourceId), 0, 3)));
}
