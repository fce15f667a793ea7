import { TerraformStack } from "cdktf";
import { type IConstruct } from "constructs";
import { valueKey } from "./reference.js";
import { ValidationError } from "./validation.js";

/**
 * Notes that a construct creates the resource of this name.
 * @throws ValidationError when another construct of the stack does: the second would be refused, or take over the first.
 */
export function claimName(scope: IConstruct, what: string, name: string, resourceGroupName: string): void {
  const stack = TerraformStack.of(scope);
  const names = claimed.get(stack) ?? new Map<string, IConstruct>();
  claimed.set(stack, names);
  const key = [what, valueKey(scope, resourceGroupName), valueKey(scope, name)].join(" ");
  const owner = names.get(key);
  if (owner) {
    throw new ValidationError(
      scope,
      `name: "${name}" is already the name of the ${what} of ${owner.node.path} in resource group "${resourceGroupName}"; choose another name`,
    );
  }
  names.set(key, scope);
}

/** What each stack creates, by type, resource group and name. */
const claimed = new WeakMap<TerraformStack, Map<string, IConstruct>>();
