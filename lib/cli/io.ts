import { type ProgressStream } from "../verify/index.js";

/** A command's access to the outside world. */
export interface Io {
  readonly stdout: ProgressStream;
  readonly stderr: ProgressStream;
  readonly stdin: NodeJS.ReadableStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborts on Ctrl-C. */
  readonly signal: AbortSignal;
}

/** All as expected. */
export const OK = 0;
/** It ran, and something is not as expected. */
export const NOT_AS_EXPECTED = 1;
/** It could not run: the arguments or the input are wrong. */
export const WRONG_USAGE = 2;

/** A command; it returns the exit code. */
export type Command = (args: readonly string[], io: Io) => Promise<number>;
