import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import * as source from "../../lib/client/index.js";
import { temporaryFolder } from "../support/temporary-folder.js";
import { compilerErrors } from "../support/type-check.js";

const root = resolve(__dirname, "../..");
const folder = temporaryFolder();

/** The built, packed package in a folder of its own, where nothing else is installed. */
beforeAll(() => {
  const npm = (...args: string[]) =>
    execFileSync("npm", args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  npm("run", "build");
  const [packed] = JSON.parse(npm("pack", "--ignore-scripts", "--json", "--pack-destination", folder)) as [
    { filename: string },
  ];
  const target = join(folder, "node_modules/aoai-kiss-lb");
  mkdirSync(target, { recursive: true });
  execFileSync("tar", ["-xzf", join(folder, packed.filename), "-C", target, "--strip-components=1"]);
});

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
  for (const file of ["use.mts", "use.cts"]) writeFileSync(join(folder, file), typed);
  const errors = compilerErrors(folder, {
    compilerOptions: {
      module: "Node16",
      target: "ES2022",
      lib: ["ES2022", "DOM", "DOM.Iterable"],
      types: [],
      strict: true,
      noEmit: true,
    },
    include: ["use.*"],
  });
  expect(errors).toEqual([]);
});

test("the client's built code imports nothing but itself", () => {
  const entry = join(folder, "node_modules/aoai-kiss-lb/dist/esm/client/index.js");
  const seen = new Set<string>();
  const queue = [entry];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    for (const imported of importsOf(readFileSync(file, "utf8"))) {
      expect(imported).toMatch(/^\.\.?\//);
      queue.push(resolve(file, "..", imported));
    }
  }
  expect(seen.size).toBeGreaterThan(1);
});

test("the page of the simulator is in the package, whole and in one file", () => {
  const page = readFileSync(join(folder, "node_modules/aoai-kiss-lb/dist/lib/ui/page-bundle.html"), "utf8");
  expect(page).toMatch(/<style>[^<]{1000,}<\/style>[^]*<script>[^]{10000,}<\/script>/);
});

/** The modules that ECMAScript code names, one way or another. */
function importsOf(code: string): string[] {
  return [...code.matchAll(/\b(?:from|import|require)\s*\(?\s*["']([^"']+)["']/g)].map(([, module = ""]) => module);
}
