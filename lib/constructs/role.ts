import { RoleAssignment } from "@cdktf/provider-azurerm/lib/role-assignment";
import { Fn, type TerraformProvider, TerraformResource, TerraformStack, Token } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { principalIdProblem } from "../rules/resource-id.js";
import { followStack } from "./dependency.js";
import { Grant } from "./grant.js";
import { type IPrincipal, PrincipalType } from "./principal.js";
import { idPart, stacksOf, valueKey } from "./reference.js";
import { refuseAtSynth, validate, ValidationError } from "./validation.js";

/**
 * A built-in role of Azure, by its id: a name would cost a look-up at every plan.
 * @see https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
 */
export class Role {
  /** Calls models; reads neither keys nor settings. */
  static readonly OPENAI_USER = new Role(
    "OpenAiUser",
    "Cognitive Services OpenAI User",
    "5e0bd9bd-7b93-4f28-af87-19fc36ad61bd",
  );
  /** Calls the other routes of a Foundry account with a token, such as `/models` and `/anthropic`. */
  static readonly COGNITIVE_SERVICES_USER = new Role(
    "CognitiveServicesUser",
    "Cognitive Services User",
    "a97b65f3-24c7-4388-baec-2e87135dc908",
  );
  /** Reads secrets of a vault that uses role-based access. */
  static readonly KEY_VAULT_SECRETS_USER = new Role(
    "KeyVaultSecretsUser",
    "Key Vault Secrets User",
    "4633458b-17de-408a-b874-0445c86b69e6",
  );

  private constructor(
    private readonly key: string,
    /** What Azure calls it. */
    readonly roleName: string,
    /** The GUID of the role definition. */
    readonly roleDefinitionGuid: string,
  ) {}

  /**
   * Grants this role on a resource.
   *
   * Azure takes one assignment for a principal, role and scope. So the second grant of one is the first, wherever in the app
   * it was made, and its Terraform address says what is granted, not by whom.
   * @param provider the provider of the resource's subscription, if that is not the stack's own
   * @throws ValidationError for a principal that is known under the same object id as one of another type.
   */
  grant(scope: IConstruct, resourceId: string, principal: IPrincipal, provider?: TerraformProvider): Grant {
    validate(scope, "principalId", principal.principalId, principalIdProblem);
    checkPrincipalType(scope, principal);
    const assignments = assignmentsOf(scope.node.root);
    const key = grantKey(scope, resourceId, this.roleDefinitionGuid, principal.principalId);
    const existing = assignments.get(key);
    if (existing) share(scope, existing, resourceId, principal);
    const assignment = existing ?? this.assign(scope, resourceId, principal, provider);
    assignments.set(key, assignment);
    return Grant._of(assignment);
  }

  private assign(
    scope: IConstruct,
    resourceId: string,
    principal: IPrincipal,
    provider: TerraformProvider | undefined,
  ): RoleAssignment {
    // A stack has no access to the providers of another one.
    const isOfStack = provider && TerraformStack.of(provider) === TerraformStack.of(scope);
    const isKnown = !Token.isUnresolved(resourceId);
    const id = [this.key, idPart(scope, resourceId), idPart(scope, principal.principalId)].join("-");
    return new RoleAssignment(RoleAssignments.of(scope), id, {
      // The same for the same grant, so that a lost state or a second plan makes no second assignment.
      name: Fn.uuidv5(
        "url",
        [isKnown ? resourceId.toLowerCase() : resourceId, principal.principalId, this.roleDefinitionGuid].join("|"),
      ),
      scope: resourceId,
      roleDefinitionId: `${subscriptionOf(resourceId)}/providers/Microsoft.Authorization/roleDefinitions/${this.roleDefinitionGuid}`,
      principalId: principal.principalId,
      principalType: principal.principalType,
      // An identity created in the same apply is not everywhere in Entra yet, and a look-up would fail.
      ...(principal.principalType === PrincipalType.SERVICE_PRINCIPAL && { skipServicePrincipalAadCheck: true }),
      // The address stands for the scope in any case, and a change of its case would be a replacement.
      ...(isOfStack && { provider }),
      ...(isKnown && { lifecycle: { ignoreChanges: ["scope"] } }),
    });
  }
}

/**
 * Refuses a principal that another grant of the app names as one of another type: Azure would refuse one of the two.
 * @throws ValidationError
 */
export function checkPrincipalType(scope: IConstruct, { principalId, principalType }: IPrincipal): void {
  const { root } = scope.node;
  const types = principalTypes.get(root) ?? new Map<string, PrincipalType>();
  principalTypes.set(root, types);
  const key = valueKey(scope, principalId);
  const known = types.get(key) ?? principalType;
  types.set(key, known);
  if (known === principalType) return;
  throw new ValidationError(
    scope,
    `principal: "${principalId}" is a ${principalType} here, and a ${known} in another grant; an object id has one type`,
  );
}

/** What each object id is the id of, in each app. */
const principalTypes = new WeakMap<IConstruct, Map<string, PrincipalType>>();

/**
 * Takes an assignment for one that would be the same.
 * @throws ValidationError where it is in a stack that cannot be followed.
 */
function share(scope: IConstruct, existing: RoleAssignment, resourceId: string, principal: IPrincipal): void {
  const [stack, owner] = [TerraformStack.of(scope), TerraformStack.of(existing)];
  // What the assignment names is in this stack, so its stack will follow this one.
  if (owner !== stack && [resourceId, principal.principalId].some((value) => stacksOf(scope, value).includes(stack))) {
    throw new ValidationError(
      scope,
      `principal: stack "${owner.node.path}" grants this role already, and it needs a resource of stack "${stack.node.path}"; grant it in one of them`,
    );
  }
  followStack(scope, owner);
}

/** Every role assignment of a stack: none of them belongs to one gateway, certificate or account alone. */
class RoleAssignments extends Construct {
  static of(scope: IConstruct): Construct {
    const stack = TerraformStack.of(scope);
    return (stack.node.tryFindChild(ID) as Construct | undefined) ?? new RoleAssignments(stack);
  }

  private constructor(stack: TerraformStack) {
    super(stack, ID);
    refuseAtSynth(this, () => this.problems());
  }

  /** Assignments elsewhere in the app that duplicate one of these. */
  private problems(): string[] {
    const { root } = this.node;
    const own = assignmentsOf(root);
    return root.node.findAll().flatMap((construct) => {
      if (!isRoleAssignment(construct) || construct.node.scope instanceof RoleAssignments) return [];
      const twin = own.get(keyOf(construct));
      if (twin?.node.scope !== this) return [];
      return [
        `${twin.node.id}: ${construct.node.path} assigns the same role to the same principal; Azure takes one assignment, leave one out`,
      ];
    });
  }
}

const ID = "RoleAssignments";
const ROLES = [Role.OPENAI_USER, Role.COGNITIVE_SERVICES_USER, Role.KEY_VAULT_SECRETS_USER];

/** What is granted in each app, by what is granted. */
const granted = new WeakMap<IConstruct, Map<string, RoleAssignment>>();

function assignmentsOf(root: IConstruct): Map<string, RoleAssignment> {
  const assignments = granted.get(root) ?? new Map<string, RoleAssignment>();
  granted.set(root, assignments);
  return assignments;
}

function grantKey(scope: IConstruct, resourceId: string, roleDefinitionGuid: string, principalId: string): string {
  return [valueKey(scope, resourceId), roleDefinitionGuid, valueKey(scope, principalId)].join("|");
}

/** Also of one of another copy of the provider's package, which a linked package has. */
function isRoleAssignment(construct: IConstruct): construct is RoleAssignment {
  return (
    TerraformResource.isTerraformResource(construct) &&
    construct.terraformResourceType === RoleAssignment.tfResourceType
  );
}

/** The key of an assignment that somebody else wrote. */
function keyOf(assignment: RoleAssignment): string {
  const {
    scopeInput = "",
    roleDefinitionIdInput = "",
    roleDefinitionNameInput = "",
    principalIdInput = "",
  } = assignment;
  const guid =
    ROLES.find(({ roleName }) => roleName.toLowerCase() === roleDefinitionNameInput.toLowerCase())
      ?.roleDefinitionGuid ??
    roleDefinitionIdInput.split("/").at(-1)?.toLowerCase() ??
    "";
  return grantKey(assignment, scopeInput, guid, principalIdInput);
}

/** `/subscriptions/{guid}` of a resource id: Azure answers with it in the role's id, and another spelling would be a change at each plan. */
function subscriptionOf(resourceId: string): string {
  const [, subscriptions, subscriptionId = ""] = resourceId.split("/");
  if (!Token.isUnresolved(resourceId)) return `/${subscriptions}/${subscriptionId.toLowerCase()}`;
  return Fn.join("/", Token.asList(Fn.slice(Fn.split("/", resourceId), 0, 3)));
}
