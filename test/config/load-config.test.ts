import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigError } from "../../lib/config/config-error.js";
import { loadConfig, parseConfig } from "../../lib/config/load-config.js";
import { DEFAULT_ACCOUNT_KIND } from "../../lib/rules/defaults.js";
import { emptyTextProblem, syntaxProblem, yamlProblem } from "../../lib/rules/json-syntax.js";
import { locationProblem } from "../../lib/rules/location.js";
import { guidProblem } from "../../lib/rules/resource-id.js";
import { missing, repeatedKey, unknownKey, wrongType } from "../../lib/rules/shape.js";
import { SUBSCRIPTION_ID, validConfig } from "../support/valid-config.js";

const OTHER = "name another one in the environment variable AOAI_LB_CONFIG";
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
      `${file}: does not exist; create it, or ${OTHER}`,
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
    ["", "1:1", emptyTextProblem()],
    ["name: x", "1:1", yamlProblem()],
    ['{\n  "name": "x",\n}', "3:1", syntaxProblem('{\n  "name": "x",\n}', 17, "PropertyNameExpected")],
  ])("is not JSON: %j", (text, place, problem) => {
    expect(messageOf(() => load(text))).toBe(`${file}:${place}: ${problem}`);
  });

  test("has problems, each with its line and column, in the order of the file", () => {
    const text = `{
  "name": "a", "name": "a",
  "locatoin": "eastus",
  "backends": [
    { "fqdn": "x.y", "fqdn": "a.b" },
    "c.d"
  ]
}`;
    expect(messageOf(() => load(text))).toBe(
      [
        `${file}: 6 problems`,
        `1:1  location: ${missing('a string (Azure region of the gateway, such as "eastus")')}`,
        `1:1  listener: ${missing('{ "protocol": "Https", "certificate": { "selfSigned": {} } }')}`,
        `2:16  name: ${repeatedKey()}`,
        `3:3  locatoin: ${unknownKey("locatoin", ["location"])}`,
        `5:22  backends[0].fqdn: ${repeatedKey()}`,
        `6:5  backends[1]: ${wrongType("c.d", ["an object"], '{ "fqdn": "c.d" }')}`,
      ].join("\n  "),
    );
  });

  test("has one problem, with its line and column", () => {
    const text = JSON.stringify({ ...MINIMAL, location: "?" }, null, 2);
    expect(messageOf(() => load(text))).toBe(`${file}:3:3: location: ${locationProblem("?")}`);
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
      `environment: ARM_SUBSCRIPTION_ID: ${guidProblem("my-subscription")}`,
    );
  });
});

describe("the result", () => {
  test("has every default filled in, and names as Azure compares them", () => {
    expect(parseConfig(MINIMAL)).toEqual({
      name: "aoai-test",
      location: "eastus",
      resourceGroup: { kind: "new", name: "rg-aoai-test" },
      backends: [
        { kind: "fqdn", fqdn: "first.openai.azure.com", private: false, drained: false },
        {
          kind: "new account",
          account: {
            name: "Second",
            location: "swedencentral",
            skuName: "S0",
            kind: DEFAULT_ACCOUNT_KIND,
            localAuthEnabled: false,
            deployments: [],
          },
          drained: false,
        },
      ],
      deployments: [],
      protect: false,
      listener: { protocol: "Http", hostNames: [] },
      listeners: [],
      backendSettings: { requestTimeoutSeconds: 240, drainTimeoutSeconds: 300, dedicatedConnections: false },
      deletionLock: false,
      healthProbe: {
        path: "/status-0123456789abcdef",
        intervalSeconds: 30,
        timeoutSeconds: 30,
        unhealthyThreshold: 3,
        statusCodes: ["200-399"],
      },
      streaming: true,
      scale: { kind: "autoscale", minInstances: 2, maxInstances: 10 },
      network: {
        subnet: { kind: "new", inlineSubnets: false },
        frontend: { kind: "Public", publicAddress: { kind: "new" } },
        egress: { kind: "frontend" },
      },
      access: { clientIdentity: true, foundryRoutes: false, principals: [] },
      tags: {},
    });
  });

  test("has what the file says, each alternative with its kind", () => {
    const input = validConfig();
    const { frontend, privateIpAddress, dnsLabel, publicIpPrefixId, natGateway, egressIpAddresses, ...subnet } =
      input.network;
    const [existing, fqdn, created] = input.backends;
    const [internal, europe] = input.listeners;
    const { emails, webhooks, ...shares } = input.monitoring.alerts;
    expect(parseConfig(input)).toEqual({
      ...input,
      resourceGroup: { kind: "existing", name: "rg-platform" },
      backends: [
        { kind: "existing account", ...existing, private: false, drained: false },
        { kind: "fqdn", ...fqdn, drained: false },
        {
          kind: "new account",
          ...created,
          account: { ...created?.account, resourceGroup: { kind: "existing", name: "rg-ai" } },
        },
      ],
      listener: { ...input.listener, certificate: { kind: "key vault", ...input.listener.certificate } },
      listeners: [
        {
          ...internal,
          backend: undefined,
          certificate: { kind: "key vault", ...internal?.certificate },
          target: { kind: "backend", name: "one" },
        },
        { ...europe, hostNames: [], pool: undefined, target: { kind: "pool", name: "europe" } },
      ],
      statefulApis: { kind: "backend", name: "one" },
      scale: { kind: "autoscale", ...input.scale },
      accountNetwork: { kind: "gateway only", ...input.accountNetwork.gatewayOnly },
      network: {
        subnet: { kind: "new", ...subnet },
        frontend: { kind: frontend, publicAddress: { kind: "new", dnsLabel, publicIpPrefixId }, privateIpAddress },
        egress: {
          kind: "existing NAT gateway",
          natGatewayId: natGateway.existing,
          ipAddresses: egressIpAddresses,
        },
      },
      waf: { kind: "new policy", ...input.waf },
      monitoring: {
        workspace: { kind: "new", retentionDays: input.monitoring.retentionDays },
        alerts: { ...shares, receivers: { kind: "new group", emails, webhooks } },
      },
    });
  });

  test("tells the other alternatives by their kind as well", () => {
    const resource = (type: string) => `/subscriptions/${SUBSCRIPTION_ID}/resourceGroups/rg/providers/${type}`;
    const subnetId = resource("Microsoft.Network/virtualNetworks/vnet/subnets/snet");
    const publicIpAddressId = resource("Microsoft.Network/publicIPAddresses/pip");
    const subject = "CN=llm.example.com";
    const config = parseConfig({
      ...MINIMAL,
      resourceGroup: { name: "mine" },
      listener: { protocol: "Https", certificate: { selfSigned: { subject } } },
      scale: { instances: 3 },
      network: { subnetId, publicIpAddressId, egressIpAddresses: ["203.0.113.7"] },
    });
    expect(config.resourceGroup).toEqual({ kind: "new", name: "mine" });
    expect(config.listener).toEqual({
      protocol: "Https",
      hostNames: [],
      certificate: { kind: "self-signed", subject },
    });
    expect(config.scale).toEqual({ kind: "fixed", instances: 3 });
    expect(config.network).toEqual({
      subnet: { kind: "existing", subnetId },
      frontend: { kind: "Public", publicAddress: { kind: "existing", publicIpAddressId } },
      egress: { kind: "other", ipAddresses: ["203.0.113.7"] },
    });
  });

  test("has a list for a single range", () => {
    expect(parseConfig({ ...MINIMAL, network: { addressSpace: "10.0.0.0/16" } }).network.subnet).toEqual({
      kind: "new",
      addressSpace: ["10.0.0.0/16"],
      inlineSubnets: false,
    });
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

  test("does not change the input", () => {
    const input = validConfig();
    parseConfig(input);
    expect(input).toEqual(validConfig());
    expect(Object.isFrozen(input)).toBe(false);
  });
});
