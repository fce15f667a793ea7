import { MAX_INSTANCES } from "./round-robin.js";

/** What a run is held against. */
export interface Expectations {
  /** The backends that have to answer: their names, or how many. @default two or more, whichever they are */
  readonly backends?: readonly string[] | number;
  /**
   * The most instances that the gateway can have had during the run, 1 to 125: the counts of round robin differ by at most
   * as many. @default as many as connections were opened, 125 at most: a connection stays with one instance
   */
  readonly instances?: number;
  /**
   * The p-value under which a spread that round robin can produce is still called unlikely, in a warning.
   * @default {@link DEFAULT_SIGNIFICANCE}
   */
  readonly significance?: number;
  /** The share of requests, from 0 to 1, that may end otherwise than in 2xx; 429 is an error too. @default 0 */
  readonly maxErrorShare?: number;
}

export const DEFAULT_SIGNIFICANCE = 0.01;
export const DEFAULT_MAX_ERROR_SHARE = 0;

/** How many instances the requests of a run can have reached. */
export function instancesOf(connections: number, { instances }: Expectations): number {
  return instances ?? Math.min(Math.max(connections, 1), MAX_INSTANCES);
}
