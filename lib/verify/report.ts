import { type ChiSquareTest, testEvenness } from "./chi-square.js";
import { type Percentiles, percentilesOf } from "./percentiles.js";
import { type Sample } from "./sample.js";

/** What a run is expected to show. */
export interface Expectations {
  /** The backends that have to answer: their names, or their number. @default two or more */
  readonly backends?: readonly string[] | number;
  /** The p-value under which the distribution counts as uneven. @default {@link DEFAULT_SIGNIFICANCE} */
  readonly significance?: number;
  /** The share of requests, from 0 to 1, that may end otherwise than in 2xx; 429 is an error too. @default 0 */
  readonly maxErrorShare?: number;
}

export const DEFAULT_SIGNIFICANCE = 0.01;
export const DEFAULT_MAX_ERROR_SHARE = 0;
/** The usual rule of thumb for the chi-square test: it is meaningless with fewer expected observations a class. */
export const MIN_EXPECTED_PER_BACKEND = 5;

/** What was sent. */
export interface Run {
  readonly url: string;
  readonly api: string;
  readonly deployment: string;
  readonly stream: boolean;
  readonly backendHeader: string;
  readonly concurrency: number;
  /** How many requests were wanted; fewer were made if the run was interrupted. */
  readonly wanted: number;
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

export interface Evenness extends ChiSquareTest {
  /** `too few`: fewer than {@link MIN_EXPECTED_PER_BACKEND} requests a backend. */
  readonly verdict: "even" | "uneven" | "too few";
}

export interface Report extends Run {
  readonly requests: number;
  /** By name; those that were expected and did not answer are in it, with 0 requests. */
  readonly backends: readonly BackendReport[];
  readonly missing: readonly string[];
  /** Answers without the header, and requests without an answer. */
  readonly unidentified: number;
  /** Undefined with fewer than two backends. */
  readonly evenness: Evenness | undefined;
  /** How often each status or error code came. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly throttledShare: number;
  readonly errorShare: number;
  readonly latency: Percentiles | undefined;
  readonly firstToken: Percentiles | undefined;
  /** Why the run is not as expected; empty if it is. */
  readonly failures: readonly string[];
}

/** Pure: the same samples, the same report. */
export function createReport(run: Run, samples: readonly Sample[], expectations: Expectations = {}): Report {
  const identified = samples.filter(({ backend }) => backend !== undefined);
  const seen = [...new Set(identified.flatMap(({ backend }) => backend ?? []))];
  const expected = typeof expectations.backends === "object" ? expectations.backends : [];
  const names = [...new Set([...seen, ...expected])].sort();
  const missing = names.filter((name) => !seen.includes(name));
  const backends = names.map((name) => backendReport(name, identified));
  const found = {
    requests: samples.length,
    backends,
    missing,
    unidentified: samples.length - identified.length,
    evenness: evennessOf(backends, expectations.significance ?? DEFAULT_SIGNIFICANCE),
    outcomes: countOutcomes(samples),
    throttledShare: shareOf(samples, isThrottled),
    errorShare: shareOf(samples, (sample) => !isOk(sample)),
    ...timesOf(samples),
  };
  return { ...run, ...found, failures: failuresOf({ ...run, ...found }, seen, expectations) };
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

function evennessOf(backends: readonly BackendReport[], significance: number): Evenness | undefined {
  const counts = backends.map(({ requests }) => requests);
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (counts.length < 2 || total === 0) return undefined;
  const test = testEvenness(counts);
  if (total / counts.length < MIN_EXPECTED_PER_BACKEND) return { ...test, verdict: "too few" };
  return { ...test, verdict: test.pValue < significance ? "uneven" : "even" };
}

function failuresOf(found: Omit<Report, "failures">, seen: readonly string[], expectations: Expectations): string[] {
  const { backends = undefined, maxErrorShare = DEFAULT_MAX_ERROR_SHARE } = expectations;
  const failures = found.missing.map((name) => `backend "${name}" served nothing`);
  if (found.requests < found.wanted) failures.push(`interrupted after ${found.requests} of ${found.wanted} requests`);
  if (found.requests > 0 && seen.length === 0) {
    failures.push(whyNobodyIsKnown(found));
  } else if (typeof backends === "number" && seen.length !== backends) {
    failures.push(`${seen.length} backend(s) served requests, ${backends} expected`);
  } else if (typeof backends === "object") {
    const strangers = seen.filter((name) => !backends.includes(name));
    failures.push(...strangers.map((name) => `backend "${name}" served requests but is not among the expected ones`));
  } else if (backends === undefined && seen.length === 1) {
    failures.push(`only "${seen[0]}" served requests; if that is right, expect 1 backend`);
  }
  if (found.evenness?.verdict === "uneven") failures.push("the requests are spread unevenly");
  if (found.errorShare > maxErrorShare) {
    const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
    failures.push(
      `${percent(found.errorShare)} of the requests failed, more than the allowed ${percent(maxErrorShare)}`,
    );
  }
  return failures;
}

function whyNobodyIsKnown({ outcomes, backendHeader }: Pick<Report, "outcomes" | "backendHeader">): string {
  const seen = Object.keys(outcomes);
  if (seen.some(isStatus)) {
    return `no response has the header ${backendHeader}, which identifies the backend; name another header`;
  }
  if (seen.some((outcome) => /CERT|SIGNATURE/.test(outcome))) {
    return "no request was answered, because the certificate is not trusted; accept any (--insecure) for a trial with a self-signed one";
  }
  return "no request was answered; check the address, and that a server runs there";
}

function countOutcomes(samples: readonly Sample[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { outcome } of samples) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}

function shareOf(samples: readonly Sample[], is: (sample: Sample) => boolean): number {
  return samples.length === 0 ? 0 : samples.filter(is).length / samples.length;
}

/** Rather than an error. */
function isStatus(outcome: string): boolean {
  return /^\d+$/.test(outcome);
}

function isOk({ outcome }: Sample): boolean {
  return typeof outcome === "number" && outcome >= 200 && outcome < 300;
}

function isThrottled({ outcome }: Sample): boolean {
  return outcome === 429;
}
