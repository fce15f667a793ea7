import { type Answer, jsonAnswer, type StreamFailure } from "./answer.js";

export const RATE_LIMIT_CODE = "rate_limit_exceeded";

export function isRateLimit({ code }: StreamFailure): boolean {
  return code === RATE_LIMIT_CODE;
}

/** As OpenAI's APIs write it into a stream. */
export function streamedError(failure: StreamFailure) {
  const { code, message } = failure;
  return { type: isRateLimit(failure) ? "too_many_requests" : "server_error", code, message, param: null };
}

/** The answer with a failure in it: inside a stream after so many of its frames, else in place of the answer. */
export function failing(answer: Answer, failure: StreamFailure, afterEvents: number | undefined): Answer {
  if (answer.kind === "events") {
    const before = answer.frames.slice(0, afterEvents ?? answer.framesBeforeFailure);
    return { ...answer, frames: [...before, ...answer.failure(failure, before.length)] };
  }
  if (answer.kind === "json" && answer.status >= 400) return answer;
  const { code, message } = failure;
  if (isRateLimit(failure)) return jsonAnswer({ error: { code: "429", message } }, 429);
  return jsonAnswer({ error: { code, message } }, 500);
}
