import { ServiceError } from "./service-error.js";

/** A value of more parts than this is not made. */
const MAX_PARTS = 10_000;

/**
 * A value that satisfies a JSON Schema, as JSON text, for the arguments of tool calls and for structured outputs: the first
 * choice everywhere, only what is required. Follows neither `$ref` nor the formats of strings.
 * @throws ServiceError 400 for a schema whose smallest value is huge
 */
export function sampleText(schema: unknown): string {
  return JSON.stringify(new Sampler().sample(schema));
}

class Sampler {
  private parts = 0;

  sample(schema: unknown): unknown {
    this.parts += 1;
    if (this.parts > MAX_PARTS) throw ServiceError.schemaTooLarge(MAX_PARTS);
    const { type, properties, required, items, anyOf, minItems, minimum, ...rest } = record(schema);
    if ("const" in rest) return rest["const"];
    if (Array.isArray(rest["enum"])) return rest["enum"][0] ?? null;
    if (Array.isArray(anyOf)) return this.sample(anyOf[0]);
    switch (Array.isArray(type) ? type[0] : type) {
      case "string":
        return "text";
      case "number":
      case "integer":
        return typeof minimum === "number" ? minimum : 1;
      case "boolean":
        return true;
      case "null":
        return null;
      case "array":
        return this.list(items, typeof minItems === "number" ? minItems : 0);
      default: {
        const names: unknown[] = Array.isArray(required) ? required : [];
        return Object.fromEntries(names.map((name) => [String(name), this.sample(record(properties)[String(name)])]));
      }
    }
  }

  private list(items: unknown, length: number): unknown[] {
    const list: unknown[] = [];
    while (list.length < length) list.push(this.sample(items));
    return list;
  }
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
