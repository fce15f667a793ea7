import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { OK } from "../lib/cli/io.js";
import { runCli } from "../lib/cli/run-cli.js";
import { readJson, ROOT } from "./support/config.js";
import { Console } from "./support/console.js";
import { codeBlocks, codeSpans } from "./support/markdown.js";
import { PAGES, pageText } from "./support/pages.js";

interface Manifest {
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** What npm does without a script of that name. */
const NPM_COMMANDS = ["ci", "install", "ls", "audit", "pack"];
/** Programs of packages that are installed with this repository. */
const PROGRAMS = ["cdktf", "jest", "newman", "aoai-lb"];
/** Where the tests install what the pages say to install. */
const VERSIONS = versionsOf("package.json", "test/package/projects/cdktn/package.json");

/** Lines of shell blocks, joined where they continue, and code in the text that looks like such a line. */
function commandsOf(markdown: string): string[] {
  const blocks = codeBlocks(markdown).filter(({ language }) => language === "sh");
  const lines = blocks.flatMap(({ text }) => text.replaceAll(/\\\n/g, " ").split("\n"));
  return [...lines, ...codeSpans(markdown).filter((code) => /^(npm|npx|aoai-lb|AOAI_LB_CONFIG=) ?/.test(code))];
}

/** What is wrong with a command line, or nothing. */
async function problemsOf(page: string, line: string): Promise<string[]> {
  const problems: string[] = [];
  const scripts = scriptsFor(page);
  for (const [, name = ""] of line.matchAll(/\bnpm (?:run (?:--?\S+ )*)?([a-z][\w:-]*)/g)) {
    if (!NPM_COMMANDS.includes(name) && !(name in scripts)) problems.push(`no script ${name}`);
  }
  for (const [, name = ""] of line.matchAll(/\bnpx ([a-z][\w-]*)/g)) {
    if (!PROGRAMS.includes(name)) problems.push(`no program ${name}`);
  }
  for (const [, file = ""] of line.matchAll(/\bAOAI_LB_CONFIG=([\w./-]+)/g)) {
    if (!existsSync(join(ROOT, file))) problems.push(`no file ${file}`);
  }
  for (const [, version = ""] of line.matchAll(/ (@?[\w/-]+@\d[\d.]*)/g)) {
    if (!VERSIONS.includes(version)) problems.push(`${version} is not a version that is tested`);
  }
  for (const [, call = ""] of line.matchAll(/(?:^|[ /])aoai-lb(?: --)? ([a-z][^|;&>]*)/g)) {
    const [command = "", ...words] = call.trim().split(/\s+/);
    const help = await helpOf(command);
    if (help === undefined) problems.push(`no command ${command}`);
    const flags = words.map((word) => word.split("=")[0] ?? "").filter((word) => /^--[a-z]/.test(word));
    problems.push(...flags.filter((flag) => !help?.includes(flag)).map((flag) => `${command} has no ${flag}`));
  }
  return problems.map((problem) => `${page}: ${line}: ${problem}`);
}

const helps = new Map<string, Promise<string | undefined>>();

function helpOf(command: string): Promise<string | undefined> {
  const known = helps.get(command) ?? runHelp(command);
  helps.set(command, known);
  return known;
}

async function runHelp(command: string): Promise<string | undefined> {
  const terminal = new Console();
  const code = await runCli([command, "--help"], terminal.io);
  return code === OK ? terminal.stdout : undefined;
}

/** The scripts of the project that a page is about. */
function scriptsFor(page: string): Readonly<Record<string, string>> {
  const own = join(dirname(page), "package.json");
  const manifest: Manifest = readJson(
    page.startsWith("examples/") && existsSync(join(ROOT, own)) ? own : "package.json",
  );
  return manifest.scripts ?? {};
}

/** What a package is installed as where it is tested: `name@version`. */
function versionsOf(...files: readonly string[]): readonly string[] {
  return files
    .map((file): Manifest => readJson(file))
    .flatMap(({ dependencies, devDependencies }) => Object.entries({ ...dependencies, ...devDependencies }))
    .map(([name, version]) => `${name}@${version}`);
}

test("the commands that the pages show exist, with their options, files and versions", async () => {
  const found = PAGES.flatMap((page) => commandsOf(pageText(page)).map((line) => ({ page, line })));
  expect(found.length).toBeGreaterThan(60);
  const problems = await Promise.all(found.map(({ page, line }) => problemsOf(page, line)));
  expect(problems.flat()).toEqual([]);
});

test.each([
  ["npm run gone", "no script gone"],
  ["npm run --silent gone", "no script gone"],
  ["npx gone", "no program gone"],
  ["AOAI_LB_CONFIG=examples/gone.json npm run synth", "no file examples/gone.json"],
  ["npm install cdktf@0.20.0", "cdktf@0.20.0 is not a version that is tested"],
  ["npx aoai-lb gone", "no command gone"],
  ["npm run aoai-lb -- simulate --gone", "simulate has no --gone"],
])("the check sees that %s cannot run", async (line, problem) => {
  expect(await problemsOf("README.md", line)).toEqual([`README.md: ${line}: ${problem}`]);
});
