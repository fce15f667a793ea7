import { TextHash } from "../text-hash.js";
import { JsonScanner, type JsonVisitor } from "./json-scanner.js";
import { CALLERS_OWN, ENCRYPTED, encryptedReference, isReference, mayRefer } from "./references.js";
import { type AnswerLimits, type Attachment, promptTokens } from "./size.js";

/** What a balancer has to know of a request's body. */
export interface BodyFacts {
  readonly model: JsonString | undefined;
  readonly stream: boolean;
  readonly background: boolean;
  readonly store: boolean;
  readonly promptCacheKey: string | undefined;
  /** What it refers to that lives on one account, the latest in the text first: found as far as it is asked for. */
  readonly references: Iterable<string>;
  /** An estimate, reckoned when it is asked for. */
  readonly promptTokens: number;
  readonly answer: AnswerLimits;
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
  promptTokens: 0,
  answer: { longest: undefined, count: 1 },
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
  readonly answer = { longest: undefined as number | undefined, count: 1 };
  private readonly attachments: Attachment[] = [];
  /** Ids, and where encrypted reasoning starts and ends: hashing is the dearest, and seldom needed for more than one. */
  private readonly found: (string | readonly [start: number, end: number])[] = [];

  constructor(private readonly text: string) {}

  get references(): Iterable<string> {
    return { [Symbol.iterator]: () => this.latestFirst() };
  }

  get promptTokens(): number {
    return promptTokens(this.text, this.attachments);
  }

  wants(key: string): boolean {
    return (
      key === "model" || key === "prompt_cache_key" || key === ENCRYPTED || ANSWER_LIMITS.has(key) || mayRefer(key)
    );
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

  number(key: string, value: number, depth: number): void {
    if (depth !== 1) return;
    if (key === "n" || key === "best_of") this.answer.count = Math.max(this.answer.count, value);
    else if (ANSWER_LIMITS.has(key)) this.answer.longest = value;
  }

  passedOver(key: string, start: number, end: number): void {
    const kind = this.text.startsWith("data:image/", start + 1) ? "image" : MEDIA.has(key) ? "media" : undefined;
    if (kind !== undefined) this.attachments.push({ start, end, kind });
  }

  private *latestFirst(): Iterator<string> {
    for (let index = this.found.length - 1; index >= 0; index--) {
      const reference = this.found[index];
      if (typeof reference === "string") yield reference;
      else if (reference !== undefined) yield encryptedReference(new TextHash().add(this.text, ...reference).digest());
    }
  }
}

const ANSWER_LIMITS: ReadonlySet<string> = new Set([
  "max_tokens",
  "max_completion_tokens",
  "max_output_tokens",
  "n",
  "best_of",
]);

/** Fields of base64: recordings, and documents. */
const MEDIA: ReadonlySet<string> = new Set(["data", "file_data"]);

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
