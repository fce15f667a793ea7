import { type Arrival } from "./traffic.js";
import { type Surroundings, type World } from "./world.js";

/** Serves an arrival; rejects where the caller would see an error. */
export type Serve = (arrival: Arrival) => Promise<unknown>;

/** A way to spread requests over the endpoints. */
export interface Contender {
  readonly name: string;
  /** Whether a call waits for room, and so is compared with the oracle that waits. */
  readonly waits: boolean;
  /** Whether each process knows for itself, so that their number matters. */
  readonly learns: boolean;
  create(world: World): Serve;
}

/** One that needs no virtual time. */
export interface Client extends Contender {
  create(surroundings: Surroundings): Serve;
}

/** How long one that waits does so at most. */
export const PATIENCE_MILLISECONDS = 30_000;

/** The value for a key, made when it is first asked for. */
export function remembered<T>(create: (key: number) => T): (key: number) => T {
  const made = new Map<number, T>();
  return (key) => {
    const known = made.get(key);
    if (known !== undefined) return known;
    const value = create(key);
    made.set(key, value);
    return value;
  };
}
