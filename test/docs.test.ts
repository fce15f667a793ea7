import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseConfig } from "../lib/config/load-config.js";
import { type AccessLogEntry } from "../lib/simulator/index.js";
import { readJson, ROOT, synthConfig } from "./support/config.js";
import { anchorsOf, codeBlocks, linksOf } from "./support/markdown.js";
import { PAGES, pageText } from "./support/pages.js";
import { typeErrors } from "./support/type-check.js";
import { validConfig } from "./support/valid-config.js";

/** Pages that show the examples, or parts of them, which are compiled and run as they are. */
const SHOWS_EXAMPLES = ["docs/client.md", "docs/testing.md"];
/** Pages that are generated from the sources. */
const GENERATED = "docs/api/";

/** The blocks in a language, of the pages that people write. */
function blocksOf(language: string, pages = PAGES): string[] {
  return pages
    .filter((page) => !page.startsWith(GENERATED))
    .flatMap((page) => codeBlocks(pageText(page)))
    .filter((block) => block.language === language)
    .map(({ text }) => text);
}

test("all TypeScript in the pages compiles, and the check would see what does not", () => {
  const blocks = blocksOf(
    "ts",
    PAGES.filter((page) => !SHOWS_EXAMPLES.includes(page)),
  );
  expect(blocks.length).toBeGreaterThanOrEqual(4);
  const wrong = 'import { OpenAiLoadBalancer } from "aoai-kiss-lb"; OpenAiLoadBalancer.gone();';
  expect(typeErrors([...blocks, wrong])).toEqual([
    "Property 'gone' does not exist on type 'typeof OpenAiLoadBalancer'.",
  ]);
});

/** What a page links to that is not there: `page: link`. */
function brokenLinks(page: string, text: string): string[] {
  return linksOf(text)
    .filter((link) => !/^[a-z]+:/.test(link))
    .filter((link) => {
      const [file = "", anchor] = link.split("#");
      // A package of `packages/` is packed with files of the root.
      const base = page.startsWith("packages/") ? "." : dirname(page);
      const target = file === "" ? page : join(base, file).replaceAll("\\", "/");
      if (file !== "" && !existsSync(join(ROOT, target))) return true;
      return anchor !== undefined && !anchorsOf(file === "" ? text : pageText(target)).includes(anchor);
    })
    .map((link) => `${page}: ${link}`);
}

test("the files and sections that the pages link to exist, and the check would see what does not", () => {
  expect(PAGES).toEqual(expect.arrayContaining(["README.md", "docs/gateway.md", "examples/stack/README.md"]));
  expect(PAGES.flatMap((page) => linksOf(pageText(page))).length).toBeGreaterThan(100);
  expect(PAGES.flatMap((page) => brokenLinks(page, pageText(page)))).toEqual([]);
  const wrong =
    "# A `b` (c)\n[1](#a-b-c) [2](#a-b) [3](gateway.md#access) [4](gateway.md#gone) [5](gone.md) ![6](gone.svg)";
  expect(brokenLinks("docs/client.md", wrong).map((link) => link.replace("docs/client.md: ", ""))).toEqual([
    "#a-b",
    "gateway.md#gone",
    "gone.md",
    "gone.svg",
  ]);
});

test("all JSON in the pages parses, and is a right part of a configuration where it is one", () => {
  const { properties } = readJson("gateway.config.schema.json") as { properties: object };
  const isPart = (json: object) => Object.keys(json).every((key) => key in properties);
  const parts = blocksOf("json")
    .map((text) => JSON.parse(text) as object)
    .filter(isPart);
  expect(parts.length).toBeGreaterThanOrEqual(3);
  for (const part of parts) expect(() => parseConfig({ ...readJson("examples/minimal.json"), ...part })).not.toThrow();
});

test("the queries of the access log ask for its columns", () => {
  const columns: Record<keyof AccessLogEntry, true> = {
    TimeGenerated: true,
    OperationName: true,
    InstanceId: true,
    ListenerName: true,
    RuleName: true,
    BackendPoolName: true,
    BackendSettingName: true,
    ClientIp: true,
    ClientPort: true,
    HttpMethod: true,
    RequestUri: true,
    RequestQuery: true,
    UserAgent: true,
    HttpStatus: true,
    HttpVersion: true,
    ReceivedBytes: true,
    SentBytes: true,
    TimeTaken: true,
    ClientResponseTime: true,
    SslEnabled: true,
    SslCipher: true,
    SslProtocol: true,
    Host: true,
    OriginalHost: true,
    OriginalRequestUriWithArgs: true,
    ServerRouted: true,
    ServerStatus: true,
    ServerResponseLatency: true,
    TransactionId: true,
    ErrorInfo: true,
  };
  const queries = blocksOf("kusto", ["docs/operate.md"]);
  expect(queries).toHaveLength(2);
  for (const query of queries) {
    const code = query.replaceAll(/"[^"]*"/g, "");
    const own = [...code.matchAll(/\b([A-Z]\w+) = /g)].map(([, name = ""]) => name);
    const names = [...code.matchAll(/\b[A-Z]\w+/g)].map(([name]) => name);
    expect(names.filter((name) => !(name in columns) && !["AGWAccessLogs", ...own].includes(name))).toEqual([]);
  }
});

test("docs/operate.md has every output of a stack", () => {
  const configs = [readJson("gateway.config.json"), readJson("examples/fleet.json"), validConfig()];
  const outputs = configs.flatMap((config) => Object.keys(synthConfig(config).json["output"] as object));
  expect(outputs).toContain("gateway_url");
  expect(outputs.filter((name) => !pageText("docs/operate.md").includes(`\`${name}\``))).toEqual([]);
});
