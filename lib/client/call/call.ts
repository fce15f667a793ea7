import { untilAborted } from "../abort-relay.js";
import { Attempt, type CooldownSettings, type Refusal } from "../endpoints/attempt.js";
import { type EndpointState } from "../endpoints/endpoint-state.js";
import { type Holders } from "../endpoints/holders.js";
import { type Queue } from "../endpoints/queue.js";
import { type Preference, select } from "../endpoints/selection.js";
import { DeadlineError, EndpointsUnreachableError, type FailedAttempt } from "../errors.js";
import { type CheckedOptions } from "../options.js";
import { type BalancedRequest } from "../request/request.js";
import { startTimer } from "../timer.js";
import { Candidates } from "./candidates.js";
import { conclude } from "./conclusion.js";
import { decide, type Decision } from "./decision.js";
import { exhaustedResponse } from "./exhausted-response.js";
import { KeptAnswer, type RefusedOutcome } from "./kept-answer.js";
import { failureCode } from "./network-error.js";
import { Reporter } from "./reporter.js";
import { type Result, Transmission } from "./send.js";
import { type Turn, Waiting } from "./turn.js";

/** Either the caller's answer, or the call goes on. */
type Step = { readonly done: Response } | { readonly next: true };
const NEXT: Step = { next: true };

type Refused = Exclude<Decision, { readonly outcome: "answered" | "not-held" | "too-large" }>;

/**
 * One call of the balanced fetch: choose an endpoint, send, decide; then done, or the next one. Each endpoint is tried at
 * most once, unless the call may wait: then it takes its turns in the deployment's queue.
 */
export class Call {
  private readonly candidates: Candidates;
  private readonly deadlineAt: number;
  private readonly repeatable: boolean;
  private readonly report: Reporter;
  private readonly preference: Preference;
  private readonly cooldowns: CooldownSettings;
  private readonly waiting: Waiting | undefined;
  private readonly unreached: FailedAttempt[] = [];
  private lastError: unknown;
  private readonly kept = new KeptAnswer();
  private attempts = 0;
  /** Whether the request has gone out at all. */
  private sent = false;

  /** @param queue where it waits for its turns; undefined where it may not wait. */
  constructor(
    private readonly request: BalancedRequest,
    private readonly pool: readonly EndpointState[],
    private readonly queue: Queue | undefined,
    private readonly holders: Holders,
    private readonly options: CheckedOptions,
    affinityKey: string | undefined,
    private readonly started: number,
  ) {
    const { stored, method, operation, tokens } = request;
    const { strategy, cooldown: lengths, random } = options;
    this.candidates = new Candidates(pool, holders, stored?.references ?? [], tokens, started);
    this.deadlineAt = started + (options.deadline?.toMilliseconds() ?? Number.POSITIVE_INFINITY);
    this.repeatable = method === "GET" || method === "HEAD" || options.retryAmbiguous.has(operation);
    this.report = new Reporter(options.onEvent, request);
    this.preference = { strategy, affinityKey, tokens };
    this.cooldowns = { lengths, random };
    this.waiting = queue && new Waiting(this.candidates, this.preference, this.cooldowns, started, this.deadlineAt);
  }

  /** Rejects as documented at `createLoadBalancedFetch`. */
  async run(): Promise<Response> {
    const { queue, waiting, options } = this;
    try {
      for (;;) {
        this.request.signal?.throwIfAborted();
        const now = options.now();
        if (now >= this.deadlineAt) throw new DeadlineError(String(options.deadline), this.attempts);
        const step = await (queue === undefined || waiting === undefined
          ? this.next(now)
          : this.takeTurn(queue, waiting));
        if ("done" in step) return step.done;
      }
    } finally {
      this.kept.drop();
    }
  }

  private next(now: number): Promise<Step> {
    const state = select(this.candidates.left(), this.preference, now, this.options.random);
    if (state === undefined) return this.pause(now);
    return this.try(new Attempt(state, this.cooldowns, this.request.tokens, now), now);
  }

  /** No endpoint is available: waits for a probe's answer; else the call is over. */
  private async pause(now: number): Promise<Step> {
    const left = this.candidates.left();
    const { tokens } = this.request;
    const probes = left.map((state) => state.probed(tokens, now)).filter((probe) => probe !== undefined);
    if (probes.length > 0) {
      await this.sleep(Math.min(...left.map((state) => state.availableAt(tokens, now))) - now, probes);
      return NEXT;
    }
    const soonest = Math.min(...this.candidates.promising().map((state) => state.cooldownEnd(tokens, now)));
    return { done: this.exhausted(soonest > now && soonest < Number.POSITIVE_INFINITY ? soonest - now : undefined) };
  }

  /** Lines up; tries where it is sent to, or learns that it will not be in time. */
  private async takeTurn(queue: Queue, waiting: Waiting): Promise<Step> {
    if (this.candidates.promising().length === 0) return { done: this.exhausted(undefined) };
    const place = queue.join(waiting);
    if (place.kind === "refused") return { done: this.exhausted(place.milliseconds) };
    if (place.kind === "queued") {
      // What may pass will be asked anew.
      if (this.kept.mayPass) this.kept.drop();
      this.report.queued(place.milliseconds);
      this.candidates.waited();
    }
    let turn: Turn;
    try {
      turn = await untilAborted(waiting.taken(), this.request.signal);
    } catch (error) {
      queue.leave(waiting);
      waiting.abandon();
      throw error;
    }
    if ("late" in turn) return { done: this.exhausted(turn.late) };
    try {
      return await this.try(turn.attempt, this.options.now());
    } finally {
      queue.wake();
    }
  }

  private async try(attempt: Attempt, now: number): Promise<Step> {
    const { state } = attempt;
    this.candidates.try(state);
    this.attempts++;
    const transmission = this.transmission(attempt, now);
    const result = await transmission.run().catch((error: unknown) => this.broken(attempt, transmission, now, error));
    if (result === undefined) {
      attempt.cancel();
      this.candidates.untry(state);
      this.attempts--;
      return NEXT;
    }
    this.sent ||= transmission.sent;
    const ended = this.options.now();
    const decision = decide(result.ending, this.candidates.references);
    const { headersAt = ended, firstOutputAt } = transmission;
    this.report.attempt(state, this.attempts, decision.outcome, result, {
      timeToHeadersMilliseconds: headersAt - now,
      timeToFirstOutputMilliseconds: firstOutputAt && firstOutputAt - now,
    });
    if (result.response !== undefined) {
      attempt.answered(result.response.headers, decision.outcome === "throttled", ended);
    }
    return this.settle(attempt, decision, result, ended);
  }

  private transmission(attempt: Attempt, now: number): Transmission {
    const { request, options } = this;
    const { attemptTimeout, deadline } = options;
    const firstEventTimeout = request.facts.stream ? options.firstEventTimeout : undefined;
    const millisecondsLeft = this.deadlineAt - now;
    const limits = { attemptTimeout, firstEventTimeout, deadline, millisecondsLeft, attempt: this.attempts };
    return new Transmission(request, attempt, limits, options, this.holders);
  }

  private settle(attempt: Attempt, decision: Decision, result: Result, now: number): Step {
    const { state } = attempt;
    const { response } = result;
    switch (decision.outcome) {
      case "answered":
        this.queue?.answered(now - attempt.startedAt);
        this.report.recovered(state, attempt.succeed());
        return response === undefined ? NEXT : this.answered(state, response);
      case "not-held":
      case "too-large":
        this.report.recovered(state, decision.outcome === "too-large" ? attempt.refuseForSize(now) : attempt.succeed());
        this.candidates.exclude(state, decision.outcome);
        return this.refused(decision.outcome, result, this.isSpent());
      default:
        return this.refused(decision.outcome, result, this.coolDown(attempt, decision, result, now));
    }
  }

  private answered(state: EndpointState, response: Response): Step {
    const pathId = this.request.stored?.pathId;
    // What it lets read, it holds.
    if (response.ok && !this.candidates.heldBy(state) && pathId !== undefined && this.request.method === "GET") {
      this.holders.remember(pathId, state.endpoint.base);
    }
    return { done: response };
  }

  /** @returns whether the call is over by this. */
  private coolDown(attempt: Attempt, decision: Refused, result: Result, now: number): boolean {
    const { state } = attempt;
    const { outcome: reason, scope, hintMilliseconds, ambiguous } = decision;
    if (result.response === undefined) {
      this.lastError = result.error;
      this.unreached.push({ endpoint: state.endpoint.name, errorCode: failureCode(result.error) });
    }
    const agreed = reason === "misconfigured" && this.candidates.agreeMisconfigured(state, now);
    if (agreed) {
      attempt.release();
      for (const [other, its] of this.candidates.misconfigurations()) this.report.recovered(other, its.lift());
    } else {
      this.fail(attempt, { reason, scope, hintMilliseconds }, result, now);
      if (reason === "misconfigured") this.candidates.isMisconfigured(attempt);
      if (reason === "failed") this.waiting?.failed(state, now + this.cooldowns.lengths.failed);
    }
    return agreed || this.isSpent() || (ambiguous && !this.repeatable);
  }

  private fail(attempt: Attempt, refusal: Omit<Refusal, "answered" | "headers">, result: Result, now: number): void {
    const { headers } = result.response ?? {};
    const answered = result.response !== undefined;
    const { cooldownMilliseconds, recovered } = attempt.fail({ ...refusal, answered, headers }, now);
    this.report.recovered(attempt.state, recovered);
    if (cooldownMilliseconds !== undefined) {
      this.report.cooldown(attempt.state, refusal, result, cooldownMilliseconds);
    }
  }

  private refused(outcome: RefusedOutcome, { response, error }: Result, isOver: boolean): Step {
    if (response !== undefined) this.kept.offer(response, outcome);
    if (!isOver) return NEXT;
    if (response !== undefined || outcome === "misconfigured") return { done: this.giveKept(undefined) };
    this.report.exhausted(this.attempts, undefined, undefined);
    throw error;
  }

  /** The attempt has no result: the caller left, the deadline has come, or the request itself is at fault. */
  private broken(attempt: Attempt, transmission: Transmission, now: number, error: unknown): never {
    const { state } = attempt;
    const ended = this.options.now();
    this.report.unfinished(state, this.attempts, error, (transmission.headersAt ?? ended) - now);
    if (this.isHung(state, transmission, error, ended)) {
      const result: Result = { ending: { kind: "timeout" }, response: undefined, error };
      const refusal = { reason: "failed", scope: "deployment", hintMilliseconds: undefined } as const;
      this.fail(attempt, refusal, result, ended);
    }
    attempt.release();
    throw error;
  }

  /** Whether it held the call for too long: for much of its deadline, or its callers give up one after another. */
  private isHung({ deployment }: EndpointState, transmission: Transmission, error: unknown, now: number): boolean {
    if (error instanceof DeadlineError) {
      return now - transmission.startedAt >= (this.deadlineAt - this.started) * DEADLINE_SHARE;
    }
    const isSilent = transmission.sent && transmission.headersAt === undefined;
    if (!isSilent || this.request.signal?.aborted !== true) return false;
    const others = this.pool.map((other) => other.deployment);
    return deployment.abandoned(others, now);
  }

  /** @param milliseconds until the first promising endpoint is available; undefined where one is already, or none will be. */
  private exhausted(milliseconds: number | undefined): Response {
    const { count: all, asked, unsuitableCount: unsuitable, notHeldCount: notHeld, isAtHolder } = this.candidates;
    const standing = { kept: this.kept.outcome, endpoints: all, asked, unsuitable, milliseconds };
    if (milliseconds === undefined || conclude(standing) === "kept") return this.giveKept(milliseconds);
    this.report.exhausted(this.attempts, 429, milliseconds);
    const exhausted = { endpoints: all - notHeld, notHeld, atHolder: isAtHolder };
    return exhaustedResponse(exhausted, this.request.deployment, milliseconds);
  }

  /** @throws EndpointsUnreachableError where HTTP had no answer. */
  private giveKept(retryAfterMilliseconds: number | undefined): Response {
    const response = this.kept.take();
    this.report.exhausted(this.attempts, response?.status, retryAfterMilliseconds);
    if (response === undefined) throw new EndpointsUnreachableError(this.unreached, this.lastError);
    return response;
  }

  /** Whether the body is gone, so that no further attempt can be made. */
  private isSpent(): boolean {
    return this.sent && this.request.body.kind === "stream";
  }

  /** Until the time is over, a probe has settled or the deadline has come, whichever is first. */
  private async sleep(milliseconds: number, probes: readonly Promise<void>[]): Promise<void> {
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
