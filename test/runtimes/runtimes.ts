import { execFile, execFileSync, spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type Readable } from "node:stream";
import { promisify } from "node:util";

/** By check: null where it holds, else what went wrong. */
export type Results = Readonly<Record<string, string | null>>;

export interface Outcome {
  /** What ran the suite, by its own account. */
  readonly runtime: string;
  readonly results: Results;
}

/** By endpoint; see servers.ts. */
export type Urls = Readonly<Record<string, string>>;

export interface Runtime {
  /** For the table, with its version. */
  readonly name: string;
  /** What it has to call itself, so that no other one is tried by mistake. */
  readonly itself: string;
  /** @param folder for files that it needs while it runs. */
  run(urls: Urls, folder: string): Promise<Outcome>;
}

const MODULES = join(__dirname, "node_modules");
/** For one runtime and all checks; the slowest takes a few seconds on an idle machine. */
const TIME_LIMIT_MILLISECONDS = 120_000;
/** What workerd does depends on a date that each worker names. */
const COMPATIBILITY_DATE = "2026-11-01";

const { devDependencies: pinned } = JSON.parse(readFileSync(join(__dirname, "package.json"), "utf8")) as {
  readonly devDependencies: Readonly<Record<string, string>>;
};

/** The runtimes with the fetch of their own, then other fetches. */
export const RUNTIMES: readonly Runtime[] = [
  ...["node-20", "node-22", "node-24", "node-26"].map((alias) => node(alias)),
  command(`Bun ${version("bun")}`, "bun", ["run"]),
  command(`Deno ${version("deno")}`, "deno", ["run", "--allow-all", "--no-remote"]),
  { name: `workerd ${version("workerd")}`, itself: "workerd", run: runInWorkerd },
  {
    name: `edge-runtime ${version("edge-runtime")}`,
    itself: "edge-runtime",
    run: async (urls, folder) => {
      const bundled = bundle("suite.mjs", folder, ["--format=iife", "--global-name=suite"]);
      return runCommand(process.execPath, [join(__dirname, "edge.mjs"), bundled, JSON.stringify(urls)]);
    },
  },
  ...["node-fetch", "cross-fetch", "undici"].map((name) => node("node-24", name)),
];

/** @param alias such as `node-20`, a folder of node_modules. */
function node(alias: string, fetchPackage?: string): Runtime {
  const own = `Node ${version(alias)}`;
  const name = fetchPackage === undefined ? own : `${fetchPackage} ${version(fetchPackage)}`;
  return { ...command(name, join("..", alias, "bin/node"), [], fetchPackage), itself: own };
}

/** @param binary in node_modules/.bin. */
function command(name: string, binary: string, args: readonly string[], fetchPackage?: string): Runtime {
  const rest = fetchPackage === undefined ? [] : [fetchPackage];
  return {
    name,
    itself: name,
    run: (urls) =>
      runCommand(join(MODULES, ".bin", binary), [...args, join(__dirname, "entry.mjs"), JSON.stringify(urls), ...rest]),
  };
}

async function runCommand(file: string, args: readonly string[]): Promise<Outcome> {
  const { stdout } = await promisify(execFile)(file, [...args], { timeout: TIME_LIMIT_MILLISECONDS });
  return JSON.parse(stdout) as Outcome;
}

/** Each step of a check is a request of its own, as a worker's calls are. */
async function runInWorkerd(urls: Urls, folder: string): Promise<Outcome> {
  bundle("worker.mjs", folder, ["--format=esm"]);
  const config = join(folder, "workerd.capnp");
  writeFileSync(
    config,
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "suite", worker = (
      modules = [(name = "worker.mjs", esModule = embed "worker.mjs")],
      compatibilityDate = "${COMPATIBILITY_DATE}",
    )),
    (name = "internet", network = (allow = ["public", "private"], tlsOptions = (trustBrowserCas = true))),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "suite")],
);
`,
  );
  // It logs each failed connection on stderr.
  const server = spawn(join(MODULES, ".bin/workerd"), ["serve", "--control-fd=3", config], {
    stdio: ["ignore", "ignore", "ignore", "pipe"],
  });
  const signal = AbortSignal.timeout(TIME_LIMIT_MILLISECONDS);
  const ask = async (port: number, body: object): Promise<unknown> =>
    (await fetch(`http://127.0.0.1:${port}`, { method: "POST", body: JSON.stringify(body), signal })).json();
  try {
    const port = await listeningPort(server.stdio[3] as Readable);
    const { runtime, steps } = (await ask(port, {})) as { runtime: string; steps: [string, number][] };
    const results: Record<string, string | null> = {};
    for (const [check, count] of steps) {
      results[check] = null;
      for (let step = 0; step < count && results[check] === null; step++) {
        results[check] = ((await ask(port, { urls, check, step })) as { problem: string | null }).problem;
      }
    }
    return { runtime, results };
  } finally {
    server.kill();
  }
}

/** workerd writes a line of JSON when it listens. */
async function listeningPort(control: Readable): Promise<number> {
  for await (const line of createInterface({ input: control })) {
    const { event, port } = JSON.parse(line) as { event: string; port?: number };
    if (event === "listen" && port !== undefined) return port;
  }
  throw new Error("workerd ended before it listened");
}

/** As those do who deploy to the edge: in one file. */
function bundle(file: string, folder: string, options: readonly string[]): string {
  const target = join(folder, file);
  execFileSync(join(MODULES, ".bin/esbuild"), [
    join(__dirname, file),
    "--bundle",
    "--log-level=warning",
    `--outfile=${target}`,
    ...options,
  ]);
  return target;
}

function version(name: string): string {
  const text = pinned[name];
  if (text === undefined) throw new Error(`test/runtimes/package.json has no ${name}`);
  return text.slice(text.lastIndexOf("@") + 1);
}
