import { type ChiSquareTest, testEvenness } from "./chi-square.js";
import { DEFAULT_SIGNIFICANCE, type Expectations, instancesOf } from "./expectations.js";
import { failuresOf } from "./failures.js";
import { type Percentiles, percentilesOf } from "./percentiles.js";
import { noticeableShare, noticesSixtyForty, requestsFor } from "./power.js";
import { type RoundRobinTest, testRoundRobin } from "./round-robin.js";
import { isOk, isThrottled, type Sample } from "./sample.js";

/** What was sent. */
export interface Run {
  readonly url: string;
  /** The host name that was asked for, if not the URL's. */
  readonly host: string | undefined;
  readonly api: string;
  readonly deployment: string;
  readonly stream: boolean;
  readonly backendHeader: string;
  readonly concurrency: number;
  /** How many were opened. */
  readonly connections: number;
  /** How many requests were wanted; fewer were made if the run was interrupted. */
  readonly wanted: number;
  /** Requests that were under way when the run was interrupted. */
  readonly abandoned: number;
  /** In UTC, ISO 8601. */
  readonly startedAt: string;
  readonly durationMilliseconds: number;
}

export interface BackendReport {
  readonly name: string;
  readonly requests: number;
  /** Of the requests whose backend is known, from 0 to 1. */
  readonly share: number;
  readonly ok: number;
  readonly throttled: number;
  readonly otherErrors: number;
  /** Of the requests that ended in 2xx; undefined if none did. */
  readonly latency: Percentiles | undefined;
  /** Of streams; undefined if there was none. */
  readonly firstToken: Percentiles | undefined;
}

export interface RoundRobinReport extends RoundRobinTest {
  /** Where the number of instances comes from: what was expected, or how many connections were opened. */
  readonly instancesFrom: "expectation" | "connections";
  /** A backend that is preferred with at least this share is noticed in nine of ten such runs; undefined if none is. */
  readonly noticeableShare: number | undefined;
}

export interface Report extends Run {
  readonly expect: Expectations;
  readonly requests: number;
  /** By name; those that were expected and did not answer are in it, with 0 requests. */
  readonly backends: readonly BackendReport[];
  readonly missing: readonly string[];
  /** Answers without the header, and requests without an answer. */
  readonly unidentified: number;
  /** Undefined with fewer than two backends. */
  readonly roundRobin: RoundRobinReport | undefined;
  /** How often a choice by chance would be as uneven; undefined with fewer than two backends. */
  readonly evenness: ChiSquareTest | undefined;
  /** How often each status or error code came. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly throttledShare: number;
  readonly errorShare: number;
  readonly latency: Percentiles | undefined;
  readonly firstToken: Percentiles | undefined;
  /** Why the run is not as expected; empty if it is. */
  readonly failures: readonly string[];
  /** What to know before relying on the result. */
  readonly warnings: readonly string[];
}

/** Pure: the same samples, the same report. */
export function createReport(run: Run, samples: readonly Sample[], expectations: Expectations = {}): Report {
  const identified = samples.filter(({ backend }) => backend !== undefined);
  const seen = [...new Set(identified.flatMap(({ backend }) => backend ?? []))];
  const expected = typeof expectations.backends === "object" ? expectations.backends : [];
  const names = [...new Set([...seen, ...expected])].sort();
  const backends = names.map((name) => backendReport(name, identified));
  const counts = backends.map(({ requests }) => requests);
  const comparable = counts.length >= 2 && identified.length > 0;
  const unplaced = samples.length - identified.length + run.abandoned;
  const found = {
    expect: expectations,
    requests: samples.length,
    backends,
    missing: names.filter((name) => !seen.includes(name)),
    unidentified: samples.length - identified.length,
    roundRobin: comparable ? roundRobinReport(counts, unplaced, run, expectations) : undefined,
    evenness: comparable ? testEvenness(counts) : undefined,
    outcomes: countOutcomes(samples),
    throttledShare: shareOf(samples, isThrottled),
    errorShare: shareOf(samples, (sample) => !isOk(sample)),
    ...timesOf(samples),
  };
  const report = { ...run, ...found, failures: [], warnings: [] };
  return {
    ...report,
    failures: failuresOf(report, samples, expectations),
    warnings: warningsOf(report, expectations),
  };
}

/** 0: all as expected; 1: not. */
export function exitCodeOf(report: Report): 0 | 1 {
  return report.failures.length === 0 ? 0 : 1;
}

function backendReport(name: string, identified: readonly Sample[]): BackendReport {
  const own = identified.filter(({ backend }) => backend === name);
  const ok = own.filter(isOk).length;
  const throttled = own.filter(isThrottled).length;
  return {
    name,
    requests: own.length,
    share: own.length === 0 ? 0 : own.length / identified.length,
    ok,
    throttled,
    otherErrors: own.length - ok - throttled,
    ...timesOf(own),
  };
}

/** Only of answers that were wanted: an error is quick, and would make a bad backend look good. */
function timesOf(samples: readonly Sample[]): Pick<BackendReport, "latency" | "firstToken"> {
  const ok = samples.filter(isOk);
  return {
    latency: percentilesOf(ok.map(({ latencyMilliseconds }) => latencyMilliseconds)),
    firstToken: percentilesOf(ok.flatMap(({ firstTokenMilliseconds }) => firstTokenMilliseconds ?? [])),
  };
}

function roundRobinReport(
  counts: readonly number[],
  unplaced: number,
  { connections }: Run,
  expectations: Expectations,
): RoundRobinReport {
  const instances = instancesOf(connections, expectations);
  const requests = counts.reduce((sum, count) => sum + count, 0);
  return {
    ...testRoundRobin(counts, instances, unplaced),
    instancesFrom: expectations.instances === undefined ? "connections" : "expectation",
    noticeableShare: noticeableShare({ requests, backends: counts.length, instances, unplaced }),
  };
}

function warningsOf(report: Report, expectations: Expectations): string[] {
  const { roundRobin, evenness, requests, unidentified, backends, backendHeader } = report;
  const { significance = DEFAULT_SIGNIFICANCE } = expectations;
  const warnings: string[] = [];
  if (backends.length > 2 && backends.length === requests - unidentified) {
    warnings.push(
      `each answer names another backend: does ${backendHeader} really say who answered, not which request?`,
    );
  }
  if (roundRobin === undefined || evenness === undefined || !roundRobin.possible) return warnings;
  const { instances, instancesFrom } = roundRobin;
  const fewer = instancesFrom === "connections" ? "; --instances makes the test stricter if there are fewer" : "";
  if (evenness.pValue < significance) {
    warnings.push(
      `round robin of ${instances} instances can produce this spread, but hardly will: even a choice by chance seldom does${fewer}`,
    );
  }
  if (!noticesSixtyForty(requests - unidentified, instances)) {
    warnings.push(
      `too few requests to notice a 60/40 split of two among ${instances} instances: send ${requestsFor(instances)} or more${fewer}`,
    );
  }
  return warnings;
}

function countOutcomes(samples: readonly Sample[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { outcome } of samples) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}

function shareOf(samples: readonly Sample[], is: (sample: Sample) => boolean): number {
  return samples.length === 0 ? 0 : samples.filter(is).length / samples.length;
}
