import { type Duration } from "../duration.js";
import { keepWithBody, relayAbort } from "./abort-relay.js";
import { type EndpointState, type Passes } from "./endpoint-state.js";
import { discard } from "./discard.js";
import { AttemptTimeoutError, DeadlineError, TokenProviderError } from "./errors.js";
import { type FetchFunction } from "./options.js";
import { startTimer } from "./timer.js";
import { untilAborted } from "./until-aborted.js";
import { type BalancedRequest, writeRequest } from "./request.js";
import { type Verdict, verdictOnError, verdictOnResponse } from "./verdict.js";

/** What bounds an attempt. */
export interface AttemptLimits {
  readonly attemptTimeout: Duration | undefined;
  readonly deadline: Duration | undefined;
  /** Of the deadline; Infinity where there is none. */
  readonly millisecondsLeft: number;
  /** 1 for the first of a call. */
  readonly attempt: number;
}

/**
 * Sends a request to one endpoint.
 *
 * @param searching whether another endpoint may hold what this one does not know.
 * @returns undefined where the endpoint was benched while its token was waited for, so that nothing was sent.
 * @throws the caller's abort reason, {@link DeadlineError}, and what is wrong with the request itself; all
 *   that speaks about the endpoint is a {@link Verdict}.
 */
export async function attempt(
  request: BalancedRequest,
  state: EndpointState,
  passes: Passes,
  limits: AttemptLimits,
  searching: boolean,
  send: FetchFunction,
): Promise<Verdict | undefined> {
  const { url, init } = writeRequest(request, state.endpoint);
  const caller = request.signal;
  const bound = new BoundSignal(caller, limits);
  const { signal } = bound;
  let sent = false;
  let response: Response | undefined;
  try {
    const credential = state.endpoint.credential();
    const [name, value] = credential instanceof Promise ? await untilAborted(credential, signal) : credential;
    if (credential instanceof Promise && state.isOvertaken(passes)) {
      bound.end();
      return undefined;
    }
    init.headers[name] = value;
    if (signal !== undefined) init.signal = signal;
    sent = true;
    response = await inTime(send(url, init), bound.timedOut, discard);
    const verdict = await inTime(verdictOnResponse(response, searching), bound.timedOut);
    bound.handOver(response);
    return verdict;
  } catch (error) {
    bound.end();
    discard(response);
    if (caller?.aborted === true) throw caller.reason;
    if (signal?.aborted === true && signal.reason instanceof DeadlineError) throw signal.reason;
    if (request.body.kind === "stream" && request.body.hasFailed()) throw error;
    const verdict = verdictOnError(signal?.aborted === true ? timeout(sent, limits) : error);
    if (verdict === undefined) throw error;
    return verdict;
  }
}

/** What comes of it, unless the time is up first: a fetch may not heed its signal. */
async function inTime<T>(
  work: Promise<T>,
  timedOut: Promise<never> | undefined,
  late?: (value: T) => void,
): Promise<T> {
  if (timedOut === undefined) return work;
  try {
    return await Promise.race([work, timedOut]);
  } catch (error) {
    work.then(late, () => undefined);
    throw error;
  }
}

/** Before the request went out it was the token that took too long. */
function timeout(sent: boolean, { attemptTimeout }: AttemptLimits): Error {
  return sent
    ? new AttemptTimeoutError(String(attemptTimeout))
    : new TokenProviderError(`the token provider gave no token within ${String(attemptTimeout)}`);
}

/** The signal of one attempt: the caller's own where nothing else bounds it, else one that follows it. */
class BoundSignal {
  readonly signal: AbortSignal | undefined;
  /** Rejects where the time is up; undefined where it is not bounded. */
  readonly timedOut: Promise<never> | undefined;
  private readonly controller: AbortController | undefined;
  private stopTimer: (() => void) | undefined;
  private readonly endRelay: (() => void) | undefined;

  constructor(caller: AbortSignal | undefined, limits: AttemptLimits) {
    const attemptMilliseconds = limits.attemptTimeout?.toMilliseconds() ?? Number.POSITIVE_INFINITY;
    const milliseconds = Math.min(attemptMilliseconds, limits.millisecondsLeft);
    if (milliseconds === Number.POSITIVE_INFINITY) {
      this.signal = caller;
      return;
    }
    const controller = new AbortController();
    const reason = () =>
      attemptMilliseconds < limits.millisecondsLeft
        ? new AttemptTimeoutError(String(limits.attemptTimeout))
        : new DeadlineError(String(limits.deadline), limits.attempt);
    this.timedOut = new Promise((_, reject) => {
      this.stopTimer = startTimer(() => {
        controller.abort(reason());
        reject(controller.signal.reason);
      }, milliseconds);
    });
    // It may come while a token is waited for.
    this.timedOut.catch(() => undefined);
    this.endRelay = caller && relayAbort(caller, controller);
    this.controller = controller;
    this.signal = controller.signal;
  }

  /** The headers are there: from here on only the caller can abort, for as long as there is a body. */
  handOver(response: Response): void {
    this.stopTimer?.();
    if (response.body === null || this.controller === undefined) this.endRelay?.();
    else keepWithBody(response, this.controller);
  }

  end(): void {
    this.stopTimer?.();
    this.endRelay?.();
  }
}
