import newman, { type NewmanRunSummary } from "newman";
import {
  DEFAULT_STATUS_PATH,
  FakeOpenAi,
  type FakeOpenAiOptions,
  Fault,
  parseGatewayModel,
  SimulatedGateway,
} from "../../lib/simulator/index.js";
import { type RoundRobinProxy, startRoundRobinProxy } from "../support/round-robin-proxy.js";
import { gatewayJson } from "../support/terraform-json.js";

const COLLECTION = "postman/round-robin.postman_collection.json";
const ENVIRONMENT = "postman/gateway.postman_environment.json";
const KEY = "key-1";
const REGIONS = ["East US", "Sweden Central", "West Europe"];

let servers: FakeOpenAi[] = [];
let gateway: RoundRobinProxy;
async function start(options: FakeOpenAiOptions = {}): Promise<void> {
  servers = await Promise.all(REGIONS.map((region) => FakeOpenAi.create({ region, apiKeys: [KEY], ...options })));
  gateway = await startRoundRobinProxy(servers.map(({ url }) => url));
}
afterEach(async () => {
  await gateway[Symbol.asyncDispose]();
  await Promise.all(servers.map((server) => server.close()));
});

/** The test results as Postman shows them: name, and the message of a failed one. */
async function run(variables: Record<string, string> = {}, folder = "Legacy API"): Promise<Record<string, string>> {
  const values = { baseUrl: gateway.url, apiKey: KEY, requests: "12", instances: "1", ...variables };
  const envVar = Object.entries(values).map(([key, value]) => ({ key, value }));
  const summary = await new Promise<NewmanRunSummary>((resolve, reject) => {
    const options = { collection: COLLECTION, environment: ENVIRONMENT, envVar, folder, reporters: [] };
    newman.run(options, (error, result) => (error === null ? resolve(result) : reject(error)));
  });
  const assertions = summary.run.executions.flatMap((execution) => execution.assertions ?? []);
  return Object.fromEntries(assertions.map(({ assertion, error }) => [assertion, error?.message ?? "passed"]));
}

test.each(["Legacy API", "v1 API"])("shows who served how much, behind the simulated gateway: %s", async (folder) => {
  await start();
  const model = parseGatewayModel(gatewayJson({ probe: { path: DEFAULT_STATUS_PATH } }));
  const backends = Object.fromEntries(model.backends.map(({ fqdn }, index) => [fqdn, servers[index]?.url ?? ""]));
  await using simulated = await SimulatedGateway.create({ model, backends, instances: 1 });
  expect(await run({ baseUrl: simulated.url }, folder)).toEqual({
    "East US served 4 of 12 (33.3 %)": "passed",
    "Sweden Central served 4 of 12 (33.3 %)": "passed",
    "West Europe served 4 of 12 (33.3 %)": "passed",
    "0 of 12 requests failed": "passed",
    "3 backends by x-ms-region, 3 expected": "passed",
    "counts differ by 0, at most 1 in a round robin of 1 instances": "passed",
  });
  expect(servers.map(({ requestCount }) => requestCount)).toEqual([4, 4, 4]);
});

test("fails where one backend is down and another throttled", async () => {
  await start();
  await servers[0]?.refuse();
  servers[1]?.inject(Fault.throttle());
  expect(await run()).toMatchObject({
    "Sweden Central served 4 of 8 (50.0 %)": "passed",
    "8 of 12 requests failed": "expected 8 to equal +0",
    "2 backends by x-ms-region, 3 expected": "expected 2 to equal 3",
  });
});

test("fails where the spread is more uneven than so many instances can make it", async () => {
  await start();
  await using biased = await startRoundRobinProxy([0, 0, 0, 0, 1, 2].map((i) => servers[i]?.url ?? ""));
  const results = await run({ baseUrl: biased.url, requests: "24" });
  expect(results["East US served 16 of 24 (66.7 %)"]).toBe("passed");
  expect(results["counts differ by 12, at most 1 in a round robin of 1 instances"]).toBe("expected 12 to be at most 1");
  const allowed = await run({ baseUrl: biased.url, requests: "24", instances: "12" });
  expect(allowed["counts differ by 12, at most 12 in a round robin of 12 instances"]).toBe("passed");
});

test("authenticates with a token where there is no key, and counts by another header", async () => {
  await start({ principals: ["token-1"] });
  const variables = {
    apiKey: "",
    bearerToken: "token-1",
    backendHeader: "x-ms-deployment-name",
    expectedBackends: "1",
  };
  expect(await run(variables)).toEqual({
    "gpt-4o served 12 of 12 (100.0 %)": "passed",
    "0 of 12 requests failed": "passed",
    "1 backends by x-ms-deployment-name, 1 expected": "passed",
  });
});
