import { z } from "zod";
import { type Problem, quote, type RangeRule, type Rule } from "../rules/problem.js";

/** Reports a problem at a place inside the value that is checked; says nothing where there is none. */
export type Add = (path: readonly (string | number)[], problem: Problem) => void;

/** The fields of an object as a check of their relations sees them. */
export interface Fields<T> {
  /** Those that are right by themselves, parsed; the others are reported already. */
  readonly right: Partial<T>;
  /** Whether the file has the field, right or wrong. */
  has(key: keyof T & string): boolean;
}

/** A member of a list that is right by itself, parsed, with its place in the list. */
export interface Member<T> {
  readonly at: number;
  readonly value: T;
}

/** A string that a rule accepts and that Terraform takes as it stands. */
export function text(rule: Rule<string>, description: string): z.ZodString {
  return z
    .string()
    .superRefine((value, ctx) => {
      const message = rule(value) ?? expressionProblem(value);
      if (message !== undefined) ctx.addIssue({ code: "custom", message });
    })
    .describe(description);
}

/** A whole number within a rule's bounds, which the editor's schema shows too. */
export function range(rule: RangeRule, description: string): z.ZodNumber {
  return z
    .number()
    .superRefine((value, ctx) => {
      const message = rule(value);
      if (message !== undefined) ctx.addIssue({ code: "custom", message });
    })
    .meta({ description, type: "integer", minimum: rule.min, maximum: rule.max });
}

/**
 * Checks what concerns several fields of an object, in the pass that parses it. It runs even where single fields are wrong,
 * so that everything is reported at once.
 */
export function related<T extends z.ZodObject>(object: T, check: (fields: Fields<z.output<T>>, add: Add) => void): T {
  return object.superRefine(
    (_, ctx) => {
      check(fieldsOf(ctx), adderTo(ctx));
    },
    { when: hasRightType },
  );
}

/**
 * An object whose fields say which of several alternatives is meant: it is parsed to a member of a union. `choose` returns
 * undefined where it reports a problem, or needs a field that is wrong by itself.
 */
export function alternatives<T extends z.ZodObject, U extends object>(
  object: T,
  choose: (fields: Fields<z.output<T>>, add: Add) => U | undefined,
): z.ZodType<U, z.input<T>> {
  const schema = object.superRefine(
    (_, ctx) => {
      const chosen: unknown = choose(fieldsOf(ctx), adderTo(ctx));
      // A transform would not run where a field is wrong, so the parsed value is replaced in the check.
      if (chosen !== undefined) ctx.value = chosen as typeof ctx.value;
    },
    { when: hasRightType },
  );
  return schema as unknown as z.ZodType<U, z.input<T>>;
}

/** {@link related} for the members of a list. */
export function relatedMembers<T extends z.ZodArray>(
  list: T,
  check: (members: readonly Member<z.output<T>[number]>[], add: Add) => void,
): T {
  return list.superRefine(
    (_, ctx) => {
      const wrong = new Set(ctx.issues.map(({ path }) => path?.[0]));
      const members = (ctx.value as z.output<T>).map((value, at) => ({ at, value: value as z.output<T>[number] }));
      check(
        members.filter(({ at }) => !wrong.has(at)),
        adderTo(ctx),
      );
    },
    { when: hasRightType },
  );
}

/** What has to be unique among the members of a list, and the field of the member that it comes from. */
export interface Key {
  readonly value: string;
  readonly field: readonly string[];
}

/**
 * Reports each member whose key is that of an earlier one.
 * @returns the places of those reported
 */
export function refuseRepeated<T>(
  members: readonly Member<T>[],
  keyOf: (value: T) => Key | undefined,
  problem: (key: string, first: number) => string,
  add: Add,
): number[] {
  const firsts = new Map<string, number>();
  return members.flatMap(({ at, value }) => {
    const key = keyOf(value);
    if (key === undefined) return [];
    const first = firsts.get(key.value);
    if (first === undefined) firsts.set(key.value, at);
    else add([at, ...key.field], problem(key.value, first));
    return first === undefined ? [] : [at];
  });
}

/** Terraform evaluates `${…}` and `%{…}` in every string that it is given, and this file holds plain values. */
export function expressionProblem(value: string): Problem {
  const sign = /[$%]\{/.exec(value)?.[0];
  return sign && `${quote(value)} contains "${sign}", which Terraform would evaluate as an expression; remove it`;
}

function fieldsOf<T>(ctx: z.core.ParsePayload<T>): Fields<T> {
  const wrong = new Set(ctx.issues.map(({ path }) => path?.[0]));
  const entries = Object.entries(ctx.value as object);
  return {
    right: Object.fromEntries(entries.filter(([key]) => !wrong.has(key))) as Partial<T>,
    has: (key) => entries.some(([name, value]) => name === key && value !== undefined),
  };
}

function adderTo(ctx: z.core.$RefinementCtx): Add {
  return (path, message) => {
    if (message !== undefined) ctx.addIssue({ code: "custom", path: [...path], message });
  };
}

/** False for a value of another type, whose parts are not there to be checked. */
export function hasRightType({ issues }: z.core.ParsePayload): boolean {
  return !issues.some(({ code, path }) => code === "invalid_type" && !path?.length);
}
