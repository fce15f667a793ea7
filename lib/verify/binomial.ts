import { logGamma } from "./log-gamma.js";

/** The chance of at least `least` successes in `trials`, each with this probability. */
export function binomialUpperTail(trials: number, probability: number, least: number): number {
  if (least <= 0 || (probability >= 1 && least <= trials)) return 1;
  if (least > trials || probability <= 0) return 0;
  // The terms fall away from the mean: summing on the far side of it converges, and loses no digits.
  const odds = probability / (1 - probability);
  if (least > trials * probability) {
    return sum(mass(trials, probability, least), least, (term, k) => (term * (trials - k) * odds) / (k + 1), 1);
  }
  const below = least - 1;
  return 1 - sum(mass(trials, probability, below), below, (term, k) => (term * k) / ((trials - k + 1) * odds), -1);
}

const PRECISION = 1e-16;

function sum(first: number, start: number, next: (term: number, k: number) => number, step: 1 | -1): number {
  let total = 0;
  for (let term = first, k = start; term > total * PRECISION; term = next(term, k), k += step) total += term;
  return total;
}

function mass(trials: number, probability: number, successes: number): number {
  const ways = logGamma(trials + 1) - logGamma(successes + 1) - logGamma(trials - successes + 1);
  return Math.exp(ways + successes * Math.log(probability) + (trials - successes) * Math.log1p(-probability));
}
