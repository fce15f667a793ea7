/**
 * What synthesis costs, as ratios in one run.
 *
 *   npm run bench:synth
 *
 * 1. The whole process: our app beside a minimal CDKTF app (provider and resource group), same runner, in turn.
 * 2. Time per stack at 1, 10 and 100 stacks in one app, which should be flat, and peak memory.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROUNDS = 11;
const GOAL = 1.3;
const root = join(__dirname, "..");

function run(script: string, ...args: string[]): { milliseconds: number; output: string } {
  const begin = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", "tsx", script, ...args], {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, CDKTF_OUTDIR: mkdtempSync(join(tmpdir(), "bench-")) },
  });
  if (status !== 0) throw new Error(`${script} failed: ${stderr}`);
  return { milliseconds: performance.now() - begin, output: stdout };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function spread(values: readonly number[], digits: number): string {
  const shown = [Math.min(...values), median(values), Math.max(...values)].map((value) => value.toFixed(digits));
  return `min ${shown[0]}, median ${shown[1]}, max ${shown[2]}`;
}

const [ours, minimal] = ["main.ts", "bench/minimal-app.ts"];
run(ours);
run(minimal);
const rounds = Array.from({ length: ROUNDS }, () => ({ a: run(ours).milliseconds, b: run(minimal).milliseconds }));
const ratio = median(rounds.map(({ a, b }) => a / b));
console.log(`Process time over ${ROUNDS} rounds, in turn`);
console.log(
  `  our app, ms       ${spread(
    rounds.map(({ a }) => a),
    0,
  )}`,
);
console.log(
  `  minimal app, ms   ${spread(
    rounds.map(({ b }) => b),
    0,
  )}`,
);
console.log(
  `  ratio             ${spread(
    rounds.map(({ a, b }) => a / b),
    2,
  )} (goal ${GOAL}: ${ratio <= GOAL ? "reached" : "missed"})`,
);

console.log("\nOne app with many stacks");
const perStack = [1, 10, 100].map((stacks) => {
  const { output } = run("bench/many-stacks.ts", String(stacks));
  const { milliseconds, peakMebibytes } = JSON.parse(output) as { milliseconds: number; peakMebibytes: number };
  return { stacks, each: milliseconds / stacks, peakMebibytes };
});
const [first] = perStack;
for (const { stacks, each, peakMebibytes } of perStack) {
  const relative = (each / (first?.each ?? Number.NaN)).toFixed(2);
  console.log(
    `  ${String(stacks).padStart(3)} stacks   ${each.toFixed(1)} ms a stack (× ${relative} of one alone), peak memory ${peakMebibytes.toFixed(0)} MiB`,
  );
}
