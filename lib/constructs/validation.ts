import { Token, Tokenization } from "cdktf";
import { type IConstruct } from "constructs";
import { type Problem, type Rule } from "../rules/problem.js";
import { type Duration } from "../duration.js";
import { parseResourceId, resourceIdProblem, type ResourceType } from "../rules/resource-id.js";
import { attributeReference } from "./reference.js";
import { readable } from "./warning.js";

/** Input that Azure would refuse. The message names the construct's path, the prop, the value, what is allowed and what to do. */
export class ValidationError extends Error {
  /** Tells it from other errors, also across copies of this package. */
  override readonly name = "ValidationError";

  // Private: Node prints the fields of an error that nobody catches, and this one holds the whole tree.
  readonly #scope: IConstruct;

  constructor(scope: IConstruct, problem: string) {
    super(`${scope.node.path}: ${readable(problem)}`);
    this.#scope = scope;
  }

  /** The construct that refused. */
  get scope(): IConstruct {
    return this.#scope;
  }
}

/**
 * Checks one prop now. A value that is known only after apply passes, unless what is known of it tells that it is wrong.
 * @throws ValidationError
 */
export function validate<T>(scope: IConstruct, prop: string, value: T | undefined, rule: Rule<T>): void {
  if (value === undefined) return;
  if (!Token.isUnresolved(value)) return refuse(scope, prop, rule(value));
  if (typeof value === "string") refuse(scope, prop, rule.ofTemplate?.(readable(value, "…")));
  const reference = rule.ofAttribute && attributeReference(scope, value);
  if (reference) refuse(scope, prop, rule.ofAttribute?.(reference));
}

/**
 * The whole seconds of a duration, checked by a rule.
 * @throws ValidationError for one that the rule refuses, or that is known only after apply.
 */
export function secondsOf(scope: IConstruct, prop: string, duration: Duration, rule: Rule<number>): number {
  if (duration.isUnresolved())
    throw new ValidationError(
      scope,
      `${prop}: it is known only after apply, and a duration has to be known at synthesis; write it as a number`,
    );
  const seconds = duration.toSeconds();
  refuse(scope, prop, rule(seconds));
  return seconds;
}

/**
 * Refuses a prop when there is a problem.
 * @throws ValidationError
 */
export function refuse(scope: IConstruct, prop: string, problem: Problem): void {
  if (problem !== undefined) throw new ValidationError(scope, `${prop}: ${problem}`);
}

/** {@link validate} for each member of a list. */
export function validateAll<T>(scope: IConstruct, prop: string, values: readonly T[], rule: Rule<T>): void {
  if (Token.isUnresolved(values)) return;
  for (const value of values) validate(scope, prop, value, rule);
}

/**
 * An id in Azure's own spelling, which the provider insists on; one that is known only after apply as it is.
 * @throws ValidationError
 */
export function checkedResourceId(scope: IConstruct, prop: string, value: string, type: ResourceType): string {
  validate(scope, prop, value, resourceIdProblem(type));
  return Token.isUnresolved(value) ? value : parseResourceId(value, type).id;
}

/** Whether one of the values is known only after apply: what relates them cannot be checked. */
export function isAnyUnresolved(...values: readonly unknown[]): boolean {
  return values.some(
    (value) => Token.isUnresolved(value) || (Array.isArray(value) && value.some((v) => Token.isUnresolved(v))),
  );
}

/** Whether a list as a whole is known only after apply: its one member here is a marker for them all. */
export function isListToken(values: readonly string[]): boolean {
  return Tokenization.reverseList([...values]) !== undefined;
}

/** Errors that depend on later calls: found when the app is synthesized. */
export function refuseAtSynth(scope: IConstruct, problems: () => string[]): void {
  scope.node.addValidation({ validate: problems });
}
