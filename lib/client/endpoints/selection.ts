import { TextHash } from "../text-hash.js";

/** The ways to choose among the available endpoints of the best priority, in the order the documents name them. */
export const STRATEGIES = ["room", "weighted", "random", "round-robin"] as const;

/**
 * - `room`: while several have ample room, the one with the fewest requests under way, at random among several; else the one
 *   that will be the fullest with the request;
 * - `weighted`: at random, in proportion to the endpoints' weights;
 * - `random`: each alike;
 * - `round-robin`: the one chosen least recently, starting at a random one.
 */
export type Strategy = (typeof STRATEGIES)[number];

/** What a choice is made of: one endpoint as it stands for one deployment. */
export interface Selectable {
  /** 0 or more; 0 is standby: chosen only where no other is available. */
  readonly weight: number;
  /** The lowest number with an available endpoint is served first. */
  readonly priority: number;
  /** The running number of the choice that last fell on it; below 1 before the first. */
  readonly lastChosen: number;
  /** Requests sent and not answered yet. */
  readonly underWay: number;
  /** The same in every process. */
  readonly identity: string;
  /** @param tokens the request's size. */
  isAvailable(tokens: number, now: number): boolean;
  /** What will be left with the request, as a share of what it holds: 1 at most; undefined where that is not known. */
  fullness(tokens: number, now: number): number | undefined;
}

export interface Preference {
  readonly strategy: Strategy;
  /** Requests with one key go to one endpoint as long as it is available, whatever the strategy. */
  readonly affinityKey: string | undefined;
  /** The request's size. */
  readonly tokens: number;
}

/**
 * Chooses an endpoint: a pure function of the states, the time and a random number.
 *
 * @param random a number from 0 up to 1.
 * @returns undefined where none is available.
 */
export function select<S extends Selectable>(
  states: readonly S[],
  { strategy, affinityKey, tokens }: Preference,
  now: number,
  random: () => number,
): S | undefined {
  let group: S[] = [];
  let best = Number.POSITIVE_INFINITY;
  for (const state of states) {
    if (state.priority > best || !state.isAvailable(tokens, now)) continue;
    if (state.priority < best) {
      best = state.priority;
      group = [];
    }
    group.push(state);
  }
  if (group.length < 2) return group[0];
  return affinityKey === undefined ? contenders[strategy](group, tokens, now, random) : rendezvous(group, affinityKey);
}

type Contest = <S extends Selectable>(
  group: readonly S[],
  tokens: number,
  now: number,
  random: () => number,
) => S | undefined;

const contenders: Readonly<Record<Strategy, Contest>> = {
  room: drawByRoom,
  weighted: (group, _, __, random) => drawByWeight(group, random()),
  random: (group, _, __, random) => draw(group, random()),
  "round-robin": (group) => group.reduce((first, state) => (state.lastChosen < first.lastChosen ? state : first)),
};

function draw<S>(group: readonly S[], random: number): S | undefined {
  return group[Math.floor(random * group.length)];
}

/** Of the best by room the least busy ones, at random: what is slow or hangs gets less. */
function drawByRoom<S extends Selectable>(
  group: readonly S[],
  tokens: number,
  now: number,
  random: () => number,
): S | undefined {
  let best: S[] = [];
  let most = Number.NEGATIVE_INFINITY;
  let fewest = Number.POSITIVE_INFINITY;
  for (const state of group) {
    // Where nothing is known, a request finds out; many at once may be too many.
    const fullness = state.fullness(tokens, now) ?? AMPLE / (1 + state.underWay / UNKNOWN_DIVISOR);
    const room = Math.min(fullness, AMPLE);
    if (room < most || (room === most && state.underWay > fewest)) continue;
    if (room > most || state.underWay < fewest) best = [];
    [most, fewest] = [room, state.underWay];
    best.push(state);
  }
  return draw(best, random());
}

/** A limit of which so much is left is none yet. */
const AMPLE = 0.75;
const UNKNOWN_DIVISOR = 8;

function drawByWeight<S extends Selectable>(group: readonly S[], random: number): S | undefined {
  const total = group.reduce((sum, state) => sum + state.weight, 0);
  if (total === 0) return draw(group, random);
  let left = random * total;
  for (const state of group) {
    left -= state.weight;
    if (left < 0) return state;
  }
  // Rounding can leave a hair's breadth: it belongs to the last that takes part.
  return group.findLast((state) => state.weight > 0);
}

/**
 * Weighted rendezvous hashing: every process picks the same endpoint for a key without knowing of the others, and
 * one that leaves moves its own keys only ({@link https://www.ietf.org/archive/id/draft-ietf-bess-weighted-hrw-00.html}).
 */
function rendezvous<S extends Selectable>(group: readonly S[], key: string): S | undefined {
  const takesPart = group.some(({ weight }) => weight > 0);
  let winner: S | undefined;
  let highest = Number.NEGATIVE_INFINITY;
  for (const state of group) {
    const weight = takesPart ? state.weight : 1;
    // Neither 0 nor 1, so that the score is finite; a weight of 0 loses to every other.
    const fraction = 1e-9 + new TextHash().add(state.identity).add("\n").add(key).fraction() * (1 - 2e-9);
    const score = weight / -Math.log(fraction);
    if (winner === undefined || score > highest) [winner, highest] = [state, score];
  }
  return winner;
}
