import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BUNDLE_FILE, bundlePage } from "../lib/ui/page-bundle.js";

/**
 * What is published: CommonJS with its types in dist/lib, the simulator's page as one file beside its server there, and the
 * client once more as ECMAScript modules in dist/esm.
 */
const root = join(__dirname, "..");
// What an earlier build left would be published too.
for (const folder of ["dist/lib", "dist/esm"]) rmSync(join(root, folder), { recursive: true, force: true });
for (const project of ["tsconfig.build.json", "tsconfig.esm.json"]) {
  const compiler = join(root, "node_modules/typescript-7/bin/tsc");
  execFileSync(process.execPath, [compiler, "-p", project], { cwd: root, stdio: "inherit" });
}
void bundlePage().then((page) => writeFileSync(BUNDLE_FILE, page));
writeFileSync(join(root, "dist/esm/package.json"), '{ "type": "module" }\n');
