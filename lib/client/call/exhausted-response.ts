/** `retry-after` is at most this: SDKs disregard longer ones and try again sooner. */
export const MAX_RETRY_AFTER_SECONDS = 60;

/** The `error.code` of the 429 that is given where no endpoint is available, to tell it from an endpoint's own. */
export const EXHAUSTED_CODE = "endpoints_exhausted";

/**
 * A 429 as Azure OpenAI would give it, that says when the first endpoint is available again.
 *
 * @param endpoints that may serve the call but are cooling down.
 * @param notHeld that have answered that they do not hold what is asked for.
 */
export function exhaustedResponse(
  endpoints: number,
  notHeld: number,
  deployment: string | undefined,
  retryAfterMilliseconds: number,
): Response {
  const milliseconds = Math.max(1, Math.ceil(retryAfterMilliseconds));
  const seconds = Math.ceil(milliseconds / 1_000);
  const which = whichEndpoints(endpoints, notHeld);
  const where = deployment === undefined ? "" : ` for the deployment "${deployment}"`;
  const message = `${which} throttled or failing${where}; the first is available again in ${seconds} s.`;
  return Response.json(
    { error: { message, type: "too_many_requests", param: null, code: EXHAUSTED_CODE } },
    {
      status: 429,
      statusText: "Too Many Requests",
      headers: {
        "retry-after": String(Math.min(seconds, MAX_RETRY_AFTER_SECONDS)),
        "retry-after-ms": String(milliseconds),
      },
    },
  );
}

function whichEndpoints(endpoints: number, notHeld: number): string {
  if (notHeld > 0) {
    const total = endpoints + notHeld;
    return `${notHeld} of ${total} endpoints do not hold what was asked for, and the others are`;
  }
  return endpoints === 1 ? "The endpoint that holds what was asked for is" : `All ${endpoints} endpoints are`;
}
