/** `npm run docs:api`: writes docs/api from the sources' comments. With `--check` it fails where docs/api is another. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const TARGET = join(__dirname, "../../docs/api");
const check = process.argv.includes("--check");
const written = check ? mkdtempSync(join(tmpdir(), "aoai-kiss-lb-")) : TARGET;

const typedoc = join(__dirname, "node_modules/typedoc/bin/typedoc");
const options = ["--options", join(__dirname, "typedoc.json"), "--out", written, "--logLevel", "Warn"];
process.exitCode = spawnSync(process.execPath, [typedoc, ...options], { stdio: "inherit" }).status ?? 1;
if (check) {
  const stale = staleFiles();
  rmSync(written, { recursive: true });
  if (stale.length > 0) {
    console.error(`docs/api is not what the sources say (${stale.join(", ")}); write it with: npm run docs:api`);
    process.exitCode = 1;
  }
}

/** Those of which docs/api has another text, or that only one side has. */
function staleFiles(): string[] {
  const names = new Set([written, TARGET].flatMap((folder) => (existsSync(folder) ? readdirSync(folder) : [])));
  return [...names].filter((name) => text(join(written, name)) !== text(join(TARGET, name)));
}

function text(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, "utf8").replaceAll("\r\n", "\n") : undefined;
}
