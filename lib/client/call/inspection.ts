import { type Duration } from "../../duration.js";
import { AttemptTimeoutError } from "../errors.js";
import { startTimer } from "../timer.js";
import { type ResponseEnding, type ServiceError } from "./decision.js";
import { HeldBody, type Tap } from "./held-body.js";
import { rateLimitResetMilliseconds, retryAfterMilliseconds } from "./retry-after.js";
import { serviceErrorOf, statusOf } from "./service-error.js";
import { EventReader } from "./stream-events.js";

/** A stream is handed over at the latest with this many bytes. */
export const MAX_HELD_BYTES = 65_536;

/** An error's body that takes longer is not read to its end. */
const MAX_ERROR_BODY_MILLISECONDS = 5_000;

export interface InspectionOptions {
  /** Makes what gets to see the body of an answer as it passes. */
  readonly tapFor: ((isEventStream: boolean) => Tap) | undefined;
  /** Whether a stream is handed over with its headers, before its first event. */
  readonly commitsWithHeaders: boolean;
  /** See `LoadBalancedFetchOptions`. */
  readonly commitAfter: Duration;
  readonly firstEventTimeout: Duration | undefined;
  /** What is left of `firstEventTimeout`. */
  readonly millisecondsToFirstEvent: number;
  /** Gets a body that is being read, to cancel it where that takes too long. */
  readonly holding: (held: HeldBody) => void;
  /** Milliseconds since the epoch. */
  readonly wallClock: () => number;
}

export interface Inspection {
  readonly ending: ResponseEnding;
  /** What the caller gets, should it be for the caller. */
  readonly response: Response;
  /** Whether the stream's first output was seen. */
  readonly hasOutput: boolean;
}

/**
 * Reads of a response what the decision needs, and no more: the headers; the body of a 400 or 404, where `error.code`
 * counts; an event stream up to its first output.
 *
 * @returns a promise only where a body has to be read. It rejects with AttemptTimeoutError where a stream has no event in
 *   time, and with what breaks the body.
 */
export function inspect(response: Response, options: InspectionOptions): Inspection | Promise<Inspection> {
  const { status, ok, body, headers } = response;
  if (body !== null && !body.locked && !response.bodyUsed) {
    if (status === 400 || status === 404)
      return inspectError(response, new HeldBody(response, body, undefined), options);
    const type = ok ? (headers.get("content-type") ?? "") : "";
    if (type.includes("text/event-stream")) {
      return inspectStream(response, new HeldBody(response, body, options.tapFor?.(true)), options);
    }
    if (options.tapFor !== undefined && type.includes("json")) {
      return inspected(response, undefined, new HeldBody(response, body, options.tapFor(false)).passOn(), options);
    }
  }
  return inspected(response, undefined, response, options);
}

async function inspectError(response: Response, held: HeldBody, options: InspectionOptions): Promise<Inspection> {
  options.holding(held);
  const time = new TimeUp(MAX_ERROR_BODY_MILLISECONDS);
  try {
    while (held.bytes < MAX_HELD_BYTES && (await held.hold(time.up)) !== undefined);
  } finally {
    time.stop();
  }
  return inspected(response, serviceErrorOf(parsed(held.text())), held.passOn(), options);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function inspectStream(response: Response, held: HeldBody, options: InspectionOptions): Promise<Inspection> {
  if (options.commitsWithHeaders) return inspected(response, undefined, held.passOn(), options);
  options.holding(held);
  const { error, hasOutput } = await readBeginning(held, options);
  return { ...inspected(response, error, held.passOn(), options), hasOutput };
}

async function readBeginning(
  held: HeldBody,
  { commitAfter, firstEventTimeout, millisecondsToFirstEvent }: InspectionOptions,
): Promise<{ readonly error: ServiceError | undefined; readonly hasOutput: boolean }> {
  const events = new EventReader();
  let time = firstEventTimeout && new TimeUp(millisecondsToFirstEvent);
  let hasEvent = false;
  let failure: ServiceError | undefined;
  try {
    while (held.bytes < MAX_HELD_BYTES) {
      const chunk = await held.hold(time?.up);
      if (chunk === undefined) {
        if (time?.isUp === true && !hasEvent) throw new AttemptTimeoutError("event", String(firstEventTimeout));
        break;
      }
      for (const meaning of events.read(chunk)) {
        if (meaning.kind === "output") return { error: failure, hasOutput: true };
        if (meaning.kind === "error") return { error: meaning.error, hasOutput: false };
        if (meaning.kind === "failure-without-error") failure = UNEXPLAINED;
        if (!hasEvent) {
          hasEvent = true;
          time?.stop();
          time = new TimeUp(commitAfter.toMilliseconds());
        }
      }
    }
    return { error: failure, hasOutput: false };
  } finally {
    time?.stop();
  }
}

/** A response that failed without a word counts as the service's failure. */
const UNEXPLAINED: ServiceError = { code: "server_error", message: "" };

function inspected(
  { ok, status: sent, headers }: Response,
  error: ServiceError | undefined,
  response: Response,
  { wallClock }: InspectionOptions,
): Inspection {
  const status = ok && error !== undefined ? statusOf(error) : sent;
  let hintMilliseconds: number | undefined;
  if (status >= 400) {
    hintMilliseconds = retryAfterMilliseconds(headers, wallClock);
    // The windows of rate limits concern only what they limit.
    if (status === 429) hintMilliseconds ??= rateLimitResetMilliseconds(headers);
  }
  return { ending: { kind: "response", status, error, hintMilliseconds }, response, hasOutput: false };
}

/** A timer to race against. */
class TimeUp {
  isUp = false;
  readonly stop: () => void;
  readonly up: Promise<void>;

  constructor(milliseconds: number) {
    let end = (): void => undefined;
    this.up = new Promise((resolve) => (end = resolve));
    this.stop = startTimer(() => {
      this.isUp = true;
      end();
    }, milliseconds);
  }
}
