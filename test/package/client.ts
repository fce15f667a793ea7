import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { Project } from "./project.js";

const ANSWER = "https://a.openai.azure.com/openai/v1/models\n";
/** Module kind, resolution, and the extensions of a source. */
const RESOLUTIONS = [
  ["CommonJS", "node10", ["ts"]],
  ["Node16", "node16", ["mts", "cts"]],
  ["NodeNext", "nodenext", ["mts", "cts"]],
  ["ES2022", "bundler", ["ts", "mts"]],
] as const;

export async function checkClient(): Promise<void> {
  using project = new Project("test/package/projects/client").install("aoai-kiss-lb-client");
  assert.deepEqual(project.installed, ["aoai-kiss-lb-client"]);
  for (const [module, moduleResolution, extensions] of RESOLUTIONS) {
    for (const extension of extensions) {
      const file = `use.${extension}`;
      if (!project.exists(file)) project.write(file, project.read("use.ts"));
      const options = ["--module", module, "--moduleResolution", moduleResolution, "--target", "ES2022", "--strict"];
      assert.equal(project.compile(file, ...options, "--outDir", `out-${moduleResolution}`), "", moduleResolution);
    }
  }
  runs(project, "import.mjs", 'import { ask } from "./out-node16/use.mjs";\nconsole.log(await ask());\n');
  runs(project, "require.cjs", 'require("./out-node16/use.cjs").ask().then(console.log);\n');
  assert.equal(await onTheEdge(project), ANSWER.trim());
}

function runs(project: Project, file: string, code: string): void {
  const { stdout, stderr } = project.write(file, code).node(file);
  assert.equal(stdout, ANSWER, stderr);
}

/** Bundled for a runtime without Node's modules, and run in one. */
async function onTheEdge(project: Project): Promise<unknown> {
  const outfile = join(project.folder, "edge.js");
  buildSync({
    stdin: {
      contents: 'import { ask } from "./use.ts"; globalThis.answer = ask();',
      resolveDir: project.folder,
    },
    bundle: true,
    platform: "browser",
    conditions: ["edge-light", "worker"],
    format: "iife",
    outfile,
    logLevel: "error",
  });
  const { EdgeRuntime } = createRequire(join(__dirname, "package.json"))("edge-runtime") as {
    EdgeRuntime: new () => { evaluate(code: string): unknown };
  };
  const runtime = new EdgeRuntime();
  runtime.evaluate(readFileSync(outfile, "utf8"));
  return runtime.evaluate("answer");
}
