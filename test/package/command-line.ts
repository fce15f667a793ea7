import assert from "node:assert/strict";
import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Project, ROOT } from "./project.js";

const { version, dependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
  version: string;
  dependencies: Record<string, string>;
};
const INSTALL =
  'install its peer packages: npm install "@cdktf/provider-azurerm@^14.23.1" "cdktf@^0.21.0" "constructs@^10.4.2"';

export function checkCommandLine(): void {
  using project = new Project();
  project.write("package.json", '{ "private": true }').install("aoai-kiss-lb");
  copyFileSync(join(ROOT, "gateway.config.json"), join(project.folder, "gateway.config.json"));
  // None of its dependencies has any.
  assert.deepEqual(project.installed, ["aoai-kiss-lb", ...Object.keys(dependencies)].sort());
  assert.match(project.bin("aoai-lb", "--help").stdout, /^aoai-lb <command>/);
  assert.equal(project.bin("aoai-lb", "--version").stdout, `${version}\n`);

  const missing = `aoai-kiss-lb needs constructs, which is not installed; ${INSTALL}`;
  const without = project.bin("aoai-lb", "demo");
  assert.equal(without.stderr, `${missing}; or name a synthesized file: aoai-lb demo cdktf.out\n`);
  assert.equal(without.status, 2);
  assert.ok(project.node("-e", 'require("aoai-kiss-lb")').stderr.includes(missing));

  project.write("package.json", JSON.stringify({ ...JSON.parse(project.read("package.json")), ...peers() })).install();
  for (const args of [["demo"], ["demo", "gateway.config.json"]]) {
    const demo = project.bin("aoai-lb", ...args);
    assert.match(demo.stdout, /(\d+) of \1 claims held\n$/, demo.stderr);
    assert.equal(demo.stderr, "");
  }
  const { stdout } = project.typeInto("aoai-lb", ["simulate", "--ui"], "quit\n");
  assert.match(stdout, /^The page: http\S+$/m);
}

/** What the sentence says to install. */
function peers(): object {
  const named = [...INSTALL.matchAll(/"(@?[^"@]+)@([^"]+)"/g)].map(([, name = "", range = ""]) => [name, range]);
  return {
    dependencies: {
      "aoai-kiss-lb": `file:${join(ROOT, `dist/packages/aoai-kiss-lb-${version}.tgz`)}`,
      ...Object.fromEntries(named),
    },
  };
}
