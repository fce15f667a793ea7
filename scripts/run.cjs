/**
 * `node scripts/run.cjs FILE.ts …`: runs TypeScript of this repository.
 *
 * Its sources become one module in memory at every start: that loads faster than each of them on its own, and nothing
 * out of date can run. Packages are loaded as they are installed. `__filename` is that of the file named in every source.
 */
const { build } = require("esbuild");
const Module = require("node:module");
const { dirname, resolve } = require("node:path");

const [file, ...args] = process.argv.slice(2);
const entry = resolve(file);
const filename = entry.replace(/\.ts$/, ".js");

function run(code) {
  process.argv = [process.argv[0], entry, ...args];
  const main = new Module(filename);
  main.filename = filename;
  main.paths = Module._nodeModulePaths(dirname(filename));
  // Node keeps a source map if it compiles the module with source maps on. They are off while it runs (`banner`): CDKTF
  // has maps too, and records a stack trace for each token. An error that nobody catches names the TypeScript sources.
  process.setSourceMapsEnabled(true);
  process.once("uncaughtExceptionMonitor", () => process.setSourceMapsEnabled(true));
  main._compile(code, filename);
}

build({
  entryPoints: [entry],
  outfile: filename,
  write: false,
  bundle: true,
  packages: "external",
  platform: "node",
  target: `node${process.versions.node}`,
  sourcemap: "inline",
  sourcesContent: false,
  banner: { js: "process.setSourceMapsEnabled(false);" },
  logLevel: "error",
}).then(
  ({ outputFiles: [bundle] }) => run(bundle.text),
  () => {
    // esbuild has said why.
    process.exitCode = 1;
  },
);
