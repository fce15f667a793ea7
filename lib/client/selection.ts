/** The ways to choose among the free endpoints of the best priority, in the order the documents name them. */
export const STRATEGIES = ["random", "round-robin", "weighted", "most-remaining"] as const;

/**
 * - `random`: each alike;
 * - `round-robin`: the one chosen least recently;
 * - `weighted`: at random, in proportion to the endpoints' weights;
 * - `most-remaining`: the one whose `x-ratelimit-remaining-*` headers leave most room, less what is under way.
 */
export type Strategy = (typeof STRATEGIES)[number];

/** What a choice is made of: one endpoint as it stands for one deployment. */
export interface Selectable {
  /** 0 or more; 0 is standby: chosen only where no other is free. */
  readonly weight: number;
  /** The lowest number with a free endpoint is served first. */
  readonly priority: number;
  /** The running number of the choice that last fell on it; 0 before the first. */
  readonly lastChosen: number;
  isFree(now: number): boolean;
  /** How much it can still take, to compare with others. */
  room(now: number): number;
}

/**
 * Chooses an endpoint: a pure function of the states, the time and a random number.
 *
 * @param random a number from 0 up to 1.
 * @returns undefined where none is free.
 */
export function select<S extends Selectable>(
  states: readonly S[],
  strategy: Strategy,
  now: number,
  random: () => number,
): S | undefined {
  let group: S[] = [];
  let best = Number.POSITIVE_INFINITY;
  for (const state of states) {
    if (state.priority > best || !state.isFree(now)) continue;
    if (state.priority < best) {
      best = state.priority;
      group = [];
    }
    group.push(state);
  }
  return group.length > 1 ? contenders[strategy](group, now, random) : group[0];
}

const contenders: Readonly<
  Record<Strategy, <S extends Selectable>(group: readonly S[], now: number, random: () => number) => S | undefined>
> = {
  random: (group, _, random) => group[Math.floor(random() * group.length)],
  "round-robin": (group) => group.reduce((first, state) => (state.lastChosen < first.lastChosen ? state : first)),
  weighted: (group, _, random) => drawByWeight(group, random()),
  "most-remaining": (group, now, random) => {
    const most = Math.max(...group.map((state) => state.room(now)));
    const top = group.filter((state) => state.room(now) === most);
    return top[Math.floor(random() * top.length)];
  },
};

function drawByWeight<S extends Selectable>(group: readonly S[], random: number): S | undefined {
  const total = group.reduce((sum, state) => sum + state.weight, 0);
  if (total === 0) return group[Math.floor(random * group.length)];
  let left = random * total;
  for (const state of group) {
    left -= state.weight;
    if (left < 0) return state;
  }
  // Rounding can leave a hair's breadth: it belongs to the last that takes part.
  return group.findLast((state) => state.weight > 0);
}
