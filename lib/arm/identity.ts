import { type Block } from "./block.js";
import { Entries, type Group, type Target, type Text, type Value, call, isExpression } from "./expression.js";
import { groupOfId } from "./resource-id.js";
import { type Relations, type ResourceType, ownGroup, ownName, placement } from "./resource-type.js";

export const USER_ASSIGNED_IDENTITY: ResourceType = {
  type: "Microsoft.ManagedIdentity/userAssignedIdentities",
  apiVersion: "2024-11-30",
  names: ownName,
  group: ownGroup,
  attributes: { principal_id: "principalId", client_id: "clientId", tenant_id: "tenantId" },
  render: (block) => ({ ...placement(block), properties: {} }),
};

/** An assignment is named, and placed, by what it is for. */
export const ROLE_ASSIGNMENT: ResourceType = {
  type: "Microsoft.Authorization/roleAssignments",
  apiVersion: "2022-04-01",
  names: (block, stack) => [name(block, stack)],
  group: (block, stack) => scopeGroup(block, stack),
  scope: (block, stack) => extended(block, stack),
  attributes: { principal_id: "principalId" },
  render: (block, self) => {
    block.ignore("name", "skip_service_principal_aad_check");
    return {
      scope: self.scope,
      properties: {
        description: block.optionalText("description") ?? "",
        principalId: block.text("principal_id"),
        principalType: block.optionalText("principal_type"),
        roleDefinitionId: call(
          "subscriptionResourceId",
          "Microsoft.Authorization/roleDefinitions",
          roleDefinition(block),
        ),
      },
    };
  },
};

/** The `identity` block of a resource. */
export function identity(block: Block | undefined): Value {
  if (block === undefined) return undefined;
  const ids = block.items("identity_ids");
  return {
    type: block.text("type"),
    // azurerm sends null for none.
    userAssignedIdentities: ids.length === 0 ? null : new Entries(ids.map((id) => [id, {}])),
  };
}

function scopeGroup(block: Block, stack: Relations): Group {
  const scope = block.text("scope");
  const target = stack.targetOf(scope, `${block.where}.scope`);
  if (target !== undefined) return target.group;
  return isExpression(scope) ? groupOfId(scope) : { subscription: undefined, name: undefined };
}

/** An assignment for the whole group extends nothing: it has the group of its deployment. */
function extended(block: Block, stack: Relations): Text | undefined {
  const scope = block.text("scope");
  const target = stack.targetOf(scope, `${block.where}.scope`);
  return target?.names.length === 0 ? undefined : idOf(target, scope);
}

/**
 * A name that stays the same for the same scope, principal and role. Azure wants to know names before it creates anything, so
 * an identity of the template goes in by its id.
 * https://learn.microsoft.com/azure/role-based-access-control/role-assignments-template
 */
function name(block: Block, stack: Relations): Text {
  const written = block.literal("name");
  if (written !== undefined && GUID.test(written)) return written;
  const scope = block.text("scope");
  const principal = block.text("principal_id");
  const identified: Text =
    isExpression(principal) && principal.kind === "property" ? { kind: "id", of: principal.of } : principal;
  return call("guid", idOf(stack.targetOf(scope, `${block.where}.scope`), scope), identified, roleDefinition(block));
}

function idOf(target: Target | undefined, scope: Text): Text {
  if (target === undefined) return scope;
  return target.names.length === 0
    ? { kind: "item", of: call("resourceGroup"), index: "id" }
    : { kind: "id", of: target };
}

/** The role's GUID. Azure has the same built-in roles in each subscription. */
function roleDefinition(block: Block): string {
  const id = block.literal("role_definition_id");
  const guid = id?.split("/").at(-1)?.toLowerCase();
  if (guid !== undefined && GUID.test(guid)) return guid;
  throw block.problem(
    "role_definition_id",
    id === undefined
      ? "is missing; a role by its name cannot be rendered"
      : `expected a role definition's id, got "${id}"`,
  );
}

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
