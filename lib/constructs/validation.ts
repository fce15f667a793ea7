import { Annotations, Aspects, Token } from "cdktf";
import { type IConstruct } from "constructs";
import { type Problem, type Rule } from "../rules/problem.js";

/** Input that Azure would refuse. The message names the construct's path, the prop, the value, what is allowed and what to do. */
export class ValidationError extends Error {
  override readonly name = "ValidationError";

  constructor(
    /** The construct that refused. */
    readonly scope: IConstruct,
    problem: string,
  ) {
    super(`${scope.node.path}: ${problem}`);
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
