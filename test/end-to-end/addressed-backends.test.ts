import { balancedOver, converse } from "../../lib/cli/conversations.js";
import { runCli } from "../../lib/cli/run-cli.js";
import { type FetchFunction } from "../../lib/client/index.js";
import { createUnsignedToken, FakeOpenAiFleet, SimulatedGateway } from "../../lib/simulator/index.js";
import { type GatewayModel, parseGatewayModel } from "../../lib/synthesized/index.js";
import { Connections } from "../../lib/verify/index.js";
import { readJson, synthConfig } from "../support/config.js";
import { Console } from "../support/console.js";
import { requestOver } from "../support/raw-request.js";
import { StubBackend } from "../support/stub-backend.js";
import { temporaryFolder } from "../support/temporary-folder.js";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

const folder = temporaryFolder();
const HOST = "llm.contoso.com";
const [SWEDEN, FRANCE, US] = [
  "contoso-agents-swedencentral.openai.azure.com",
  "contoso-agents-francecentral.openai.azure.com",
  "contoso-agents-eastus2.openai.azure.com",
] as const;

const synthesized = synthConfig(readJson("examples/agents.json"));
const model = parseGatewayModel(synthesized.json);

describe("examples/agents.json in the simulator", () => {
  let stubs: StubBackend[] = [];
  let gateway: SimulatedGateway;

  beforeAll(async () => {
    stubs = await Promise.all(model.backends.map(({ fqdn }) => StubBackend.create(fqdn)));
    gateway = await SimulatedGateway.create({
      model,
      backends: Object.fromEntries(stubs.map(({ name, url }) => [name, url])),
      instances: 1,
    });
  });
  afterAll(async () => {
    await gateway.destroy();
    for (const stub of stubs) await stub.refuse();
  });
  beforeEach(() => stubs.forEach(({ requests }) => requests.splice(0)));

  /** Who serves so many requests, what they get, and how the responses are marked. */
  async function ask(path: string, { host = HOST, times = 6 } = {}) {
    const marks = new Set<unknown>();
    for (let request = 0; request < times; request += 1) {
      const { headers } = await requestOver(`${gateway.url}${path}`, { ca: gateway.certificate, headers: { host } });
      marks.add(headers["x-aoai-lb-backend"] ?? headers["x-aoai-lb-pool"]);
    }
    const served = stubs.filter(({ requests }) => requests.length > 0);
    return {
      servers: served.map(({ name }) => name),
      paths: [...new Set(served.flatMap(({ requests }) => requests.map(({ url }) => url)))],
      marks: [...marks],
    };
  }

  test.each<[string, string, readonly string[], string, string | undefined, ...string[]]>([
    ["all backends in turn", "/openai/v1/models", [SWEDEN, FRANCE, US], "/openai/v1/models", undefined],
    ["one backend, v1", "/backends/us/openai/v1/models?x=1", [US], "/openai/v1/models?x=1", "us"],
    [
      "one backend, legacy",
      "/backends/france/openai/deployments/gpt-5-mini/chat/completions?api-version=2024-10-21",
      [FRANCE],
      "/openai/deployments/gpt-5-mini/chat/completions?api-version=2024-10-21",
      "france",
    ],
    ["whatever the case", "/Backends/US/openai/v1/models", [US], "/openai/v1/models", "us"],
    ["a written pool", "/pools/europe/openai/v1/models", [SWEDEN, FRANCE], "/openai/v1/models", "europe"],
    ["a deployment's pool", "/pools/gpt-5/openai/v1/models", [FRANCE], "/openai/v1/models", "gpt-5"],
    ["a deployment type's pool", "/pools/standard/openai/v1/x", [SWEDEN, FRANCE, US], "/openai/v1/x", "standard"],
    [
      "a deployment that only one account has",
      "/openai/deployments/gpt-5/chat/completions",
      [FRANCE],
      "/openai/deployments/gpt-5/chat/completions",
      "gpt-5",
    ],
    [
      "a deployment that all have",
      "/openai/deployments/gpt-5-mini/chat/completions",
      [SWEDEN, FRANCE, US],
      "/openai/deployments/gpt-5-mini/chat/completions",
      undefined,
    ],
    [
      "a pinned API by id, v1",
      "/openai/v1/responses/resp_1",
      [SWEDEN],
      "/openai/v1/responses/resp_1",
      "contoso-agents-swedencentral",
    ],
    ["a pinned API, v1", "/openai/v1/responses", [SWEDEN], "/openai/v1/responses", "contoso-agents-swedencentral"],
    [
      "a pinned API, legacy",
      "/openai/files?api-version=1",
      [SWEDEN],
      "/openai/files?api-version=1",
      "contoso-agents-swedencentral",
    ],
    ["an address before a pin", "/backends/us/openai/v1/responses", [US], "/openai/v1/responses", "us"],
    ["a host name, no rewrite", "/backends/us/x", [FRANCE], "/backends/us/x", "france", `france.${HOST}`],
    ["a pool's host name", "/openai/v1/models", [SWEDEN, FRANCE], "/openai/v1/models", "europe", `europe.${HOST}`],
    ["a listener with a pool", "/openai/v1/x", [SWEDEN, FRANCE], "/openai/v1/x", "europe", "europe-only.contoso.com"],
  ])("%s", async (_, path, servers, received, mark, ...[host]) => {
    expect(await ask(path, { host })).toEqual({ servers, paths: [received], marks: [mark] });
  });

  test("another host name is nobody's", async () => {
    const { ca, headers } = { ca: gateway.certificate, headers: { host: "localhost" } };
    expect(await requestOver(`${gateway.url}/`, { ca, headers })).toMatchObject({ status: 404 });
  });
});

describe("a conversation", () => {
  /** Without the pin, so that the plain path is spread. */
  const spread: GatewayModel = parseGatewayModel(
    synthConfig({ ...readJson("examples/agents.json"), statefulApis: { spread: true } }).json,
  );

  test("breaks where turns are spread, and holds on addressed backends with the client, and where it is pinned", async () => {
    const user = spread.backends[0]?.openAiUsers?.[0] ?? "";
    const token = createUnsignedToken({ oid: user });
    await using fleet = await FakeOpenAiFleet.create(spread.backends);
    await using connections = await Connections.create({ limit: 1, insecure: true });
    const fetch = connections.fetch as unknown as FetchFunction;
    const options = { backends: fleet.urls, defaultHostName: HOST, instances: 1 };
    await using gateway = await SimulatedGateway.create({ ...options, model: spread });
    await using pinned = await SimulatedGateway.create({ ...options, model });
    const endpoints = ["contoso-agents-swedencentral", "france", "us"].map((name) => ({
      name,
      url: `${gateway.url}/backends/${name}`,
    }));
    const held = async (url: string, through: FetchFunction) => {
      const { signal } = new AbortController();
      return converse({ url, model: "gpt-5-mini", token, fetch: through, count: 4, signal });
    };
    expect(await held(gateway.url, fetch)).toEqual({
      count: 4,
      held: 0,
      refusals: new Map([
        ["400 previous_response_not_found", 2],
        ["400 invalid_encrypted_content", 2],
      ]),
    });
    expect(await held(gateway.url, balancedOver(endpoints, { token, fetch }))).toMatchObject({ held: 4 });
    expect(await held(`${gateway.url}/backends/us`, fetch)).toMatchObject({ held: 4 });
    expect(await held(pinned.url, fetch)).toMatchObject({ held: 4 });
  });
});

describe("aoai-lb endpoints", () => {
  const file = join(folder, "cdk.tf.json");
  beforeAll(() => writeFileSync(file, JSON.stringify(synthesized.json)));

  async function print(...args: string[]) {
    const terminal = new Console();
    const code = await runCli(["endpoints", file, ...args], terminal.io);
    return { code, stdout: terminal.stdout, stderr: terminal.stderr };
  }
  const names = (text: string) => (JSON.parse(text) as { url: string }[]).map(({ url }) => url);

  test("each backend once, by path, by host name, and under another URL; or the pools", async () => {
    expect(JSON.parse((await print()).stdout)).toEqual([
      { name: "contoso-agents-swedencentral", url: `https://${HOST}/backends/contoso-agents-swedencentral` },
      { name: "france", url: `https://${HOST}/backends/france` },
      { name: "us", url: `https://${HOST}/backends/us` },
    ]);
    expect(names((await print("--url", "https://other.example.com:8443/")).stdout)[1]).toBe(
      "https://other.example.com:8443/backends/france",
    );
    expect(names((await print("--host-names")).stdout)).toEqual([
      `https://contoso-agents-swedencentral.${HOST}`,
      `https://france.${HOST}`,
      `https://us.${HOST}`,
    ]);
    expect(names((await print("--pools")).stdout)).toEqual(
      ["europe", "gpt-5", "standard", "global-standard"].map((name) => `https://${HOST}/pools/${name}`),
    );
  });

  test("as TypeScript, a module", async () => {
    const { stdout } = await print("--format", "ts");
    expect(stdout).toContain(`  { name: "us", url: "https://${HOST}/backends/us", tokenProvider },\n`);
    expect(stdout).toContain("createLoadBalancedFetch({ endpoints })");
  });

  test.each<[string[], string]>([
    [["--format", "yaml"], '--format is json or ts; got "yaml"\n'],
    [["--url", "llm"], '--url: "llm" is not an http or https URL; write one such as https://llm.example.com\n'],
    [
      ["--url", "ftp://llm"],
      '--url: "ftp://llm" is not an http or https URL; write one such as https://llm.example.com\n',
    ],
    [["again"], 'give one file or folder; got also "again"\n'],
  ])("%j is refused", async (args, stderr) => {
    expect(await print(...args)).toEqual({ code: 2, stdout: "", stderr });
  });

  test.each<[object, string]>([
    [{}, "clients: no backend has an address of its own; set addressing in the configuration (docs/addressing.md)\n"],
    [
      { addressing: {} },
      "the gateway's URL is known only after apply; give it with --url: terraform output -raw gateway_url\n",
    ],
  ])("with %j there is no list to print", async (change, stderr) => {
    writeFileSync(file, JSON.stringify(synthConfig({ ...readJson("examples/minimal.json"), ...change }).json));
    expect(await print()).toEqual({ code: 2, stdout: "", stderr });
  });
});
