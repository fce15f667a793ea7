import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CDK_TERRAIN, renamePackages } from "../../scripts/packages.js";
import { codeBlocks } from "../support/markdown.js";
import { Project, ROOT } from "./project.js";

const CDKTF = "test/package/projects/cdktf";

/** Two stock projects with the same sources, but for the names of the packages. */
export function checkCdks(): void {
  using cdktf = new Project(CDKTF).write("reuse.ts", sampleOf("docs/reuse.md"));
  cdktf.install("aoai-kiss-lb");
  using cdktn = new Project("test/package/projects/cdktn");
  for (const file of ["main.ts", "tsconfig.json"]) cdktn.write(file, forTerrain(cdktf.read(file)));
  const page = "packages/aoai-kiss-lb-cdktn/README.md";
  cdktn.write("reuse.ts", forTerrain(cdktf.read("reuse.ts"))).write("short.ts", sampleOf(page));
  cdktn.write("package.json", JSON.stringify({ ...readJson(cdktn, "package.json"), ...overridesOf(page) }));
  cdktn.install("aoai-kiss-lb-cdktn");

  for (const project of [cdktf, cdktn]) assert.equal(project.compile("--noEmit"), "");
  const [ours, terrain] = [synthesized(cdktf, "main.ts", "platform"), synthesized(cdktn, "main.ts", "platform")];
  assert.ok("azurerm_application_gateway" in (ours["resource"] as object));
  assert.deepEqual(withoutVersions(terrain), withoutVersions(ours));
  assert.ok("resource" in synthesized(cdktn, "short.ts", "llm"));
  const { stdout } = cdktf.bin("ts-node", "other-entries.ts");
  assert.equal(stdout, "200 object\n");
}

/** The first TypeScript of a page that has the load balancer. */
function sampleOf(page: string): string {
  const blocks = codeBlocks(readFileSync(join(ROOT, page), "utf8"));
  const sample = blocks.find(({ language, text }) => language === "ts" && text.includes("new OpenAiLoadBalancer("));
  assert.ok(sample, `${page} has no sample of the load balancer`);
  return sample.text;
}

/** The line that the page gives for package.json. */
function overridesOf(page: string): object {
  const block = codeBlocks(readFileSync(join(ROOT, page), "utf8")).find(({ language }) => language === "json");
  return JSON.parse(block?.text ?? "") as object;
}

function forTerrain(code: string): string {
  return renamePackages(code, CDK_TERRAIN);
}

function readJson(project: Project, file: string): Record<string, unknown> {
  return JSON.parse(project.read(file)) as Record<string, unknown>;
}

/** Runs an app as `cdktf synth` does. */
export function synthesized(project: Project, app: string, stack: string): Record<string, unknown> {
  const { status, stderr } = project.bin("ts-node", app);
  assert.equal(status, 0, stderr);
  const folder = join("cdktf.out/stacks", stack);
  assert.deepEqual(readdirSync(join(project.folder, folder)), ["cdk.tf.json"]);
  // The path of the local state has the project's folder in it.
  const json = project.read(join(folder, "cdk.tf.json")).replaceAll(project.folder, "");
  return JSON.parse(json) as Record<string, unknown>;
}

/** Without the CDK's version and the provider's. */
function withoutVersions(json: Record<string, unknown>): unknown {
  return JSON.parse(
    JSON.stringify(json, (key, value: unknown) => (["version", "//"].includes(key) ? undefined : value)),
  );
}
