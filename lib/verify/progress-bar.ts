/** A terminal, or whatever else output goes to. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const WIDTH = 30;

/** A bar on a terminal, drawn over itself; silent anywhere else and in CI. */
export class ProgressBar {
  private readonly visible: boolean;
  private drawn = "";

  /** @param env `CI` in it silences the bar */
  constructor(
    private readonly stream: ProgressStream,
    env: Readonly<Record<string, string | undefined>>,
  ) {
    this.visible = stream.isTTY === true && (env["CI"] ?? "") === "";
  }

  update(done: number, total: number): void {
    if (!this.visible) return;
    const filled = Math.floor((WIDTH * done) / total);
    const line = `[${"#".repeat(filled)}${".".repeat(WIDTH - filled)}] ${done}/${total}`;
    if (line === this.drawn) return;
    this.stream.write(`\r${line}`);
    this.drawn = line;
  }

  /** Wipes the bar away, so that the report starts on a clean line. */
  clear(): void {
    if (this.drawn === "") return;
    this.stream.write(`\r${" ".repeat(this.drawn.length)}\r`);
    this.drawn = "";
  }
}
