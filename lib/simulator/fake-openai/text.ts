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

/** Longer lists than this are not made, whatever a schema's `minItems` says. */
const MAX_SAMPLE_ITEMS = 100;

/**
 * A value that satisfies a JSON Schema, for the arguments of tool calls and for structured outputs: the first choice
 * everywhere, only what is required. Follows neither `$ref` nor the formats of strings.
 */
export function sampleOf(schema: unknown): unknown {
  const { type, properties, required, items, anyOf, minItems, minimum, ...rest } = record(schema);
  if ("const" in rest) return rest["const"];
  if (Array.isArray(rest["enum"])) return rest["enum"][0];
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
    case "array": {
      const length = typeof minItems === "number" ? Math.min(minItems, MAX_SAMPLE_ITEMS) : 0;
      return Array.from({ length }, () => sampleOf(items));
    }
    default: {
      const names: unknown[] = Array.isArray(required) ? required : [];
      return Object.fromEntries(names.map((name) => [String(name), sampleOf(record(properties)[String(name)])]));
    }
  }
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
