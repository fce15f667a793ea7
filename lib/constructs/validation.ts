import { Annotations, Aspects, Token, Tokenization } from "cdktf";
import { type IConstruct } from "constructs";
import { type Problem, type Rule } from "../rules/problem.js";
import { parseResourceId, resourceIdProblem, type ResourceType } from "../rules/resource-id.js";

/** Input that Azure would refuse. The message names the construct's path, the prop, the value, what is allowed and what to do. */
export class ValidationError extends Error {
  override readonly name = "ValidationError";

  // Private: Node prints the fields of an error that nobody catches, and this one holds the whole tree.
  readonly #scope: IConstruct;

  constructor(scope: IConstruct, problem: string) {
    super(`${scope.node.path}: ${problem}`);
    this.#scope = scope;
  }

  /** The construct that refused. */
  get scope(): IConstruct {
    return this.#scope;
  }
}

/**
 * Checks one prop now. A value that Terraform will only know later passes.
 * @throws ValidationError
 */
export function validate<T>(scope: IConstruct, prop: string, value: T | undefined, rule: Rule<T>): void {
  if (value === undefined || Token.isUnresolved(value)) return;
  refuse(scope, prop, rule(value));
}

/** @throws ValidationError when there is a problem. */
export function refuse(scope: IConstruct, prop: string, problem: Problem): void {
  if (problem !== undefined) throw new ValidationError(scope, `${prop}: ${problem}`);
}

/** {@link validate} for each member of a list. */
export function validateAll<T>(scope: IConstruct, prop: string, values: readonly T[], rule: Rule<T>): void {
  if (Token.isUnresolved(values)) return;
  for (const value of values) validate(scope, prop, value, rule);
}

/**
 * An id in Azure's own spelling, which the provider insists on; one that Terraform will only know later as it is.
 * @throws ValidationError
 */
export function checkedResourceId(scope: IConstruct, prop: string, value: string, type: ResourceType): string {
  validate(scope, prop, value, resourceIdProblem(type));
  return Token.isUnresolved(value) ? value : parseResourceId(value, type).id;
}

/** Whether Terraform alone knows one of the values: what relates them cannot be checked. */
export function isAnyUnresolved(...values: readonly unknown[]): boolean {
  return values.some(
    (value) => Token.isUnresolved(value) || (Array.isArray(value) && value.some((v) => Token.isUnresolved(v))),
  );
}

/** Whether a list is Terraform's to know as a whole: its one member here stands for them all, and is no text. */
export function isListToken(values: readonly string[]): boolean {
  return Tokenization.reverseList([...values]) !== undefined;
}

/** Warnings that depend on later calls: worked out once the construct is complete. */
export function warnAtSynth(scope: IConstruct, warnings: () => string[]): void {
  Aspects.of(scope).add({
    visit(node) {
      if (node !== scope) return;
      for (const warning of warnings()) Annotations.of(scope).addWarning(warning);
    },
  });
}

/** Errors that depend on later calls: found when the app is synthesized. */
export function refuseAtSynth(scope: IConstruct, problems: () => string[]): void {
  scope.node.addValidation({ validate: problems });
}
