import { untilAborted } from "../abort-relay.js";
import { type Attempt } from "../endpoints/attempt.js";
import { type Holders } from "../endpoints/holders.js";
import { AttemptTimeoutError, DeadlineError, InvalidOptionError, TokenProviderError } from "../errors.js";
import { type CheckedOptions, type FetchFunction } from "../options.js";
import { type BalancedRequest } from "../request/request.js";
import { type Ending } from "./decision.js";
import { discard } from "./discard.js";
import { isForeign, platformResponse } from "./foreign-response.js";
import { type HeldBody } from "./held-body.js";
import { inspect, type InspectionOptions } from "./inspection.js";
import { learner } from "./learner.js";
import { networkFailure } from "./network-error.js";
import { outgoingRequest, type OutgoingRequest } from "./outgoing.js";
import { type AttemptLimits, TimeLimit } from "./time-limit.js";

/** What came of sending a request to one endpoint. */
export interface Result {
  readonly ending: Ending;
  /** Undefined where no HTTP answer came. */
  readonly response: Response | undefined;
  readonly error: unknown;
}

/** One request on its way to one endpoint and back. */
export class Transmission {
  /** Whether the request has gone out. */
  sent = false;
  /** On the clock of the options; undefined until then. */
  headersAt: number | undefined;
  firstOutputAt: number | undefined;
  private readonly limit: TimeLimit;
  readonly startedAt: number;
  private held: HeldBody | undefined;

  constructor(
    private readonly request: BalancedRequest,
    private readonly attempt: Attempt,
    limits: AttemptLimits,
    private readonly options: CheckedOptions,
    private readonly holders: Holders,
  ) {
    this.startedAt = options.now();
    this.limit = new TimeLimit(request.signal, limits, options.now, foreignFetches.has(options.fetch));
  }

  /**
   * @returns undefined where the endpoint began to cool down while its token was waited for, so that nothing was sent.
   * @throws the caller's abort reason, {@link DeadlineError}, and what is wrong with the request itself: all that says
   *   something about the endpoint is a {@link Result}.
   */
  async run(): Promise<Result | undefined> {
    const { request, attempt, limit } = this;
    let response: Response | undefined;
    try {
      if (foreignFetches.has(this.options.fetch)) this.refuseStream();
      const outgoing = outgoingRequest(request, attempt.state.endpoint);
      // No wait where none is needed: what was chosen is asked at once.
      const preparing = this.prepare(outgoing);
      if (preparing !== undefined) {
        await preparing;
        if (attempt.isOvertaken()) {
          limit.end();
          return undefined;
        }
      }
      if (limit.signal !== undefined) outgoing.init.signal = limit.signal;
      this.sent = true;
      response = await this.inTime(this.options.fetch(outgoing.url, outgoing.init), discard);
      this.headersAt = this.options.now();
      response = this.ownForm(response);
      const inspecting = inspect(response, this.inspectionOptions());
      if (!(inspecting instanceof Promise)) {
        limit.handOver(inspecting.response);
        return { ending: inspecting.ending, response: inspecting.response, error: undefined };
      }
      // An error's body counts as a part of its headers.
      if (response.ok) limit.headersReceived();
      const { ending, response: handedOver, hasOutput } = await this.inTime(inspecting);
      if (hasOutput) this.firstOutputAt = this.options.now();
      limit.handOver(handedOver);
      return { ending, response: handedOver, error: undefined };
    } catch (error) {
      limit.end();
      if (this.held === undefined) discard(response);
      else this.held.cancel();
      return this.failed(error);
    }
  }

  /** Adds the credential. @returns undefined where that took no time. */
  private prepare(outgoing: OutgoingRequest): Promise<void> | undefined {
    const { headers } = outgoing.init;
    const credential = this.attempt.state.endpoint.credential(this.limit.signal);
    const encoding = this.options.isCustomFetch ? encodeBody(outgoing) : undefined;
    if (!(credential instanceof Promise)) {
      Object.assign(headers, credential);
      return encoding;
    }
    return untilAborted(Promise.all([credential, encoding]), this.limit.signal).then(([values]) => {
      Object.assign(headers, values);
    });
  }

  private ownForm(response: Response): Response {
    if (!this.options.isCustomFetch || !isForeign(response)) return response;
    foreignFetches.add(this.options.fetch);
    this.refuseStream();
    return platformResponse(response, () => this.limit.abort());
  }

  /** Of a fetch that is known not to send web streams. @throws InvalidOptionError */
  private refuseStream(): void {
    if (this.request.body.kind !== "stream") return;
    throw new InvalidOptionError(
      "fetch",
      "does not send web streams, and this request's body is one; set maxBufferedBodyBytes, or use a fetch that does",
    );
  }

  private inspectionOptions(): InspectionOptions {
    const { request, holders, options, headersAt = this.startedAt } = this;
    const { firstEventTimeout } = options;
    const account = this.attempt.state.endpoint.base;
    return {
      tapFor: request.stored && ((isEventStream) => learner(holders, account, isEventStream)),
      commitsWithHeaders: options.commit === "headers" || request.operation === "background",
      commitAfter: options.commitAfter,
      firstEventTimeout,
      millisecondsToFirstEvent: (firstEventTimeout?.toMilliseconds() ?? 0) - (headersAt - this.startedAt),
      holding: (held) => (this.held = held),
      wallClock: options.wallClock,
    };
  }

  /** What comes of it, unless the time is up first: a custom fetch may not heed its signal. */
  private async inTime<T>(work: Promise<T>, late?: (value: T) => void): Promise<T> {
    const { timedOut, signal } = this.limit;
    if (timedOut === undefined && !this.options.isCustomFetch) return work;
    try {
      const bounded = timedOut === undefined ? work : Promise.race([work, timedOut]);
      return await (this.options.isCustomFetch ? untilAborted(bounded, signal) : bounded);
    } catch (error) {
      work.then(late, () => undefined);
      throw error;
    }
  }

  private failed(error: unknown): Result {
    const { request, limit } = this;
    const { signal } = limit;
    if (request.signal?.aborted === true) throw request.signal.reason;
    if (signal?.aborted === true && signal.reason instanceof DeadlineError) throw signal.reason;
    if (request.body.kind === "stream" && request.body.hasFailed()) throw error;
    const cause = signal?.aborted === true ? this.timeout(signal.reason) : error;
    const ending = endingOf(cause);
    if (ending === undefined) throw error;
    return { ending, response: undefined, error: cause };
  }

  /** Before the request went out it was the token that took too long. */
  private timeout(reason: unknown): unknown {
    if (this.sent) return reason;
    return new TokenProviderError(`the token provider gave no token within ${String(this.limit.toHeaders)}`);
  }
}

/** Custom fetches whose responses were found to be none of the platform's: these need more to be cancelled. */
const foreignFetches = new WeakSet<FetchFunction>();

function endingOf(error: unknown): Ending | undefined {
  if (error instanceof TokenProviderError) return { kind: "no-credential" };
  if (error instanceof AttemptTimeoutError) return { kind: "timeout" };
  const failure = networkFailure(error);
  return failure && { kind: "network", failure };
}

/**
 * Other fetches than the platform's do not know its FormData and Blob, and send their names instead.
 *
 * @returns undefined where there is nothing to encode.
 */
function encodeBody({ init }: OutgoingRequest): Promise<void> | undefined {
  const { body } = init;
  if (!(body instanceof FormData || body instanceof Blob)) return undefined;
  const encoded = new Response(body);
  const type = encoded.headers.get("content-type");
  if (type !== null && (body instanceof FormData || init.headers["content-type"] === undefined)) {
    init.headers["content-type"] = type;
  }
  return encoded.arrayBuffer().then((bytes) => void (init.body = new Uint8Array(bytes)));
}
