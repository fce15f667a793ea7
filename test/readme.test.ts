import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runCli } from "../lib/cli/run-cli.js";
import { parseConfig } from "../lib/config/load-config.js";
import { readJson, ROOT, synthConfig } from "./support/config.js";
import { Console } from "./support/console.js";
import { codeBlocks } from "./support/markdown.js";
import { temporaryFolder } from "./support/temporary-folder.js";

const outdir = temporaryFolder();
const readme = readFileSync(join(ROOT, "README.md"), "utf8");
const blocks = codeBlocks(readme);
const ofLanguage = (language: string) => blocks.filter((block) => block.language === language).map(({ text }) => text);

const linesWithoutFigures = (text = "") => text.replaceAll(/\d+(\.\d+)?/g, "#").split("\n");

describe("README", () => {
  test("the configuration it shows is the repository's", () => {
    const [shown = ""] = ofLanguage("json");
    expect(JSON.parse(shown)).toEqual(readJson("gateway.config.json"));
    expect(parseConfig(JSON.parse(shown)).backends).toHaveLength(3);
  });

  test("the output it shows is what `npm start` prints, figures apart, and every claim holds", () => {
    const { stdout, status } = spawnSync("npm", ["start", "--silent"], {
      cwd: ROOT,
      encoding: "utf8",
      env: {
        ...process.env,
        ARM_SUBSCRIPTION_ID: "",
        CI: "",
        TF_BUILD: "",
        AOAI_LB_CONFIG: "",
        CDKTF_OUTDIR: outdir,
      },
    });
    const shown = ofLanguage("text").find((text) => text.endsWith("16 of 16 claims held\n"));
    expect(linesWithoutFigures(stdout)).toEqual(linesWithoutFigures(shown));
    expect(stdout).toMatch(/16 of 16 claims held\n$/);
    expect(status).toBe(0);
  });

  test("what it shows of `simulate` is what that prints, and the second terminal has lines of that", async () => {
    const json = synthConfig(readJson("gateway.config.json")).json;
    const file = join(outdir, "cdk.tf.json");
    writeFileSync(file, JSON.stringify(json));
    const terminal = new Console({ npm_lifecycle_event: "aoai-lb" });
    const running = runCli(["simulate", file], terminal.io);
    await terminal.printed(/Ctrl-C ends it\.\n/);
    terminal.stop();
    await running;
    const shown = ofLanguage("text").find((text) => text.startsWith("agw-"));
    expect(linesWithoutFigures(terminal.stdout.replace("\nstopped\n", ""))).toEqual(linesWithoutFigures(shown));
    const second = ofLanguage("sh").find((text) => text.includes("aoai-lb -- verify"));
    const lines = shown?.split("\n").map((line) => line.trim());
    expect(lines).toEqual(expect.arrayContaining(second?.trim().split("\n") ?? ["no such block"]));
  });

  test("its npm commands exist", () => {
    const scripts = readJson("package.json")["scripts"] as Record<string, string>;
    const used = [...readme.matchAll(/npm (?:run )?([a-z:-]+)/g)].map(([, script = ""]) => script);
    expect(used.filter((script) => script !== "ci" && !(script in scripts))).toEqual([]);
  });
});
