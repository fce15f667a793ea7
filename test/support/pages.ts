import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./config.js";

/** Paths of the project's pages, from its root. */
export const PAGES: readonly string[] = [
  ...markdownIn("."),
  ...["docs", "examples", "packages", ".github"].flatMap((folder) => markdownIn(folder, true)),
];

export function pageText(page: string): string {
  return readFileSync(join(ROOT, page), "utf8");
}

function markdownIn(folder: string, recursive = false): string[] {
  const files = readdirSync(join(ROOT, folder), { recursive, encoding: "utf8" });
  return files
    .map((file) => join(folder, file).replaceAll("\\", "/"))
    .filter((file) => file.endsWith(".md") && !file.includes("node_modules/"))
    .sort();
}
