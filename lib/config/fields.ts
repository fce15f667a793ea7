import { z } from "zod";
import { type Problem, type RangeRule, type Rule } from "../rules/problem.js";

/** Reports a problem of one field of an object; says nothing where there is none. */
export type Add = (path: readonly (string | number)[], problem: Problem) => void;

/** A text that a rule accepts. */
export function text(rule: Rule<string>, description: string): z.ZodString {
  return z
    .string()
    .superRefine((value, ctx) => {
      const message = rule(value);
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
 * Adds what concerns several fields of an object. It is checked even where single fields are wrong, so that everything is
 * reported at once: the check sees fields as they were written and has to look before it reads.
 */
export function checked<T extends z.ZodType>(schema: T, check: (value: Loose<z.output<T>>, add: Add) => void): T {
  return schema.superRefine(
    (value, ctx) => {
      if (typeof value !== "object" || value === null) return;
      check(value as Loose<z.output<T>>, (path, message) => {
        if (message !== undefined) ctx.addIssue({ code: "custom", path: [...path], message });
      });
    },
    { when: () => true },
  );
}

/** An object of which any field may be missing. */
export type Loose<T> = { readonly [K in keyof T]?: T[K] };

/** One of two ways to say a thing, not both and not neither. */
export function exactlyOne<T extends object>(
  value: T,
  keys: readonly (keyof T & string)[],
  fix: string,
  add: Add,
): void {
  const given = keys.filter((key) => value[key] !== undefined);
  if (given.length === 1) return;
  add(
    [],
    `has ${given.length === 0 ? "neither" : "both"} ${keys.join(given.length === 0 ? " nor " : " and ")}; ${fix}`,
  );
}
