import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseConfig } from "../lib/config/load-config.js";
import { readJson, ROOT } from "./support/config.js";
import { codeBlocks } from "./support/markdown.js";
import { temporaryFolder } from "./support/temporary-folder.js";

const outdir = temporaryFolder();
const readme = readFileSync(join(ROOT, "README.md"), "utf8");
const blocks = codeBlocks(readme);
const ofLanguage = (language: string) => blocks.filter((block) => block.language === language).map(({ text }) => text);

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
    const linesWithoutFigures = (text = "") => text.replaceAll(/\d+(\.\d+)?/g, "#").split("\n");
    const shown = ofLanguage("text").find((text) => text.endsWith("16 of 16 claims held\n"));
    expect(linesWithoutFigures(stdout)).toEqual(linesWithoutFigures(shown));
    expect(stdout).toMatch(/16 of 16 claims held\n$/);
    expect(status).toBe(0);
  });

  test("its npm commands exist", () => {
    const scripts = readJson("package.json")["scripts"] as Record<string, string>;
    const used = [...readme.matchAll(/npm (?:run )?([a-z:-]+)/g)].map(([, script = ""]) => script);
    expect(used.filter((script) => script !== "ci" && !(script in scripts))).toEqual([]);
  });

  test("the files and sections it links to exist", () => {
    const links = [...readme.matchAll(/\]\((?!https?:)([^)]+)\)/g)].map(([, link = ""]) => link);
    const headings = [...readme.matchAll(/^#+ (.+)$/gm)].map(
      ([, heading = ""]) => `#${heading.toLowerCase().replaceAll(" ", "-")}`,
    );
    expect(
      links.filter((link) => !headings.includes(link) && !existsSync(join(ROOT, link.replace(/#.*/, "")))),
    ).toEqual([]);
  });
});
