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
  return issues.flatMap((issue) => {
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
        return { path, problem: wrongType(value, TYPES[issue.expected] ?? issue.expected) };
      case "invalid_union":
        return { path, problem: wrongType(value, "a text, or a list of texts") };
      case "invalid_value":
        return { path, problem: wrongWord(value, issue.values.map(String)) };
      case "too_small":
        return { path, problem: `${quote(value)} is empty; at least ${issue.minimum} is needed` };
      case "too_big":
        return {
          path,
          problem: `has ${Array.isArray(value) ? value.length : quote(value)} members; allowed are ${issue.maximum}`,
        };
      default:
        return { path, problem: `${quote(value)} is refused: ${issue.message}` };
    }
  });
}

function wrongType(value: unknown, expected: string): string {
  return value === undefined ? `is missing; write ${expected}` : `${quote(value)} is not ${expected}`;
}

function wrongWord(value: unknown, words: readonly string[]): string {
  if (value === undefined) return `is missing; allowed are ${listed(words)}`;
  return `${quote(value)} is not known; allowed are ${listed(words)}${typeof value === "string" ? didYouMean(value, words) : ""}`;
}

function unknownKey(key: string, known: readonly string[]): string {
  const camelCase = key.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const variable = STATE_SECRETS[camelCase];
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
