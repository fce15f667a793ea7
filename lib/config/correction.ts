import { type z } from "zod";
import { quote } from "../rules/problem.js";
import { type JsonType, secondsOf } from "../rules/shape.js";
import { schemaAt } from "./schema-at.js";

/** What to write instead of a value of the wrong type, where the value or the schema's example tells; else nothing. */
export function correction(
  value: unknown,
  type: JsonType,
  place: z.ZodType | undefined,
  key: PropertyKey,
): string | undefined {
  switch (type) {
    case "a string":
      return typeof value === "number" || typeof value === "boolean" ? `${quote(String(value))}, in quotes` : undefined;
    case "a number":
      return numberFor(value, String(key).endsWith("Seconds"));
    case "true or false":
      return BOOLEANS.get(String(value).toLowerCase());
    case "an array": {
      const member = place && schemaAt(place, [0]);
      const item = member?.safeParse(value).success ? written(value) : member && objectFor(value, member);
      return item && `an array: [${item}]`;
    }
    case "an object":
      return place && objectFor(value, place);
  }
}

const BOOLEANS: ReadonlyMap<string, string> = new Map([
  ...["true", "yes", "on"].map((word) => [word, "true, without quotes"] as const),
  ...["false", "no", "off"].map((word) => [word, "false, without quotes"] as const),
]);

function numberFor(value: unknown, isSeconds: boolean): string | undefined {
  if (typeof value !== "string") return undefined;
  if (/^-?\d{1,15}(\.\d+)?$/.test(value)) return `${value}, without quotes`;
  const seconds = isSeconds ? secondsOf(value) : undefined;
  return seconds === undefined ? undefined : `the seconds as a number: ${seconds}`;
}

/** An object in place of a lone value: `{ "fqdn": "a.openai.azure.com" }` for `"a.openai.azure.com"`, if that is right. */
function objectFor(value: unknown, place: z.ZodType): string | undefined {
  const example = firstExample(place);
  if (example === undefined) return undefined;
  const [key = ""] = Object.keys(example);
  const candidates = [{ [key]: value }, { ...example, [key]: value }];
  return written(candidates.find((candidate) => place.safeParse(candidate).success) ?? example);
}

function firstExample(schema: z.ZodType): object | undefined {
  const examples = schema.meta()?.["examples"] as readonly object[] | undefined;
  return examples?.[0];
}

/** A value as JSON is written by hand. */
function written(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(written).join(", ")}]`;
  if (typeof value !== "object" || value === null) return quote(value);
  const members = Object.entries(value).map(([key, member]) => `${quote(key)}: ${written(member)}`);
  return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
}
