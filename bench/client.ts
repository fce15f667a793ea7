/** `npm run bench:client`: what a call costs, as tables. What calls come to is `npm run bench:goodput`. */
import { compare } from "./client/comparison.js";
import { measureLargeBodies } from "./client/large-bodies.js";
import { measureOverhead } from "./client/overhead.js";
import { show, table } from "./client/statistics.js";
import { EVENTS, measureStreamMemory, measureStreams, STREAM_AIM } from "./client/streams.js";

const PARTS = {
  overhead: reportOverhead,
  streams: reportStreams,
  bodies: reportLargeBodies,
  peers: reportComparison,
};

/** All parts, or those named: `npm run bench:client -- overhead streams`. */
async function main(): Promise<void> {
  const wanted = process.argv.slice(2);
  for (const [name, part] of Object.entries(PARTS)) if (wanted.length === 0 || wanted.includes(name)) await part();
}

/** A heading, then a table. */
function report(heading: string, head: readonly string[], rows: readonly (readonly string[])[]): void {
  console.log(`\n${heading}\n\n${table(head, rows)}`);
}

function against(aim: number, value: number): string {
  return value <= aim ? String(aim) : `${aim}, **missed** by ${(value - aim).toFixed(1)}`;
}

async function reportOverhead(): Promise<void> {
  report(
    "Processor time of a balanced call over the same bare call, against a stub: median (lowest to highest)",
    ["case", "µs", "aim"],
    (await measureOverhead()).map(({ name, microseconds, aim }) => [
      name,
      show(microseconds),
      against(aim, microseconds.median),
    ]),
  );
}

async function reportStreams(): Promise<void> {
  const costs = await measureStreams();
  const memory = await measureStreamMemory();
  report(
    `Processor time of a stream of ${EVENTS} events over the same bare stream, and how much the heap grows in a long one`,
    ["stream", "µs an event", "aim", "KB"],
    costs.map(({ name, microseconds }, index) => [
      name,
      show(microseconds, 2),
      against(STREAM_AIM, microseconds.median),
      (memory[index]?.kilobytes ?? Number.NaN).toFixed(0),
    ]),
  );
}

async function reportLargeBodies(): Promise<void> {
  const { bytes, costs } = await measureLargeBodies();
  const aim = (costs[0]?.microseconds.median ?? Number.NaN) / 1_000;
  report(
    `Processor time for a body of /responses of ${(bytes / 1e6).toFixed(2)} MB, over the bare call; the aim is that of JSON.parse`,
    ["what", "ms", "share of `JSON.parse`"],
    costs.map(({ name, microseconds: { median, low, high } }) => [
      name,
      show({ median: median / 1_000, low: low / 1_000, high: high / 1_000 }, 2),
      `${((median / 1_000 / aim) * 100).toFixed(0)} %`,
    ]),
  );
}

async function reportComparison(): Promise<void> {
  for (const { title, results } of await compare()) {
    report(
      `Loopback, ${title}: one call after the other, and 32 at once`,
      ["caller", "p50 ms", "p99 ms", "added p50", "added p99", "calls/s", "succeed"],
      results.map(({ name, p50Milliseconds, p99Milliseconds, added, perSecond, successShare }) => [
        name,
        p50Milliseconds.toFixed(2),
        p99Milliseconds.toFixed(2),
        added?.p50Milliseconds.toFixed(2) ?? "",
        added?.p99Milliseconds.toFixed(2) ?? "",
        show(perSecond, 0),
        `${(successShare * 100).toFixed(1)} %`,
      ]),
    );
  }
}

void main();
