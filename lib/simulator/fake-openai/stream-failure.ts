import { type Answer, jsonAnswer, type StreamFailure } from "./answer.js";

export const RATE_LIMIT_CODE = "rate_limit_exceeded";

/** The answer with a failure in it: inside a stream after so many of its frames, else in place of the answer. */
export function failing(answer: Answer, failure: StreamFailure, afterEvents: number | undefined): Answer {
  if (answer.kind === "events") {
    const before = answer.frames.slice(0, afterEvents ?? answer.framesBeforeFailure);
    return { ...answer, frames: [...before, ...answer.failure(failure, before.length)] };
  }
  if (answer.kind === "json" && answer.status >= 400) return answer;
  const { code, message } = failure;
  const isRateLimit = code === RATE_LIMIT_CODE;
  return jsonAnswer({ error: { code: isRateLimit ? "429" : code, message } }, isRateLimit ? 429 : 500);
}
