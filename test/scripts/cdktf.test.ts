import { spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../support/config.js";
import { temporaryFolder } from "../support/temporary-folder.js";

const folder = temporaryFolder();
const INSTALL = "install 1.5 or newer (https://developer.hashicorp.com/terraform/install)";

/** `--version` stands for the command: nothing is deployed. */
function run(terraform: string, cwd = folder) {
  return spawnSync(process.execPath, [join(ROOT, "scripts/run.cjs"), join(ROOT, "scripts/cdktf.ts"), "--version"], {
    cwd,
    encoding: "utf8",
    env: { ...process.env, TERRAFORM_BINARY_NAME: terraform },
  });
}

/** With a Terraform that prints this as its version: Node, which takes `version` for a script. */
function runWith(printed: string) {
  const cwd = mkdtempSync(join(folder, "terraform-"));
  writeFileSync(join(cwd, "version"), `console.log(${JSON.stringify(printed)});\n`);
  return run(process.execPath, cwd);
}

describe("npm run plan and npm run deploy", () => {
  test("without Terraform, say what to install", () => {
    const { status, stdout, stderr } = run("no-such-terraform");
    expect(stderr).toBe(`no-such-terraform cannot be run (ENOENT); ${INSTALL}\n`);
    expect(stdout).toBe("");
    expect(status).toBe(1);
  });

  test.each([
    ["no JSON", "does not tell its version"],
    ['{"terraform_version": "1.4.9"}', "is version 1.4.9, which CDKTF does not support"],
    ['{"terraform_version": "0.15.0"}', "is version 0.15.0, which CDKTF does not support"],
  ])("with one that prints %s, say what to install", (printed, problem) => {
    const { status, stdout, stderr } = runWith(printed);
    expect(stderr).toBe(`${process.execPath} ${problem}; ${INSTALL}\n`);
    expect(stdout).toBe("");
    expect(status).toBe(1);
  });

  test.each(["1.5.0", "1.11.4", "2.0.0"])("with Terraform %s, run cdktf", (version) => {
    const { status, stdout } = runWith(`{\n  "terraform_version": "${version}"\n}`);
    expect(stdout).toBe("0.21.0\n");
    expect(status).toBe(0);
  });
});
