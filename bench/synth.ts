/**
 * What synthesis costs, as ratios in one run.
 *
 *   npm run bench:synth
 *
 * 1. The whole process: our app, as cdktf.json starts it, beside a minimal CDKTF app (provider and resource group) under
 *    tsx, in turn.
 * 2. Time per stack at 1, 10 and 100 stacks in one app, which should be flat, and peak memory.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROUNDS = 11;
const GOAL = 1;
const root = join(__dirname, "..");
const OURS = ["scripts/run.cjs", "main.ts"];
const MINIMAL = ["--import", "tsx", "bench/minimal-app.ts"];
const MANY_STACKS = ["scripts/run.cjs", "bench/many-stacks.ts"];

function run(...args: string[]): { milliseconds: number; output: string } {
  const begin = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, CDKTF_OUTDIR: mkdtempSync(join(tmpdir(), "bench-")) },
  });
  if (status !== 0) throw new Error(`${args.join(" ")} failed: ${stderr}`);
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

// Once before it counts: the minimal app is then in tsx's cache.
run(...OURS);
run(...MINIMAL);
const rounds = Array.from({ length: ROUNDS }, () => ({
  a: run(...OURS).milliseconds,
  b: run(...MINIMAL).milliseconds,
}));
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
  const { output } = run(...MANY_STACKS, String(stacks));
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
