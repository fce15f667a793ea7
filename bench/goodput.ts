/** `npm run bench:goodput`: prints the tables, and draws docs/goodput.svg. See docs/goodput.md. */
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { chart } from "./goodput/chart.js";
import { Measurements } from "./goodput/measure.js";
import { Report } from "./goodput/report.js";
import { SCENARIOS } from "./goodput/scenario.js";
import { compareWithSockets } from "./goodput/sockets.js";
import { VirtualTime } from "./goodput/virtual-time.js";

const CHART = resolve(__dirname, "../docs/goodput.svg");
/** Their tables hold every contender. */
const SHOWN = { name: "unequal quotas", demand: 1 };

const USAGE = `npm run bench:goodput -- [options]
  --seed <n>         of the arrivals; may be repeated (default: 1)
  --minutes <n>      measured, in virtual time (default: 1)
  --scenario <name>  only those whose name contains this, with every contender, and no chart`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seed: { type: "string", multiple: true, default: ["1"] },
      minutes: { type: "string", default: "1" },
      scenario: { type: "string" },
      help: { type: "boolean" },
    },
  });
  if (values.help === true) return console.log(USAGE);
  const seeds = values.seed.map((seed) => wholeNumber("--seed", seed));
  const minutes = wholeNumber("--minutes", values.minutes);
  const wanted = SCENARIOS.filter(({ name }) => name.includes(values.scenario ?? ""));
  if (wanted.length === 0) {
    const names = [...new Set(SCENARIOS.map(({ name }) => name))].join(", ");
    throw new Error(`--scenario: no name contains "${values.scenario}"; there are: ${names}`);
  }
  const time = VirtualTime.install();
  try {
    const measurements = new Measurements(time, { seeds, minutes });
    const report = new Report(measurements);
    await report.answering(wanted);
    await report.waiting(wanted);
    // In any number of processes where they are asked for: there are many.
    await report.strategies(wanted.filter(({ processes }) => processes === 1 || values.scenario !== undefined));
    const shown = wanted.filter(({ name, demand }) => name === SHOWN.name && demand === SHOWN.demand);
    await report.contenders(values.scenario === undefined ? shown : wanted);
    report.summary();
    if (values.scenario !== undefined) return;
    writeFileSync(CHART, await chart(measurements));
    console.log(`\nChart: ${CHART}`);
  } finally {
    time.uninstall();
  }
  await compareWithSockets(seeds[0] ?? 1);
}

function wholeNumber(option: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new Error(`${option} is a whole number of 1 or more; got "${text}"`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
