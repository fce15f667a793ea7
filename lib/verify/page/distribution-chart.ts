import { counted, percent } from "../figures.js";
import { type Report } from "../report.js";
import { chart, legend, ROW, rowY, scaleTo } from "./chart.js";
import { html, type Html } from "./html.js";

/** How many requests each backend served, and the band in which every bar of a round robin ends. */
export function distributionChart({ backends, roundRobin, unidentified }: Report): Html {
  const rows = [
    ...backends.map(({ name, requests, share }) => ({ name, requests, text: `${requests} (${percent(share)})` })),
    ...(unidentified > 0 ? [{ name: "(unknown)", requests: unidentified, text: String(unidentified) }] : []),
  ];
  const most = Math.max(...backends.map(({ requests }) => requests));
  const scale = scaleTo(Math.max(...rows.map(({ requests }) => requests)), 640, true);
  const low = roundRobin && scale.x(Math.max(0, most - roundRobin.instances));
  const band =
    low === undefined
      ? []
      : [
          html`<rect
            class="band"
            x="${low}"
            y="${rowY(0) - ROW / 2}"
            width="${Math.max(2, scale.x(most) - low)}"
            height="${backends.length * ROW}"
          />`,
        ];
  const bars = rows.map(
    ({ requests, text, name }, row) =>
      html`<rect
          class="${name === "(unknown)" ? "unknown" : "bar"}"
          x="${scale.x(0)}"
          y="${rowY(row) - 8}"
          width="${Math.max(1, scale.x(requests) - scale.x(0))}"
          height="16"
        /><text class="value" x="${scale.x(requests) + 8}" y="${rowY(row)}" dy="0.35em">${text}</text>`,
  );
  const figure = chart({
    id: "distribution",
    title: "Requests by backend",
    description: rows.map(({ name, text }) => `${name}: ${text}`).join("; "),
    rows: rows.map(({ name }) => name),
    scale,
    axis: "requests",
    label: String,
    marks: [...bars, ...band],
  });
  if (roundRobin === undefined) return figure;
  const text = `Every bar of a round robin of ${counted(roundRobin.instances, "instance")} ends in the band`;
  return html`${figure}${legend([{ mark: html`<rect class="band" x="1" y="1" width="16" height="12" />`, text }])}`;
}
