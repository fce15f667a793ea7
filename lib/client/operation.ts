/** What a call asks of Azure OpenAI, as far as its repetition is concerned. */
export const OPERATIONS = [
  "chat",
  "completions",
  "embeddings",
  "audio",
  "unstored-responses",
  "responses",
  "stored-chat",
  "images",
  "batches",
  "files",
  "other",
] as const;

/**
 * `responses` are those that the service stores, which it does unless the request says `"store": false`
 * (`unstored-responses`); `stored-chat` is a chat completion with `"store": true`; `files` covers uploads too; `other`
 * is all that has no name here.
 */
export type Operation = (typeof OPERATIONS)[number];

const BY_PATH: readonly (readonly [RegExp, Operation])[] = [
  [/^chat\/completions$/, "chat"],
  [/^completions$/, "completions"],
  [/^embeddings$/, "embeddings"],
  [/^audio\//, "audio"],
  [/^responses($|\/)/, "responses"],
  [/^images\//, "images"],
  [/^batches($|\/)/, "batches"],
  [/^(files|uploads)($|\/)/, "files"],
];

/** @param resource the path after `/openai/v1/` or `/openai/deployments/{deployment}/`. */
export function operationOf(resource: string): Operation {
  for (const [pattern, operation] of BY_PATH) if (pattern.test(resource)) return operation;
  return "other";
}
