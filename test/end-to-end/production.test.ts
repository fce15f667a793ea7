import { SimulatedGateway } from "../../lib/simulator/index.js";
import { parseGatewayModel } from "../../lib/synthesized/index.js";
import { readJson, synthConfig } from "../support/config.js";
import { requestOver } from "../support/raw-request.js";
import { StubBackend } from "../support/stub-backend.js";

const HOST = "llm.contoso.com";
const [SWEDEN, FRANCE, SECOND] = ["sweden", "france", "second"].map(
  (name) => `contoso-prod-${name}.openai.azure.com`,
) as [string, string, string];

const synthesized = synthConfig(readJson("examples/production.json"));
const model = parseGatewayModel(synthesized.json);

test("synthesizes without a warning but those of the firewall", () => {
  expect(synthesized.warnings.map((warning) => warning.replace(/:.*/, ""))).toEqual([
    "inspectedBodyKb",
    "firewallPolicy",
  ]);
});

describe("examples/production.json in the simulator", () => {
  let stubs: StubBackend[] = [];
  const gateways: SimulatedGateway[] = [];
  const start = async (clientAddress: string) => {
    const backends = Object.fromEntries(stubs.map(({ name, url }) => [name, url]));
    const gateway = await SimulatedGateway.create({ model, backends, clientAddress, instances: 1 });
    gateways.push(gateway);
    return gateway;
  };
  let inside: SimulatedGateway;

  beforeAll(async () => {
    stubs = await Promise.all(model.backends.map(({ fqdn }) => StubBackend.create(fqdn)));
    inside = await start("203.0.113.7");
  });
  afterAll(async () => {
    for (const gateway of gateways) await gateway.destroy();
    for (const stub of stubs) await stub.refuse();
  });
  beforeEach(() => stubs.forEach(({ requests }) => requests.splice(0)));

  async function send(gateway: SimulatedGateway, path: string, body?: Buffer): Promise<number> {
    const options = { ca: gateway.certificate, headers: { host: HOST }, ...(body && { method: "POST", body }) };
    return (await requestOver(`${gateway.url}${path}`, options)).status;
  }

  test.each<[string, string, readonly string[], string]>([
    ["all backends in turn", "/openai/v1/models", [SWEDEN, FRANCE, SECOND], "/openai/v1/models"],
    ["one backend", "/backends/second/openai/v1/models", [SECOND], "/openai/v1/models"],
    ["a pool", "/pools/europe-first/openai/v1/models", [SWEDEN, FRANCE], "/openai/v1/models"],
    [
      "a subscription's pool",
      "/pools/00000000-0000-0000-0000-000000000002/openai/v1/models",
      [SECOND],
      "/openai/v1/models",
    ],
    ["a pinned API", "/openai/v1/responses/resp_1", [SWEDEN], "/openai/v1/responses/resp_1"],
  ])("%s", async (_, path, servers, received) => {
    const statuses = new Set<number>();
    for (let request = 0; request < 6; request += 1) statuses.add(await send(inside, path));
    const served = stubs.filter(({ requests }) => requests.length > 0);
    expect([...statuses]).toEqual([200]);
    expect(served.map(({ name }) => name)).toEqual(servers);
    expect(new Set(served.flatMap(({ requests }) => requests.map(({ url }) => url)))).toEqual(new Set([received]));
  });

  test("a prompt of any size passes, and clients from elsewhere do not", async () => {
    expect(await send(inside, "/openai/v1/chat/completions", Buffer.alloc(3_000_000, "x"))).toBe(200);
    const outside = await start("198.51.100.1");
    expect(await send(outside, "/openai/v1/models")).toBe(403);
    expect(await send(await start("10.1.2.3"), "/openai/v1/models")).toBe(200);
  });
});
