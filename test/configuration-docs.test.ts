import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gatewayConfigJsonSchema, trafficManagerJsonSchema } from "../lib/config/json-schema.js";
import { loadConfig } from "../lib/config/load-config.js";
import { configurationPage } from "../scripts/configuration-page.js";
import { ROOT } from "./support/config.js";
import { codeBlocks } from "./support/markdown.js";
import { temporaryFolder } from "./support/temporary-folder.js";

const folder = temporaryFolder();
const page = readFileSync(join(ROOT, "docs/configuration.md"), "utf8");

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly description?: string;
}

const schema = gatewayConfigJsonSchema();

test("its tables are those of the schema; `npm run schema` writes them", () => {
  expect(page).toBe(configurationPage(page, schema));
  const several = readFileSync(join(ROOT, "docs/several-gateways.md"), "utf8");
  expect(several).toBe(configurationPage(several, trafficManagerJsonSchema()));
});

test("it explains every field", () => {
  const unexplained = ({ properties = {}, items = {} }: Schema): string[] => [
    ...Object.entries(properties).flatMap(([name, field]) => [
      ...(field.description ? [] : [name]),
      ...unexplained(field),
    ]),
    ...(items.properties ? unexplained(items) : []),
  ];
  expect(unexplained(schema)).toEqual([]);
});

describe("the writer of the tables", () => {
  const empty = "# Page\n\n<!-- fields of the file -->\n<!-- end of the fields -->\n\nThe end.\n";
  const string = { type: "string" };

  test("keeps the text around them, and gives a new object a section of its own", () => {
    const written = configurationPage(empty, {
      required: ["name"],
      properties: {
        name: { ...string, description: "A name" },
        region: { ...string, description: "Where <name> is, such as a|b; default: that of *" },
        limits: {
          type: "object",
          default: {},
          description: "Limits",
          properties: { most: { type: "integer", minimum: 1, maximum: 9, default: 5, description: "The most" } },
        },
      },
    });
    expect(written).toBe(`# Page

<!-- fields of the file -->

| field    | value             | meaning                        | default             |
| -------- | ----------------- | ------------------------------ | ------------------- |
| \`name\`   | text              | A name                         | required            |
| \`region\` | text              | Where \\<name> is, such as a\\|b | that of \\*          |
| \`limits\` | [object](#limits) | Limits                         | those of its fields |

<!-- end of the fields -->

The end.

### \`limits\`

<!-- fields of limits -->

| field  | value  | meaning  | default |
| ------ | ------ | -------- | ------- |
| \`most\` | 1 to 9 | The most | \`5\`     |

<!-- end of the fields -->
`);
  });

  test("shows what each kind of field takes", () => {
    const values = Object.entries({
      flag: { type: "boolean", default: false },
      choice: { enum: ["A", "B"] },
      count: { type: "integer", minimum: 0, maximum: 2 ** 31 - 1 },
      either: { anyOf: [string, { type: "array", items: string }] },
      list: { type: "array", minItems: 1, maxItems: 3, items: { properties: {} } },
      map: { type: "object", additionalProperties: string, default: ["x"] },
    }).map(([name, field]) => {
      const written = configurationPage(empty, { properties: { [name]: field } });
      const [, value, byDefault] = /^\| `\w+` +\| (.+?) +\| +\| (.+?) +\|$/m.exec(written) ?? [];
      return [value, byDefault];
    });
    expect(values).toEqual([
      ["`true`, `false`", "`false`"],
      ["`A`, `B`", "none"],
      ["0 or more", "none"],
      ["text, or list of texts", "none"],
      ["1 to 3 [objects](#list)", "none"],
      ["an object of texts", '`["x"]`'],
    ]);
  });
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
