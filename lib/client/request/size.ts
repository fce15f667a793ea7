/** Base64 in a body, by its place in the text: it is not read as prose. */
export interface Attachment {
  readonly start: number;
  readonly end: number;
  readonly kind: "image" | "media";
}

/** What the body says about the length of the answer. */
export interface AnswerLimits {
  /** `max_tokens`, `max_completion_tokens` or `max_output_tokens`. */
  readonly longest: number | undefined;
  /** `n` or `best_of`, the larger. */
  readonly count: number;
}

/** Counted for the answer where the request does not bound it: the documented default of `max_tokens`. */
export const DEFAULT_ANSWER_TOKENS = 16;

/** An image in high detail of about 1024 x 1024 pixels. */
export const IMAGE_TOKENS = 765;

/** Of a recording or a document in base64. */
export const CHARACTERS_PER_MEDIA_TOKEN = 1_000;

/**
 * Estimates the tokens of a prompt from the text of its JSON body, in constant time: the names of fields stand for what the
 * service adds to each message. English prose has about four characters a token; alphabets beyond ASCII two; Chinese, Japanese,
 * Korean and pictographs one. Which of them a text has is sampled.
 */
export function promptTokens(json: string, attachments: readonly Attachment[]): number {
  let tokens = 0;
  let from = 0;
  for (const { start, end, kind } of attachments) {
    tokens += proseTokens(json, from, start);
    tokens += kind === "image" ? IMAGE_TOKENS : (end - start) / CHARACTERS_PER_MEDIA_TOKEN;
    from = end;
  }
  return Math.ceil(tokens + proseTokens(json, from, json.length));
}

/** The most that the answer may have. */
export function answerTokens({ longest, count }: AnswerLimits): number {
  return (longest ?? DEFAULT_ANSWER_TOKENS) * Math.max(count, 1);
}

function proseTokens(text: string, from: number, to: number): number {
  const step = Math.ceil((to - from) / MAX_SAMPLES);
  let tokens = 0;
  let samples = 0;
  for (let at = from; at < to; at += step) {
    const code = text.charCodeAt(at);
    tokens += code < FIRST_BEYOND_ASCII ? 0.25 : code < FIRST_CJK ? 0.5 : 1;
    samples++;
  }
  return samples === 0 ? 0 : (tokens / samples) * (to - from);
}

const MAX_SAMPLES = 64;
const FIRST_BEYOND_ASCII = 0x80;
/** The first block of Chinese radicals; above it come Japanese, Chinese, Korean and the halves of pictographs. */
const FIRST_CJK = 0x2e80;
