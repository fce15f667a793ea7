import { type Percentiles } from "./percentiles.js";
import { type BackendReport, type Evenness, MIN_EXPECTED_PER_BACKEND, type Report } from "./report.js";

/** The report for people: plain text, no colours, ends with a line break. */
export function formatReport(report: Report): string {
  const { requests, wanted, concurrency, durationMilliseconds, api, deployment, stream, url } = report;
  const count = requests === wanted ? `${requests}` : `${requests} of ${wanted}`;
  const how = `${api} API, deployment ${deployment}, ${stream ? "streaming" : "not streaming"}`;
  const lines = [
    `${count} requests to ${url} (${how}), ${concurrency} at a time, in ${(durationMilliseconds / 1_000).toFixed(1)} s`,
    "",
    ...formatBackends(report),
    "",
    `Outcomes: ${formatOutcomes(report)}`,
    `Evenness: ${formatEvenness(report.evenness)}`,
    ...(report.failures.length === 0
      ? ["Result:   as expected"]
      : ["Result:   NOT as expected", ...report.failures.map((failure) => `  - ${failure}`)]),
  ];
  return `${lines.join("\n")}\n`;
}

/** The whole report for programs, with every figure unrounded. */
export function formatReportAsJson(report: Report): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}

function formatBackends(report: Report): string[] {
  const { backends, backendHeader, stream, unidentified, requests } = report;
  const header = [backendHeader, "requests", "share", "2xx", "429", "other", "p50", "p90", "p99", "max"];
  const rows = backends.map((backend) => rowOf(backend, stream));
  const all = { latency: report.latency, firstToken: report.firstToken };
  const unknown = unidentified === 0 ? [] : [["(unknown)", String(unidentified)]];
  const total = ["all", String(requests), "", "", "", "", ...timesOf(all, stream)];
  const streamHeader = stream ? ["first token p50", "p99"] : [];
  return table([[...header, ...streamHeader], ...rows, ...unknown, total]);
}

function rowOf(backend: BackendReport, stream: boolean): string[] {
  const { name, requests, share, ok, throttled, otherErrors } = backend;
  return [
    name,
    String(requests),
    percent(share),
    ...[ok, throttled, otherErrors].map(String),
    ...timesOf(backend, stream),
  ];
}

function timesOf({ latency, firstToken }: Pick<BackendReport, "latency" | "firstToken">, stream: boolean): string[] {
  const time = (times: Percentiles | undefined, which: keyof Percentiles): string =>
    times === undefined ? "-" : milliseconds(times[which]);
  return [
    time(latency, "p50Milliseconds"),
    time(latency, "p90Milliseconds"),
    time(latency, "p99Milliseconds"),
    time(latency, "maxMilliseconds"),
    ...(stream ? [time(firstToken, "p50Milliseconds"), time(firstToken, "p99Milliseconds")] : []),
  ];
}

function formatOutcomes({ outcomes, throttledShare, errorShare }: Report): string {
  const counts = Object.entries(outcomes).map(([outcome, count]) => `${count} × ${outcome}`);
  const shares = `${percent(throttledShare)} throttled, ${percent(errorShare)} failed in all`;
  return counts.length === 0 ? "none" : `${counts.join(", ")} (${shares})`;
}

function formatEvenness(evenness: Evenness | undefined): string {
  if (evenness === undefined) return "nothing to compare with fewer than two backends";
  const { statistic, degreesOfFreedom, pValue } = evenness;
  const figures = `chi-square ${statistic.toFixed(2)}, degrees of freedom ${degreesOfFreedom}, p ${formatP(pValue)}`;
  switch (evenness.verdict) {
    case "too few":
      return `too few requests to tell, ${MIN_EXPECTED_PER_BACKEND} a backend are needed (${figures})`;
    case "uneven":
      return `uneven: chance alone is this uneven in ${percent(pValue)} of runs (${figures})`;
    case "even":
      return `even: chance alone is at least this uneven in ${percent(pValue)} of runs (${figures})`;
  }
}

function formatP(p: number): string {
  return p < 0.0001 ? "< 0.0001" : `= ${p.toFixed(4)}`;
}

function percent(share: number): string {
  return share > 0 && share < 0.001 ? "< 0.1 %" : `${(share * 100).toFixed(1)} %`;
}

function milliseconds(time: number): string {
  return time < 10 ? `${time.toFixed(1)} ms` : `${Math.round(time)} ms`;
}

/** The first column to the left, every other to the right. */
function table(rows: readonly (readonly string[])[]): string[] {
  const width = (column: number): number => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(width(column)) : cell.padStart(width(column))))
      .join("  ")
      .trimEnd(),
  );
}
