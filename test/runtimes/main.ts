/** `npm run test:runtimes`: runs suite.mjs in each runtime, prints a table, writes results.json; fails where a check does. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Results, type Runtime, RUNTIMES } from "./runtimes.js";
import { startServers } from "./servers.js";

async function main(): Promise<void> {
  const wanted = process.argv.slice(2);
  const chosen = RUNTIMES.filter(({ name }) => wanted.length === 0 || wanted.some((word) => name.includes(word)));
  const byRuntime: Record<string, Results> = {};
  for (const runtime of chosen) {
    byRuntime[runtime.name] = await resultsIn(runtime);
    console.error(`${runtime.name}: ${verdict(byRuntime[runtime.name] ?? {})}`);
  }
  console.log(`\n${matrix(byRuntime)}\n\n${summary(byRuntime)}\n`);
  const problems = Object.entries(byRuntime).flatMap(([runtime, results]) =>
    Object.entries(results).flatMap(([check, problem]) =>
      problem === null ? [] : [`${runtime}, ${check}: ${problem}`],
    ),
  );
  for (const problem of problems) console.log(problem);
  writeFileSync(join(__dirname, "results.json"), `${JSON.stringify(byRuntime, undefined, 2)}\n`);
  const count = Object.values(byRuntime).reduce((sum, results) => sum + Object.keys(results).length, 0);
  console.log(`${count - problems.length} passed, ${problems.length} failed`);
  process.exitCode = problems.length === 0 && count > 0 ? 0 : 1;
}

async function resultsIn(runtime: Runtime): Promise<Results> {
  const folder = mkdtempSync(join(tmpdir(), "runtime-"));
  const servers = await startServers();
  try {
    const { runtime: itself, results } = await runtime.run(servers.urls, folder);
    return itself === runtime.itself ? results : { "it starts": `expected ${runtime.itself}, ran ${itself}` };
  } catch (error) {
    return { "it starts": String(error) };
  } finally {
    await servers[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  }
}

function verdict(results: Results): string {
  const failed = Object.values(results).filter((problem) => problem !== null).length;
  return failed === 0 ? "passed" : `${failed} failed`;
}

/** A row for each check, a column for each runtime. */
function matrix(byRuntime: Readonly<Record<string, Results>>): string {
  const names = Object.keys(byRuntime);
  const checks = [...new Set(Object.values(byRuntime).flatMap((results) => Object.keys(results)))];
  const cell = (problem: string | null | undefined) =>
    problem === undefined ? "" : problem === null ? "yes" : "**no**";
  return table(
    ["", ...names],
    checks.map((check) => [check, ...names.map((name) => cell(byRuntime[name]?.[check]))]),
  );
}

/** What was run, for docs/client.md. */
function summary(byRuntime: Readonly<Record<string, Results>>): string {
  return table(
    ["run in", "checks that hold"],
    Object.entries(byRuntime).map(([name, results]) => {
      const problems = Object.values(results);
      return [name, `${problems.filter((problem) => problem === null).length} of ${problems.length}`];
    }),
  );
}

/** In Markdown, aligned. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(3, ...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${widths.map((width, column) => cells[column]?.padEnd(width) ?? "").join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}

void main();
