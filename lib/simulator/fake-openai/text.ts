/** Four characters a token: the rule of thumb that Azure's estimate is close to for English text. */
const CHARACTERS_PER_TOKEN = 4;

/** Tokens of a prompt, whatever its shape. */
export function countTokens(prompt: unknown): number {
  const text = typeof prompt === "string" ? prompt : (JSON.stringify(prompt) ?? "");
  return Math.ceil(text.length / CHARACTERS_PER_TOKEN);
}

/** A reply as the model writes it: token by token, here word by word, and no more than it was allowed. */
export interface WrittenText {
  readonly text: string;
  readonly tokens: readonly string[];
  /** Whether the limit cut it short. */
  readonly truncated: boolean;
}

export function write(reply: string, maxTokens = Number.POSITIVE_INFINITY): WrittenText {
  const all = reply.match(/\s*\S+/g) ?? [];
  const tokens = all.slice(0, maxTokens);
  return { text: tokens.join(""), tokens, truncated: tokens.length < all.length };
}

/**
 * A value that satisfies a JSON Schema, for the arguments of tool calls and for structured outputs: the first choice
 * everywhere, only what is required.
 */
export function sampleOf(schema: unknown): unknown {
  if (typeof schema !== "object" || schema === null) return {};
  const { type, properties, required, items, anyOf, minItems, minimum, ...rest }: SchemaParts = schema;
  if ("const" in rest) return rest.const;
  if (Array.isArray(rest.enum)) return rest.enum[0];
  if (Array.isArray(anyOf)) return sampleOf(anyOf[0]);
  switch (Array.isArray(type) ? type[0] : type) {
    case "string":
      return "text";
    case "number":
    case "integer":
      return minimum ?? 1;
    case "boolean":
      return true;
    case "null":
      return null;
    case "array":
      return Array.from({ length: minItems ?? 0 }, () => sampleOf(items));
    default:
      return Object.fromEntries((required ?? []).map((name) => [name, sampleOf(properties?.[name])]));
  }
}

/** The parts of JSON Schema that {@link sampleOf} follows; `$ref` and string formats it does not. */
interface SchemaParts {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly required?: readonly string[];
  readonly items?: unknown;
  readonly anyOf?: readonly unknown[];
  readonly minItems?: number;
  readonly minimum?: number;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
}
