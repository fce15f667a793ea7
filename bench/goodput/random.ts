/** Numbers from 0 up to 1, the same for the same seed (mulberry32). */
export type Random = () => number;

/** @param parts a seed, and what tells one stream of it from another */
export function createRandom(...parts: readonly number[]): Random {
  let state = parts.reduce((sum, part) => Math.imul(sum ^ part, 0x9e3779b1) + 0x7f4a7c15, 0x1b873593) | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Of mean 1. */
export function exponential(random: Random): number {
  return -Math.log(1 - random());
}

/** @param sigma the standard deviation of its logarithm */
export function logNormal(random: Random, mean: number, sigma: number): number {
  const normal = Math.sqrt(2 * exponential(random)) * Math.cos(2 * Math.PI * random());
  return mean * Math.exp(sigma * normal - sigma ** 2 / 2);
}
