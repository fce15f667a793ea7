import { parseVerifyArguments, resolveVerifyArguments, VERIFY_HELP } from "../../lib/cli/verify-arguments.js";
import { Duration } from "../../lib/duration.js";
import * as verify from "../../lib/verify/index.js";
import { UsageError } from "../../lib/verify/index.js";

const URL = "https://gateway.example.com";
const MINIMUM = [URL, "--deployment", "chat"];
const ENV = { AZURE_OPENAI_API_KEY: "key-1" };

test("the least: everything else is left to the defaults of the run", () => {
  expect(parseVerifyArguments(MINIMUM, ENV)).toEqual({
    kind: "run",
    json: false,
    page: undefined,
    credential: { kind: "api-key", key: "key-1" },
    options: { url: URL, deployment: "chat", stream: false, insecure: false, expect: {} },
  });
});

test("everything", () => {
  const args = `--api v1 --api-version preview --stream --requests 90 --concurrency 8 --timeout 2.5 --insecure
    --token token-1 --expect 3 --header x-backend --significance 0.05 --max-errors 5 --json
    --instances 10 --host llm.example.com --report page.html`;
  expect(parseVerifyArguments([...MINIMUM, ...args.split(/\s+/)], ENV)).toEqual({
    kind: "run",
    json: true,
    page: "page.html",
    credential: { kind: "token", token: "token-1" },
    options: {
      url: URL,
      deployment: "chat",
      api: "v1",
      apiVersion: "preview",
      stream: true,
      insecure: true,
      host: "llm.example.com",
      requests: 90,
      concurrency: 8,
      timeout: Duration.seconds(2.5),
      backendHeader: "x-backend",
      expect: { backends: 3, instances: 10, significance: 0.05, maxErrorShare: 0.05 },
    },
  });
});

test.each([
  ["a key", ["--api-key", "key-2"], ENV, { kind: "api-key", key: "key-2" }],
  [
    "a key before the environment's token",
    ["--api-key", "key-2"],
    { AZURE_OPENAI_AD_TOKEN: "t" },
    { kind: "api-key", key: "key-2" },
  ],
  ["the environment's token", [], { AZURE_OPENAI_AD_TOKEN: "token-2" }, { kind: "token", token: "token-2" }],
  [
    "the environment's token before its key",
    [],
    { ...ENV, AZURE_OPENAI_AD_TOKEN: "token-2" },
    { kind: "token", token: "token-2" },
  ],
  ["a key where the token is empty", [], { ...ENV, AZURE_OPENAI_AD_TOKEN: "" }, { kind: "api-key", key: "key-1" }],
  ["an identity", ["--azure-identity"], ENV, { kind: "azure-identity" }],
])("the credential: %s", (_, args, env, credential) => {
  expect(parseVerifyArguments([...MINIMUM, ...args], env)).toMatchObject({ credential });
});

test("names of expected backends", () => {
  expect(parseVerifyArguments([...MINIMUM, "--expect", "East US, Sweden Central"], ENV)).toMatchObject({
    options: { expect: { backends: ["East US", "Sweden Central"] } },
  });
});

test.each([["--help"], ["-h"]])("%s asks for help, whatever else is there", (help) => {
  expect(parseVerifyArguments([help], {})).toEqual({ kind: "help" });
});

test.each<[string, string[], string]>([
  [
    "no address",
    ["--deployment", "chat"],
    "the address of the gateway is missing: aoai-lb verify <url> --deployment <name>",
  ],
  ["two addresses", [...MINIMUM, "b", "c"], 'one address is expected; got also "b" "c"'],
  ["no deployment", [URL], "--deployment is missing: the name of a deployment that every backend has"],
  ["an unknown option", [...MINIMUM, "--api_key"], "Unknown option '--api_key': see aoai-lb verify --help"],
  [
    "an option without its value",
    [URL, "--deployment"],
    "Option '--deployment <value>' argument missing: see aoai-lb verify --help",
  ],
  [
    "an option in place of a value",
    [URL, "--deployment", "--json"],
    "Option '--deployment' argument is ambiguous: see aoai-lb verify --help",
  ],
  [
    "too many at a time",
    [...MINIMUM, "--concurrency", "1001"],
    '--concurrency is a whole number from 1 to 1000; got "1001"',
  ],
  ["too many instances", [...MINIMUM, "--instances", "126"], '--instances is a whole number from 1 to 125; got "126"'],
  ["no page", [...MINIMUM, "--report", "page.json"], '--report is the name of an HTML file; got "page.json"'],
  ["no time", [...MINIMUM, "--timeout", "0"], '--timeout is a number from 0.001 to 86400; got "0"'],
  ["too much time", [...MINIMUM, "--timeout", "9999999"], '--timeout is a number from 0.001 to 86400; got "9999999"'],
  [
    "two credentials",
    [...MINIMUM, "--api-key", "a", "--azure-identity"],
    "--api-key, --token and --azure-identity exclude each other: give one",
  ],
  ["another API", [...MINIMUM, "--api", "v2"], '--api is legacy or v1; got "v2"'],
  ["no number", [...MINIMUM, "--requests", "many"], '--requests is a whole number from 1 to 1000000; got "many"'],
  ["an empty number", [...MINIMUM, "--timeout", ""], '--timeout is a number from 0.001 to 86400; got ""'],
  ["a negative number", [...MINIMUM, "--max-errors=-1"], '--max-errors is a number from 0 to 100; got "-1"'],
  [
    "a name left out",
    [...MINIMUM, "--expect", "a,,b"],
    '--expect is a number or names separated by commas; got "a,,b"',
  ],
])("%s is wrong usage", (_, args, message) => {
  expect(() => parseVerifyArguments(args, ENV)).toThrow(new UsageError(message));
});

test("no credential is wrong usage", () => {
  expect(() => parseVerifyArguments(MINIMUM, {})).toThrow(
    new UsageError(
      "a credential is missing: set AZURE_OPENAI_API_KEY or AZURE_OPENAI_AD_TOKEN, or give --api-key, --token or --azure-identity",
    ),
  );
});

test("a wrong use never quotes a secret", () => {
  const args = [...MINIMUM, "--api-key", "secret-1", "--token", "secret-2", "--json=secret-3"];
  expect(() => parseVerifyArguments(args, {})).toThrow(/^(?!.*secret)/s);
});

test("resolves to the options of a run", async () => {
  const parsed = parseVerifyArguments([...MINIMUM, "--insecure"], ENV);
  if (parsed.kind !== "run") throw new Error("expected a run");
  const options = await resolveVerifyArguments(parsed);
  expect(await options.credential.headers()).toEqual({ "api-key": "key-1" });
  expect(options).toMatchObject(parsed.options);
});

test("the help names every option and the true defaults", () => {
  for (const option of [
    "deployment",
    "api",
    "api-version",
    "stream",
    "requests",
    "concurrency",
    "timeout",
    "insecure",
    "host",
    "instances",
    "report",
  ]) {
    expect(VERIFY_HELP).toContain(`--${option} `);
  }
  for (const text of [
    `how many requests, 1 to ${verify.MAX_REQUESTS} (default: `,
    `${verify.requestsFor(1)} for 1 instance, ${verify.requestsFor(4)} for 4, ${verify.requestsFor(10)} for 10, ${verify.requestsFor(125)} for 125`,
    `how many at a time, 1 to ${verify.MAX_CONCURRENCY} (default: ${verify.DEFAULT_CONCURRENCY})`,
    `for one whole answer, ${verify.MIN_TIMEOUT.toSeconds()} to ${verify.MAX_TIMEOUT.toSeconds()} (default: ${verify.DEFAULT_TIMEOUT.toSeconds()})`,
    `(default: ${verify.DEFAULT_API})`,
    `default: ${verify.DEFAULT_API_VERSION} for legacy`,
    `(default: ${verify.DEFAULT_BACKEND_HEADER})`,
    `(default: ${verify.DEFAULT_SIGNIFICANCE})`,
    `429 included (default: ${verify.DEFAULT_MAX_ERROR_SHARE})`,
  ]) {
    expect(VERIFY_HELP).toContain(text);
  }
});
