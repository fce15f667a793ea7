import { type z } from "zod";
import { didYouMean, listed, quote } from "../rules/problem.js";
import { type ConfigProblem, jsonPath } from "./config-error.js";
import { STATE_SECRETS } from "./state-config.js";

type Issue = z.core.$ZodIssue;

const TYPES: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
};

/** What a schema found wrong, in words. */
export function schemaProblems(issues: readonly Issue[], input: unknown, schema: z.ZodType): ConfigProblem[] {
  return issues.flatMap((issue): ConfigProblem | ConfigProblem[] => {
    const path = jsonPath(issue.path);
    const value = at(input, issue.path);
    switch (issue.code) {
      case "custom":
        return { path, problem: issue.message };
      case "unrecognized_keys":
        return issue.keys.map((key) => ({
          path: jsonPath([...issue.path, key]),
          problem: unknownKey(key, knownKeys(schema, issue.path)),
        }));
      case "invalid_type":
        return { path, problem: wrongType(value, typeName(issue.expected)) };
      case "invalid_union":
        return unionProblems(issue, input, schema);
      case "invalid_value":
        return { path, problem: wrongWord(value, issue.values.map(String)) };
      case "too_small":
        return { path, problem: `${quote(value)} is empty; at least ${issue.minimum} is needed` };
      case "too_big":
        return {
          path,
          problem: `has ${Array.isArray(value) ? value.length : quote(value)} members; at most ${issue.maximum} are allowed`,
        };
      default:
        return { path, problem: `${quote(value)} is refused: ${issue.message}` };
    }
  });
}

/** What is wrong with the alternative that was meant: the one of the value's own type. */
function unionProblems(issue: z.core.$ZodIssueInvalidUnion, input: unknown, schema: z.ZodType): ConfigProblem[] {
  const isWrongType = ({ code, path }: Issue) => code === "invalid_type" && path.length === 0;
  const meant = issue.errors.find((issues) => !issues.some(isWrongType));
  if (meant) {
    const issues = meant.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }));
    return schemaProblems(issues, input, schema);
  }
  const types = issue.errors.flatMap((issues) =>
    issues.flatMap((inner) => (inner.code === "invalid_type" ? typeName(inner.expected) : [])),
  );
  return [{ path: jsonPath(issue.path), problem: wrongType(at(input, issue.path), types.join(" or ")) }];
}

function wrongType(value: unknown, expected: string): string {
  if (value === undefined) return `is missing; write ${expected}`;
  const isQuoted =
    typeof value === "string" && [TYPES["number"], TYPES["boolean"]].includes(expected) && isScalar(value);
  return `${quote(value)} is not ${expected}${isQuoted ? "; leave out the quotes" : ""}`;
}

function isScalar(value: string): boolean {
  return /^(true|false|-?\d+(\.\d+)?)$/.test(value);
}

function typeName(expected: string): string {
  return TYPES[expected] ?? expected;
}

function wrongWord(value: unknown, words: readonly string[]): string {
  if (value === undefined) return `is missing; allowed are ${listed(words)}`;
  return `${quote(value)} is not known; allowed are ${listed(words)}${typeof value === "string" ? didYouMean(value, words) : ""}`;
}

function unknownKey(key: string, known: readonly string[]): string {
  const camelCase = key.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const variable = STATE_SECRETS.get(camelCase);
  if (variable)
    return `is a secret, which does not belong in this file; remove it and set the environment variable ${variable}`;
  return `unknown key${didYouMean(camelCase, known) || `; known are ${known.join(", ")}`}`;
}

function at(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], input);
}

/** The keys that the schema knows at this place. */
function knownKeys(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  const place = path.reduce<unknown>((current, key) => {
    const { shape, element } = unwrap(current);
    return typeof key === "number" ? element : shape?.[String(key)];
  }, schema);
  return Object.keys(unwrap(place).shape ?? {}).filter((key) => !key.startsWith("$"));
}

/** The object or list inside optional fields, defaults and transforms. */
function unwrap(schema: unknown): { shape?: Record<string, unknown>; element?: unknown } {
  let current = schema as
    { shape?: Record<string, unknown>; element?: unknown; def?: { innerType?: unknown; in?: unknown } } | undefined;
  while (current && !current.shape && !current.element) {
    current = (current.def?.innerType ?? current.def?.in) as typeof current;
  }
  return current ?? {};
}
