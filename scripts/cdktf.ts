/** `node scripts/run.cjs scripts/cdktf.ts diff|deploy …`: `cdktf` of this repository, once Terraform is known to be there. */
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";

const MINIMUM = "1.5";
const terraform = process.env["TERRAFORM_BINARY_NAME"] || "terraform";
const problem = terraformProblem();
if (problem === undefined) {
  const cli = join(dirname(require.resolve("cdktf-cli/package.json")), "bundle/bin/cdktf");
  process.exitCode = spawnSync(process.execPath, [cli, ...process.argv.slice(2)], { stdio: "inherit" }).status ?? 1;
} else {
  console.error(problem);
  process.exitCode = 1;
}

function terraformProblem(): string | undefined {
  const install = `install ${MINIMUM} or newer (https://developer.hashicorp.com/terraform/install)`;
  const { error, stdout } = spawnSync(terraform, ["version", "-json"], { encoding: "utf8" });
  if (error) return `${terraform} cannot be run (${(error as NodeJS.ErrnoException).code}); ${install}`;
  const version = /"terraform_version": *"([\d.]+)/.exec(stdout)?.[1];
  if (version === undefined) return `${terraform} does not tell its version; ${install}`;
  if (version.localeCompare(MINIMUM, "en", { numeric: true }) >= 0) return undefined;
  return `${terraform} is version ${version}, which CDKTF does not support; ${install}`;
}
