import { type OperationName } from "./route.js";
import { countTokens } from "./text.js";

/** What the estimate takes where the caller sets no limit. */
const DEFAULT_MAX_TOKENS = 16;

/**
 * The prompt and the most that the model may write, as Azure counts a request before it runs it: by the characters of the
 * prompt, the token limit of the answer, and the number of answers.
 */
export function estimateTokens(operation: OperationName, body: Readonly<Record<string, unknown>>): number {
  const prompt = countTokens(body["messages"] ?? body["input"] ?? body["prompt"] ?? "");
  if (operation !== "chat/completions" && operation !== "responses" && operation !== "messages") return prompt;
  const limit = positive(body["max_completion_tokens"] ?? body["max_tokens"] ?? body["max_output_tokens"]);
  const answers = Math.max(positive(body["n"]) ?? 1, positive(body["best_of"]) ?? 1);
  return prompt + answers * (limit ?? DEFAULT_MAX_TOKENS);
}

function positive(value: unknown): number | undefined {
  return typeof value === "number" && value > 0 ? value : undefined;
}
