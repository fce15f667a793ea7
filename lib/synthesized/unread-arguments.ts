import { z } from "zod";
import { type JsonObject, isObject } from "./terraform-json.js";

/** What Terraform does with a resource, where it is, and what says nothing that is not said elsewhere. */
const WITHOUT_MEANING = [
  ...["//", "connection", "count", "depends_on", "for_each", "lifecycle", "provider", "provisioner", "timeouts"],
  ...["dynamic", "location", "sku.tier", "frontend_ip_configuration.private_ip_address_allocation"],
];

/** By these, a block refers to something; where that matters, it is read, or it is an unread argument itself. */
const REFERENCE = /(?:^|_)(?:ids?|names?)$/;

/**
 * The arguments that are set and that `schema` has no place for, by their paths: `http_listener.require_sni`. A block that
 * is unknown as a whole is one argument.
 */
export function unreadArguments(schema: z.ZodType, body: JsonObject): string[] {
  return [...new Set(outside(schema, body, []))].sort();
}

function outside(schema: unknown, value: unknown, path: readonly string[]): string[] {
  if (schema instanceof z.ZodPipe) return outside(schema.out, value, path);
  if (schema instanceof z.ZodArray) return [value].flat().flatMap((item) => outside(schema.element, item, path));
  if (!(schema instanceof z.ZodObject) || !isObject(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    const at = [...path, name];
    const known: unknown = schema.shape[name];
    if (known !== undefined) return outside(known, inner, at);
    const argument = at.join(".");
    return isSet(inner) && !REFERENCE.test(name) && !WITHOUT_MEANING.includes(argument) ? [argument] : [];
  });
}

/** A plan has all arguments; those that nobody set are null, empty, zero or false. */
function isSet(value: unknown): boolean {
  if (typeof value === "object" && value !== null) return Object.keys(value).length > 0;
  return Boolean(value);
}
