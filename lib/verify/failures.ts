import { diagnose } from "./diagnosis.js";
import { DEFAULT_MAX_ERROR_SHARE, DEFAULT_SIGNIFICANCE, type Expectations, instancesOf } from "./expectations.js";
import { counted, percent } from "./figures.js";
import { type Report } from "./report.js";
import { requestsToReachAll } from "./round-robin.js";
import { isOk, type Sample } from "./sample.js";

/** Why a run is not as expected, the most telling first. */
export function failuresOf(report: Report, samples: readonly Sample[], expectations: Expectations): string[] {
  const { maxErrorShare = DEFAULT_MAX_ERROR_SHARE } = expectations;
  const failures = diagnose(report, samples);
  if (report.requests < report.wanted) {
    failures.push(`interrupted after ${report.requests} of ${report.wanted} requests`);
  }
  failures.push(...wrongBackends(report, failures.length === 0, samples, expectations));
  failures.push(...unevenness(report, expectations));
  if (report.errorShare > maxErrorShare) {
    failures.push(`${percent(report.errorShare)} of the requests failed, at most ${percent(maxErrorShare)} may`);
  }
  return failures;
}

function wrongBackends(
  report: Report,
  isUnexplained: boolean,
  samples: readonly Sample[],
  expectations: Expectations,
): string[] {
  const { backendHeader, missing } = report;
  const seen = report.backends.filter(({ requests }) => requests > 0).map(({ name }) => name);
  if (samples.length > 0 && seen.length === 0) return isUnexplained ? [whyNobodyIsKnown(report, samples)] : [];
  const failures: string[] = [];
  const nameless = samples.filter((sample) => isOk(sample) && sample.backend === undefined).length;
  if (nameless > 0) {
    failures.push(
      `${nameless} of ${samples.length} answers lack the header ${backendHeader}, so nobody knows who served them: name another header`,
    );
  }
  const { backends } = expectations;
  if (typeof backends === "object") {
    failures.push(
      ...missing.map(
        (name) => `backend "${name}" served nothing${fewness(report, missing.length + seen.length, expectations)}`,
      ),
      ...seen
        .filter((name) => !backends.includes(name))
        .map((name) => `backend "${name}" served requests but is not among the expected ones`),
    );
  } else if (backends !== undefined && seen.length !== backends) {
    const few = seen.length < backends ? fewness(report, backends, expectations) : "";
    failures.push(`${seen.length} backend(s) served requests, ${backends} expected${few}`);
  } else if (backends === undefined && seen.length === 1) {
    failures.push(`only "${seen[0]}" served requests: say so if that is right by expecting 1 backend`);
  }
  return failures;
}

/** Where a gateway that is well can leave a backend out too. */
function fewness(report: Report, backends: number, expectations: Expectations): string {
  const instances = instancesOf(report.connections, expectations);
  const needed = requestsToReachAll(backends, instances);
  if (report.requests >= needed) return "";
  return `; ${instances} instances are sure to reach ${backends} backends only with ${needed} requests, so send more`;
}

function unevenness({ roundRobin, evenness, backends }: Report, expectations: Expectations): string[] {
  if (roundRobin === undefined || evenness === undefined || roundRobin.possible) return [];
  const { significance = DEFAULT_SIGNIFICANCE } = expectations;
  const byCount = [...backends].sort((a, b) => b.requests - a.requests);
  const [most, least] = [byCount[0], byCount.at(-1)].map((backend) => `"${backend?.name}" served ${backend?.requests}`);
  const { instances, difference, instancesFrom, unplaced } = roundRobin;
  const known = unplaced === 0 ? "" : `, even with the ${unplaced} of unknown backend put where they fit best`;
  const chance = evenness.pValue < significance ? "nor is it chance" : "a choice by chance does produce it";
  const more = instancesFrom === "expectation" ? "; are there more instances than --instances says?" : "";
  return [
    `no round robin of ${counted(instances, "instance")} spreads so: ${most} and ${least}, ${difference} apart, where at most ${instances} is possible${known}; ${chance}${more}`,
  ];
}

function whyNobodyIsKnown({ outcomes, backendHeader }: Report, samples: readonly Sample[]): string {
  if (samples.some(({ answered }) => answered)) {
    return `no answer has the header ${backendHeader}, so nobody knows who served it: name another header`;
  }
  if (Object.keys(outcomes).some((outcome) => /CERT|SIGNATURE/.test(outcome))) {
    return "no request was answered, since the certificate is not trusted: accept any (--insecure) for a trial with a self-signed one";
  }
  return "no request was answered: check the address, and that something serves there";
}
