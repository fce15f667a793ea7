import { HISTORY_SECONDS, type Tick } from "../view.js";
import { colour, element } from "./dom.js";
import { type History, type Moment } from "./history.js";

/** Room for the values of the charts' left axes: all charts have the same time at the same place. */
export const LEFT_AXIS = 46;
const RIGHT_EDGE = 25;
const ROW_HEIGHT = 34;
const BAND_HEIGHT = 10;
const TOP = 22;

/** In seconds, from now. */
export const TIMES = [-120, -90, -60, -30, 0];

export function timeLabel(seconds: number): string {
  return seconds > -1 ? "now" : `−${Math.round(-seconds)} s`;
}

/** For each backend two bands: what was done to it, and whether callers' requests are sent there. */
export class StateChart {
  private readonly canvas = element("canvas", {
    role: "img",
    "aria-label": "State of each backend over the last two minutes",
  });

  constructor(
    parent: HTMLElement,
    private readonly names: readonly string[],
    private readonly history: History,
  ) {
    parent.append(
      element(
        "p",
        { class: "legend" },
        ...["slow", "throttled", "down"].map((name) => legendKey(`condition-${name}`, name)),
        legendKey("serving", "gets requests"),
        legendKey("left-out", "left out"),
      ),
      element("div", { class: "states" }, this.canvas),
    );
  }

  draw(): void {
    const width = this.canvas.parentElement?.clientWidth ?? 0;
    const height = this.names.length * ROW_HEIGHT + TOP;
    const context = this.canvas.getContext("2d");
    if (context === null || width === 0) return;
    this.canvas.width = width * devicePixelRatio;
    this.canvas.height = height * devicePixelRatio;
    this.canvas.style.setProperty("height", `${height}px`);
    context.scale(devicePixelRatio, devicePixelRatio);
    context.font = "11px system-ui, sans-serif";
    context.fillStyle = colour("muted");
    this.names.forEach((name, row) => context.fillText(name, LEFT_AXIS, row * ROW_HEIGHT + TOP - 8));
    const { moments, now } = this.history;
    const perSecond = (width - LEFT_AXIS - RIGHT_EDGE) / HISTORY_SECONDS;
    context.textAlign = "center";
    for (const seconds of TIMES) {
      context.fillText(timeLabel(seconds), LEFT_AXIS + (HISTORY_SECONDS + seconds) * perSecond, height - 4);
    }
    const position = (at: number) => LEFT_AXIS + Math.max(0, at - now + HISTORY_SECONDS) * perSecond;
    this.names.forEach((_, row) => {
      const top = row * ROW_HEIGHT + TOP - 2;
      const paint = (offset: number, of: (moment: Moment) => string) => {
        for (const { from, to, value } of runs(moments, of)) {
          context.fillStyle = colour(value);
          context.fillRect(position(from), top + offset, position(to) - position(from), BAND_HEIGHT / 2);
        }
      };
      paint(0, ({ tick }) => `condition-${tick.backends[row]?.condition ?? "up"}`);
      paint(BAND_HEIGHT / 2, ({ tick }) => (isServing(tick, row) ? "serving" : "left-out"));
    });
  }
}

interface Run {
  readonly from: number;
  to: number;
  readonly value: string;
}

/** Moments in a row with the same value, as one. */
function runs(moments: readonly Moment[], of: (moment: Moment) => string): Run[] {
  const found: Run[] = [];
  moments.forEach((moment, index) => {
    const value = of(moment);
    const last = found.at(-1);
    if (last?.value === value) last.to = moment.at;
    else found.push({ from: moments[index - 1]?.at ?? moment.at, to: moment.at, value });
  });
  return found;
}

/** Whether whoever chooses would send a request there. */
function isServing({ backends, traffic }: Tick, row: number): boolean {
  const backend = backends[row];
  if (traffic.way === "client") return backend?.client?.status === "available";
  return backend?.health.includes("Healthy") === true;
}

function legendKey(name: string, text: string): HTMLElement {
  return element("span", { class: `key ${name}` }, element("i", { class: "swatch" }), text);
}
