import assert from "node:assert/strict";
import { Project } from "./project.js";

export function checkNodeNext(): void {
  using project = new Project("test/package/projects/node-next").install("aoai-kiss-lb");
  assert.equal(project.compile(), "");
  const { stdout, stderr } = project.node("main.js");
  assert.equal(stderr, "");
  assert.equal(stdout, "200\n");
  assert.match(project.read("cdktf.out/stacks/stack/cdk.tf.json"), /"azurerm_application_gateway"/);
}
