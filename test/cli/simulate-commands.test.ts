import { Lab } from "../../lib/cli/lab.js";
import { obey, COMMANDS_HELP } from "../../lib/cli/simulate-commands.js";
import { parseGatewayModel } from "../../lib/synthesized/index.js";
import { gatewayJson } from "../support/terraform-json.js";

const PROBED = { probe: { path: "/status-0123456789abcdef", interval: 30, unhealthy_threshold: 3 } };

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.create({ model: parseGatewayModel(gatewayJson(PROBED)), instances: 1 });
});
afterAll(() => lab[Symbol.asyncDispose]());

const conditions = () => lab.backends.map(({ condition }) => condition).join(" ");

test.each([
  ["down 2", "up down up"],
  ["THROTTLE 1 3", "throttled down throttled"],
  ["slow 1, 1", "slow down throttled"],
  ["  Up   3  ", "slow down up"],
  ["up all", "up up up"],
])("%s", async (line, expected) => {
  expect(await obey(lab, line)).toMatchObject({ quit: false });
  expect(conditions()).toBe(expected);
});

test("a host name of the pool is as good as a number", async () => {
  const [first] = lab.backends;
  expect(await obey(lab, `down ${first?.fqdn.toUpperCase()}`)).toEqual({
    quit: false,
    text: `${first?.fqdn} refuses connections; the probe needs 3 failures, 30 s apart, to take it out\n`,
  });
  await obey(lab, "up 1");
});

test("status tells what was done, which the gateway does not see", async () => {
  await obey(lab, "throttle 2");
  const names = lab.backends.map(({ fqdn }) => fqdn);
  const { text } = await obey(lab, "status");
  expect(text).toBe(
    [
      ...names.map((name) => `instance 0  ${name}  Healthy: status 200\n`),
      `${names[1]} answers 429 (throttled)\n`,
    ].join(""),
  );
  await obey(lab, "up 2");
});

test.each([
  ["", { text: "", quit: false }],
  ["HELP", { text: COMMANDS_HELP, quit: false }],
  ["?", { text: COMMANDS_HELP, quit: false }],
  ["quit", { text: "", quit: true }],
  ["Exit", { text: "", quit: true }],
])("%j", async (line, expected) => {
  expect(await obey(lab, line)).toEqual(expected);
});

test.each([
  ["Sideways 1", '"Sideways 1" is not understood: type "help" to see what is'],
  ["down", '"down" names no backend: give numbers from 1 to 3, host names of the pool, or all'],
  ["down 1 9", '"down 1 9" names "9", which is no backend: give numbers from 1 to 3, host names of the pool, or all'],
])("%s is not understood, and nothing is done", async (line, message) => {
  await expect(obey(lab, line)).rejects.toThrow(message);
  expect(conditions()).toBe("up up up");
});
