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
const tryIt = readFileSync(join(ROOT, "docs/try.md"), "utf8");

function blocksOf(page: string, language: string): string[] {
  return codeBlocks(page)
    .filter((block) => block.language === language)
    .map(({ text }) => text);
}

const linesWithoutFigures = (text = "") => text.replaceAll(/\d+(\.\d+)?/g, "#").split("\n");

describe("README", () => {
  test("is short", () => {
    expect(readme.split("\n").length).toBeLessThanOrEqual(161);
  });

  test("has the commands that try and test it", () => {
    expect(blocksOf(readme, "sh")).toEqual(expect.arrayContaining(["npm ci && npm start\n", "npm test\n"]));
  });

  test("the configuration it shows is the repository's", () => {
    const [shown = ""] = blocksOf(readme, "json");
    expect(JSON.parse(shown)).toEqual(readJson("gateway.config.json"));
    expect(parseConfig(JSON.parse(shown)).backends).toHaveLength(3);
  });

  test("what it shows of the demonstration is a part of docs/try.md", () => {
    const [shown = "nothing"] = blocksOf(readme, "text");
    expect(tryIt).toContain(shown);
  });
});

describe("docs/try.md", () => {
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
    const shown = blocksOf(tryIt, "text").find((text) => text.endsWith("18 of 18 claims held\n"));
    expect(linesWithoutFigures(stdout)).toEqual(linesWithoutFigures(shown));
    expect(stdout).toMatch(/18 of 18 claims held\n$/);
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
    const shown = blocksOf(tryIt, "text").find((text) => text.startsWith("agw-"));
    expect(linesWithoutFigures(terminal.stdout.replace("\nstopped\n", ""))).toEqual(linesWithoutFigures(shown));
    const second = blocksOf(tryIt, "sh").find((text) => text.includes("aoai-lb -- verify"));
    const lines = shown?.split("\n").map((line) => line.trim());
    expect(lines).toEqual(expect.arrayContaining(second?.trim().split("\n") ?? ["no such block"]));
  });
});
