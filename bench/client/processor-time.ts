import { type Summary, summary } from "./statistics.js";

/** What is measured, and the same without the balancer. */
export interface Case {
  readonly name: string;
  readonly bare: () => Promise<unknown>;
  readonly balanced: () => Promise<unknown>;
}

export interface Cost {
  readonly name: string;
  /** Processor time of the whole process, in µs a call, beyond that of the bare call. */
  readonly microseconds: Summary;
}

/** Rounds of all cases take turns, each beside a round of the bare call; the first one warms up. */
export async function measureCosts(cases: readonly Case[], rounds: number, calls: number): Promise<Cost[]> {
  const costs = cases.map(({ name }) => ({ name, microseconds: [] as number[] }));
  for (let round = 0; round <= rounds; round++) {
    for (const [index, { bare, balanced }] of cases.entries()) {
      const base = await microsecondsPerCall(bare, calls);
      const microseconds = (await microsecondsPerCall(balanced, calls)) - base;
      if (round > 0) costs[index]?.microseconds.push(microseconds);
    }
  }
  return costs.map(({ name, microseconds }) => ({ name, microseconds: summary(microseconds) }));
}

/** Of all threads: the collector of garbage counts too. */
export async function microsecondsPerCall(call: () => unknown, calls: number): Promise<number> {
  const before = process.cpuUsage();
  for (let left = calls; left > 0; left--) await call();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / calls;
}
