/** `npm run test:package`: packs all packages, installs each into projects of its users, and runs these. */
import { checkCdks } from "./cdks.js";
import { checkClient } from "./client.js";
import { checkCommandLine } from "./command-line.js";
import { checkExample } from "./example.js";
import { checkNodeNext } from "./node-next.js";
import { checkTarballs } from "./tarballs.js";

const CHECKS: Readonly<Record<string, () => void | Promise<void>>> = {
  "the tarballs are well formed and their links lead somewhere": checkTarballs,
  "the client: alone, under every module resolution, in CommonJS, ECMAScript modules and on the edge": checkClient,
  "the command line and what it says without CDKTF": checkCommandLine,
  "the sample of docs/reuse.md beside other resources: CDKTF and CDK Terrain write the same": checkCdks,
  "an ECMAScript project with NodeNext": checkNodeNext,
  "examples/stack": checkExample,
};

async function main(): Promise<void> {
  const wanted = process.argv[2] ?? "";
  const checks = Object.entries(CHECKS).filter(([name]) => name.includes(wanted));
  let failed = 0;
  for (const [name, check] of checks) {
    const begin = performance.now();
    try {
      await check();
      console.log(`passed  ${name} (${((performance.now() - begin) / 1000).toFixed(0)} s)`);
    } catch (error) {
      failed += 1;
      console.log(`FAILED  ${name}`);
      console.log(error);
    }
  }
  console.log(`${checks.length - failed} passed, ${failed} failed`);
  process.exitCode = failed === 0 && checks.length > 0 ? 0 : 1;
}

void main();
