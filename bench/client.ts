/** `npm run bench:client`: prints the tables and draws docs/client-goodput.svg, all from this run. */
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { goodputChart } from "./client/chart.js";
import { measureGoodput } from "./client/goodput.js";
import { measureOverhead } from "./client/overhead.js";
import { show, table } from "./client/statistics.js";
import { measureThroughput } from "./client/throughput.js";

const CHART = resolve(__dirname, "../docs/client-goodput.svg");
const GOALS_MICROSECONDS = { plain: 15, rewritten: 30 };

async function main(): Promise<void> {
  const overhead = await measureOverhead();
  console.log(
    "\nOverhead of a balanced call over the same bare call, against a stub, in µs: median (lowest to highest)\n",
  );
  console.log(
    table(
      ["case", "µs", "goal"],
      overhead.map(({ name, microseconds }) => {
        const goal = name.includes("rewritten") ? GOALS_MICROSECONDS.rewritten : GOALS_MICROSECONDS.plain;
        const miss = microseconds.median - goal;
        return [name, show(microseconds), `${goal}, ${miss <= 0 ? "reached" : `missed by ${miss.toFixed(1)}`}`];
      }),
    ),
  );

  const throughput = await measureThroughput();
  console.log("\nLoopback, 32 connections, servers in the same process\n");
  console.log(
    table(
      ["caller", "calls/s", "p50 ms", "p99 ms"],
      throughput.map(({ name, perSecond, p50Milliseconds, p99Milliseconds }) => [
        name,
        show(perSecond, 0),
        p50Milliseconds.toFixed(1),
        p99Milliseconds.toFixed(1),
      ]),
    ),
  );

  const goodput = await measureGoodput();
  console.log("\nFour throttling endpoints, 240 requests a minute each, up to 4 at once\n");
  console.log(
    table(
      ["caller", "demand", "calls", "succeed", "attempts per success", "p50 ms", "p99 ms"],
      goodput.map((row) => [
        row.name,
        `${row.demand * 100} %`,
        String(row.calls),
        `${(row.successShare * 100).toFixed(1)} %`,
        row.attemptsPerSuccess.toFixed(2),
        row.p50Milliseconds.toFixed(0),
        row.p99Milliseconds.toFixed(0),
      ]),
    ),
  );
  writeFileSync(CHART, goodputChart(goodput));
  console.log(`\nChart: ${CHART}`);
}

void main();
