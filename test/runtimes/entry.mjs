/** Runs the suite in Node, Bun or Deno: takes the URLs and, where it is to be tried, a package with a fetch. */
import process from "node:process";
import { runAll, runtimeName } from "./suite.mjs";

const [urls, fetchPackage] = process.argv.slice(2);
const module = fetchPackage === undefined ? {} : await import(fetchPackage);
const fetch = module.fetch ?? module.default;
const results = await runAll({ urls: JSON.parse(urls), fetch });
console.log(JSON.stringify({ runtime: runtimeName(), results }));
// What hangs is a failed check, not a process that never ends.
process.exit();
