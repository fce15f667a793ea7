import uPlot from "uplot";
import { HISTORY_SECONDS, type Topology } from "../view.js";
import { colour, element, SERIES_COLOURS, seriesName, splitName } from "./dom.js";
import { type BackendFigures, type History, type Moment } from "./history.js";
import { LEFT_AXIS, StateChart, TIMES, timeLabel } from "./state-chart.js";

const HEIGHT = 170;
/** So that the backends' lines can be told apart without colour. */
const DASHES: readonly number[][] = [[], [8, 4], [2, 3], [10, 3, 2, 3]];

type Column = (moment: Moment) => number | null;

interface Chart {
  readonly plot: uPlot;
  readonly columns: readonly Column[];
  readonly holder: HTMLElement;
}

/** What callers got, and each backend's share, latency, quota and state, over the last two minutes. */
export class Charts {
  private readonly charts: readonly Chart[];
  private readonly states: StateChart;

  constructor(
    private readonly parent: HTMLElement,
    topology: Topology,
    private readonly history: History,
  ) {
    const names = topology.backends.map(({ fqdn }) => splitName(fqdn)[0]);
    const legend = element(
      "p",
      { class: "legend" },
      ...names.map((name, index) => key(seriesName(index), name)),
      key("client-band", "balancing client on"),
    );
    const states = figure("State", "what was done to it, and below: whether it gets requests");
    this.states = new StateChart(states, names, history);
    const answers = figure("Answers per second", "");
    answers.append(
      element("p", { class: "legend" }, key("ok", "answered"), key("throttled", "429"), key("failed", "failed")),
    );
    const backend = (index: number, of: (figures: BackendFigures) => number | null): Column => {
      return ({ backends }) => (backends[index] ? of(backends[index]) : null);
    };
    const each = (of: (figures: BackendFigures) => number | null) => names.map((_, index) => backend(index, of));
    const share = figure("Share of requests", "%");
    const latency = figure("Latency, median", "ms");
    const quota = figure("Quota left", "% of the present window");
    this.parent.replaceChildren(answers, states, legend, share, latency, quota);
    this.charts = [
      this.chart(answers, ANSWERS, ANSWER_SERIES, [0, 1]),
      this.chart(
        share,
        each((figures) => figures.share),
        lines(names),
        [0, 100],
      ),
      this.chart(
        latency,
        each((figures) => figures.latency),
        lines(names),
        [0, 50],
      ),
      this.chart(
        quota,
        each((figures) => figures.quotaLeft),
        lines(names),
        [0, 100],
      ),
    ];
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
    new ResizeObserver(() => this.resize()).observe(parent);
  }

  draw(): void {
    const { moments, now } = this.history;
    const times = moments.map(({ at }) => at);
    for (const { plot, columns } of this.charts) {
      plot.batch(() => {
        plot.setData([times, ...columns.map((column) => moments.map(column))], false);
        plot.setScale("x", { min: now - HISTORY_SECONDS, max: now });
      });
    }
    this.states.draw();
  }

  private chart(
    holder: HTMLElement,
    columns: readonly Column[],
    series: readonly uPlot.Series[],
    least: readonly [number, number],
  ): Chart {
    const drawing = element("div", { class: "plot", role: "img", "aria-label": holder.dataset["title"] ?? "" });
    holder.append(drawing);
    const plot = new uPlot(
      {
        width: Math.max(200, drawing.clientWidth),
        height: HEIGHT,
        legend: { show: false },
        cursor: { show: false },
        series: [{}, ...series],
        scales: {
          x: { time: false },
          y: { range: (_, __, max) => [0, Math.max(least[1], (max ?? 0) * 1.05)] },
        },
        axes: [timeAxis(this.history), valueAxis()],
        hooks: { drawClear: [(self) => this.band(self)] },
      },
      [[], ...columns.map(() => [])],
      drawing,
    );
    return { plot, columns, holder: drawing };
  }

  /** The time in which the balancing client was on. */
  private band(plot: uPlot): void {
    const { moments } = this.history;
    const { left, top, width, height } = plot.bbox;
    plot.ctx.save();
    plot.ctx.fillStyle = colour("client-band");
    moments.forEach(({ at, tick }, index) => {
      if (tick.traffic.way !== "client") return;
      const [from, to] = [moments[index - 1]?.at ?? at, at].map((time) => plot.valToPos(time, "x", true));
      const start = Math.max(left, from ?? left);
      plot.ctx.fillRect(start, top, Math.min(left + width, to ?? left) - start, height);
    });
    plot.ctx.restore();
  }

  private resize(): void {
    for (const { plot, holder } of this.charts)
      plot.setSize({ width: Math.max(200, holder.clientWidth), height: HEIGHT });
    this.states.draw();
  }
}

/** One on top of the other: the tallest is drawn first. What there is none of has no line. */
const ANSWERS: readonly Column[] = [
  ({ answers }) => answers.ok + answers.throttled + answers.failed,
  ({ answers }) => answers.throttled + answers.failed || null,
  ({ answers }) => answers.failed || null,
];

const ANSWER_SERIES: readonly uPlot.Series[] = ["ok", "throttled", "failed"].map((name) => ({
  stroke: () => colour(name),
  fill: () => colour(`${name}-area`),
  width: 1.5,
  points: { show: false },
}));

function lines(names: readonly string[]): uPlot.Series[] {
  return names.map((_, index) => ({
    stroke: () => colour(seriesName(index)),
    width: 2,
    // Where colours begin again, the dashes are others.
    dash: DASHES[(index + Math.floor(index / SERIES_COLOURS)) % DASHES.length] ?? [],
    points: { show: false },
  }));
}

function timeAxis(history: History): uPlot.Axis {
  return {
    stroke: () => colour("muted"),
    grid: { show: false },
    ticks: { stroke: () => colour("border"), width: 1, size: 4 },
    size: 24,
    font: FONT,
    splits: () => TIMES.map((seconds) => history.now + seconds),
    values: (_, splits) => splits.map((at) => timeLabel(at - history.now)),
  };
}

function valueAxis(): uPlot.Axis {
  return {
    stroke: () => colour("muted"),
    grid: { stroke: () => colour("grid"), width: 1 },
    ticks: { show: false },
    size: LEFT_AXIS,
    font: FONT,
    space: 30,
  };
}

const FONT = "11px system-ui, sans-serif";

function figure(title: string, unit: string): HTMLElement {
  const heading = element("h2", {}, title, " ", element("small", {}, unit));
  return element("figure", { "data-title": title }, element("figcaption", {}, heading));
}

function key(name: string, text: string): HTMLElement {
  return element("span", { class: `key ${name}` }, element("i", { class: "swatch" }), text);
}
