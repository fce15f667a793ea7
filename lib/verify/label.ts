/** What others sent, made fit for a line of a report: printable, and not longer than this. */
export function printable(text: string, most = 200): string {
  const clean = text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ").trim();
  return clean.length <= most ? clean : `${clean.slice(0, most - 1)}…`;
}

/** Without its middle where it is too long: what tells names apart is at their ends. */
export function shortened(name: string, width: number): string {
  if (name.length <= width) return name;
  const tail = Math.floor((width - 1) / 2);
  return `${name.slice(0, width - 1 - tail)}…${tail === 0 ? "" : name.slice(-tail)}`;
}
