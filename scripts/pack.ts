/** `npm run pack`: builds all packages and packs each to `dist/packages/<name>-<version>.tgz`. */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { npm } from "./npm.js";
import { type Package, PACKAGES, renamePackages } from "./packages.js";

const root = join(__dirname, "..");
const target = join(root, "dist/packages");
/** What each package's manifest has from the root's. */
const COMMON = ["version", "license", "engines", "repository"];
const manifest = readJson("package.json") as { [key: string]: unknown; dependencies: Record<string, string> };
const COMMON_FILES = ["LICENSE", "CHANGELOG.md"];

npm(["run", "--silent", "build"], root);
rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
for (const folder of [root, ...PACKAGES.map(stage)]) {
  npm(["pack", "--silent", "--ignore-scripts", "--pack-destination", target], folder);
}

/** Puts together what is packed. @returns its folder */
function stage(pkg: Package): string {
  const folder = join(target, pkg.name);
  const copy = (from: string, to: string) => cpSync(join(root, from), join(folder, to), { recursive: true });
  for (const file of [...COMMON_FILES, ...pkg.also]) copy(file, file);
  copy(join(pkg.folder, "README.md"), "README.md");
  const modules = modulesOf(pkg.entries);
  const own = readJson(join(pkg.folder, "package.json"));
  const common = Object.fromEntries(COMMON.map((key) => [key, manifest[key]]));
  const all = { ...own, ...common, dependencies: dependenciesOf(modules) };
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(all, undefined, 2)}\n`);
  for (const module of modules) {
    const to = join(folder, module);
    mkdirSync(dirname(to), { recursive: true });
    writeFileSync(to, renamePackages(readFileSync(join(root, module), "utf8"), pkg.renamed));
  }
  return folder;
}

/** The modules that some import, directly or not, each with its types. */
function modulesOf(entries: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  const waiting = entries.flatMap(withTypes);
  for (let module = waiting.pop(); module !== undefined; module = waiting.pop()) {
    if (found.has(module)) continue;
    found.add(module);
    for (const imported of importsOf(module).filter((name) => /^\.\.?\//.test(name))) {
      waiting.push(...withTypes(join(dirname(module), imported)));
    }
  }
  return found;
}

function importsOf(module: string): string[] {
  const code = readFileSync(join(root, module), "utf8");
  return [...code.matchAll(/(?:from|import|require)\s*\(?"([^"]+)"/g)].map(([, imported = ""]) => imported);
}

/** Those of the root's dependencies that some modules import. */
function dependenciesOf(modules: ReadonlySet<string>): Readonly<Record<string, string>> {
  const imported = new Set([...modules].flatMap(importsOf));
  return Object.fromEntries(Object.entries(manifest.dependencies).filter(([name]) => imported.has(name)));
}

function withTypes(module: string): string[] {
  return [module, module.replace(/\.js$/, ".d.ts")];
}

function readJson(file: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(root, file), "utf8")) as Record<string, unknown>;
}
