import { type JsonVisitor } from "./json-scanner.js";
import { encryptedReference, isReference, referenceScanner } from "./references.js";

/** What a balancer has to know of a request's body. */
export interface BodyFacts {
  readonly model: JsonString | undefined;
  readonly stream: boolean;
  readonly background: boolean;
  readonly store: boolean;
  readonly promptCacheKey: string | undefined;
  /** What it refers to, in the order of the text. */
  readonly references: readonly string[];
}

/** A string's value, and where it is in its JSON text, quotes included. */
export interface JsonString {
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

export const NO_FACTS: BodyFacts = {
  model: undefined,
  stream: false,
  background: false,
  store: false,
  promptCacheKey: undefined,
  references: [],
};

/** Reads a JSON body once. Of a field that occurs twice the last one counts, as for a JSON parser. */
export function factsOfJson(text: string): BodyFacts {
  const visitor = new BodyVisitor();
  referenceScanner(visitor).scan(text);
  return visitor;
}

class BodyVisitor implements JsonVisitor, BodyFacts {
  model: JsonString | undefined;
  stream = false;
  background = false;
  store = false;
  promptCacheKey: string | undefined;
  readonly references: string[] = [];

  string(key: string, value: string, depth: number, start: number, end: number): void {
    if (depth === 1 && key === "model") this.model = { value, start, end };
    else if (depth === 1 && key === "prompt_cache_key") this.promptCacheKey = value;
    else if (isReference(key, value)) this.references.push(value);
  }

  hash(hash: string): void {
    this.references.push(encryptedReference(hash));
  }

  flag(key: string, depth: number): void {
    if (depth !== 1) return;
    if (key === "stream" || key === "background" || key === "store") this[key] = true;
  }
}

export function factsOfForm(form: FormData): BodyFacts {
  const references: string[] = [];
  for (const [name, value] of form) {
    // `video[id]` is the id of an object's field, `file_ids[]` one of a list.
    const key = name.replace("[]", "").replace(/\[(\w+)\]$/, "_$1");
    if (typeof value === "string" && isReference(key, value)) references.push(value);
  }
  const model = form.get("model");
  return {
    ...NO_FACTS,
    model: typeof model === "string" ? { value: model, start: 0, end: 0 } : undefined,
    stream: form.get("stream") === "true",
    references,
  };
}
