import { type Arrival } from "./traffic.js";

/** After which a caller has long given up: the openai SDK obeys a hint of a day. */
const TOO_LATE_MILLISECONDS = 600_000;

/** What came of the arrivals of a run, or of several. */
export class Tally {
  calls = 0;
  tokens = 0;
  servedCalls = 0;
  servedTokens = 0;
  attempts = 0;
  /** By endpoint. */
  readonly tokensByEndpoint: number[] = [];
  /** Milliseconds of each served call from its arrival to the attempt that was let in. */
  private readonly waits: number[] = [];
  private readonly admissions = new Map<number, number>();
  private sorted: readonly number[] | undefined;

  attempt({ counts }: Arrival): void {
    if (counts) this.attempts += 1;
  }

  /** @param now milliseconds since the start of the run */
  admit({ id, tokens, counts }: Arrival, now: number, endpoint: number): void {
    this.admissions.set(id, now);
    if (counts) this.tokensByEndpoint[endpoint] = (this.tokensByEndpoint[endpoint] ?? 0) + tokens;
  }

  /** The end of a call. */
  end({ id, at, tokens, counts }: Arrival, served: boolean): void {
    if (!counts) return;
    this.calls += 1;
    this.tokens += tokens;
    const wait = Math.max(0, (this.admissions.get(id) ?? at) - at);
    if (!served || wait > TOO_LATE_MILLISECONDS) return;
    this.servedCalls += 1;
    this.servedTokens += tokens;
    this.waits.push(wait);
  }

  add(other: Tally): void {
    this.calls += other.calls;
    this.tokens += other.tokens;
    this.servedCalls += other.servedCalls;
    this.servedTokens += other.servedTokens;
    this.attempts += other.attempts;
    for (const wait of other.waits) this.waits.push(wait);
    other.tokensByEndpoint.forEach((tokens, index) => {
      this.tokensByEndpoint[index] = (this.tokensByEndpoint[index] ?? 0) + tokens;
    });
    this.sorted = undefined;
  }

  /** Percent of the calls. */
  get callsPercent(): number {
    return (100 * this.servedCalls) / this.calls;
  }

  /** Percent of the tokens that were asked for. */
  get tokensPercent(): number {
    return (100 * this.servedTokens) / this.tokens;
  }

  get attemptsPerSuccess(): number {
    return this.attempts / this.servedCalls;
  }

  /** Milliseconds that the given share of the served calls waited at most; 1 is the longest. */
  wait(share: number): number {
    this.sorted ??= this.waits.toSorted((a, b) => a - b);
    return this.sorted[Math.ceil(share * this.sorted.length) - 1] ?? Number.NaN;
  }
}
