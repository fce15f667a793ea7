import { TextHash } from "../text-hash.js";
import { JsonScanner, type JsonVisitor } from "./json-scanner.js";
import { CALLERS_OWN, ENCRYPTED, encryptedReference, isReference, mayRefer } from "./references.js";

/** What a balancer has to know of a request's body. */
export interface BodyFacts {
  readonly model: JsonString | undefined;
  readonly stream: boolean;
  readonly background: boolean;
  readonly store: boolean;
  readonly promptCacheKey: string | undefined;
  /** What it refers to that lives on one account, the latest in the text first: found as far as it is asked for. */
  readonly references: Iterable<string>;
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

/** Reads a JSON body once. Of a string that occurs twice the last one counts, as for a JSON parser. */
export function factsOfJson(text: string): BodyFacts {
  const visitor = new BodyVisitor(text);
  new JsonScanner(visitor, { ignored: CALLERS_OWN }).scan(text);
  return visitor;
}

class BodyVisitor implements JsonVisitor, BodyFacts {
  model: JsonString | undefined;
  stream = false;
  background = false;
  store = false;
  promptCacheKey: string | undefined;
  /** Ids, and where encrypted reasoning starts and ends: hashing is the dearest, and seldom needed for more than one. */
  private readonly found: (string | readonly [start: number, end: number])[] = [];

  constructor(private readonly text: string) {}

  get references(): Iterable<string> {
    return { [Symbol.iterator]: () => this.latestFirst() };
  }

  wants(key: string): boolean {
    return key === "model" || key === "prompt_cache_key" || key === ENCRYPTED || mayRefer(key);
  }

  string(key: string, value: string | undefined, depth: number, start: number, end: number): void {
    if (key === ENCRYPTED) this.found.push([start + 1, end - 1]);
    else if (value === undefined) return;
    else if (depth === 1 && key === "model") this.model = { value, start, end };
    else if (depth === 1 && key === "prompt_cache_key") this.promptCacheKey = value || undefined;
    else if (isReference(key, value)) this.found.push(value);
  }

  flag(key: string, depth: number): void {
    if (depth !== 1) return;
    if (key === "stream" || key === "background" || key === "store") this[key] = true;
  }

  private *latestFirst(): Iterator<string> {
    for (let index = this.found.length - 1; index >= 0; index--) {
      const reference = this.found[index];
      if (typeof reference === "string") yield reference;
      else if (reference !== undefined) yield encryptedReference(new TextHash().add(this.text, ...reference).digest());
    }
  }
}

export function factsOfForm(form: FormData): BodyFacts {
  const references: string[] = [];
  for (const [name, value] of form) {
    // `video[id]` is the id of an object's field, `file_ids[]` one of a list.
    const key = name.replace("[]", "").replace(/\[(\w+)\]$/, "_$1");
    if (typeof value === "string" && isReference(key, value)) references.unshift(value);
  }
  const model = form.get("model");
  return {
    ...NO_FACTS,
    model: typeof model === "string" ? { value: model, start: 0, end: 0 } : undefined,
    stream: form.get("stream") === "true",
    references,
  };
}
