import { HISTORY_SECONDS, type Hello, LOG_LINES, TICK_MILLISECONDS, type Topology, type Update } from "./view.js";

const MAXIMUM_TICKS = (HISTORY_SECONDS * 1_000) / TICK_MILLISECONDS;

/** The last minutes, for pages that are opened late or again. */
export class Timeline {
  private readonly ticks: Update["tick"][] = [];
  private readonly log: Update["log"][number][] = [];

  constructor(private readonly topology: Topology) {}

  get hello(): Hello {
    return { topology: this.topology, history: this.ticks, log: this.log };
  }

  add({ tick, log }: Update): void {
    this.ticks.push(tick);
    this.log.push(...log);
    this.ticks.splice(0, Math.max(0, this.ticks.length - MAXIMUM_TICKS));
    this.log.splice(0, Math.max(0, this.log.length - LOG_LINES));
  }
}
