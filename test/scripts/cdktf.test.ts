import { spawnSync } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../support/config.js";
import { temporaryFolder } from "../support/temporary-folder.js";

const folder = temporaryFolder();
const INSTALL = "install 1.5 or newer (https://developer.hashicorp.com/terraform/install)";

/** A program that prints what `terraform version -json` would. */
function terraform(printed: string): string {
  const file = join(folder, `terraform-${printed.replaceAll(/\W/g, "-")}`);
  writeFileSync(file, `#!${process.execPath}\nconsole.log(${JSON.stringify(printed)});\n`);
  chmodSync(file, 0o755);
  return file;
}

/** `--version` stands for the command: nothing is deployed. */
function run(binary: string) {
  return spawnSync(process.execPath, ["--import", "tsx", "scripts/cdktf.ts", "--version"], {
    cwd: ROOT,
    encoding: "utf8",
    env: { ...process.env, TERRAFORM_BINARY_NAME: binary },
  });
}

describe("npm run plan and npm run deploy", () => {
  test.each([
    ["/nowhere/terraform", `/nowhere/terraform cannot be run (ENOENT); ${INSTALL}`],
    [terraform("no"), `${terraform("no")} does not tell its version; ${INSTALL}`],
    [
      terraform('{"terraform_version": "1.4.9"}'),
      `${terraform('{"terraform_version": "1.4.9"}')} is version 1.4.9, which CDKTF does not support; ${INSTALL}`,
    ],
  ])("without Terraform, say what to install", (binary, problem) => {
    const { status, stdout, stderr } = run(binary);
    expect(stderr).toBe(`${problem}\n`);
    expect(stdout).toBe("");
    expect(status).toBe(1);
  });

  test.each(["1.5.0", "1.11.4", "2.0.0"])("with Terraform %s, run cdktf", (version) => {
    const { status, stdout } = run(terraform(`{"terraform_version": "${version}"}`));
    expect(stdout).toBe("0.21.0\n");
    expect(status).toBe(0);
  });
});
