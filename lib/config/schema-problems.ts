import { type z } from "zod";
import { quote, wrongWord } from "../rules/problem.js";
import { missing, tooFew, tooMany, type JsonType, wrongType } from "../rules/shape.js";
import { type JsonPath } from "./json-text.js";
import { schemaAt } from "./schema-at.js";
import { unknownKeyProblem } from "./unknown-key.js";
import { correction } from "./correction.js";

type Issue = z.core.$ZodIssue;

/** A problem with its place, before the place is written as text. */
export interface PlacedProblem {
  readonly path: JsonPath;
  readonly problem: string;
}

const TYPES: Readonly<Record<string, JsonType>> = {
  string: "a string",
  number: "a number",
  boolean: "true or false",
  array: "an array",
  object: "an object",
  record: "an object",
};

/** What a schema found wrong, as messages. */
export function schemaProblems(issues: readonly Issue[], input: unknown, schema: z.ZodType): PlacedProblem[] {
  return issues.flatMap((issue): PlacedProblem | PlacedProblem[] => {
    const path = issue.path as JsonPath;
    const value = valueAt(input, path);
    switch (issue.code) {
      case "custom":
        return { path, problem: issue.message };
      case "unrecognized_keys":
        return issue.keys.map((key) => ({ path: [...path, key], problem: unknownKeyProblem(schema, path, key) }));
      case "invalid_type":
        return { path, problem: wrongTypeProblem(value, [issue.expected], path, schema) };
      case "invalid_union":
        return unionProblems(issue, input, schema);
      case "invalid_value":
        return { path, problem: wrongChoice(value, issue.values) };
      case "too_small":
        return { path, problem: tooFew(issue.minimum) };
      case "too_big":
        return { path, problem: tooMany((value as readonly unknown[]).length, issue.maximum) };
      default:
        return { path, problem: `${quote(value)} is not allowed: ${issue.message}` };
    }
  });
}

function wrongChoice(value: unknown, allowed: readonly unknown[]): string {
  if (allowed.every((each) => typeof each === "string")) return wrongWord(value, allowed);
  return `${quote(value)} is not allowed; write ${allowed.map(quote).join(" or ")}, or leave it out`;
}

/** What is wrong with the alternative that was meant: the one of the value's own type. */
function unionProblems(issue: z.core.$ZodIssueInvalidUnion, input: unknown, schema: z.ZodType): PlacedProblem[] {
  const isWrongType = ({ code, path }: Issue) => code === "invalid_type" && path.length === 0;
  const meant = issue.errors.find((issues) => !issues.some(isWrongType));
  if (meant) {
    const issues = meant.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }));
    return schemaProblems(issues, input, schema);
  }
  const path = issue.path as JsonPath;
  const expected = issue.errors.flatMap((issues) =>
    issues.flatMap((inner) => (inner.code === "invalid_type" ? inner.expected : [])),
  );
  return [{ path, problem: wrongTypeProblem(valueAt(input, path), expected, path, schema) }];
}

function wrongTypeProblem(value: unknown, expected: readonly string[], path: JsonPath, schema: z.ZodType): string {
  const types = expected.flatMap((type) => TYPES[type] ?? []);
  const place = schemaAt(schema, path);
  const [type] = types;
  const fix = type && correction(value, type, place, path.at(-1) ?? "");
  if (value !== undefined) return wrongType(value, types, fix);
  return missing(fix ?? [types.join(" or "), ...(place?.description ? [`(${place.description})`] : [])].join(" "));
}

function valueAt(input: unknown, path: JsonPath): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], input);
}
