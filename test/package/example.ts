import assert from "node:assert/strict";
import { synthesized } from "./cdks.js";
import { Project } from "./project.js";

/** With the package that was packed here in the place of the registry's. */
export function checkExample(): void {
  using project = new Project("examples/stack");
  const manifest = JSON.parse(project.read("package.json")) as { devDependencies: Record<string, string> };
  // Installed at the root already, where the tests of cdktf.json use it; it takes half a minute.
  delete manifest.devDependencies["cdktf-cli"];
  project.write("package.json", JSON.stringify(manifest)).install("aoai-kiss-lb");
  assert.equal(project.compile("--noEmit"), "");
  const { resource } = synthesized(project, "main.ts", "platform") as { resource: Record<string, object> };
  assert.ok("azurerm_monitor_diagnostic_setting" in resource);
  assert.ok("azurerm_application_gateway" in resource);
}
