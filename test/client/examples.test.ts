import { type EndpointOptions } from "../../lib/client/index.js";
import { createUnsignedToken, FakeOpenAi, Fault } from "../../lib/simulator/index.js";
import { endpointsFromEnvironment } from "../../examples/client/endpoints.js";
import * as langchain from "../../examples/client/langchain.js";
import * as metrics from "../../examples/client/metrics.js";
import * as openaiAzure from "../../examples/client/openai-azure.js";
import * as openaiV1 from "../../examples/client/openai-v1.js";
import * as plainFetch from "../../examples/client/plain-fetch.js";
import * as provisionedFirst from "../../examples/client/provisioned-first.js";
import * as randomOrder from "../../examples/client/random-order.js";
import * as vercelAi from "../../examples/client/vercel-ai.js";

const REPLY = "Hello from Azure.";
let servers: FakeOpenAi[] = [];
beforeEach(async () => {
  servers = await Promise.all(
    ["east", "west"].map((name) =>
      FakeOpenAi.create({ name, reply: REPLY, apiKeys: [`key-${name}`], principals: ["caller"] }),
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
  ])("the example %s gets its answers", async (__, main, expected) => {
    servers[0]?.inject(Fault.throttle());
    expect(await main(endpoints())).toEqual(expected);
  });
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
