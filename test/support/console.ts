import { PassThrough } from "node:stream";
import { type Io } from "../../lib/cli/io.js";

/** A terminal that a test types into and reads. */
export class Console {
  readonly input = new PassThrough();
  private readonly interrupt = new AbortController();
  private text = "";
  private errors = "";
  private readonly watchers = new Set<() => void>();

  constructor(private readonly env: Readonly<Record<string, string>> = {}) {}

  get io(): Io {
    return {
      stdout: { write: (text) => this.written(text, "text") },
      stderr: { write: (text) => this.written(text, "errors") },
      stdin: this.input,
      env: this.env,
      signal: this.interrupt.signal,
    };
  }

  get stdout(): string {
    return this.text;
  }

  get stderr(): string {
    return this.errors;
  }

  type(line: string): void {
    this.input.write(`${line}\n`);
  }

  /** Ctrl-C */
  stop(): void {
    this.interrupt.abort();
  }

  /** Resolves when what was printed has this in it; jest's time limit bounds the wait. */
  async printed(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.text + this.errors);
      if (match) return match;
      await new Promise<void>((resolve) => this.watchers.add(resolve));
    }
  }

  private written(text: string, to: "text" | "errors"): void {
    this[to] += text;
    for (const watcher of this.watchers) watcher();
    this.watchers.clear();
  }
}
