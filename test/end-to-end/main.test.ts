import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { instancesProblem } from "../../lib/rules/gateway.js";
import { unknownKey, wrongType } from "../../lib/rules/shape.js";
import { readJson, ROOT } from "../support/config.js";
import { temporaryFolder } from "../support/temporary-folder.js";

const folder = temporaryFolder();
const subscription = "00000000-0000-0000-0000-000000000000";

/** Runs the app as `cdktf` does. */
function run(config: string, env: Record<string, string> = {}) {
  const { app } = readJson("cdktf.json");
  const outdir = mkdtempSync(join(folder, "out-"));
  const { status, stdout, stderr } = spawnSync(String(app), {
    cwd: ROOT,
    shell: true,
    encoding: "utf8",
    env: {
      ...process.env,
      ARM_SUBSCRIPTION_ID: "",
      CI: "",
      TF_BUILD: "",
      npm_config_loglevel: "silent",
      AOAI_LB_CONFIG: config,
      CDKTF_OUTDIR: outdir,
      ...env,
    },
  });
  return { status, stdout, stderr, outdir };
}

function configFile(content: unknown): string {
  const file = join(mkdtempSync(join(folder, "config-")), "my.json");
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  return file;
}

describe("main.ts", () => {
  test("a folder is a stack for each gateway, and one for the Traffic Manager in front", () => {
    const { status, stdout, stderr, outdir } = run("examples/regions");
    expect([status, stderr]).toEqual([0, ""]);
    expect(readdirSync(join(outdir, "stacks")).sort()).toEqual(["aoai-america", "aoai-europe", "aoai-regions"]);
    expect(stdout).toMatch(/^aoai-america: an Application Gateway in eastus2/);
    expect(stdout).toContain("aoai-regions: a Traffic Manager profile, Performance routing");
    expect(stdout).toContain("aoai-europe at contoso-llm-europe.swedencentral.cloudapp.azure.com");
    expect(stdout).not.toContain("Warning");
    expect(stdout).toMatch(/npx cdktf deploy NAME, where NAME is one of aoai-america, aoai-europe, aoai-regions\n$/);
  });

  test("synthesizes the configuration and says what will be created", () => {
    const { status, stdout, stderr, outdir } = run("examples/fleet.json", { ARM_SUBSCRIPTION_ID: subscription });
    expect(stderr).toBe("");
    expect(status).toBe(0);
    expect(stdout).toMatchSnapshot();
    expect(readdirSync(join(outdir, "stacks/aoai-fleet"))).toEqual(["cdk.tf.json"]);
  });

  test("prints warnings, and what to do without a subscription", () => {
    const { status, stdout } = run("examples/minimal.json");
    expect(status).toBe(0);
    expect(stdout).toMatch(/^  Warning: listener: /m);
    expect(stdout).toContain(
      "Next: az login, export ARM_SUBSCRIPTION_ID=…, then AOAI_LB_CONFIG=examples/minimal.json npx cdktf deploy",
    );
  });

  test.each([
    ["a runner of GitHub", { CI: "true" }, true],
    ["Azure Pipelines", { TF_BUILD: "True" }, true],
    ["a machine that is no runner", { CI: "false" }, false],
  ])("on %s: warns about a local state or not", (_, env, warned) => {
    const { status, stdout } = run("examples/minimal.json", env);
    expect(status).toBe(0);
    expect(/^  Warning: state: it is a local file.*set state.azurerm/m.test(stdout)).toBe(warned);
  });

  test("on a runner, a remote state is not warned about", () => {
    const azurerm = { storageAccountName: "ststate", containerName: "tfstate", key: "gateway.tfstate" };
    const { stdout } = run(configFile({ ...readJson("examples/minimal.json"), state: { azurerm } }), { CI: "true" });
    expect(stdout).toMatch(/^  Warning: listener: /m);
    expect(stdout).not.toContain("state:");
  });

  test("prints every problem of a configuration, no stack trace, and fails", () => {
    const wrong = ['"locatoin": "eastus"', '"streaming": "yes"', '"scale": {\n"instances": 0 }'];
    const valid = JSON.stringify(readJson("examples/minimal.json")).slice(1);
    const config = configFile(`{\n${wrong.join(",\n")},\n${valid}`);
    const { status, stdout, stderr } = run(config);
    expect(stdout).toBe("");
    expect(stderr).toBe(
      [
        `${config}: 3 problems`,
        `  2:1  locatoin: ${unknownKey("locatoin", ["location"])}`,
        `  3:1  streaming: ${wrongType("yes", ["true or false"], "true, without quotes")}`,
        `  5:1  scale.instances: ${instancesProblem(0)}`,
        "",
      ].join("\n"),
    );
    expect(status).toBe(1);
  });

  test("leaves no secret of the environment in what it writes", () => {
    const secret = "s3cr3t-value";
    const { stdout, stderr, outdir } = run("gateway.config.json", {
      ARM_CLIENT_SECRET: secret,
      AZURE_OPENAI_API_KEY: secret,
    });
    const written = readFileSync(join(outdir, "stacks/aoai-kiss-lb/cdk.tf.json"), "utf8");
    expect([stdout, stderr, written].filter((text) => text.includes(secret))).toEqual([]);
  });
});
