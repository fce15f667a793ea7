import { shortened } from "./label.js";

/** What a report for people may be wide. */
export const COLUMNS = 80;
const GAP = "  ";

/**
 * The first column to the left and shortened to what is left of the line, every other to the right.
 *
 * @param bars for each row, a share from 0 to 1 that is drawn where there is room for it
 */
export function table(rows: readonly (readonly string[])[], bars: readonly (number | undefined)[] = []): string[] {
  const width = (column: number): number => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  const columns = Math.max(...rows.map((row) => row.length));
  const figures = Array.from({ length: columns - 1 }, (_, column) => width(column + 1));
  const figuresWidth = figures.reduce((sum, each) => sum + GAP.length + each, 0);
  const name = Math.min(width(0), COLUMNS - figuresWidth);
  const barWidth = Math.min(COLUMNS - name - figuresWidth - GAP.length, 20);
  return rows.map(([first = "", ...cells], row) => {
    const line = [shortened(first, name).padEnd(name), ...figures.map((each, at) => (cells[at] ?? "").padStart(each))];
    const share = bars[row];
    if (share !== undefined && barWidth >= 5) line.push("█".repeat(Math.round(share * barWidth)));
    return line.join(GAP).trimEnd();
  });
}

/** Breaks between words, and within what is longer than a line; lines after the first are indented. */
export function wrapped(text: string, indent = 0): string[] {
  const lines: string[] = [];
  let line: string | undefined;
  const room = (): number => COLUMNS - (lines.length === 0 ? 0 : indent);
  for (const word of text.split(" ")) {
    const joined = line === undefined ? word : `${line} ${word}`;
    if (joined.length <= room()) {
      line = joined;
      continue;
    }
    if (line !== undefined) lines.push(line);
    let rest = word;
    for (; rest.length > room(); rest = rest.slice(room())) lines.push(rest.slice(0, room()));
    line = rest;
  }
  lines.push(line ?? "");
  return lines.map((each, at) => (at === 0 ? each : " ".repeat(indent) + each));
}
