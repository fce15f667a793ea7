import { type TrafficView, type Way } from "./view.js";

/** One call of an application: sends a request, waits for its answer, and never rejects. */
export type Call = () => Promise<void>;

const DEFAULT_RATE = 10;
const STEP_MILLISECONDS = 20;
/** Calls that wait for answers; beyond it no more are begun, so that nothing piles up without end. */
const MAXIMUM_IN_FLIGHT = 500;

/** Callers that send at a rate, whether or not answers come: as many users do. */
export class Traffic {
  /** Only while somebody looks is anything sent. */
  isWatched = false;
  private running = true;
  private rate = DEFAULT_RATE;
  private way: Way = "gateway";
  private inFlight = 0;
  private due = 0;
  private last = performance.now();
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly calls: Readonly<Record<Way, Call>>) {
    this.timer = setInterval(() => this.step(), STEP_MILLISECONDS);
  }

  get view(): TrafficView {
    const { running, rate, way } = this;
    return { running, rate, way };
  }

  /** @param rate requests per second */
  set(running: boolean, rate: number): void {
    this.running = running;
    this.rate = rate;
  }

  /** From now on; calls under way end as they began. */
  take(way: Way): void {
    this.way = way;
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private step(): void {
    const now = performance.now();
    const elapsed = now - this.last;
    this.last = now;
    if (!this.running || !this.isWatched) {
      this.due = 0;
      return;
    }
    // A process that was stopped for a while does not catch up.
    this.due = Math.min(this.due + (elapsed * this.rate) / 1_000, this.rate);
    for (; this.due >= 1; this.due -= 1) void this.send();
  }

  private async send(): Promise<void> {
    if (this.inFlight >= MAXIMUM_IN_FLIGHT) return;
    this.inFlight += 1;
    await this.calls[this.way]();
    this.inFlight -= 1;
  }
}
