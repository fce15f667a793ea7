import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { transformSync } from "@swc/core";

/**
 * Runs the first TypeScript block of a page as it stands there, with the package's own names resolved to this
 * repository, and returns what it printed.
 */
export async function runSnippet(page: string, modules: Readonly<Record<string, unknown>>): Promise<unknown[][]> {
  const block = /```ts\n(.*?)```/s.exec(readFileSync(page, "utf8"))?.[1];
  if (block === undefined) throw new Error(`${page} has no block of TypeScript`);
  const [imports, body] = [block.match(/^import .*$/gm) ?? [], block.replace(/^import .*$/gm, "")];
  const source = `${imports.join("\n")}\nexport async function main() {${body}}`;
  const options = {
    module: { type: "commonjs" },
    jsc: { target: "es2022", parser: { syntax: "typescript" } },
  } as const;
  const { code } = transformSync(source, options);
  const require = createRequire(__filename);
  const exports: { main?: () => Promise<void> } = {};
  const printed: unknown[][] = [];
  const console = { log: (...values: unknown[]) => printed.push(values) };
  const load = (name: string): unknown => modules[name] ?? require(name);
  new Function("require", "exports", "console", code)(load, exports, console);
  await exports.main?.();
  return printed;
}
