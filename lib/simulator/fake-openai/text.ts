/** Four characters a token: the rule of thumb that Azure's estimate is close to for English text. */
export const CHARACTERS_PER_TOKEN = 4;

/** Tokens of a prompt, whatever its shape. */
export function countTokens(prompt: unknown): number {
  const text = typeof prompt === "string" ? prompt : (JSON.stringify(prompt) ?? "");
  return Math.ceil(text.length / CHARACTERS_PER_TOKEN);
}

/** A reply as the model writes it: token by token, here word by word, and no more than it was allowed. */
export interface WrittenText {
  readonly text: string;
  readonly tokens: readonly string[];
  /** Whether the limit cut it short. */
  readonly truncated: boolean;
}

export function write(reply: string, maxTokens = Number.POSITIVE_INFINITY): WrittenText {
  const all = reply.match(/\s*\S+/g) ?? [];
  const tokens = all.slice(0, maxTokens);
  return { text: tokens.join(""), tokens, truncated: tokens.length < all.length };
}
