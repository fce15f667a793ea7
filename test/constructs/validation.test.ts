import { inspect } from "node:util";
import { ValidationError } from "../../lib/index.js";
import { makeStack } from "../support/synth.js";

test("a ValidationError that nobody catches is printed without the construct tree that it knows", () => {
  const stack = makeStack();
  const error = new ValidationError(stack, "name: is wrong");
  expect(error.scope).toBe(stack);
  expect(inspect(error)).toBe(error.stack);
});
