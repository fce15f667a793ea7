import { shortened } from "../label.js";
import { html, type Html } from "./html.js";

/** Shared by all charts: rows of one height, their names to the left, an axis below. In CSS pixels. */
export const WIDTH = 760;
export const LEFT = 190;
export const ROW = 28;
const TOP = 8;
const AXIS = 26;
/** Of a name to the left, in characters. */
const NAME = 22;
const TICKS = 5;

export interface Scale {
  readonly max: number;
  readonly right: number;
  readonly ticks: readonly number[];
  x(value: number): number;
}

/** From 0 to the highest value, at least to 1, in round steps. @param right where the axis ends */
export function scaleTo(highest: number, right: number, whole = false): Scale {
  const top = Math.max(highest, 1);
  const rough = top / TICKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const nice = ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10) * power;
  const step = whole ? Math.max(1, nice) : nice;
  const count = Math.ceil(top / step - 1e-9);
  const max = count * step;
  const ticks = Array.from({ length: count + 1 }, (_, at) => Number((at * step).toPrecision(12)));
  return { max, right, ticks, x: (value) => Math.round((LEFT + ((right - LEFT) * value) / max) * 10) / 10 };
}

/** The middle of a row. */
export function rowY(row: number): number {
  return TOP + row * ROW + ROW / 2;
}

export interface ChartProps {
  readonly id: string;
  readonly title: string;
  /** What the chart says, for who does not see it. */
  readonly description: string;
  readonly rows: readonly string[];
  readonly scale: Scale;
  readonly axis: string;
  readonly label: (tick: number) => string;
  readonly marks: readonly Html[];
}

/** A chart as an image with a title and a description; it scrolls sideways where the window is narrow. */
export function chart({ id, title, description, rows, scale, axis, label, marks }: ChartProps): Html {
  const bottom = TOP + rows.length * ROW;
  return html`<div class="chart" role="group" aria-label="${title}" tabindex="0">
    <svg
      viewBox="0 0 ${WIDTH} ${bottom + AXIS + 16}"
      width="${WIDTH}"
      height="${bottom + AXIS + 16}"
      role="img"
      aria-labelledby="${id}-title ${id}-text"
    >
      <title id="${id}-title">${title}</title>
      <desc id="${id}-text">${description}</desc>
      ${scale.ticks.map((tick) => html`<line class="grid" x1="${scale.x(tick)}" x2="${scale.x(tick)}" y1="${TOP}" y2="${bottom}" /><text class="tick" x="${scale.x(tick)}" y="${bottom + 16}" text-anchor="middle">${label(tick)}</text>`)}
      <text class="tick" x="${(LEFT + scale.right) / 2}" y="${bottom + 34}" text-anchor="middle">${axis}</text>
      ${rows.map((name, row) => html`<text class="name" x="${LEFT - 10}" y="${rowY(row)}" dy="0.35em" text-anchor="end"><title>${name}</title>${shortened(name, NAME)}</text>`)}
      ${marks}
    </svg>
  </div>`;
}

/** What the marks mean. */
export function legend(entries: readonly { readonly mark: Html; readonly text: string }[]): Html {
  return html`<ul class="legend">
    ${entries.map(({ mark, text }) => html`<li><svg width="18" height="14" viewBox="0 0 18 14" aria-hidden="true">${mark}</svg>${text}</li>`)}
  </ul>`;
}
