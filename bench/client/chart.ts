import { DEMANDS, type Goodput } from "./goodput.js";

const BAR = 14;
const GAP = 10;
const LEFT = 230;
const WIDTH = 400;
const TOP = 76;
const COLOURS = ["#9ecae1", "#4292c6", "#08519c"];

/** Bars of the share of calls that succeed, by contender and demand, as an SVG. */
export function goodputChart(results: readonly Goodput[]): string {
  const names = [...new Set(results.map(({ name }) => name))];
  const block = DEMANDS.length * BAR + GAP;
  const height = TOP + names.length * block + 10;
  const legend = DEMANDS.map((demand, index) => {
    const x = LEFT + index * 120;
    return `<rect x="${x}" y="42" width="12" height="12" fill="${COLOURS[index]}"/><text x="${x + 18}" y="52">${percent(demand)} demand</text>`;
  });
  const blocks = names.map((name, row) => {
    const y = TOP + row * block;
    const bars = results
      .filter((result) => result.name === name)
      .map(({ successShare }, index) => {
        const at = y + index * BAR;
        const width = (successShare * WIDTH).toFixed(1);
        return `<rect x="${LEFT}" y="${at}" width="${width}" height="${BAR - 2}" fill="${COLOURS[index]}"/><text x="${LEFT + WIDTH + 8}" y="${at + 10}">${percent(successShare, 1)}</text>`;
      });
    return `<text x="${LEFT - 10}" y="${y + (DEMANDS.length * BAR) / 2 + 4}" text-anchor="end">${name}</text>${bars.join("")}`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${LEFT + WIDTH + 70}" height="${height}" font-family="sans-serif" font-size="12">
<rect width="100%" height="100%" fill="white"/>
<text x="10" y="22" font-size="15">Calls that succeed without the caller seeing an error</text>
${legend.join("\n")}
${blocks.join("\n")}
</svg>
`;
}

function percent(share: number, digits = 0): string {
  return `${(share * 100).toFixed(digits)} %`;
}
