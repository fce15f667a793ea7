/** Of times in milliseconds; each is a time that was measured (nearest rank), not one in between. */
export interface Percentiles {
  readonly p50Milliseconds: number;
  readonly p90Milliseconds: number;
  readonly p99Milliseconds: number;
  readonly maxMilliseconds: number;
}

/** Undefined where nothing was measured. */
export function percentilesOf(milliseconds: readonly number[]): Percentiles | undefined {
  const sorted = [...milliseconds].sort((a, b) => a - b);
  const max = sorted.at(-1);
  if (max === undefined) return undefined;
  const rank = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? max;
  return { p50Milliseconds: rank(0.5), p90Milliseconds: rank(0.9), p99Milliseconds: rank(0.99), maxMilliseconds: max };
}
