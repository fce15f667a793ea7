import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./config.js";

/** The packages of this project, and for CDK Terrain's the CDKTF that they have the same API as. */
const PACKAGES = {
  "aoai-kiss-lb": ["../../lib/index.ts"],
  "aoai-kiss-lb/*": ["../../lib/*/index.ts"],
  "aoai-kiss-lb-client": ["../../lib/client/index.ts"],
  "aoai-kiss-lb-cdktn": ["../../lib/index.ts"],
  cdktn: ["../../node_modules/cdktf/lib/index.d.ts"],
  "@cdktn/provider-azurerm/*": ["../../node_modules/@cdktf/provider-azurerm/*/index.d.ts"],
};

/** What the compiler says to TypeScript that imports this package by its name, as a user's would. */
export function typeErrors(sources: readonly string[]): string[] {
  // Below the root, so that the packages which the sources import are found.
  mkdirSync(join(ROOT, "dist"), { recursive: true });
  const folder = mkdtempSync(join(ROOT, "dist/type-check-"));
  try {
    sources.forEach((source, n) => writeFileSync(join(folder, `source-${n}.mts`), source));
    return compilerErrors(folder, {
      extends: "../../tsconfig.json",
      compilerOptions: {
        noUnusedLocals: false,
        paths: PACKAGES,
      },
      include: ["*.mts"],
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The messages of the compiler, run in a folder with a configuration that is put there. */
export function compilerErrors(folder: string, tsconfig: object): string[] {
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(tsconfig));
  const compiler = join(ROOT, "node_modules/typescript-7/bin/tsc");
  const { stdout, stderr, status } = spawnSync(process.execPath, [compiler, "--pretty", "false"], {
    cwd: folder,
    encoding: "utf8",
  });
  const errors = [...stdout.matchAll(/error TS\d+: (.*)$/gm)].map(([, message = ""]) => message);
  if (errors.length === 0 && status !== 0) throw new Error(`the compiler failed: ${stdout}${stderr}`);
  return errors;
}
