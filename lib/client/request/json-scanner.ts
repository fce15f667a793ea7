import { TextHash } from "../text-hash.js";

/** What a {@link JsonScanner} tells of a JSON text, in its order. */
export interface JsonVisitor {
  /** Whether the strings under this key are of interest: most of a body's are not, and stay where they are. */
  wants(key: string): boolean;
  /**
   * A string that is the value of a wanted key, or one of the array that is.
   *
   * @param value undefined where it is longer than {@link LONGEST_STRING}.
   * @param depth 1 for a field of the outermost object.
   * @param start where its opening quote is in the text, where that was scanned in one piece.
   */
  string(key: string, value: string | undefined, depth: number, start: number, end: number): void;
  /** A field whose value is `true`. */
  flag?(key: string, depth: number): void;
  /** A number of at most nine digits, without a sign, that is the value of a wanted key; of a text that is scanned in one piece. */
  number?(key: string, value: number, depth: number): void;
  /** A string of {@link LONG_STRING} characters or more that is not of interest; of a text that is scanned in one piece. */
  passedOver?(key: string, start: number, end: number): void;
  /** The hash of a string under the key that is to be hashed. */
  hash?(hash: string): void;
}

/** In characters. */
export const LONGEST_STRING = 300;
export const LONG_STRING = 1_000;

/**
 * Walks once through a JSON text that may come in pieces, in constant memory and without making values of it: bodies
 * have megabytes, of which a few short strings count. Takes malformed text without an error.
 */
export class JsonScanner {
  /** For each open bracket, innermost last: whether it is an object's. */
  private readonly objects: boolean[] = [];
  /** What encloses what comes next; of an array's elements it is the array's key, up to the first object or array in it. */
  private key = "";
  private keyComesNext = false;
  private isWanted = false;
  private mode: "outside" | "skipping" | "capturing" | "hashing" = "outside";
  /** What an earlier piece held of the string that is being captured; undefined where it has become too long. */
  private captured: string | undefined = "";
  private stringStart = 0;
  /** Whether the text so far ends within an escape, right after its backslash. */
  private escaped = false;
  private hash = new TextHash();
  /** Depth at which an object begins that is the caller's own and of no interest; 0 for none. */
  private ignoredFrom = 0;

  constructor(
    private readonly visitor: JsonVisitor,
    private readonly keys: {
      /** Whose values are hashed, however long they are. */
      readonly hashed?: string;
      /** Whose value is passed over, where it is an object. */
      readonly ignored?: string;
    } = {},
  ) {}

  /** Forgets what it was within: the text starts anew. */
  reset(): void {
    this.objects.length = 0;
    this.mode = "outside";
    this.escaped = false;
    this.ignoredFrom = 0;
    this.keyComesNext = false;
    this.key = "";
    this.isWanted = false;
  }

  scan(text: string, from = 0, to = text.length): void {
    for (let at = from; at < to;) at = this.mode === "outside" ? this.outside(text, at, to) : this.inside(text, at, to);
  }

  /** Between strings. @returns the position after an opening quote, or the end. */
  private outside(text: string, from: number, to: number): number {
    const { objects } = this;
    for (let at = from; at < to; at++) {
      switch (text.charCodeAt(at)) {
        case QUOTE:
          this.open(at);
          return at + 1;
        case OPEN_OBJECT:
        case OPEN_ARRAY: {
          if (objects.length >= DEEPEST) this.reset();
          const isObject = text.charCodeAt(at) === OPEN_OBJECT;
          objects.push(isObject);
          if (isObject && this.key === this.keys.ignored && this.ignoredFrom === 0) this.ignoredFrom = objects.length;
          this.keyComesNext = isObject;
          break;
        }
        case CLOSE_OBJECT:
        case CLOSE_ARRAY:
          if (objects.length === this.ignoredFrom) this.ignoredFrom = 0;
          objects.pop();
          // The array's next element is not a value of the last key within this one.
          this.key = "";
          this.isWanted = false;
          break;
        case COMMA:
          this.keyComesNext = objects.at(-1) === true;
          break;
        case COLON:
          this.keyComesNext = false;
          break;
        case LOWER_T:
          if (this.ignoredFrom === 0) this.visitor.flag?.(this.key, objects.length);
          at += "rue".length;
          break;
        case DIGIT_1:
        case DIGIT_1 + 1:
        case DIGIT_1 + 2:
        case DIGIT_1 + 3:
        case DIGIT_1 + 4:
        case DIGIT_1 + 5:
        case DIGIT_1 + 6:
        case DIGIT_1 + 7:
        case DIGIT_1 + 8:
          if (this.isWanted && this.ignoredFrom === 0) {
            const digits = digitsAt(text, at, to);
            this.visitor.number?.(this.key, Number(digits), objects.length);
            at += digits.length - 1;
          }
          break;
      }
    }
    return to;
  }

  private open(at: number): void {
    this.stringStart = at;
    this.captured = "";
    if (!this.keyComesNext && this.key === this.keys.hashed && this.ignoredFrom === 0) {
      this.mode = "hashing";
      this.hash = new TextHash();
    } else {
      this.mode = this.keyComesNext || (this.isWanted && this.ignoredFrom === 0) ? "capturing" : "skipping";
    }
  }

  /** Within a string. @returns the position after its closing quote, or the end. */
  private inside(text: string, from: number, to: number): number {
    const quote = this.closingQuote(text, from, to);
    const end = quote < 0 ? to : quote;
    if (this.mode === "hashing") this.hash.add(text, from, end);
    if (this.mode === "capturing" && this.captured !== undefined) {
      if (this.captured.length + end - from > LONGEST_STRING) this.captured = undefined;
      else if (quote < 0 || this.captured !== "") this.captured += text.slice(from, end);
      else this.captured = text.slice(from, end);
    }
    if (quote < 0) return to;
    this.close(quote + 1);
    return quote + 1;
  }

  /** @returns -1 where this piece of the text does not close it. */
  private closingQuote(text: string, from: number, to: number): number {
    let start = from;
    if (this.escaped) {
      this.escaped = false;
      start++;
    }
    for (let quote = text.indexOf('"', start); ; quote = text.indexOf('"', quote + 1)) {
      const end = quote < 0 || quote >= to ? to : quote;
      let slashes = 0;
      while (end - 1 - slashes >= start && text.charCodeAt(end - 1 - slashes) === BACKSLASH) slashes++;
      if (end === to) {
        this.escaped = slashes % 2 === 1;
        return -1;
      }
      if (slashes % 2 === 0) return quote;
    }
  }

  private close(end: number): void {
    const { mode, captured } = this;
    this.mode = "outside";
    if (mode === "skipping") {
      if (end - this.stringStart >= LONG_STRING) this.visitor.passedOver?.(this.key, this.stringStart, end);
    } else if (mode === "hashing") {
      this.visitor.hash?.(this.hash.digest());
    } else if (mode === "capturing") {
      const value = captured === undefined ? undefined : unescaped(captured);
      if (this.keyComesNext) {
        this.key = value ?? "";
        this.isWanted = this.visitor.wants(this.key);
      } else {
        this.visitor.string(this.key, value, this.objects.length, this.stringStart, end);
      }
    }
  }
}

function digitsAt(text: string, from: number, to: number): string {
  let end = from + 1;
  while (end < to && end < from + MOST_DIGITS && isDigit(text.charCodeAt(end))) end++;
  return text.slice(from, end);
}

function isDigit(code: number): boolean {
  return code >= DIGIT_1 - 1 && code < DIGIT_1 + 9;
}

function unescaped(raw: string): string | undefined {
  if (!raw.includes("\\")) return raw;
  try {
    return String(JSON.parse(`"${raw}"`));
  } catch {
    return undefined;
  }
}

/** JSON that is nested deeper is nothing that a service reads. */
const DEEPEST = 1_000;
const MOST_DIGITS = 9;
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const DIGIT_1 = 0x31;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const LOWER_T = 0x74;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
