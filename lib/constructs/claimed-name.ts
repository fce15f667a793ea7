import { TerraformResource, TerraformStack } from "cdktf";
import { type IConstruct } from "constructs";
import { attributeReference, stacksOf, valueKey } from "./reference.js";
import { ValidationError } from "./validation.js";

/**
 * Notes that a construct creates the resource of this name.
 * @throws ValidationError when another construct of the stack does: the second would be refused, or take over the first.
 */
export function claimName(scope: IConstruct, what: string, name: string, resourceGroupName: string): void {
  const owner = claim(TerraformStack.of(scope), scope, [what, resourceGroupName, name]);
  if (!owner) return;
  throw new ValidationError(
    scope,
    `name: "${name}" is already the name of the ${what} of ${owner.node.path} in resource group "${resourceGroupName}"; choose another name`,
  );
}

/**
 * The same for a name that is unique beyond its resource group: in a region, or across Azure.
 * @param where such as "across Azure"
 * @param whereId what the place is known by, if that is nothing to be read
 * @throws ValidationError when another construct of the stack has it.
 */
export function claimUniqueName(
  scope: IConstruct,
  prop: string,
  what: string,
  name: string,
  where: string,
  whereId = where,
): void {
  const owner = claim(TerraformStack.of(scope), scope, [what, whereId, name]);
  if (!owner) return;
  throw new ValidationError(
    scope,
    `${prop}: "${name}" is already the ${what} of ${owner.node.path}, and it has to be unique ${where}; choose another one`,
  );
}

/**
 * Notes that a gateway uses a public address.
 * @throws ValidationError when another gateway of the app does.
 */
export function claimPublicIpAddress(scope: IConstruct, publicIpAddressId: string): void {
  const owner = claim(scope.node.root, scope, ["public IP address", publicIpAddressId]);
  if (!owner) return;
  throw new ValidationError(
    scope,
    `publicIpAddressId: it is already the public address of ${owner.node.path}, and Azure attaches an address to one gateway only; use another one`,
  );
}

/** @returns who claimed the same before */
function claim(within: IConstruct, scope: IConstruct, words: readonly string[]): IConstruct | undefined {
  const owners = claimed.get(within) ?? new Map<string, IConstruct>();
  claimed.set(within, owners);
  const key = words.map((word) => nameKey(scope, word)).join(" ");
  const owner = owners.get(key);
  if (!owner) owners.set(key, scope);
  return owner;
}

/** What a name will be: that of a resource of the app, such as a resource group's, is as good as written out. */
function nameKey(scope: IConstruct, name: string): string {
  const reference = attributeReference(scope, name);
  if (reference?.attribute !== "name") return valueKey(scope, name);
  const resource = stacksOf(scope, name)
    .flatMap(({ node }) => node.findAll())
    .filter((construct) => TerraformResource.isTerraformResource(construct))
    .find((other) => reference.text === `${other.terraformResourceType}.${other.friendlyUniqueId}.name`);
  const written: unknown = resource && Reflect.get(resource, "nameInput");
  return valueKey(scope, typeof written === "string" ? written : name);
}

/** What each stack or app has one of, with the construct that has it. */
const claimed = new WeakMap<IConstruct, Map<string, IConstruct>>();
