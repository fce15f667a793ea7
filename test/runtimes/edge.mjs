/** Runs the bundled suite in edge-runtime, the local stand-in for Vercel's edge functions. */
import { readFileSync } from "node:fs";
import { EdgeRuntime } from "edge-runtime";

const [bundle, urls] = process.argv.slice(2);
const runtime = new EdgeRuntime();
runtime.evaluate(readFileSync(bundle, "utf8"));
const results = await runtime.evaluate(`suite.runAll({ urls: ${urls} })`);
console.log(JSON.stringify({ runtime: runtime.evaluate("suite.runtimeName()"), results }));
