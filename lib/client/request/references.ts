import { JsonScanner, type JsonVisitor } from "./json-scanner.js";

/**
 * What lives on one account only, by the names it goes by: ids, and hashes of encrypted reasoning.
 *
 * Taken is the value of `id` and `previous_response_id`, whatever its prefix (new kinds of items keep appearing), and that of
 * another field which refers to something, such as `file_ids`, where it has a prefix that the service gives. Not taken are
 * names of the caller's own: in `metadata`, `user`, `prompt_cache_key` and `call_id`.
 */
class ReferenceVisitor implements JsonVisitor {
  constructor(private readonly found: (reference: string) => void) {}

  wants(key: string): boolean {
    return mayRefer(key);
  }

  string(key: string, value: string | undefined): void {
    if (value !== undefined && isReference(key, value)) this.found(value);
  }

  hash(hash: string): void {
    this.found(encryptedReference(hash));
  }
}

/** Finds references in a JSON text that may come in pieces. */
export function referenceScanner(found: (reference: string) => void): JsonScanner {
  return new JsonScanner(new ReferenceVisitor(found), { hashed: ENCRYPTED, ignored: CALLERS_OWN });
}

/** The field of encrypted reasoning. */
export const ENCRYPTED = "encrypted_content";
/** The field of what the caller attaches to things. */
export const CALLERS_OWN = "metadata";

/** Whether a field of this name can refer to something. */
export function mayRefer(key: string): boolean {
  return key === "id" || key.endsWith("_id") || key.endsWith("_ids") || REFERRING_KEYS.has(key);
}

export function isReference(key: string, value: string): boolean {
  if (key === "id" || key === "previous_response_id") return ID.test(value) && !value.startsWith("call_");
  return mayRefer(key) && KNOWN_ID.test(value);
}

/** No id has this form. */
export function encryptedReference(hash: string): string {
  return `encrypted_content ${hash}`;
}

const ID = /^[a-z][a-z\d]{0,15}[_-][\w-]{1,250}$/;
const KNOWN_ID =
  /^(?:resp|rs|fc|msg|conv|file|assistant|asst|thread|run|step|vs|vsfb|batch|upload|ftjob|cntr|cfile|eval|evalrun|video|char|task|gen|chatcmpl|ci|ws|fs|ig|cu|mcp|mcpr|mcpl|ctc|cmp)[_-][\w-]{1,250}$/;
const REFERRING_KEYS = new Set([
  "conversation",
  "container",
  "video",
  "training_file",
  "validation_file",
  "result_files",
]);

/** Services of the API that store things. */
const STATEFUL =
  /^(?:responses|files|uploads|batches|threads|assistants|vector_stores|conversations|containers|evals|videos(?:\/characters)?|video\/generations(?:\/jobs)?|fine_tuning\/jobs|chat\/completions(?=\/))(?:\/([^/]+))?/;
/** What stands where an id would, but is none. */
const NO_IDS = new Set(["compact", "input_tokens", "runs", "edits", "extensions", "import"]);

/**
 * @param resource see `Route`.
 * @returns undefined for a call that has nothing to do with stored things; else the id in its path, if any.
 */
export function statefulPath(resource: string): { readonly id: string | undefined } | undefined {
  const match = STATEFUL.exec(resource);
  if (match === null) return undefined;
  const id = match[1];
  return { id: id === undefined || NO_IDS.has(id) ? undefined : id };
}
