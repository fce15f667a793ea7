/** Marks text for a terminal, or leaves it as it is. */
export interface Colours {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warning: (text: string) => string;
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
}

const plain = (text: string): string => text;
export const NO_COLOURS: Colours = { good: plain, bad: plain, warning: plain, strong: plain, faint: plain };

const TERMINAL_COLOURS: Colours = {
  good: sgr(32),
  bad: sgr(31),
  warning: sgr(33),
  strong: sgr(1),
  faint: sgr(2),
};

/** Colours for a terminal that has them, unless `NO_COLOR` is set. https://no-color.org */
export function coloursFor(
  { isTTY }: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): Colours {
  const wanted = isTTY === true && (env["NO_COLOR"] ?? "") === "" && env["TERM"] !== "dumb";
  return wanted ? TERMINAL_COLOURS : NO_COLOURS;
}

/** Select graphic rendition (ECMA-48 8.3.117), and back to the default. */
function sgr(code: number): (text: string) => string {
  return (text) => (text === "" ? "" : `\u001b[${code}m${text}\u001b[0m`);
}
