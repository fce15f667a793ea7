import { parsePageCommand } from "../../lib/ui/page-command.js";

test.each([
  { command: "traffic", running: false, rate: 50 },
  { command: "way", way: "client" },
  { command: "condition", backend: "a.openai.azure.com", condition: "slow" },
])("%j is understood", (command) => {
  expect(parsePageCommand(JSON.stringify(command))).toEqual(command);
});

test.each([
  ["{", "the body is not JSON"],
  ["{}", "command: Invalid discriminator value. Expected 'traffic' | 'way' | 'condition'"],
  ['{"command":"traffic","running":true,"rate":51}', "rate: Too big: expected number to be <=50"],
  ['{"command":"way","way":"around"}', 'way: Invalid option: expected one of "gateway"|"client"'],
  ['{"command":"way","way":"client","more":1}', 'Unrecognized key: "more"'],
  ["[]", "Invalid input: expected object, received array"],
])("%s is not", (text, message) => {
  expect(() => parsePageCommand(text)).toThrow(new RangeError(message));
});
