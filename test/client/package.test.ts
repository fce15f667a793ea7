import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import ts from "typescript";
import * as source from "../../lib/client/index.js";

const root = resolve(__dirname, "../..");
let folder = "";

/** The built, packed package in a folder of its own, where nothing else is installed. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "aoai-kiss-lb-"));
  const npm = (...args: string[]) =>
    execFileSync("npm", args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  npm("run", "build");
  const [packed] = JSON.parse(npm("pack", "--ignore-scripts", "--json", "--pack-destination", folder)) as [
    { filename: string },
  ];
  const target = join(folder, "node_modules/aoai-kiss-lb");
  mkdirSync(target, { recursive: true });
  execFileSync("tar", ["-xzf", join(folder, packed.filename), "-C", target, "--strip-components=1"]);
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

const PROGRAM = `
const fetch = createLoadBalancedFetch({
  endpoints: [{ name: "a", url: "https://a.openai.azure.com", apiKey: "k" }],
  deadline: Duration.seconds(5),
  fetch: async (url) => new Response(String(url)),
});
fetch("https://any/openai/v1/models").then((response) => response.text()).then((url) =>
  console.log(JSON.stringify({ names: Object.keys(client).filter((name) => !["default", "module.exports", "__esModule"].includes(name)).sort(), url })),
);
`;

test.each([
  [
    "ESM",
    "use.mjs",
    'import * as client from "aoai-kiss-lb/client";\nconst { createLoadBalancedFetch, Duration } = client;',
  ],
  [
    "CommonJS",
    "use.cjs",
    'const client = require("aoai-kiss-lb/client");\nconst { createLoadBalancedFetch, Duration } = client;',
  ],
])("is importable as %s where no other package is installed", (_, file, head) => {
  writeFileSync(join(folder, file), head + PROGRAM);
  const printed = JSON.parse(execFileSync(process.execPath, [file], { cwd: folder, encoding: "utf8" })) as unknown;
  expect(printed).toEqual({ names: Object.keys(source).sort(), url: "https://a.openai.azure.com/openai/v1/models" });
});

test("both builds carry their types", () => {
  const typed = `
import { createLoadBalancedFetch, Duration, type LoadBalancedFetch, type LoadBalancerEvent } from "aoai-kiss-lb/client";
const fetch: LoadBalancedFetch = createLoadBalancedFetch({
  endpoints: [{ url: "https://a.openai.azure.com", apiKey: "k" }],
  deadline: Duration.seconds(5),
  onEvent: (event: LoadBalancerEvent) => console.log(event.type),
});
export const native: typeof globalThis.fetch = fetch;
// @ts-expect-error a deadline is no number
createLoadBalancedFetch({ endpoints: [], deadline: 5 });
`;
  const files = ["use.mts", "use.cts"].map((file) => join(folder, file));
  for (const file of files) writeFileSync(file, typed);
  const program = ts.createProgram(files, {
    module: ts.ModuleKind.Node16,
    moduleResolution: ts.ModuleResolutionKind.Node16,
    target: ts.ScriptTarget.ES2022,
    lib: ["lib.es2022.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
    types: [],
    strict: true,
    noEmit: true,
    skipDefaultLibCheck: true,
  });
  const problems = ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
  expect(problems).toEqual([]);
}, 60_000);

test("the client's built code imports nothing but itself", () => {
  const entry = readFileSync(join(folder, "node_modules/aoai-kiss-lb/dist/esm/client/index.js"), "utf8");
  const { importedFiles } = ts.preProcessFile(entry);
  expect(importedFiles.length).toBeGreaterThan(0);
  const seen = new Set<string>();
  const queue = [join(folder, "node_modules/aoai-kiss-lb/dist/esm/client/index.js")];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    for (const { fileName } of ts.preProcessFile(readFileSync(file, "utf8")).importedFiles) {
      expect(fileName).toMatch(/^\.\.?\//);
      queue.push(resolve(file, "..", fileName));
    }
  }
});
