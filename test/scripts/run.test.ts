import { spawn, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../support/config.js";
import { temporaryFolder } from "../support/temporary-folder.js";

const folder = temporaryFolder();
const main = join(folder, "main.ts");

function run(...args: string[]) {
  const script = join(ROOT, "scripts/run.cjs");
  return spawnSync(process.execPath, [script, main, ...args], { cwd: folder, encoding: "utf8" });
}

function write(part: string): void {
  writeFileSync(main, 'import { part } from "./part.js";\nconsole.log(part(), process.argv.slice(2));\n');
  writeFileSync(join(folder, "part.ts"), part);
}

describe("scripts/run.cjs", () => {
  test("runs what the sources say now, with the arguments", () => {
    write('export const part = (): string => "first";\n');
    expect(run("--a", "b").stdout).toBe("first [ '--a', 'b' ]\n");
    write('export const part = (): string => "second";\n');
    expect(run().stdout).toBe("second []\n");
  });

  test.each([
    ["thrown", "() => { throw new TypeError('broken'); }"],
    ["of a promise", "async () => { await null; throw new TypeError('broken'); }"],
  ])("an error that is %s names the source and its line", (_, body) => {
    write(`// A comment, which no bundle has.\n\nexport const part: () => unknown = ${body};\n`);
    const { status, stderr } = run();
    expect(stderr).toMatch(/^TypeError: broken$/m);
    expect(stderr).toContain(`${join(folder, "part.ts")}:3:`);
    expect(status).toBe(1);
  });

  test("npm run aoai-lb: what it reads of this repository is found", async () => {
    const options = { cwd: folder, env: { ...process.env, CDKTF_OUTDIR: join(folder, "out") } };
    const config = join(ROOT, "examples/minimal.json");
    const program = [join(ROOT, "scripts/run.cjs"), join(ROOT, "lib/cli/main.ts")];
    const child = spawn(process.execPath, [...program, "simulate", config, "--ui"], options);
    let printed = "";
    for await (const text of child.stdout.setEncoding("utf8")) {
      printed += String(text);
      if (/^The page: \S+$/m.test(printed)) child.kill("SIGINT");
    }
    expect(printed).toMatch(/^The page: http\S+$/m);
  });

  test("a source that does not parse is named, and the process fails", () => {
    write("export const part = ;\n");
    const { status, stdout, stderr } = run();
    expect(stderr).toContain("part.ts:1:20");
    expect(stdout).toBe("");
    expect(status).toBe(1);
  });
});
