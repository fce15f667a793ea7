import { type EndpointOptions } from "../../lib/client/index.js";
import { createUnsignedToken, FakeOpenAi, Fault } from "../../lib/simulator/index.js";
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { type AddressInfo } from "node:net";
import * as agent from "../../examples/client/agent.js";
import { endpointsFromEnvironment } from "../../examples/client/endpoints.js";
import * as langchain from "../../examples/client/langchain.js";
import * as metrics from "../../examples/client/metrics.js";
import * as openaiAzure from "../../examples/client/openai-azure.js";
import * as openaiV1 from "../../examples/client/openai-v1.js";
import * as plainFetch from "../../examples/client/plain-fetch.js";
import * as provisionedFirst from "../../examples/client/provisioned-first.js";
import * as randomOrder from "../../examples/client/random-order.js";
import * as realtime from "../../examples/client/realtime.js";
import * as sharedCooldowns from "../../examples/client/shared-cooldowns.js";
import * as vercelAi from "../../examples/client/vercel-ai.js";

const REPLY = "Hello from Azure.";
let servers: FakeOpenAi[] = [];
beforeEach(async () => {
  servers = await Promise.all(
    ["east", "west"].map((name) =>
      FakeOpenAi.create({
        name,
        reply: REPLY,
        apiKeys: [`key-${name}`],
        principals: ["caller"],
        deployments: ["gpt-5-mini", "gpt-5-mini-ptu", "text-embedding-3-small"].map((deployment) => ({
          name: deployment,
        })),
      }),
    ),
  );
});
afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()));
});

const withKeys = (): EndpointOptions[] => servers.map(({ name, url }) => ({ name, url, apiKey: `key-${name}` }));
const keyless = (): EndpointOptions[] =>
  servers.map(({ name, url }) => ({
    name,
    url,
    tokenProvider: async () => createUnsignedToken({ oid: "caller" }),
  }));

describe.each([
  ["with keys", withKeys],
  ["keyless", keyless],
])("%s, while one endpoint is throttled,", (_, endpoints) => {
  test.each([
    ["random-order", randomOrder.main, Array.from({ length: 3 }, () => `west: ${REPLY}`)],
    ["openai-azure", openaiAzure.main, [REPLY]],
    ["openai-v1", openaiV1.main, [REPLY, REPLY]],
    ["langchain", langchain.main, [REPLY, REPLY]],
    ["vercel-ai", vercelAi.main, [REPLY, REPLY]],
    ["plain-fetch", plainFetch.main, ["1536 dimensions"]],
    ["provisioned-first", provisionedFirst.main, [REPLY]],
    ["metrics", metrics.main, ["200 from one of 2"]],
    ["agent", agent.main, [REPLY]],
    ["shared-cooldowns", sharedCooldowns.main, ["1 of 2 known to be throttled"]],
  ])("the example %s gets its answers", async (__, main, expected) => {
    servers[0]?.inject(Fault.throttle());
    expect(await main(endpoints())).toEqual(expected);
  });
});

test("the example realtime connects to the next endpoint where one refuses", async () => {
  const refusing = createServer().on("upgrade", (_, socket) => socket.end("HTTP/1.1 429 Too Many Requests\r\n\r\n"));
  const seen: unknown[] = [];
  const accepting = createServer().on("upgrade", ({ headers, url }, socket) => {
    seen.push(headers["api-key"], url);
    const accept = createHash("sha1").update(`${headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`);
    const upgrade = `upgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: ${accept.digest("base64")}`;
    socket.write(`HTTP/1.1 101 Switching Protocols\r\n${upgrade}\r\n\r\n`);
    socket.on("data", () => socket.destroy());
  });
  const endpoints: EndpointOptions[] = [];
  for (const [index, server] of [refusing, accepting].entries()) {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    endpoints.push({ name: `e${index}`, url, apiKey: `key-${index}`, priority: index });
  }
  expect(await realtime.main(endpoints)).toEqual(["connected to e1"]);
  expect(seen).toEqual(["key-1", "/openai/v1/realtime?model=gpt-realtime"]);
  refusing.close();
  accepting.close();
});

test("the environment names the endpoints, and keys where there are any", () => {
  process.env["AZURE_OPENAI_ENDPOINTS"] = "https://a.openai.azure.com,https://b.openai.azure.com";
  process.env["AZURE_OPENAI_API_KEYS"] = "key-a,key-b";
  expect(endpointsFromEnvironment()).toEqual([
    { url: "https://a.openai.azure.com", apiKey: "key-a" },
    { url: "https://b.openai.azure.com", apiKey: "key-b" },
  ]);
  delete process.env["AZURE_OPENAI_API_KEYS"];
  expect(
    endpointsFromEnvironment().map(({ url, apiKey, tokenProvider }) => [url, apiKey, typeof tokenProvider]),
  ).toEqual([
    ["https://a.openai.azure.com", undefined, "function"],
    ["https://b.openai.azure.com", undefined, "function"],
  ]);
  delete process.env["AZURE_OPENAI_ENDPOINTS"];
});
