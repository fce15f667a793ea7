import { duration, percent } from "../figures.js";
import { type Percentiles } from "../percentiles.js";
import { type Report } from "../report.js";
import { findings, headline, outcomesLine } from "../report-words.js";
import { type Sample } from "../sample.js";
import { distributionChart } from "./distribution-chart.js";
import { Html, html } from "./html.js";
import { latencyChart } from "./latency-chart.js";
import { STYLE } from "./style.js";
import { timelineChart } from "./timeline-chart.js";

/** The report as a page of its own: no script, and nothing is fetched. */
export function formatReportAsPage(report: Report, samples: readonly Sample[]): string {
  const verdict = report.failures.length === 0 ? "as expected" : "NOT as expected";
  // The style is not escaped: in HTML, its content is text up to the closing tag.
  const style = new Html(`<style>${STYLE}</style>`);
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <title>${verdict}: ${report.url}</title>
        ${style}
      </head>
      <body>
        <main>
          <h1>Is it round robin?</h1>
          <p>${headline(report)}.</p>
          <p class="note">Started at <time datetime="${report.startedAt}">${report.startedAt}</time></p>
          ${result(report, verdict)}
          <dl>
            <dt>Outcomes</dt>
            <dd>${outcomesLine(report)}</dd>
            ${findings(report).map(
              ({ label, text }) =>
                html`<dt>${label}</dt>
                  <dd>${text}</dd>`,
            )}
          </dl>
          ${
            report.backends.length === 0
              ? ""
              : html`<h2>Requests by backend</h2>
                  ${distributionChart(report)}`
          }
          <h2>Latency by backend</h2>
          ${latencyChart(report)}
          <h2>Timeline</h2>
          ${timelineChart(report, samples)}
          <h2>Figures</h2>
          ${figures(report)}
        </main>
      </body>
    </html> `.text;
}

function result({ failures, warnings }: Report, verdict: string): Html {
  const reasons =
    failures.length === 0
      ? ""
      : html`<ul>
          ${failures.map((failure) => html`<li>${failure}</li>`)}
        </ul>`;
  const cautions = warnings.map((warning) => html`<p class="warning">Warning: ${warning}</p>`);
  return html`<section class="result${failures.length === 0 ? "" : " bad"}" aria-label="Result">
    <strong>${verdict}</strong>${reasons}${cautions}
  </section>`;
}

function figures(report: Report): Html {
  const { backends, stream, unidentified } = report;
  const times = ["p50", "p90", "p99", "max"];
  const header = [
    report.backendHeader,
    ...["requests", "share", "2xx", "429", "other", ...times],
    ...(stream ? ["first token p50", "first token p99"] : []),
  ];
  const rows = [
    ...backends.map(({ name, requests, share, ok, throttled, otherErrors, ...rest }) => [
      name,
      ...[requests, percent(share), ok, throttled, otherErrors].map(String),
      ...timesOf(rest, stream),
    ]),
    ...(unidentified === 0 ? [] : [["(unknown)", String(unidentified)]]),
    ["all", String(report.requests), "", "", "", "", ...timesOf(report, stream)],
  ];
  return html`<div class="table" role="group" aria-label="Figures" tabindex="0">
    <table>
      <thead>
        <tr>
          ${header.map((cell) => html`<th scope="col">${cell}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ([name = "", ...cells]) =>
            html`<tr>
              <th scope="row">${name}</th>
              ${header.slice(1).map((_, at) => html`<td>${cells[at] ?? ""}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function timesOf({ latency, firstToken }: Pick<Report, "latency" | "firstToken">, stream: boolean): string[] {
  const all = (of: Percentiles | undefined, which: readonly (keyof Percentiles)[]): string[] =>
    which.map((each) => (of === undefined ? "" : duration(of[each])));
  return [
    ...all(latency, ["p50Milliseconds", "p90Milliseconds", "p99Milliseconds", "maxMilliseconds"]),
    ...(stream ? all(firstToken, ["p50Milliseconds", "p99Milliseconds"]) : []),
  ];
}
