import { attempt } from "./attempt.js";
import { type Endpoint } from "./endpoint.js";
import { type BenchScope, type EndpointState, type Passes } from "./endpoint-state.js";
import { discard } from "./discard.js";
import { DeadlineError, EndpointsUnreachableError, type FailedAttempt } from "./errors.js";
import { exhaustedResponse } from "./exhausted-response.js";
import { type CheckedOptions, type FetchFunction } from "./options.js";
import { Reporter } from "./reporter.js";
import { type BalancedRequest } from "./request.js";
import { rateLimitResetMilliseconds, retryAfterMilliseconds } from "./retry-after.js";
import { select } from "./selection.js";
import { type StickyIds } from "./sticky.js";
import { startTimer } from "./timer.js";
import { untilAborted } from "./until-aborted.js";
import { failureCode, type Rejection, type Stranger, type Verdict } from "./verdict.js";

interface Refusal {
  readonly response: Response;
  readonly rank: number;
}

/** Which refusal tells a caller most: one that may pass by itself, then that a thing is unknown. */
const PASSING = 2;
const RANK = { misconfigured: 0, elsewhere: 1, throttled: PASSING, failed: PASSING } as const;

/**
 * One call of the balanced fetch: laps over the endpoints, each tried at most once a lap, until one answers or
 * none is left.
 */
export class Call {
  private readonly candidates: readonly EndpointState[];
  /** Whether the one endpoint that holds the subject is still to be found. */
  private readonly searching: boolean;
  private readonly deadlineAt: number;
  private readonly repeatable: boolean;
  private readonly report: Reporter;
  /** Not to be chosen again in this lap. */
  private tried = new Set<EndpointState>();
  /** Those that do not hold the subject: not to be chosen in any lap. */
  private readonly strangers = new Set<EndpointState>();
  private readonly unanswered: FailedAttempt[] = [];
  /** Those that this call has found misconfigured, each with what takes its bench off again. */
  private readonly misconfigured = new Map<EndpointState, () => BenchScope[]>();
  private lastError: unknown;
  /** The last of the refusals that tell most, for the case that nothing better comes. */
  private kept: Refusal | undefined;
  private attempts = 0;
  /** Whether the request has gone out at all. */
  private sent = false;

  constructor(
    private readonly request: BalancedRequest,
    private readonly pool: readonly EndpointState[],
    private readonly sticky: StickyIds<Endpoint>,
    private readonly options: CheckedOptions,
    private readonly started: number,
  ) {
    const { stored, method, operation } = request;
    const home = stored && sticky.endpointOf(stored.ids);
    this.candidates = home === undefined ? pool : pool.filter(({ endpoint }) => endpoint === home);
    this.searching = home === undefined && stored?.subject !== undefined;
    this.deadlineAt = started + (options.deadline?.toMilliseconds() ?? Number.POSITIVE_INFINITY);
    this.repeatable = method === "GET" || method === "HEAD" || options.retryAmbiguous.has(operation);
    this.report = new Reporter(options.onEvent, request.deployment);
  }

  /** Rejects as documented at `createLoadBalancedFetch`. */
  async run(): Promise<Response> {
    try {
      for (;;) {
        const response = await this.step();
        if (response !== undefined) return response;
      }
    } finally {
      discard(this.kept?.response);
    }
  }

  /** One attempt, or one wait. @returns what the caller gets, once that is known. */
  private async step(): Promise<Response | undefined> {
    this.request.signal?.throwIfAborted();
    const now = this.options.now();
    if (now >= this.deadlineAt) throw new DeadlineError(String(this.options.deadline), this.attempts);
    const left = this.tried.size === 0 ? this.candidates : this.candidates.filter((state) => !this.tried.has(state));
    const state = select(left, this.options.strategy, now, this.options.random);
    if (state !== undefined) return this.attempt(state, now);
    const probes = left.map((other) => other.probed(now)).filter((probe) => probe !== undefined);
    if (probes.length === 0) return this.endLap(now);
    await this.pause(Math.min(...left.map(({ freeAt }) => freeAt)) - now, probes);
    return undefined;
  }

  private async attempt(state: EndpointState, now: number): Promise<Response | undefined> {
    this.tried.add(state);
    this.attempts++;
    const passes = state.enter(now);
    let verdict: Verdict | undefined;
    try {
      const { attemptTimeout, deadline } = this.options;
      const limits = { attemptTimeout, deadline, millisecondsLeft: this.deadlineAt - now, attempt: this.attempts };
      verdict = await attempt(this.request, state, passes, limits, this.searching, this.send);
    } catch (error) {
      const ended = this.options.now();
      this.report.unfinished(state, this.attempts, error, ended - now);
      if (error instanceof DeadlineError && ended - now >= (this.deadlineAt - this.started) * DEADLINE_SHARE) {
        const kept = { kind: "failed", response: undefined, error, ambiguous: true, scope: "deployment" } as const;
        this.bench(state, passes, kept, ended);
      } else {
        state.release(passes);
      }
      throw error;
    }
    if (verdict === undefined) {
      // Nothing was sent, so it may still be its turn in this lap.
      state.release(passes);
      this.tried.delete(state);
      this.attempts--;
      return undefined;
    }
    const ended = this.options.now();
    this.report.attempt(state, this.attempts, verdict, ended - now);
    if (verdict.response !== undefined) state.learn(verdict.response.headers, ended);
    if (verdict.kind !== "answered" && verdict.kind !== "elsewhere") {
      return this.rejected(state, passes, verdict, ended);
    }
    this.report.recovered(state, state.succeed(passes));
    return verdict.kind === "answered" ? this.answered(state, verdict.response) : this.unknownTo(state, verdict);
  }

  private answered(state: EndpointState, response: Response): Response {
    const { stored } = this.request;
    if (stored === undefined) return response;
    // Not every answer names what it is about: the content of a file does not. That this endpoint has it is sure only of
    // what was read, or was unknown to another.
    const isProof = response.ok && (this.request.method === "GET" || this.strangers.size > 0);
    if (isProof && stored.subject !== undefined) this.sticky.remember(stored.subject, state.endpoint);
    return this.sticky.learn(response, state.endpoint);
  }

  private unknownTo(state: EndpointState, { response }: Stranger): Response | undefined {
    this.strangers.add(state);
    this.keep(response, RANK.elsewhere);
    return this.isSpent() ? this.giveKept(undefined) : undefined;
  }

  private rejected(state: EndpointState, passes: Passes, rejection: Rejection, now: number): Response | undefined {
    const agreed = rejection.kind === "misconfigured" && this.othersAgree(state, now);
    if (agreed) {
      state.release(passes);
      for (const [other, lift] of this.misconfigured) this.report.recovered(other, lift());
    } else {
      this.bench(state, passes, rejection, now);
    }
    const final = this.isSpent() || (rejection.ambiguous && !this.repeatable);
    if (rejection.response !== undefined) {
      this.keep(rejection.response, RANK[rejection.kind]);
      return final || agreed ? this.giveKept(undefined) : undefined;
    }
    this.lastError = rejection.error;
    this.unanswered.push({ endpoint: state.endpoint.name, errorCode: failureCode(rejection.error) });
    if (agreed) return this.giveKept(undefined);
    if (!final) return undefined;
    this.report.exhausted(this.attempts, undefined, undefined);
    throw rejection.error;
  }

  /** All that could be tried has been. Waits for the next lap where that is wanted; else the call is over. */
  private async endLap(now: number): Promise<Response | undefined> {
    // One that is misconfigured is not worth a wait.
    const promising = this.candidates.filter((state) => !this.strangers.has(state) && !this.misconfigured.has(state));
    const soonest = earliest(promising, now);
    // A sole endpoint has no bench to wait for.
    if (this.options.waits && this.pool.length > 1 && soonest < this.deadlineAt) {
      // What may pass will be asked anew; unread it would hold its connection.
      if (this.kept?.rank === PASSING) {
        discard(this.kept.response);
        this.kept = undefined;
      }
      await this.pause(soonest - now, []);
      this.tried = new Set(this.strangers);
      return undefined;
    }
    return this.exhausted(soonest > now && soonest < Number.POSITIVE_INFINITY ? soonest - now : undefined);
  }

  /** @param milliseconds until the first endpoint is free; undefined where one is already, or none will be. */
  private exhausted(milliseconds: number | undefined): Response {
    const { kept, candidates } = this;
    const throttled = kept?.response.status === 429 && candidates.length > 1;
    if (kept?.rank === PASSING && !throttled) return this.giveKept(milliseconds);
    if (milliseconds !== undefined && (throttled || this.tried.size < candidates.length)) {
      this.report.exhausted(this.attempts, 429, milliseconds);
      const [unknown, deployment] = [this.strangers.size, this.request.deployment];
      return exhaustedResponse(candidates.length - unknown, unknown, deployment, milliseconds);
    }
    return this.giveKept(milliseconds);
  }

  /** Where every endpoint calls it a misconfiguration, it is the caller's: none of them is to be benched for it. */
  private othersAgree(state: EndpointState, now: number): boolean {
    return this.pool.every(
      (other) => other === state || this.misconfigured.has(other) || other.isBenchedFor("misconfigured", now),
    );
  }

  private bench(state: EndpointState, passes: Passes, rejection: Rejection, now: number): void {
    const { bench, random } = this.options;
    const hint = hintMilliseconds(rejection);
    const { milliseconds, recovered } = state.fail(passes, rejection, hint, bench, now, random);
    this.report.recovered(state, recovered);
    if (milliseconds !== undefined) this.report.bench(state, rejection, milliseconds);
    if (rejection.kind !== "misconfigured") return;
    this.misconfigured.set(state, () => (milliseconds === undefined ? [] : state.lift(passes, rejection.scope)));
  }

  /** Holds one refusal at most. */
  private keep(response: Response, rank: number): void {
    if (this.kept !== undefined && this.kept.rank > rank) {
      discard(response);
      return;
    }
    discard(this.kept?.response);
    this.kept = { response, rank };
  }

  /** @throws EndpointsUnreachableError where HTTP had no answer. */
  private giveKept(retryAfterMilliseconds: number | undefined): Response {
    const response = this.kept?.response;
    this.kept = undefined;
    this.report.exhausted(this.attempts, response?.status, retryAfterMilliseconds);
    if (response === undefined) throw new EndpointsUnreachableError(this.unanswered, this.lastError);
    return response;
  }

  private readonly send: FetchFunction = (input, init) => {
    this.sent = true;
    return this.options.fetch(input, init);
  };

  /** Whether the body is gone, so that no further attempt can be made. */
  private isSpent(): boolean {
    return this.sent && this.request.body.kind === "stream";
  }

  /** Until the time is over, a probe has settled or the deadline has come, whichever is first. */
  private async pause(milliseconds: number, probes: readonly Promise<void>[]): Promise<void> {
    const bounded = Math.min(milliseconds, this.deadlineAt - this.options.now());
    let stop = (): void => undefined;
    const slept = new Promise<void>((resolve) => (stop = startTimer(resolve, bounded)));
    try {
      await untilAborted(Promise.race([slept, ...probes]), this.request.signal);
    } finally {
      stop();
    }
  }
}

/** An endpoint that has held a call for this share of its deadline, up to its end, has failed. */
const DEADLINE_SHARE = 0.5;

/** When the first of them is off its bench, not before now; Infinity where there are none. */
function earliest(states: readonly EndpointState[], now: number): number {
  return states.reduce(
    (soonest, { benchedUntil }) => Math.min(soonest, Math.max(benchedUntil, now)),
    Number.POSITIVE_INFINITY,
  );
}

/** What a response's headers say; the windows of rate limits concern only what they limit. */
function hintMilliseconds({ kind, response }: Rejection): number | undefined {
  if (response === undefined || kind === "misconfigured") return undefined;
  const asked = retryAfterMilliseconds(response.headers, Date.now);
  return asked ?? (kind === "throttled" ? rateLimitResetMilliseconds(response.headers) : undefined);
}
