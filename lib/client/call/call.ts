import { untilAborted } from "../abort-relay.js";
import { Attempt, type Refusal } from "../endpoints/attempt.js";
import { type EndpointState } from "../endpoints/endpoint-state.js";
import { type Holders } from "../endpoints/holders.js";
import { select } from "../endpoints/selection.js";
import { DeadlineError, EndpointsUnreachableError, type FailedAttempt } from "../errors.js";
import { type CheckedOptions } from "../options.js";
import { type BalancedRequest } from "../request/request.js";
import { startTimer } from "../timer.js";
import { decide, type Decision } from "./decision.js";
import { exhaustedResponse } from "./exhausted-response.js";
import { KeptAnswer, type RefusedOutcome } from "./kept-answer.js";
import { failureCode } from "./network-error.js";
import { Reporter } from "./reporter.js";
import { type Result, Transmission } from "./send.js";

/** Either the caller's answer, or the call goes on. */
type Step = { readonly done: Response } | { readonly next: true };
const NEXT: Step = { next: true };

type Refused = Exclude<Decision, { readonly outcome: "answered" | "not-held" | "too-large" }>;

/**
 * One call of the balanced fetch: choose an endpoint, send, decide; then done, or the next one. Each endpoint is tried at
 * most once a lap; a call that may wait makes several laps.
 */
export class Call {
  /** Where the request may go: all endpoints, or those of the account that holds what it refers to. */
  private candidates: readonly EndpointState[];
  private readonly references: Iterable<string>;
  private holder: string | undefined;
  private readonly deadlineAt: number;
  private readonly repeatable: boolean;
  private readonly report: Reporter;
  /** Not to be chosen again in this lap. */
  private tried = new Set<EndpointState>();
  /** Not to be chosen in any lap: they do not hold what the request refers to, or can never take one of its size. */
  private readonly unsuitable = new Map<EndpointState, "not-held" | "too-large">();
  /** Those that this call has found misconfigured. */
  private readonly misconfigured = new Map<EndpointState, Attempt>();
  private readonly unreached: FailedAttempt[] = [];
  private lastError: unknown;
  private readonly kept = new KeptAnswer();
  private attempts = 0;
  /** Whether the request has gone out at all. */
  private sent = false;

  constructor(
    private readonly request: BalancedRequest,
    private readonly pool: readonly EndpointState[],
    private readonly holders: Holders,
    private readonly options: CheckedOptions,
    private readonly affinityKey: string | undefined,
    private readonly started: number,
  ) {
    const { stored, method, operation } = request;
    this.references = stored?.references ?? [];
    this.candidates = this.locate();
    this.deadlineAt = started + (options.deadline?.toMilliseconds() ?? Number.POSITIVE_INFINITY);
    this.repeatable = method === "GET" || method === "HEAD" || options.retryAmbiguous.has(operation);
    this.report = new Reporter(options.onEvent, request);
  }

  /** Rejects as documented at `createLoadBalancedFetch`. */
  async run(): Promise<Response> {
    try {
      for (;;) {
        this.request.signal?.throwIfAborted();
        const now = this.options.now();
        if (now >= this.deadlineAt) throw new DeadlineError(String(this.options.deadline), this.attempts);
        const state = this.choose(now);
        const step = await (state === undefined ? this.pause(now) : this.try(state, now));
        if ("done" in step) return step.done;
      }
    } finally {
      this.kept.drop();
    }
  }

  private choose(now: number): EndpointState | undefined {
    const { affinityKey, options } = this;
    const { tokens } = this.request;
    return select(this.left(), { strategy: options.strategy, affinityKey, tokens }, now, options.random);
  }

  private left(): readonly EndpointState[] {
    return this.tried.size === 0 ? this.candidates : this.candidates.filter((state) => !this.tried.has(state));
  }

  private async try(state: EndpointState, now: number): Promise<Step> {
    const { cooldown: lengths, random } = this.options;
    const attempt = new Attempt(state, { lengths, random }, this.request.tokens, now);
    this.tried.add(state);
    this.attempts++;
    const transmission = this.transmission(attempt, now);
    const result = await transmission.run().catch((error: unknown) => this.broken(attempt, transmission, now, error));
    if (result === undefined) {
      // Nothing was sent, so it may still be its turn in this lap.
      attempt.release();
      this.tried.delete(state);
      this.attempts--;
      return NEXT;
    }
    this.sent ||= transmission.sent;
    const ended = this.options.now();
    const decision = decide(result.ending, this.references);
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
        this.report.recovered(state, attempt.succeed());
        return response === undefined ? NEXT : this.answered(state, response);
      case "not-held":
      case "too-large":
        this.report.recovered(state, attempt.succeed());
        this.unsuitable.set(state, decision.outcome);
        if (decision.outcome === "not-held") this.searchElsewhere();
        return this.refused(decision.outcome, result, this.isSpent());
      default:
        return this.refused(decision.outcome, result, this.coolDown(attempt, decision, result, now));
    }
  }

  private answered({ endpoint }: EndpointState, response: Response): Step {
    const pathId = this.request.stored?.pathId;
    if (response.ok) {
      // What others do not hold, this one does; and what it lets read. Answers do not always name what they are about.
      if ([...this.unsuitable.values()].includes("not-held")) {
        for (const reference of this.references) this.holders.remember(reference, endpoint.base);
      } else if (pathId !== undefined && this.request.method === "GET") {
        this.holders.remember(pathId, endpoint.base);
      }
    }
    return { done: response };
  }

  /** The endpoints of the account that holds what the request refers to; all of them where none is known to. */
  private locate(): readonly EndpointState[] {
    const holder = this.holders.accountOf(this.references);
    const atHolder = holder === undefined ? [] : this.pool.filter(({ endpoint }) => endpoint.base === holder);
    this.holder = atHolder.length > 0 ? holder : undefined;
    return atHolder.length > 0 ? atHolder : this.pool;
  }

  /** What was known of the holder is no longer true; it may be the account of another reference. */
  private searchElsewhere(): void {
    if (this.holder === undefined) return;
    this.holders.forget(this.references, this.holder);
    this.candidates = this.locate();
  }

  /** @returns whether the call is over by this. */
  private coolDown(attempt: Attempt, decision: Refused, result: Result, now: number): boolean {
    const { outcome: reason, scope, hintMilliseconds, ambiguous } = decision;
    if (result.response === undefined) {
      this.lastError = result.error;
      this.unreached.push({ endpoint: attempt.state.endpoint.name, errorCode: failureCode(result.error) });
    }
    const agreed = reason === "misconfigured" && this.othersAgree(attempt.state, now);
    if (agreed) {
      attempt.release();
      for (const [other, its] of this.misconfigured) this.report.recovered(other, its.lift());
    } else {
      this.fail(attempt, { reason, scope, hintMilliseconds }, result, now);
      if (reason === "misconfigured") this.misconfigured.set(attempt.state, attempt);
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

  /** Where every endpoint calls it a misconfiguration, it is the caller's: none of them is to cool down for it. */
  private othersAgree(state: EndpointState, now: number): boolean {
    return this.pool.every(
      (other) => other === state || this.misconfigured.has(other) || other.isCoolingDownFor("misconfigured", now),
    );
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

  /** No endpoint is available: waits for a probe's answer or for the next lap; else the call is over. */
  private async pause(now: number): Promise<Step> {
    const left = this.left();
    const { tokens } = this.request;
    const probes = left.map((state) => state.probed(tokens, now)).filter((probe) => probe !== undefined);
    if (probes.length > 0) {
      await this.sleep(Math.min(...left.map((state) => state.availableAt(tokens, now))) - now, probes);
      return NEXT;
    }
    // One that is misconfigured is not worth a wait.
    const promising = this.candidates.filter((state) => !this.unsuitable.has(state) && !this.misconfigured.has(state));
    const soonest = Math.max(Math.min(...promising.map((state) => state.cooldownEnd(tokens, now))), now);
    // A sole endpoint has no cooldown to wait for.
    if (this.options.waits && this.pool.length > 1 && soonest < this.deadlineAt) {
      // What may pass will be asked anew.
      if (this.kept.mayPass) this.kept.drop();
      this.report.queued(soonest - now);
      await this.sleep(soonest - now, []);
      this.tried = new Set(this.unsuitable.keys());
      return NEXT;
    }
    return { done: this.exhausted(soonest > now && soonest < Number.POSITIVE_INFINITY ? soonest - now : undefined) };
  }

  /** @param milliseconds until the first promising endpoint is available; undefined where one is already, or none will be. */
  private exhausted(milliseconds: number | undefined): Response {
    const { kept, candidates } = this;
    const throttled = kept.outcome === "throttled" && candidates.length > 1;
    // One that gave no answer may hold what others do not, or have room for what they find too large.
    const unanswered = !kept.mayPass && (this.unsuitable.size > 0 || this.tried.size < candidates.length);
    if (milliseconds === undefined || !(throttled || unanswered)) return this.giveKept(milliseconds);
    this.report.exhausted(this.attempts, 429, milliseconds);
    const notHeld = candidates.filter((state) => this.unsuitable.get(state) === "not-held").length;
    const endpoints = candidates.length - notHeld;
    const exhausted = { endpoints, notHeld, atHolder: this.holder !== undefined };
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
