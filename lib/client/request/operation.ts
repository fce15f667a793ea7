/** What a call asks for, as far as repeating it and permission for it are concerned. */
export const OPERATIONS = [
  "chat",
  "completions",
  "embeddings",
  "audio",
  "responses",
  "background",
  "images",
  "videos",
  "batches",
  "files",
  "fine-tuning",
  "other",
] as const;

/**
 * `chat` covers Anthropic's messages; `responses` are those that are answered at once, stored or not, `background` those
 * with `"background": true`; `files` covers uploads; `other` is everything that has no name here.
 */
export type Operation = (typeof OPERATIONS)[number];

const BY_PATH: readonly (readonly [RegExp, Operation])[] = [
  [/^(chat\/completions|messages)$/, "chat"],
  [/^completions$/, "completions"],
  [/^(images\/)?embeddings$/, "embeddings"],
  [/^audio\//, "audio"],
  [/^responses($|\/)/, "responses"],
  [/^images\//, "images"],
  [/^videos?($|\/)/, "videos"],
  [/^batches($|\/)/, "batches"],
  [/^(files|uploads)($|\/)/, "files"],
  [/^fine_tuning\//, "fine-tuning"],
];

/** @param resource see `Route`. */
export function operationOf(resource: string, background: boolean): Operation {
  for (const [pattern, operation] of BY_PATH) {
    if (pattern.test(resource)) return operation === "responses" && background ? "background" : operation;
  }
  return "other";
}
