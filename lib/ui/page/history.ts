import { type BackendTick, HISTORY_SECONDS, TICK_MILLISECONDS, type Tick } from "../view.js";

/** Over which shares and latencies are taken. */
const WINDOW_SECONDS = 5;
/** Fewer say nothing of shares. */
const LEAST_REQUESTS = 3;
/** Over which rates are taken. */
const RATE_SECONDS = 1;
const HEADLINE_SECONDS = 10;
const MAXIMUM_TICKS = (HISTORY_SECONDS * 1_000) / TICK_MILLISECONDS;

export interface Answers {
  readonly ok: number;
  readonly throttled: number;
  readonly failed: number;
}

/** One backend over the last seconds. */
export interface BackendFigures {
  /** Percent of all requests; null where there were too few to say. */
  readonly share: number | null;
  /** Median in milliseconds; null where nothing was answered. */
  readonly latency: number | null;
  /** Percent; null without a limit. */
  readonly quotaLeft: number | null;
}

/** One moment of the charts. */
export interface Moment {
  readonly tick: Tick;
  /** In seconds, on the server's clock. */
  readonly at: number;
  /** Per second. */
  readonly answers: Answers;
  readonly backends: readonly BackendFigures[];
}

/** The last two minutes. */
export class History {
  readonly moments: Moment[] = [];

  add(tick: Tick): void {
    const { moments } = this;
    // A pause of the page's computer, or a new server.
    const last = moments.at(-1);
    if (last !== undefined && tick.at < last.tick.at) moments.length = 0;
    const recent = [...this.ticksOf(WINDOW_SECONDS - TICK_MILLISECONDS / 1_000), tick];
    const sent = sum(recent.flatMap(({ backends }) => backends.map(({ requests }) => requests)));
    moments.push({
      tick,
      at: tick.at / 1_000,
      answers: this.answersOf(RATE_SECONDS, tick),
      backends: tick.backends.map((backend, index) => figuresOf(recent, index, sent, backend)),
    });
    moments.splice(0, Math.max(0, moments.length - MAXIMUM_TICKS));
  }

  get now(): number {
    return this.moments.at(-1)?.at ?? 0;
  }

  /** Of the last seconds, all together. */
  get statuses(): Readonly<Record<string, number>> {
    return together(this.ticksOf(HEADLINE_SECONDS));
  }

  private answersOf(seconds: number, tick: Tick): Answers {
    const ticks = [...this.ticksOf(seconds - TICK_MILLISECONDS / 1_000), tick];
    const { ok, throttled, failed } = answersOf(together(ticks));
    const span = (ticks.length * TICK_MILLISECONDS) / 1_000;
    return { ok: ok / span, throttled: throttled / span, failed: failed / span };
  }

  private ticksOf(seconds: number): Tick[] {
    const count = Math.round((seconds * 1_000) / TICK_MILLISECONDS);
    return this.moments.slice(-count).map(({ tick }) => tick);
  }
}

export function answersOf(statuses: Readonly<Record<string, number>>): Answers {
  const answers = { ok: 0, throttled: 0, failed: 0 };
  for (const [status, count] of Object.entries(statuses)) answers[kindOf(Number(status))] += count;
  return answers;
}

/** Of a status; NaN for no answer. */
export function kindOf(status: number): keyof Answers {
  if (status === 429) return "throttled";
  return status < 400 ? "ok" : "failed";
}

function figuresOf(recent: readonly Tick[], index: number, sent: number, { quotaLeft }: BackendTick): BackendFigures {
  const own = recent.flatMap(({ backends }) => backends[index] ?? []);
  const latencies = own.flatMap((backend) => backend.latencies).sort((a, b) => a - b);
  return {
    share: sent < LEAST_REQUESTS ? null : (sum(own.map(({ requests }) => requests)) / sent) * 100,
    latency: latencies[Math.floor(latencies.length / 2)] ?? null,
    quotaLeft: quotaLeft === undefined ? null : quotaLeft * 100,
  };
}

function together(ticks: readonly Tick[]): Record<string, number> {
  const all: Record<string, number> = {};
  for (const { statuses } of ticks) {
    for (const [status, count] of Object.entries(statuses)) all[status] = (all[status] ?? 0) + count;
  }
  return all;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
