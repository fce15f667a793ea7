import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadConfig } from "../lib/config/load-config.js";
import { readJson, ROOT } from "./support/config.js";
import { codeBlocks } from "./support/markdown.js";
import { temporaryFolder } from "./support/temporary-folder.js";

const folder = temporaryFolder();
const page = readFileSync(join(ROOT, "docs/configuration.md"), "utf8");

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

/** The names of all fields, less those of Terraform's backend, which has a page of its own. */
function fieldsOf({ properties = {}, items }: Schema): string[] {
  const own = Object.entries(properties).filter(([name]) => !name.startsWith("$") && name !== "azurerm");
  return [...own.flatMap(([name, schema]) => [name, ...fieldsOf(schema)]), ...(items ? fieldsOf(items) : [])];
}

test("docs/configuration.md has every field", () => {
  const fields = fieldsOf(readJson("gateway.config.schema.json"));
  expect(fields).toContain("drained");
  expect(fields.filter((field) => !new RegExp(`\\W${field}\\W`).test(page))).toEqual([]);
});

test("the problems it shows are those of such a file", () => {
  const file = join(folder, "gateway.config.json");
  writeFileSync(
    file,
    `{
  "name": "aoai-kiss-lb",
  "location": "eastus",
  "backends": [
    { "fqdn": "my-aoai-eastus.openai.azure.com" },
    "my-aoai-francecentral.openai.azure.com"
  ],
  "listener": { "protocol": "Http" },
  "streaming": true,
  "locaton": "eastus",
  "backendSettings": { "requestTimeoutSeconds": "240s" }
}
`,
  );
  const shown = codeBlocks(page).find(({ text }) => text.startsWith("gateway.config.json: 3 problems"));
  expect(() => loadConfig({ AOAI_LB_CONFIG: file })).toThrow(
    shown?.text.trimEnd().replace("gateway.config.json", file) ?? "no such block",
  );
});

test("the files and sections that the pages on the gateway link to exist", () => {
  const anchors = (name: string) =>
    [...readFileSync(join(ROOT, "docs", name), "utf8").matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
      heading.toLowerCase().replaceAll(" ", "-"),
    );
  for (const name of ["configuration.md", "gateway.md"]) {
    const text = readFileSync(join(ROOT, "docs", name), "utf8");
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]*)#?([^)]*)\)/g)];
    expect(links.length).toBeGreaterThanOrEqual(3);
    for (const [, file = "", section = ""] of links)
      if (section !== "") expect(anchors(file || name)).toContain(section);
      else expect(() => readFileSync(join(ROOT, "docs", file))).not.toThrow();
  }
});
