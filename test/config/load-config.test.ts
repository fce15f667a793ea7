import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigError } from "../../lib/config/config-error.js";
import { loadConfig, parseConfig } from "../../lib/config/load-config.js";
import { SUBSCRIPTION_ID, validConfig } from "../support/valid-config.js";

const OTHER = "name another with the environment variable AOAI_LB_CONFIG";
const SIGN = "look for a missing or extra comma, quote or bracket";
const MINIMAL = {
  name: "aoai-test",
  location: "East US",
  backends: [{ fqdn: "First.OpenAI.Azure.Com" }, { account: { name: "Second", location: "Sweden Central" } }],
  listener: { protocol: "Http" },
};

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "aoai-config-"));
  file = join(folder, "config.json");
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function load(content: string | Uint8Array, env: Record<string, string> = {}) {
  writeFileSync(file, content);
  return loadConfig({ AOAI_LB_CONFIG: file, ...env });
}

function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return "accepted";
}

describe("the file", () => {
  test("is gateway.config.json of the working directory unless AOAI_LB_CONFIG names another", () => {
    const ours = JSON.parse(readFileSync("gateway.config.json", "utf8")) as { name: string };
    expect(loadConfig({}).name).toBe(ours.name);
    expect(loadConfig({ AOAI_LB_CONFIG: "" }).name).toBe(ours.name);
    expect(loadConfig({ AOAI_LB_CONFIG: "examples/minimal.json" }).name).toBe("aoai-minimal");
  });

  test.each(["gateway.config.json", "examples/minimal.json", "examples/existing-accounts.json", "examples/fleet.json"])(
    "%s is accepted",
    (example) => {
      expect(messageOf(() => loadConfig({ AOAI_LB_CONFIG: example }))).toBe("accepted");
    },
  );

  test("is missing", () => {
    expect(messageOf(() => loadConfig({ AOAI_LB_CONFIG: file }))).toBe(
      `${file}: there is no such file; write one, or ${OTHER}`,
    );
  });

  test("is a directory", () => {
    expect(messageOf(() => loadConfig({ AOAI_LB_CONFIG: folder }))).toBe(
      `${folder}: is a directory, not a file; ${OTHER}`,
    );
  });

  test("is below a file", () => {
    writeFileSync(file, "{}");
    const below = join(file, "config.json");
    expect(messageOf(() => loadConfig({ AOAI_LB_CONFIG: below }))).toBe(`${below}: cannot be read (ENOTDIR); ${OTHER}`);
  });

  test("may begin with a byte order mark", () => {
    expect(load(`\uFEFF${JSON.stringify(MINIMAL)}`).name).toBe("aoai-test");
  });

  test("is in another encoding", () => {
    expect(messageOf(() => load(Buffer.from(JSON.stringify(MINIMAL), "utf16le")))).toBe(
      `${file}: is not UTF-8 text; save it as UTF-8`,
    );
  });

  test.each([
    ["", `line 1, column 1: the text ends too early; look for a missing bracket`],
    ['{\n  "name": "x"', `line 2, column 14: the text ends too early; look for a missing bracket`],
    ['{\n  "name": "x",\n}', `line 3, column 1: "}" is not expected here; ${SIGN}`],
    ['{\r\n  "name": "x"\r\n  "location": "y"\r\n}', `line 3, column 3: '"' is not expected here; ${SIGN}`],
    ["{ 'name': 1 }", `line 1, column 3: "'" is not expected here; ${SIGN}`],
    ['{ "name": "secret', `line 1, column 11: '"' is not expected here; ${SIGN}`],
    ['{ "a": 1 } {}', `line 1, column 12: "{" is not expected here; ${SIGN}`],
    ['{ "a": 💥 }', `line 1, column 8: "💥" is not expected here; ${SIGN}`],
    ["// mine\n{}", 'line 1, column 1: "/" is not expected here; JSON has no comments'],
    ["name: x", `line 1, column 1: "n" is not expected here; ${SIGN}`],
  ])("is not JSON: %j", (text, problem) => {
    expect(messageOf(() => load(text))).toBe(`${file}: is not JSON: ${problem}`);
  });

  test("has members that stand twice, and other problems", () => {
    const text = `{ "name": "a", "name": "a", "location": "eastus", "backends": [{ "fqdn": "x", "fqdn": "a.b" }] }`;
    expect(messageOf(() => load(text))).toBe(
      [
        `${file}: 3 problems`,
        "name: stands twice in one object, of which JSON keeps the last only; leave one out",
        "backends[0].fqdn: stands twice in one object, of which JSON keeps the last only; leave one out",
        "listener: is missing; write an object",
      ].join("\n  "),
    );
  });
});

describe("the subscription", () => {
  test("is the file's, else that of ARM_SUBSCRIPTION_ID, else none", () => {
    const own = JSON.stringify({ ...MINIMAL, subscriptionId: SUBSCRIPTION_ID });
    const other = "99999999-0000-0000-0000-000000000000";
    expect(load(own, { ARM_SUBSCRIPTION_ID: other }).subscriptionId).toBe(SUBSCRIPTION_ID);
    expect(load(own, { ARM_SUBSCRIPTION_ID: "not used" }).subscriptionId).toBe(SUBSCRIPTION_ID);
    expect(load(JSON.stringify(MINIMAL), { ARM_SUBSCRIPTION_ID: other }).subscriptionId).toBe(other);
    expect(load(JSON.stringify(MINIMAL), { ARM_SUBSCRIPTION_ID: "" }).subscriptionId).toBeUndefined();
    expect(load(JSON.stringify(MINIMAL)).subscriptionId).toBeUndefined();
  });

  test("in the environment has to be a GUID", () => {
    expect(messageOf(() => load(JSON.stringify(MINIMAL), { ARM_SUBSCRIPTION_ID: "my-subscription" }))).toBe(
      'environment: ARM_SUBSCRIPTION_ID: "my-subscription" is not a GUID; write 32 hexadecimal digits such as "00000000-0000-0000-0000-000000000000"',
    );
  });
});

describe("the result", () => {
  test("has every default filled in, and names as Azure compares them", () => {
    expect(parseConfig(MINIMAL)).toEqual({
      name: "aoai-test",
      location: "eastus",
      backends: [
        { fqdn: "first.openai.azure.com" },
        {
          account: {
            name: "Second",
            location: "swedencentral",
            skuName: "S0",
            kind: "OpenAI",
            localAuthEnabled: false,
          },
        },
      ],
      deployments: [],
      listener: { protocol: "Http", hostNames: [] },
      backendSettings: { requestTimeoutSeconds: 240, drainTimeoutSeconds: 300 },
      healthProbe: {
        path: "/status-0123456789abcdef",
        intervalSeconds: 30,
        timeoutSeconds: 30,
        unhealthyThreshold: 3,
        statusCodes: ["200-399"],
      },
      streaming: true,
      scale: {},
      network: {},
      access: { clientIdentity: true, principals: [] },
      tags: {},
    });
  });

  test("has what the file says", () => {
    expect(parseConfig(validConfig())).toEqual(validConfig());
  });

  test("has a list where one range is written", () => {
    expect(parseConfig({ ...MINIMAL, network: { addressSpace: "10.0.0.0/16" } }).network.addressSpace).toEqual([
      "10.0.0.0/16",
    ]);
  });

  test.each([
    ["parsed", () => parseConfig(validConfig())],
    ["loaded", () => load(JSON.stringify(MINIMAL), { ARM_SUBSCRIPTION_ID: SUBSCRIPTION_ID })],
  ])("is frozen all the way down when it is %s", (_, make) => {
    const thaw = (value: unknown): unknown[] =>
      typeof value === "object" && value !== null
        ? [...(Object.isFrozen(value) ? [] : [value]), ...Object.values(value).flatMap(thaw)]
        : [];
    expect(thaw(make())).toEqual([]);
  });

  test("leaves the input as it was", () => {
    const input = validConfig();
    parseConfig(input);
    expect(input).toEqual(validConfig());
    expect(Object.isFrozen(input)).toBe(false);
  });
});

test("one problem stands on the file's line, more stand below it", () => {
  expect(new ConfigError("f.json", [{ path: "a", problem: "is wrong" }]).message).toBe("f.json: a: is wrong");
  expect(new ConfigError("f.json", [{ path: "", problem: "is wrong" }]).message).toBe("f.json: is wrong");
  expect(
    new ConfigError("f.json", [
      { path: "a", problem: "is wrong" },
      { path: "b", problem: "is wrong too" },
    ]).message,
  ).toBe("f.json: 2 problems\n  a: is wrong\n  b: is wrong too");
});
