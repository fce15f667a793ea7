import { counted, duration } from "../figures.js";
import { type Report } from "../report.js";
import { isOk, isThrottled, type Sample } from "../sample.js";
import { chart, legend, rowY, scaleTo } from "./chart.js";
import { html, type Html } from "./html.js";

/** More marks than these make a page slow and tell nothing. */
const MOST_MARKS = 2_000;
const UNKNOWN = "(unknown)";

/** When each request was sent, who served it and how it ended. */
export function timelineChart(report: Report, samples: readonly Sample[]): Html {
  if (samples.length === 0) return html`<p>No request was sent.</p>`;
  const known = report.backends.map(({ name }) => name);
  const rows = report.unidentified > 0 ? [...known, UNKNOWN] : known;
  const shown = thinned(samples);
  const scale = scaleTo(
    samples.reduce((last, { startMilliseconds }) => Math.max(last, startMilliseconds), 0),
    730,
  );
  const rowOf = new Map(rows.map((name, row) => [name, rowY(row)]));
  const failed = samples.filter((sample) => !isOk(sample) && !isThrottled(sample)).length;
  const throttled = samples.filter(isThrottled).length;
  const figure = chart({
    id: "timeline",
    title: "Timeline",
    description: `${counted(samples.length, "request")} in ${duration(report.durationMilliseconds)}, ${throttled} throttled, ${failed} failed otherwise`,
    rows,
    scale,
    axis: "sent after",
    label: (tick) => (tick === 0 ? "0" : duration(tick)),
    marks: shown.map((sample) => {
      const x = scale.x(sample.startMilliseconds);
      const y = rowOf.get(sample.backend ?? UNKNOWN) ?? 0;
      const text = `${sample.backend ?? UNKNOWN}: ${sample.outcome} in ${duration(sample.latencyMilliseconds)}`;
      return html`<g><title>${text}</title>${markOf(sample, x, y)}</g>`;
    }),
  });
  const thinning =
    shown.length < samples.length
      ? html`<p class="note">${shown.length} of ${samples.length} requests are drawn, the failed ones first.</p>`
      : "";
  return html`${figure}${legend([
    { mark: okMark(9, 7), text: "2xx" },
    { mark: throttledMark(9, 7), text: "429" },
    { mark: failedMark(9, 7), text: "failed otherwise" },
  ])}${thinning}`;
}

function markOf(sample: Sample, x: number, y: number): Html {
  if (isOk(sample)) return okMark(x, y);
  return isThrottled(sample) ? throttledMark(x, y) : failedMark(x, y);
}

function okMark(x: number, y: number): Html {
  return html`<circle class="ok" cx="${x}" cy="${y}" r="4" />`;
}

function throttledMark(x: number, y: number): Html {
  return html`<path class="throttled" d="M${x} ${y - 6}L${x + 6} ${y + 5}L${x - 6} ${y + 5}Z" />`;
}

function failedMark(x: number, y: number): Html {
  return html`<path class="failed" d="M${x - 5} ${y - 5}L${x + 5} ${y + 5}M${x + 5} ${y - 5}L${x - 5} ${y + 5}" />`;
}

/** Every so many, of those that failed and, as far as there is room, of those that did not. */
function thinned(samples: readonly Sample[]): readonly Sample[] {
  if (samples.length <= MOST_MARKS) return samples;
  const bad = everySoMany(
    samples.filter((sample) => !isOk(sample)),
    MOST_MARKS / 2,
  );
  const good = everySoMany(samples.filter(isOk), MOST_MARKS - bad.length);
  return [...good, ...bad];
}

/** Of each backend by itself: in a round robin, every third request of all is one backend's. */
function everySoMany(samples: readonly Sample[], most: number): Sample[] {
  const step = Math.ceil(samples.length / most);
  const passed = new Map<string | undefined, number>();
  return samples.filter(({ backend }) => {
    const count = passed.get(backend) ?? 0;
    passed.set(backend, count + 1);
    return count % step === 0;
  });
}
