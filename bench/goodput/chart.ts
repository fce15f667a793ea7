import { type Contender } from "./contender.js";
import { type Measurements } from "./measure.js";
import { ORACLE, WAITING_ORACLE } from "./oracle.js";
import { OURS, OURS_WAITING } from "./ours.js";
import { PEERS } from "./peers.js";
import { DEMANDS, PROCESSES, type Scenario, SCENARIOS } from "./scenario.js";
import { type Tally } from "./tally.js";

/** By the colour's name in the style sheet. */
const LINES: readonly (readonly [Contender, string])[] = [
  [ORACLE, "limit"],
  [WAITING_ORACLE, "limit waiting"],
  ...PEERS.map((peer, index): [Contender, string] => [peer, `peer${index}`]),
  [OURS, "ours"],
  [OURS_WAITING, "ours waiting"],
];
const CHARTED = "unequal quotas";

const WIDTH = 860;
const LEFT = 52;
const TOP = 152;
const PANEL = { width: 352, height: 150 };
const GAP = { across: 62, down: 58 };
const LEGEND = { top: 62, columns: 3, width: 270, height: 20 };

/** What a panel shows, on its scale from 0 (bottom) to 1 (top). */
interface Measure {
  readonly title: string;
  readonly ticks: readonly number[];
  value(tally: Tally): number;
  scale(value: number): number;
  show(value: number): string;
}

/** Calls served and attempts per success over demand, a row of panels for each number of processes, as an SVG. */
export async function chart(measurements: Measurements): Promise<string> {
  const rows: { readonly processes: number; readonly points: ReadonlyMap<Contender, readonly Tally[]> }[] = [];
  for (const processes of PROCESSES) rows.push({ processes, points: await pointsOf(measurements, processes) });
  const all = rows.flatMap(({ points }) => [...points.values()].flat());
  const measures = [callsServed(all), attempts(all)];
  const panels = rows.flatMap(({ processes, points }, row) =>
    measures.map((measure, column) => {
      const x = LEFT + column * (PANEL.width + GAP.across);
      const y = TOP + row * (PANEL.height + GAP.down);
      const title = `${measure.title}, ${processes === 1 ? "one process" : `${processes} processes`}`;
      return `<g transform="translate(${x} ${y})">${panel(title, measure, points)}</g>`;
    }),
  );
  const height = TOP + rows.length * (PANEL.height + GAP.down) + 4;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="Calls served and attempts per success by demand">
<style>${STYLE}</style>
<rect class="page" width="${WIDTH}" height="${height}" rx="6"/>
<text class="title" x="20" y="30">Four deployments of 30, 60, 120 and 270 thousand tokens per minute</text>
<text class="quiet" x="20" y="49">Demand is a share of what they allow together. Dashed: calls may wait up to 30 s.</text>
${LINES.map(([{ name }, style], index) => legend(name, style, index)).join("\n")}
${panels.join("\n")}
</svg>
`;
}

async function pointsOf(measurements: Measurements, processes: number): Promise<Map<Contender, readonly Tally[]>> {
  const points = new Map<Contender, readonly Tally[]>();
  for (const [contender] of LINES) {
    const tallies: Tally[] = [];
    for (const scenario of charted(processes)) tallies.push(await measurements.of(contender, scenario));
    points.set(contender, tallies);
  }
  return points;
}

/** One of each demand. */
function charted(processes: number): Scenario[] {
  return SCENARIOS.filter((scenario) => scenario.name === CHARTED && scenario.processes === processes);
}

function panel(title: string, measure: Measure, points: ReadonlyMap<Contender, readonly Tally[]>): string {
  const { ticks, value, scale, show } = measure;
  const { width, height } = PANEL;
  const y = (at: number) => (height * (1 - scale(at))).toFixed(1);
  const grid = ticks.map(
    (tick) =>
      `<line class="grid" x2="${width}" y1="${y(tick)}" y2="${y(tick)}"/><text class="tick end" x="-8" y="${y(tick)}" dy="4">${show(tick)}</text>`,
  );
  const demands = DEMANDS.map(
    (demand) =>
      `<text class="tick middle" x="${across(demand)}" y="${height + 18}">${Math.round(demand * 100)} %</text>`,
  );
  const lines = LINES.map(([contender, style]) => {
    const at = (points.get(contender) ?? []).map((tally, index) => `${across(DEMANDS[index] ?? 0)},${y(value(tally))}`);
    const dots = at.map((point) => `<circle cx="${point.replace(",", '" cy="')}" r="2.5"/>`);
    return `<g class="${style}"><polyline points="${at.join(" ")}"/>${dots.join("")}</g>`;
  });
  return `<text class="panel" y="-12">${title}</text>${grid.join("")}${demands.join("")}${lines.join("")}`;
}

function across(demand: number): string {
  const [first] = DEMANDS;
  const last = Math.max(...DEMANDS);
  return (12 + ((demand - first) / (last - first)) * (PANEL.width - 24)).toFixed(1);
}

function legend(name: string, style: string, index: number): string {
  const x = 20 + Math.floor(index / 3) * LEGEND.width;
  const y = LEGEND.top + (index % 3) * LEGEND.height;
  return `<g class="${style}" transform="translate(${x} ${y})"><line x2="26" y1="5" y2="5"/><text x="34" y="9">${name}</text></g>`;
}

function callsServed(all: readonly Tally[]): Measure {
  const lowest = Math.floor(Math.min(...all.map(({ callsPercent }) => callsPercent)) / 5) * 5;
  return {
    title: "Calls served",
    ticks: steps(lowest, 100, 5),
    value: ({ callsPercent }) => callsPercent,
    scale: (value) => (value - lowest) / (100 - lowest),
    show: (value) => `${value} %`,
  };
}

/** Doubling from one line to the next. */
function attempts(all: readonly Tally[]): Measure {
  const doublings = Math.ceil(Math.log2(Math.max(2, ...all.map(({ attemptsPerSuccess }) => attemptsPerSuccess))));
  return {
    title: "Attempts per success",
    ticks: steps(0, doublings, 1).map((power) => 2 ** power),
    value: ({ attemptsPerSuccess }) => attemptsPerSuccess,
    scale: (value) => Math.log2(value) / doublings,
    show: String,
  };
}

function steps(from: number, to: number, by: number): number[] {
  return Array.from({ length: Math.round((to - from) / by) + 1 }, (_, index) => from + index * by);
}

const COLOURS = {
  limit: "#8c959f",
  ours: "#1f6feb",
  peer0: "#d4731c",
  peer1: "#2c974b",
  peer2: "#9a5be0",
  peer3: "#d1453b",
};
const STYLE = [
  "text{font:12px system-ui,sans-serif;fill:#1f2328;stroke:none}",
  ".title{font-size:17px;font-weight:600}.panel{font-weight:600}.quiet,.tick{fill:#59636e}",
  ".end{text-anchor:end}.middle{text-anchor:middle}.page{fill:#fff}.grid{stroke:#d1d9e0}",
  "polyline{fill:none;stroke-width:1.75;stroke-linejoin:round}g>line{stroke-width:2}.grid{stroke-width:1!important}",
  ".waiting polyline,.waiting line{stroke-dasharray:5 4}.ours polyline{stroke-width:3}.ours line{stroke-width:3!important}",
  ...Object.entries(COLOURS).map(
    ([name, colour]) => `.${name}{stroke:${colour}}.${name} circle{fill:${colour};stroke:none}`,
  ),
  "@media(prefers-color-scheme:dark){text{fill:#e6edf3}.quiet,.tick{fill:#9198a1}.page{fill:#0d1117}.grid{stroke:#30363d}.ours{stroke:#4493f8}.ours circle{fill:#4493f8}}",
].join("");
