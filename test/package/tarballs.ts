import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Project, ROOT, tarball } from "./project.js";

const NAMES = ["aoai-kiss-lb", "aoai-kiss-lb-client", "aoai-kiss-lb-cdktn"];

/** publint, Are the types wrong?, and the links of every page. */
export function checkTarballs(): void {
  for (const name of NAMES) {
    tool("publint/src/cli.js", "run", tarball(name), "--strict");
    tool("@arethetypeswrong/cli/dist/index.js", tarball(name));
  }
  using project = new Project();
  project
    .write("package.json", "{}")
    .write(".npmrc", "legacy-peer-deps=true\n")
    .install(...NAMES);
  for (const name of NAMES) assert.deepEqual(deadLinks(join(project.folder, "node_modules", name)), [], name);
}

function tool(file: string, ...args: readonly string[]): void {
  const path = join(__dirname, "node_modules", file);
  const { status, stdout, stderr } = spawnSync(process.execPath, [path, ...args], { cwd: ROOT, encoding: "utf8" });
  assert.equal(status, 0, `${file} ${args.join(" ")}\n${stdout}${stderr}`);
}

/** The links to files that are not in the package. */
function deadLinks(folder: string): string[] {
  const pages = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".md"));
  assert.ok(pages.includes("README.md"));
  return pages.flatMap((page) => {
    const text = readFileSync(join(folder, page), "utf8").replaceAll(/```.*?```/gs, "");
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)\s#]+)/g)].map(([, link = ""]) => link);
    return links.filter((link) => !existsSync(join(folder, dirname(page), link))).map((link) => `${page}: ${link}`);
  });
}
