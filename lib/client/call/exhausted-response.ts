/** `retry-after` is at most this: SDKs disregard longer ones and try again sooner. */
export const MAX_RETRY_AFTER_SECONDS = 60;

/** The `error.code` of the 429 that is given where no endpoint is available, to tell it from an endpoint's own. */
export const EXHAUSTED_CODE = "endpoints_exhausted";

/** How many endpoints a call had. */
export interface Exhausted {
  /** That may serve the call but are cooling down. */
  readonly endpoints: number;
  /** That have answered that they do not hold what is asked for. */
  readonly notHeld: number;
  /** Whether the account is known that holds it. */
  readonly atHolder: boolean;
}

/** A 429 as Azure OpenAI would give it, that says when the first endpoint is available again. */
export function exhaustedResponse(
  exhausted: Exhausted,
  deployment: string | undefined,
  retryAfterMilliseconds: number,
): Response {
  const milliseconds = Math.max(1, Math.ceil(retryAfterMilliseconds));
  const seconds = Math.ceil(milliseconds / 1_000);
  const which = whichEndpoints(exhausted);
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

function whichEndpoints({ endpoints, notHeld, atHolder }: Exhausted): string {
  if (atHolder) {
    return endpoints === 1
      ? "The endpoint that holds what was asked for is"
      : `All ${endpoints} endpoints of the account that holds what was asked for are`;
  }
  if (notHeld === 0) return `All ${endpoints} endpoints are`;
  return `${notHeld} of ${endpoints + notHeld} endpoints do not hold what was asked for, and the others are`;
}
