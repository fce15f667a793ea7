import fc from "fast-check";
import {
  select as selectBy,
  type Selectable,
  STRATEGIES,
  type Strategy,
} from "../../lib/client/endpoints/selection.js";

interface State extends Selectable {
  readonly name: string;
}

function state(
  name: string,
  props: Partial<Record<"weight" | "priority" | "lastChosen" | "underWay" | "left", number> & { free: boolean }> = {},
): State {
  const { weight = 1, priority = 1, lastChosen = 0, underWay = 0, free = true, left } = props;
  const fullness = (tokens: number) => left && (left - tokens) / 100;
  const rest = { isAvailable: () => free, fullness, identity: `https://${name}.example` };
  return { name, weight, priority, lastChosen, underWay, ...rest };
}

function select<S extends Selectable>(
  states: readonly S[],
  strategy: Strategy,
  now: number,
  random: () => number,
  affinityKey?: string,
): S | undefined {
  return selectBy(states, { strategy, affinityKey, tokens: 10 }, now, random);
}

const half = () => 0.5;

describe("select", () => {
  test.each(STRATEGIES)("%s chooses nothing where none is available", (strategy) => {
    expect(select([state("a", { free: false })], strategy, 0, half)).toBeUndefined();
    expect(select([], strategy, 0, half)).toBeUndefined();
  });

  test.each(STRATEGIES)("%s chooses within the best priority that has an available one", (strategy) => {
    const states = [state("spare", { priority: 2 }), state("busy", { free: false }), state("last", { priority: 3 })];
    expect(select(states, strategy, 0, half)?.name).toBe("spare");
    expect(select([...states, state("first")], strategy, 0, half)?.name).toBe("first");
  });

  test("random spreads evenly over [0, 1)", () => {
    const states = [state("a"), state("b"), state("c")];
    const names = [0, 0.33, 0.34, 0.66, 0.67, 0.999].map((random) => select(states, "random", 0, () => random)?.name);
    expect(names).toEqual(["a", "a", "b", "b", "c", "c"]);
  });

  test("round-robin takes the one that was chosen least recently, in order of the list at first", () => {
    expect(select([state("a"), state("b")], "round-robin", 0, half)?.name).toBe("a");
    expect(select([state("a", { lastChosen: 3 }), state("b", { lastChosen: 2 })], "round-robin", 0, half)?.name).toBe(
      "b",
    );
  });

  test("weighted gives each its share of [0, 1)", () => {
    const states = [state("a", { weight: 3 }), state("b", { weight: 1 })];
    const names = [0, 0.74, 0.75, 0.999].map((random) => select(states, "weighted", 0, () => random)?.name);
    expect(names).toEqual(["a", "a", "b", "b"]);
  });

  test("a weight of 0 is standby", () => {
    const standby = state("standby", { weight: 0 });
    for (const random of [0, 0.5, 0.999]) {
      expect(select([standby, state("a", { weight: 0.1 })], "weighted", 0, () => random)?.name).toBe("a");
    }
    expect(select([standby, state("a", { free: false })], "weighted", 0, half)?.name).toBe("standby");
    expect(select([standby, state("other", { weight: 0 })], "weighted", 0, () => 0.9)?.name).toBe("other");
  });

  test("room takes the one that will be the fullest with the request", () => {
    const states = [state("a", { left: 30 }), state("b", { left: 60, underWay: 9 }), state("c", { left: 59 })];
    expect(select(states, "room", 0, half)?.name).toBe("b");
  });

  test("room takes the least busy one where several have ample room or nothing is known, one of several at random", () => {
    const ample = [
      state("a", { left: 99, underWay: 2 }),
      state("b", { left: 90, underWay: 1 }),
      state("c", { left: 95, underWay: 1 }),
    ];
    expect([0, 0.9].map((random) => select(ample, "room", 0, () => random)?.name)).toEqual(["b", "c"]);
    const unknown = [state("a", { underWay: 1 }), state("b"), state("c")];
    expect([0, 0.9].map((random) => select(unknown, "room", 0, () => random)?.name)).toEqual(["b", "c"]);
  });

  test("room finds out about one of which nothing is known, with few requests at a time", () => {
    expect(select([state("a", { left: 50 }), state("new", { underWay: 1 })], "room", 0, half)?.name).toBe("new");
    expect(select([state("a", { left: 50 }), state("new", { underWay: 9 })], "room", 0, half)?.name).toBe("a");
  });

  test("chooses an available one of the best free priority, whatever the states", () => {
    const states = fc.array(
      fc.record({
        weight: fc.double({ min: 0, max: 1e6, noNaN: true }),
        priority: fc.integer({ min: 0, max: 3 }),
        lastChosen: fc.nat(),
        free: fc.boolean(),
        left: fc.integer({ min: -100, max: 100 }),
        underWay: fc.nat(9),
      }),
    );
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(states, fc.constantFrom(...STRATEGIES), random, (list, strategy, number) => {
        const all = list.map((props, index) => state(String(index), props));
        const free = all.filter((one) => one.isAvailable(0, 0));
        const chosen = select(all, strategy, 0, () => number);
        if (free.length === 0) expect(chosen).toBeUndefined();
        else {
          expect(free).toContain(chosen);
          expect(chosen?.priority).toBe(Math.min(...free.map(({ priority }) => priority)));
        }
      }),
    );
  });

  test("the number of times that each is drawn follows its weight within five standard deviations", () => {
    const weights = fc.array(fc.integer({ min: 0, max: 10 }), { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(weights, (list) => {
        fc.pre(list.some((weight) => weight > 0));
        const draws = 2_000;
        const states = list.map((weight, index) => state(String(index), { weight }));
        const counts = new Map<string, number>();
        for (let n = 0; n < draws; n++) {
          // Evenly spread numbers in a scrambled order: no luck involved.
          const name = select(states, "weighted", 0, () => (n * 0.618_033_988_749_895) % 1)?.name ?? "";
          counts.set(name, (counts.get(name) ?? 0) + 1);
        }
        const total = list.reduce((sum, weight) => sum + weight, 0);
        for (const [index, weight] of list.entries()) {
          const share = weight / total;
          const deviation = Math.sqrt(draws * share * (1 - share));
          expect(Math.abs((counts.get(String(index)) ?? 0) - draws * share)).toBeLessThanOrEqual(5 * deviation);
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe("select with an affinity key", () => {
  const names = ["a", "b", "c", "d"];
  const keys = Array.from({ length: 4_000 }, (_, n) => `session-${n}`);
  const choose = (states: readonly State[], key: string, random = half) =>
    select(states, "random", 0, random, key)?.name ?? "";

  test("takes the same endpoint for a key, whatever chance says and in whatever order they are listed", () => {
    const states = names.map((name) => state(name));
    for (const key of keys.slice(0, 100)) {
      const chosen = choose(states, key);
      expect(choose(states.toReversed(), key, () => 0.99)).toBe(chosen);
      expect(choose(states, key, () => 0)).toBe(chosen);
    }
  });

  test("one that is not available moves its own keys only, and gets them back", () => {
    const all = names.map((name) => state(name));
    const without = names.map((name) => state(name, { free: name !== "b" }));
    const moved = keys.filter((key) => choose(all, key) !== choose(without, key));
    expect(moved).toEqual(keys.filter((key) => choose(all, key) === "b"));
    expect(new Set(moved.map((key) => choose(without, key)))).toEqual(new Set(["a", "c", "d"]));
  });

  test("spreads keys by weight within five standard deviations; a weight of 0 is standby", () => {
    const weights = [1, 2, 5, 0];
    const states = names.map((name, index) => state(name, { weight: weights[index] ?? 0 }));
    for (const [index, name] of names.entries()) {
      const share = (weights[index] ?? 0) / 8;
      const count = keys.filter((key) => choose(states, key) === name).length;
      const deviation = Math.sqrt(keys.length * share * (1 - share));
      expect(Math.abs(count - keys.length * share)).toBeLessThanOrEqual(5 * deviation);
    }
    const standby = [state("a", { weight: 0, free: false }), state("b", { weight: 0 }), state("c", { weight: 0 })];
    expect(new Set(keys.map((key) => choose(standby, key)))).toEqual(new Set(["b", "c"]));
  });

  test("stays within the best priority", () => {
    const states = [state("spare", { priority: 2 }), state("first"), state("second")];
    expect(keys.every((key) => choose(states, key) !== "spare")).toBe(true);
  });
});
