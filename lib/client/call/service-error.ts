import { type ServiceError } from "./decision.js";

/** The error in a body such as `{ "error": { "code": …, "message": … } }`; undefined where there is none. */
export function serviceErrorOf(body: unknown): ServiceError | undefined {
  const error = field(body, "error");
  if (typeof error === "string") return { code: undefined, message: error };
  if (typeof error !== "object" || error === null) return undefined;
  return errorFrom(error);
}

/** An error object itself, as in the `error` event of a stream of the Responses API. */
export function errorFrom(error: object): ServiceError {
  const code = field(error, "code") ?? field(error, "type");
  const message = field(error, "message");
  return {
    code: typeof code === "string" || typeof code === "number" ? String(code) : undefined,
    message: typeof message === "string" ? message : "",
  };
}

/**
 * The status that an error in a stream would have had as an answer of its own: 429, 500, or 400 for what is the caller's.
 * Codes are those of Azure OpenAI, OpenAI and Anthropic.
 */
export function statusOf({ code = "", message }: ServiceError): number {
  if (RATE_LIMIT.test(code) || (UNSPECIFIC.test(code) && RATE_LIMIT_MESSAGE.test(message))) return 429;
  if (SERVER.test(code) || (UNSPECIFIC.test(code) && SERVER_MESSAGE.test(message))) return 500;
  return 400;
}

const RATE_LIMIT =
  /^(429|rate_limit\w*|RateLimit\w*|too_many_requests|TooManyRequests|insufficient_quota|slow_down|tokens|requests)$/;
const SERVER =
  /^(408|5\d\d|server_error|internal_error|internal_server_error|InternalServerError|internal|service_unavailable|ServiceUnavailable|overloaded\w*|api_error|timeout|timeout_error|engine_overloaded|server_is_overloaded|bad_gateway|gateway_timeout)$/;
const UNSPECIFIC = /^(|error|invalid_request_error)$/;
const RATE_LIMIT_MESSAGE = /\brate limit|too many requests|exceeded (your|the) (current )?quota/i;
const SERVER_MESSAGE =
  /internal server error|server had an error|an error occurred while processing|overloaded|temporarily unavailable|upstream|service unavailable/i;

export function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && name in value
    ? (value as Record<string, unknown>)[name]
    : undefined;
}
