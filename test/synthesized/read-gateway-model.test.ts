import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { readGatewayModel } from "../../lib/synthesized/index.js";
import { gatewayJson } from "../support/terraform-json.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "synthesized-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(path: string, content: unknown): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  return file;
}

test.each(["cdk.tf.json", "plan.json"])("the file %s", (name) => {
  expect(readGatewayModel(write(name, gatewayJson())).name).toBe("agw-test");
});

test.each([
  ["a stack's folder", "cdk.tf.json"],
  ["cdktf.out with one stack", "stacks/gateway/cdk.tf.json"],
])("%s", (_, path) => {
  write(path, gatewayJson());
  expect(readGatewayModel(folder).name).toBe("agw-test");
});

test("files of one folder are one configuration", () => {
  write("main.tf.json", gatewayJson({ settings: { port: "${local.port}" } }));
  write("locals.tf.json", { locals: { port: 8443 } });
  write("notes.json", "not for Terraform");
  expect(readGatewayModel(folder).rules[0]?.action).toMatchObject({ settings: { port: 8443 } });
});

test("several stacks: say which", () => {
  const one = write("stacks/one/cdk.tf.json", gatewayJson());
  const two = write("stacks/two/cdk.tf.json", gatewayJson());
  expect(() => readGatewayModel(folder)).toThrow(`${folder}: several stacks (${one}, ${two}); give the file of one`);
});

test("a missing file", () => {
  expect(() => readGatewayModel(join(folder, "x"))).toThrow(
    "no such file or folder; run `cdktf synth` first, or give the path of its cdk.tf.json",
  );
  expect(() => readGatewayModel(folder)).toThrow(
    `${folder}: no .tf.json file in it or under its stacks/; run \`cdktf synth\` first`,
  );
});

test("not JSON, and JSON without a gateway", () => {
  expect(() => readGatewayModel(write("a.json", "{"))).toThrow(/a\.json: not JSON: /);
  expect(() => readGatewayModel(write("b.json", { resource: {} }))).toThrow(
    /b\.json: no azurerm_application_gateway resource in it$/,
  );
});
