import {
  dependable,
  type ITerraformDependable,
  Lazy,
  TerraformElement,
  type TerraformResource,
  TerraformStack,
} from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { resolvedText, stacksOf } from "./reference.js";
import { ValidationError } from "./validation.js";

/** Makes a resource wait for others. What is in another stack is there first: that stack is deployed before this one. */
export function addDependencies(resource: TerraformResource, dependencies: readonly ITerraformDependable[]): void {
  for (const dependency of dependencies) append(resource, dependency, dependable(dependency));
}

/** {@link addDependencies} for one that may itself depend on the resource, which is known once the stack is complete. */
export function addDependencyUnlessCircular(resource: TerraformResource, dependency: ITerraformDependable): void {
  let isComputing = false;
  const produce = () => {
    if (isComputing) return undefined;
    isComputing = true;
    try {
      return dependsOn(dependency, resource) ? undefined : dependable(dependency);
    } finally {
      isComputing = false;
    }
  };
  append(resource, dependency, Lazy.stringValue({ produce }));
}

/**
 * Makes the stack of a construct follow another one.
 * @throws ValidationError where that one follows this already.
 */
export function followStack(scope: IConstruct, other: TerraformStack): void {
  const stack = TerraformStack.of(scope);
  if (stack === other) return;
  if (other.dependsOn(stack)) {
    throw new ValidationError(
      scope,
      `stack "${stack.node.path}" needs a resource of stack "${other.node.path}", which itself depends on it; move the resource to one of them`,
    );
  }
  stack.addDependency(other);
}

/** What each resource waits for: twice in `depends_on` would be noise. */
const dependenciesOf = new WeakMap<TerraformResource, Set<ITerraformDependable>>();

function append(resource: TerraformResource, dependency: ITerraformDependable, entry: string): void {
  const known = dependenciesOf.get(resource) ?? new Set();
  if (!isOfSameStack(resource, dependency) || known.has(dependency)) return;
  dependenciesOf.set(resource, known.add(dependency));
  resource.dependsOn = [...(resource.dependsOn ?? []), entry];
}

/** `depends_on` takes no resource of another stack. */
function isOfSameStack(resource: TerraformResource, dependency: ITerraformDependable): boolean {
  const stack = TerraformStack.of(resource);
  const stacks = Construct.isConstruct(dependency)
    ? [TerraformStack.of(dependency)]
    : stacksOf(resource, dependency.fqn);
  const others = stacks.filter((other) => other !== stack);
  for (const other of others) followStack(resource, other);
  return others.length === 0;
}

/** Whether an element of a stack is made from another one, however many steps there are between them. */
function dependsOn(from: ITerraformDependable, target: TerraformResource): boolean {
  const elements = new Map<string, TerraformElement>();
  for (const construct of TerraformStack.of(target).node.findAll()) {
    if (isAddressable(construct)) elements.set(address(target, construct), construct);
  }
  const seen = new Set<string>();
  const waiting = [address(target, from)];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next === address(target, target)) return true;
    const element = elements.get(next);
    if (element && !seen.has(next)) waiting.push(...mentionedBy(element));
    seen.add(next);
  }
  return false;
}

/** Providers and backends have no address. */
function isAddressable(construct: IConstruct): construct is TerraformElement {
  return TerraformElement.isTerraformElement(construct) && typeof Reflect.get(construct, "_elementType") === "string";
}

/** `azurerm_subnet.gateway` */
function address(scope: IConstruct, { fqn }: ITerraformDependable): string {
  return resolvedText(scope, fqn).replace(/^\$\{(.*)\}$/, "$1");
}

/** The addresses in everything that an element is written as. */
function mentionedBy(element: TerraformElement): string[] {
  const text = resolvedText(element, element.toTerraform());
  return text.match(/(data\.)?[a-z][a-z0-9]*_\w+\.[A-Za-z_][\w-]*|(module|local)\.[\w-]+/g) ?? [];
}
