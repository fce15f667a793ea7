import { type Contender, PATIENCE_MILLISECONDS, type Serve } from "./contender.js";
import { type Endpoint } from "./endpoint.js";
import { pass, type World } from "./world.js";
import { type Arrival } from "./traffic.js";

/** What an oracle sees of an endpoint. */
export type Sight = Pick<Endpoint, "room" | "fullness" | "priority">;

/** Sees every limit of every endpoint, whoever uses them: what can be reached, not what anybody could build. */
export const ORACLE: Contender = {
  name: "oracle",
  waits: false,
  learns: false,
  create: (world) => (arrival) => serve(world, arrival, 0),
};

/** Waits until its own request fits, whoever came before: small ones overtake. */
export const WAITING_ORACLE: Contender = {
  name: "oracle, waiting",
  waits: true,
  learns: false,
  create: (world) => (arrival) => serve(world, arrival, PATIENCE_MILLISECONDS),
};

/** First come, first served: nobody overtakes. */
export const QUEUEING_ORACLE: Contender = {
  name: "oracle, in turn",
  waits: true,
  learns: false,
  create(world): Serve {
    let turn = Promise.resolve();
    return async (arrival) => {
      const before = turn;
      let pass: () => void = () => undefined;
      turn = new Promise((resolve) => (pass = resolve));
      await before;
      try {
        const left = arrival.at + PATIENCE_MILLISECONDS - world.now;
        if (left < 0) throw new Error("its turn came too late");
        const endpoint = await wait(world, arrival, left);
        const sent = world.send(endpoint, arrival);
        pass();
        if ((await sent).ok) return;
      } finally {
        pass();
      }
      await serve(world, arrival, 0);
    };
  },
};

/**
 * Of the endpoints where so many tokens fit, and of these with the best priority, the fullest: it is the next that would lose
 * what it gains.
 */
export function fullest<E extends Sight>(endpoints: readonly E[], tokens: number, now: number): E | undefined {
  let best: E | undefined;
  for (const endpoint of endpoints) {
    if (endpoint.room(now) < tokens) continue;
    if (best === undefined || endpoint.priority < best.priority) best = endpoint;
    else if (endpoint.priority === best.priority && endpoint.fullness(now) > best.fullness(now)) best = endpoint;
  }
  return best;
}

async function serve(world: World, arrival: Arrival, patience: number): Promise<void> {
  const end = world.now + patience;
  // An answer that fails is the only surprise; one more try than there are endpoints suffices.
  for (let tries = world.endpoints.length; tries >= 0; tries -= 1) {
    const endpoint = await wait(world, arrival, end - world.now);
    if ((await world.send(endpoint, arrival)).ok) return;
  }
  throw new Error("every endpoint failed");
}

/** @throws Error where the request fits nowhere in time. */
async function wait(world: World, { tokens }: Arrival, patience: number): Promise<Endpoint> {
  const { endpoints } = world;
  const end = world.now + patience;
  for (;;) {
    const { now } = world;
    const endpoint = fullest(endpoints, tokens, now);
    if (endpoint !== undefined) return endpoint;
    const soonest = Math.max(1, Math.min(...endpoints.map((each) => each.until(tokens, now))));
    if (now + soonest > end) throw new Error("no room in time");
    await pass(soonest);
  }
}
