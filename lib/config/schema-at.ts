import { z } from "zod";
import { type JsonPath } from "./json-text.js";

/** The object, list or scalar at a path of a schema, without the wrappers for optional fields, defaults and transforms. */
export function schemaAt(schema: z.ZodType, path: JsonPath): z.ZodType | undefined {
  return path.reduce<z.ZodType | undefined>((current, key) => {
    if (current instanceof z.ZodArray) return unwrapped(current.element as z.ZodType);
    return current instanceof z.ZodObject ? unwrapped(current.shape[key] as z.ZodType | undefined) : undefined;
  }, unwrapped(schema));
}

/** The keys that an object takes; none where there is no object. */
export function keysOf(schema: z.ZodType | undefined): string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape).filter((key) => !key.startsWith("$")) : [];
}

function unwrapped(schema: z.ZodType | undefined): z.ZodType | undefined {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    return unwrapped(schema.def.innerType as z.ZodType);
  if (!(schema instanceof z.ZodPipe)) return schema;
  // What comes before a transform is what the file holds; a preprocessing step comes before that.
  return unwrapped((schema.def.in instanceof z.ZodTransform ? schema.def.out : schema.def.in) as z.ZodType);
}
