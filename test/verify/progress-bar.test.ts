import { ProgressBar } from "../../lib/verify/index.js";

function terminal(isTTY: boolean) {
  const written: string[] = [];
  return { isTTY, written, write: (text: string) => written.push(text) };
}

test("draws over itself and leaves a clean line", () => {
  const stream = terminal(true);
  const bar = new ProgressBar(stream, {});
  bar.update(1, 60);
  bar.update(30, 60);
  bar.update(60, 60);
  bar.clear();
  expect(stream.written).toEqual([
    `\r[${".".repeat(30)}] 1/60`,
    `\r[${"#".repeat(15)}${".".repeat(15)}] 30/60`,
    `\r[${"#".repeat(30)}] 60/60`,
    `\r${" ".repeat(38)}\r`,
  ]);
});

test.each([
  ["a file", false, {}],
  ["CI", true, { CI: "true" }],
])("is silent in %s", (_, isTTY, env) => {
  const stream = terminal(isTTY);
  const bar = new ProgressBar(stream, env);
  bar.update(30, 60);
  bar.clear();
  expect(stream.written).toEqual([]);
});
