import { duration } from "../figures.js";
import { type Percentiles } from "../percentiles.js";
import { type Report } from "../report.js";
import { chart, legend, rowY, type Scale, scaleTo } from "./chart.js";
import { html, type Html } from "./html.js";

/** How long the answers of each backend took; for streams the time to the first token too. */
export function latencyChart(report: Report): Html {
  const measured = [...report.backends, { ...report, name: "all" }].flatMap(({ name, latency, firstToken }) =>
    latency === undefined ? [] : [{ name, latency, firstToken }],
  );
  if (measured.length === 0) return html`<p>No request was answered with 2xx.</p>`;
  const scale = scaleTo(Math.max(...measured.map(({ latency }) => latency.maxMilliseconds)), 730);
  const figure = chart({
    id: "latency",
    title: "Latency by backend",
    description: measured.map(({ name, latency, firstToken }) => described(name, latency, firstToken)).join("; "),
    rows: measured.map(({ name }) => name),
    scale,
    axis: "time",
    label: (tick) => (tick === 0 ? "0" : duration(tick)),
    marks: measured.map(({ name, latency, firstToken }, row) =>
      marksOf(described(name, latency, firstToken), latency, firstToken, scale, rowY(row)),
    ),
  });
  return html`${figure}${legend([
    { mark: html`<circle class="bar" cx="9" cy="7" r="5" />`, text: "median" },
    {
      mark: html`<rect class="spread" x="1" y="3" width="16" height="8" />`,
      text: "median to p99, with a line at p90",
    },
    { mark: html`<line class="whisker" x1="1" x2="17" y1="7" y2="7" />`, text: "to the slowest" },
    ...(report.firstToken === undefined
      ? []
      : [{ mark: html`<path class="first" d="${diamond(9, 7)}" />`, text: "first token, median" }]),
  ])}`;
}

function described(name: string, latency: Percentiles, firstToken: Percentiles | undefined): string {
  const { p50Milliseconds, p90Milliseconds, p99Milliseconds, maxMilliseconds } = latency;
  const first = firstToken === undefined ? "" : `, first token ${duration(firstToken.p50Milliseconds)}`;
  return `${name}: median ${duration(p50Milliseconds)}, p90 ${duration(p90Milliseconds)}, p99 ${duration(p99Milliseconds)}, slowest ${duration(maxMilliseconds)}${first}`;
}

function marksOf(
  text: string,
  { p50Milliseconds, p90Milliseconds, p99Milliseconds, maxMilliseconds }: Percentiles,
  firstToken: Percentiles | undefined,
  { x }: Scale,
  y: number,
): Html {
  const [p50, p90, p99, max] = [x(p50Milliseconds), x(p90Milliseconds), x(p99Milliseconds), x(maxMilliseconds)];
  const first = firstToken && html`<path class="first" d="${diamond(x(firstToken.p50Milliseconds), y)}" />`;
  return html`<g
    ><title>${text}</title><line class="whisker" x1="${p99}" x2="${max}" y1="${y}" y2="${y}" /><rect
      class="spread"
      x="${p50}"
      y="${y - 5}"
      width="${Math.max(1, p99 - p50)}"
      height="10"
    /><line class="whisker" x1="${p90}" x2="${p90}" y1="${y - 5}" y2="${y + 5}" /><circle
      class="bar"
      cx="${p50}"
      cy="${y}"
      r="5"
    />${first ?? ""}</g
  >`;
}

function diamond(x: number, y: number): string {
  return `M${x} ${y - 6}L${x + 5} ${y}L${x} ${y + 6}L${x - 5} ${y}Z`;
}
