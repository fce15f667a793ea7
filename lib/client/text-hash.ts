/**
 * A hash of 53 bits over a JSON string's characters, for telling texts apart and for spreading keys, not for secrets. Texts
 * may come in pieces and as JSON writes them: an escaped character counts as what it stands for, because services and SDKs
 * escape differently.
 */
export class TextHash {
  private first = 0xdeadbeef | 0;
  private second = 0x41c6ce57;
  /** What has come so far of an escape: a backslash and up to five characters. */
  private escape = "";

  add(text: string, from = 0, to = text.length): this {
    // Whole numbers of 32 bits all the way: anything else makes this loop three times slower.
    let first = this.first | 0;
    let second = this.second | 0;
    let isEscaped = this.escape !== "";
    for (let at = from; at < to; at++) {
      let code = text.charCodeAt(at);
      if (isEscaped || code === BACKSLASH) {
        const character = this.unescape(text.charAt(at));
        isEscaped = character === undefined;
        if (character === undefined) continue;
        code = character;
      }
      first = Math.imul(first ^ code, 2_654_435_761);
      second = Math.imul(second ^ code, 1_597_334_677);
    }
    this.first = first;
    this.second = second;
    return this;
  }

  /** From 0 up to 1. */
  fraction(): number {
    return this.value() / 2 ** 53;
  }

  digest(): string {
    return this.value().toString(36);
  }

  private value(): number {
    let { first, second } = this;
    first = Math.imul(first ^ (first >>> 16), 2_246_822_507) ^ Math.imul(second ^ (second >>> 13), 3_266_489_909);
    second = Math.imul(second ^ (second >>> 16), 2_246_822_507) ^ Math.imul(first ^ (first >>> 13), 3_266_489_909);
    return 4_294_967_296 * (2_097_151 & second) + (first >>> 0);
  }

  /** @returns undefined until the escape is complete. */
  private unescape(character: string): number | undefined {
    this.escape += character;
    if (this.escape === "\\" || (this.escape[1] === "u" && this.escape.length < 6)) return undefined;
    const escape = this.escape;
    this.escape = "";
    if (escape[1] === "u") return Number.parseInt(escape.slice(2), 16);
    return (SHORT_ESCAPES[escape[1] ?? ""] ?? escape[1] ?? "").charCodeAt(0);
  }
}

const BACKSLASH = 0x5c;
const SHORT_ESCAPES: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };
