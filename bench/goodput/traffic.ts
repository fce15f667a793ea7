import { createRandom, exponential, logNormal } from "./random.js";
import { type Scenario, type Shape, throughput } from "./scenario.js";

/** A chat completion that somebody asks for. */
export interface Arrival {
  readonly id: number;
  /** Milliseconds from the start of the run. */
  readonly at: number;
  /** Which process sends it; a process that has replaced another has a number of its own. */
  readonly process: number;
  readonly promptCharacters: number;
  readonly maxTokens: number;
  /** What the service counts on arrival. */
  readonly tokens: number;
  /** Whether it is measured: comes neither before nor after the measured time. */
  readonly counts: boolean;
}

/** Milliseconds of a run. */
export interface Span {
  /** In which buckets and queues come to their level. */
  readonly before: number;
  readonly measured: number;
  /** In which others come, so that the last ones that count do not have the endpoints to themselves. */
  readonly after: number;
}

/** @param waits whether there is a queue: at 120 % demand one of 30 s takes 150 s to build up */
export function spanOf(minutes: number, waits: boolean): Span {
  return { before: waits ? 150_000 : 30_000, measured: minutes * 60_000, after: waits ? 30_000 : 5_000 };
}

export function length({ before, measured, after }: Span): number {
  return before + measured + after;
}

/** Of the logarithm of sizes: one request in a hundred is over six times the median. */
const SIGMA = 0.8;
const PROMPT_SHARE = 0.3;
const SMALLEST_TOKENS = 20;
const CHARACTERS_PER_TOKEN = 4;

/** The most that a shape multiplies the mean rate by. */
const PEAK: Readonly<Record<Shape, number>> = { steady: 1, bursts: 2.5, day: 1.6 };
const BURST_SECONDS = { busy: 10, quiet: 20 };
const QUIET_RATE = 0.25;

/** Poisson arrivals of requests of log-normal size: the same for every contender. */
export function arrivals(scenario: Scenario, seed: number, span: Span): Arrival[] {
  const { quotas, demand, meanTokens, shape, charactersPerToken } = scenario;
  const random = createRandom(seed, 1);
  const processOf = processes(scenario, seed);
  const end = length(span);
  const all = quotas.reduce((sum, quota) => sum + throughput(quota, meanTokens), 0);
  const perMillisecond = (demand * all) / meanTokens / 60_000;
  const result: Arrival[] = [];
  for (let at = 0; ;) {
    at += exponential(random) / (perMillisecond * PEAK[shape]);
    if (at >= end) return result;
    if (random() * PEAK[shape] > rate(shape, at, end)) continue;
    const size = Math.max(SMALLEST_TOKENS, logNormal(random, meanTokens, SIGMA));
    const promptCharacters = Math.ceil(size * PROMPT_SHARE * CHARACTERS_PER_TOKEN);
    const maxTokens = Math.ceil(size * (1 - PROMPT_SHARE));
    const tokens = maxTokens + Math.ceil(promptCharacters / charactersPerToken);
    const counts = at >= span.before && at < end - span.after;
    result.push({ id: result.length, at, process: processOf(at), promptCharacters, maxTokens, tokens, counts });
  }
}

/** Over the mean rate. */
function rate(shape: Shape, at: number, end: number): number {
  switch (shape) {
    case "steady":
      return 1;
    case "bursts": {
      const { busy, quiet } = BURST_SECONDS;
      return (at / 1_000) % (busy + quiet) < busy ? PEAK.bursts : QUIET_RATE;
    }
    case "day":
      return 1 - (PEAK.day - 1) * Math.cos((2 * Math.PI * at) / end);
  }
}

/** At random; the lives of processes end at times of their own. */
function processes({ processes: count, lifetimeSeconds }: Scenario, seed: number): (at: number) => number {
  const random = createRandom(seed, 2);
  return (at) => {
    const place = Math.floor(random() * count);
    if (lifetimeSeconds === undefined) return place;
    return place + count * Math.floor(at / 1_000 / lifetimeSeconds + place / count);
  };
}
