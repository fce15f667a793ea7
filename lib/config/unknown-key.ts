import { type z } from "zod";
import { camelCase, credentialKey, isCredentialKey, renamedKey, secretKey, unknownKey } from "../rules/shape.js";
import { type JsonPath } from "./json-text.js";
import { keysOf, schemaAt } from "./schema-at.js";
import { RENAMED_STATE_KEYS, STATE_SECRETS } from "./state-config.js";

/** Says what to do about a key that the schema does not know at this place. */
export function unknownKeyProblem(schema: z.ZodType, path: JsonPath, key: string): string {
  const name = camelCase(key);
  const known = keysOf(schemaAt(schema, path));
  const renamed = path[0] === "state" ? RENAMED_STATE_KEYS.get(name) : undefined;
  if (renamed !== undefined && known.includes(renamed)) return renamedKey(renamed);
  const variable = STATE_SECRETS.get(name);
  if (variable !== undefined && path[0] === "state") return secretKey(variable);
  if (path[0] !== "state" && path[0] !== "listener" && isCredentialKey(key)) return credentialKey();
  return unknownKey(key, known);
}
