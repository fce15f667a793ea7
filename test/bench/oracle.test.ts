import { fullest, type Sight } from "../../bench/goodput/oracle.js";

function sight(room: number, fullness: number, priority = 1): Sight {
  return { room: () => room, fullness: () => fullness, priority };
}

test("the oracle chooses the fullest endpoint in which the request fits", () => {
  const [small, half, large] = [sight(50, 1), sight(500, 0.5), sight(2_000, 0.3)];
  const endpoints = [half, small, large];
  expect(fullest(endpoints, 20, 0)).toBe(small);
  expect(fullest(endpoints, 50, 0)).toBe(small);
  expect(fullest(endpoints, 51, 0)).toBe(half);
  expect(fullest(endpoints, 1_000, 0)).toBe(large);
  expect(fullest(endpoints, 2_001, 0)).toBeUndefined();
});

test("an endpoint without room is not chosen, however full it is", () => {
  expect(fullest([sight(0, 1)], 1, 0)).toBeUndefined();
});

test("a fuller endpoint of a lesser priority is chosen where the first has no room", () => {
  const [first, second] = [sight(100, 0.1), sight(200, 1, 2)];
  expect(fullest([second, first], 100, 0)).toBe(first);
  expect(fullest([second, first], 101, 0)).toBe(second);
});
