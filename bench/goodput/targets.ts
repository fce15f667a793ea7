import { type Scenario } from "./scenario.js";
import { type Tally } from "./tally.js";

/** What ours must reach in a scenario; nothing is asked of many processes, where chance decides. */
interface Aim {
  /** Percentage points of calls and of tokens that it may be below the oracle of its kind. */
  readonly points: number;
  /** Attempts per success at most. */
  readonly attempts: number;
}

function aimOf({ processes, demand }: Scenario, waits: boolean): Aim | undefined {
  if (processes === 1) return { points: 0.5, attempts: waits ? 1.15 : 1.1 };
  if (processes > 16) return undefined;
  if (!waits) return { points: 1, attempts: 1.4 };
  return { points: 1, attempts: demand <= 1 ? 2 : 4 };
}

/** Percentage points that the default may be below the best named strategy. */
const STRATEGY_POINTS = 0.5;
/** Over the attempts of the best named strategy. */
const STRATEGY_ATTEMPTS = 1.05;

/** "reached", or what is missed by how much. */
export type Verdict = string;

/** Against the oracle; undefined where nothing is asked. */
export function verdict(scenario: Scenario, waits: boolean, ours: Tally, oracle: Tally): Verdict | undefined {
  const aim = aimOf(scenario, waits);
  if (aim === undefined) return undefined;
  return written([
    missed("calls", oracle.callsPercent - ours.callsPercent - aim.points),
    missed("tokens", oracle.tokensPercent - ours.tokensPercent - aim.points),
    missed("attempts", ours.attemptsPerSuccess - aim.attempts),
  ]);
}

/**
 * Whether the choice of a strategy would have helped: the best serves most calls, and of those that serve as many (within
 * what the default may be below) the one with the fewest attempts.
 */
export function strategyVerdict(byDefault: Tally, named: readonly Tally[]): Verdict {
  const most = Math.max(...named.map(({ callsPercent }) => callsPercent));
  const good = named.filter(({ callsPercent }) => callsPercent >= most - STRATEGY_POINTS);
  const fewest = Math.min(...good.map(({ attemptsPerSuccess }) => attemptsPerSuccess));
  return written([
    missed("calls", most - byDefault.callsPercent - STRATEGY_POINTS),
    missed("attempts", byDefault.attemptsPerSuccess - fewest * STRATEGY_ATTEMPTS),
  ]);
}

function missed(what: string, by: number): string | undefined {
  return by > 0 ? `${what} by ${by.toFixed(2)}` : undefined;
}

function written(misses: readonly (string | undefined)[]): Verdict {
  const list = misses.filter((miss) => miss !== undefined);
  return list.length === 0 ? REACHED : `**missed**: ${list.join(", ")}`;
}

export const REACHED: Verdict = "reached";
