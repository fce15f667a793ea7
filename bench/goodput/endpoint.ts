import { COMPLETION, REFUSAL } from "../client/answers.js";
import { Bucket, type Limit, Window } from "./bucket.js";
import { type Random } from "./random.js";
import { type Counting, type Fault, type HeaderSet, type Latency, type Quota } from "./scenario.js";

export interface EndpointProps {
  readonly quota: Quota;
  readonly counting: Counting;
  readonly headers: HeaderSet;
  readonly fault: Fault | undefined;
  readonly latency: Latency;
  /** The lowest is to be used first. */
  readonly priority: number;
  /** Of the run, in milliseconds. */
  readonly end: number;
  readonly random: Random;
}

/** What becomes of a request, and when. */
export interface Exchange {
  /** Undefined where the connection is refused. */
  readonly response: Response | undefined;
  readonly milliseconds: number;
}

/** As Azure answers a request that no waiting can make fit: a day. */
const NEVER_MILLISECONDS = 86_400_000;
const OUTAGE_HINT_MILLISECONDS = 10_000;
const TOKEN_WINDOW_MILLISECONDS = 60_000;
const UNREACHABLE_MILLISECONDS = 5;
const JSON_TYPE = { "content-type": "application/json" };

/** A deployment with its limits, and what is the matter with it. Times are those of the run. */
export class Endpoint {
  readonly priority: number;
  private readonly tokens: Limit;
  private readonly requests?: Limit;

  constructor(private readonly props: EndpointProps) {
    const { quota, counting } = props;
    this.priority = props.priority;
    const limit = (perMinute: number, window: number): Limit =>
      counting.kind === "windows" ? new Window(perMinute, window) : new Bucket(perMinute, counting.seconds * 1_000);
    const requestWindow = counting.kind === "windows" ? counting.requestSeconds * 1_000 : 0;
    this.tokens = limit(quota.tokens, TOKEN_WINDOW_MILLISECONDS);
    if (quota.requests !== undefined) this.requests = limit(quota.requests, requestWindow);
  }

  /** Tokens of the largest request that would be let in now. */
  room(now: number): number {
    if (this.outageEnd(now) !== undefined) return 0;
    return this.requests !== undefined && this.requests.level(now) < 1 ? 0 : this.tokens.level(now);
  }

  /** How full its token bucket is, from 0 to 1: what a full one would gain is lost. */
  fullness(now: number): number {
    return this.tokens.level(now) / this.tokens.capacity;
  }

  /** Milliseconds until a request of this size would be let in, if no other came; infinite where none ever is. */
  until(tokens: number, now: number): number {
    const outage = (this.outageEnd(now) ?? now) - now;
    return Math.max(outage, this.tokens.until(tokens, now), this.requests?.until(1, now) ?? 0);
  }

  /** @returns whether the request is let in, and its end. */
  receive(tokens: number, now: number): Exchange & { readonly admitted: boolean } {
    const { fault, latency, random } = this.props;
    const outageEnd = this.outageEnd(now);
    if (outageEnd !== undefined) {
      if (fault?.kind === "unreachable") {
        return { admitted: false, response: undefined, milliseconds: UNREACHABLE_MILLISECONDS };
      }
      return this.refusal(OUTAGE_HINT_MILLISECONDS, now);
    }
    // A request that the token limit stops has used one of the requests all the same.
    const requestsWait = this.requests?.until(1, now) ?? 0;
    if (requestsWait > 0) return this.refusal(requestsWait, now);
    this.requests?.take(1, now);
    const tokensWait = this.tokens.until(tokens, now);
    if (tokensWait > 0) return this.refusal(tokensWait, now);
    this.tokens.take(tokens, now);
    const headers = this.headers(now);
    if (fault?.kind === "failing" && random() < fault.share) {
      const response = new Response(REFUSAL, { status: 503, headers: { ...JSON_TYPE, ...headers } });
      return { admitted: false, response, milliseconds: latency.answer };
    }
    const response = new Response(COMPLETION, { status: 200, headers: { ...JSON_TYPE, ...headers } });
    const slowness = fault?.kind === "slow" ? fault.factor : 1;
    return {
      admitted: true,
      response,
      milliseconds: (latency.answer + tokens * latency.perToken) * slowness,
    };
  }

  private refusal(wait: number, now: number): Exchange & { readonly admitted: false } {
    const milliseconds = Number.isFinite(wait) ? Math.ceil(wait) : NEVER_MILLISECONDS;
    const hint: Record<string, string> =
      this.props.headers === "none"
        ? {}
        : { "retry-after": String(Math.ceil(milliseconds / 1_000)), "retry-after-ms": String(milliseconds) };
    const response = new Response(REFUSAL, { status: 429, headers: { ...JSON_TYPE, ...hint, ...this.headers(now) } });
    return { admitted: false, response, milliseconds: this.props.latency.refusal };
  }

  private headers(now: number): Record<string, string> {
    if (this.props.headers !== "all") return {};
    const of = (what: string, limit: Limit | undefined): Record<string, string> =>
      limit === undefined
        ? {}
        : {
            [`x-ratelimit-limit-${what}`]: String(limit.perMinute),
            [`x-ratelimit-remaining-${what}`]: String(Math.floor(limit.level(now))),
            [`x-ratelimit-reset-${what}`]: String(Math.ceil(limit.reset(now) / 1_000)),
          };
    return { ...of("requests", this.requests), ...of("tokens", this.tokens) };
  }

  /** Undefined where it takes requests. */
  private outageEnd(now: number): number | undefined {
    const { fault, end } = this.props;
    if (fault?.kind !== "unreachable" && fault?.kind !== "throttled") return undefined;
    return now >= fault.from * end && now < fault.to * end ? fault.to * end : undefined;
  }
}
