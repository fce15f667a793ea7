import { type Colours, NO_COLOURS } from "./colours.js";
import { duration, percent } from "./figures.js";
import { type Percentiles } from "./percentiles.js";
import { type BackendReport, type Report } from "./report.js";
import { findings, headline, outcomesLine } from "./report-words.js";
import { table, wrapped } from "./text-layout.js";

/** The report for people, 80 columns wide; ends with a line break. */
export function formatReport(report: Report, colours: Colours = NO_COLOURS): string {
  const lines = [
    ...wrapped(headline(report)),
    "",
    ...counts(report, colours),
    "",
    ...times(report, colours),
    "",
    ...labelled("Outcomes:", outcomesLine(report)),
    ...findings(report).flatMap(({ label, text }) => labelled(`${label}:`, text)),
    ...report.warnings.flatMap((warning) => labelled("Warning:", warning).map(colours.warning)),
    ...verdict(report, colours),
  ];
  return `${lines.join("\n")}\n`;
}

/** The whole report for programs, with every figure unrounded. */
export function formatReportAsJson(report: Report): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}

function counts(report: Report, colours: Colours): string[] {
  const { backends, backendHeader, unidentified, requests } = report;
  const most = Math.max(1, ...backends.map((backend) => backend.requests));
  const [header = "", ...rows] = table(
    [
      [backendHeader, "requests", "share", "2xx", "429", "other"],
      ...backends.map(countsOf),
      ...(unidentified === 0 ? [] : [["(unknown)", String(unidentified)]]),
      ["all", String(requests)],
    ],
    [undefined, ...backends.map((backend) => backend.requests / most)],
  );
  const marked = backends.map(({ throttled, otherErrors, requests: own }) => {
    if (own === 0 || otherErrors > 0) return colours.bad;
    return throttled > 0 ? colours.warning : (text: string) => text;
  });
  return [colours.strong(header), ...rows.map((row, at) => (marked[at] ?? ((text: string) => text))(row))];
}

function countsOf({ name, requests, share, ok, throttled, otherErrors }: BackendReport): string[] {
  return [name, String(requests), percent(share), ...[ok, throttled, otherErrors].map(String)];
}

function times(report: Report, colours: Colours): string[] {
  const { backends, stream } = report;
  const header = ["time to the end", "p50", "p90", "p99", "max", ...(stream ? ["first token p50", "p99"] : [])];
  const [first = "", ...rows] = table([
    header,
    ...backends.map((backend) => [backend.name, ...timesOf(backend, stream)]),
    ["all", ...timesOf(report, stream)],
  ]);
  return [colours.strong(first), ...rows];
}

function timesOf({ latency, firstToken }: Pick<Report, "latency" | "firstToken">, stream: boolean): string[] {
  const time = (of: Percentiles | undefined, which: keyof Percentiles): string =>
    of === undefined ? "-" : duration(of[which]);
  return [
    time(latency, "p50Milliseconds"),
    time(latency, "p90Milliseconds"),
    time(latency, "p99Milliseconds"),
    time(latency, "maxMilliseconds"),
    ...(stream ? [time(firstToken, "p50Milliseconds"), time(firstToken, "p99Milliseconds")] : []),
  ];
}

function verdict({ failures }: Report, colours: Colours): string[] {
  if (failures.length === 0) return labelled("Result:", "as expected").map((line) => colours.good(line));
  return [
    colours.bad(labelled("Result:", "NOT as expected").join("\n")),
    ...failures.flatMap((failure) => wrapped(`  - ${failure}`, 4)),
  ];
}

const LABEL = "Round robin: ".length;

function labelled(label: string, text: string): string[] {
  return wrapped(label.padEnd(LABEL) + text, LABEL);
}
