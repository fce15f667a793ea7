import { type Contender } from "./contender.js";
import { createRandom } from "./random.js";
import { type Scenario } from "./scenario.js";
import { Tally } from "./tally.js";
import { type Arrival, arrivals, length, type Span, spanOf } from "./traffic.js";
import { type VirtualTime } from "./virtual-time.js";
import { pass, World } from "./world.js";

export interface RunOptions {
  readonly seeds: readonly number[];
  readonly minutes: number;
}

/** Runs contenders in scenarios, each pair once: one that learns nothing does the same in any number of processes. */
export class Measurements {
  private readonly known = new Map<string, Promise<Tally>>();

  constructor(
    private readonly time: VirtualTime,
    private readonly options: RunOptions,
  ) {}

  /** Of all seeds together. */
  of(contender: Contender, scenario: Scenario): Promise<Tally> {
    const { name, waits, learns } = contender;
    const { name: what, demand, processes } = scenario;
    const key = JSON.stringify([name, waits, what, demand, learns ? processes : undefined]);
    let tally = this.known.get(key);
    if (tally === undefined) {
      tally = this.measure(contender, scenario);
      this.known.set(key, tally);
    }
    return tally;
  }

  private async measure(contender: Contender, scenario: Scenario): Promise<Tally> {
    const { seeds, minutes } = this.options;
    const sum = new Tally();
    for (const seed of seeds)
      sum.add(await runOnce(this.time, contender, scenario, seed, spanOf(minutes, contender.waits)));
    return sum;
  }
}

/** In virtual time. */
export async function runOnce(
  time: VirtualTime,
  contender: Contender,
  scenario: Scenario,
  seed: number,
  span: Span,
): Promise<Tally> {
  const list = arrivals(scenario, seed, span);
  const world = new World({
    scenario,
    seed,
    end: length(span),
    arrivals: list,
    clock: () => time.now,
  });
  const { random } = Math;
  Math.random = createRandom(seed, 5);
  try {
    const serve = contender.create(world);
    await time.run(serveAll(world, list, serve));
  } finally {
    Math.random = random;
  }
  return world.tally;
}

async function serveAll(
  world: World,
  list: readonly Arrival[],
  serve: (arrival: Arrival) => Promise<unknown>,
): Promise<void> {
  const calls: Promise<void>[] = [];
  for (const arrival of list) {
    const wait = arrival.at - world.now;
    if (wait > 0) await pass(wait);
    const end = (served: boolean) => world.tally.end(arrival, served);
    calls.push(
      serve(arrival).then(
        () => end(true),
        () => end(false),
      ),
    );
  }
  await Promise.all(calls);
}
