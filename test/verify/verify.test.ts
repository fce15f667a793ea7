import {
  Credential,
  CredentialError,
  exitCodeOf,
  type Fetch,
  formatReport,
  formatReportAsJson,
  type Report,
  UsageError,
  verify,
  type VerifyOptions,
} from "../../lib/verify/index.js";
import { Duration, FakeOpenAi, type FakeOpenAiOptions, Fault } from "../../lib/simulator/index.js";
import { type RoundRobinProxy, startRoundRobinProxy } from "../support/round-robin-proxy.js";

const KEY = "secret-key-1";
const REGIONS = ["East US", "Sweden Central", "West Europe"];

let servers: FakeOpenAi[] = [];
let gateway: RoundRobinProxy;
async function start(options: FakeOpenAiOptions = {}): Promise<void> {
  const create = (region: string) =>
    FakeOpenAi.create({ region, apiKeys: [KEY], deployments: [{ name: "chat" }], ...options });
  servers = await Promise.all(REGIONS.map(create));
  gateway = await startRoundRobinProxy(servers.map(({ url }) => url));
}
afterEach(async () => {
  await gateway[Symbol.asyncDispose]();
  await Promise.all(servers.map((server) => server.close()));
});

function run(options: Partial<VerifyOptions> = {}): Promise<Report> {
  return verify({ url: gateway.url, deployment: "chat", credential: Credential.apiKey(KEY), requests: 30, ...options });
}
function counts({ backends }: Report): Record<string, number> {
  return Object.fromEntries(backends.map(({ name, requests }) => [name, requests]));
}

describe.each(["legacy", "v1"] as const)("on the %s API", (api) => {
  test.each([false, true])("round robin is as expected, streaming: %s", async (stream) => {
    await start();
    const report = await run({ api, stream });
    expect(report.failures).toEqual([]);
    expect(exitCodeOf(report)).toBe(0);
    expect(counts(report)).toEqual({ "East US": 10, "Sweden Central": 10, "West Europe": 10 });
    expect(report.roundRobin).toMatchObject({ possible: true, difference: 0 });
    expect(report.evenness).toMatchObject({ pValue: 1 });
    expect(report.outcomes).toEqual({ 200: 30 });
    expect(report.backends.map(({ firstToken }) => firstToken !== undefined)).toEqual([stream, stream, stream]);
    expect(servers[0]?.requests[0]?.body).toMatchObject(stream ? { stream } : { messages: [{ role: "user" }] });
  });
});

test("a backend that is down is missing, and its share of the requests failed", async () => {
  await start();
  await servers[1]?.refuse();
  const report = await run({ expect: { backends: REGIONS } });
  expect(exitCodeOf(report)).toBe(1);
  expect(report.missing).toEqual(["Sweden Central"]);
  expect(report.outcomes).toEqual({ 200: 20, 502: 10 });
  expect(report.failures).toEqual([
    'backend "Sweden Central" served nothing',
    "33.3 % of the requests failed, at most 0.0 % may",
  ]);
});

test("a throttled backend still serves its share, of 429s", async () => {
  await start();
  servers[2]?.inject(Fault.throttle());
  const report = await run({ expect: { maxErrorShare: 0.4 } });
  expect(report.failures).toEqual([]);
  expect(report.throttledShare).toBeCloseTo(1 / 3, 10);
  expect(report.backends[2]).toMatchObject({
    name: "West Europe",
    requests: 10,
    ok: 0,
    throttled: 10,
    latency: undefined,
  });
});

test("a gateway that prefers one backend is uneven", async () => {
  await start();
  await using biased = await startRoundRobinProxy([0, 0, 0, 1, 2].map((i) => servers[i]?.url ?? ""));
  const report = await run({ url: biased.url, requests: 50 });
  expect(counts(report)).toEqual({ "East US": 30, "Sweden Central": 10, "West Europe": 10 });
  expect(report.failures).toEqual([
    expect.stringMatching(/^no round robin of [1-4] instances? spreads so: "East US" served 30 and "(Sweden|West)/),
  ]);
});

test("another header tells the backends apart", async () => {
  await start();
  const report = await run({ backendHeader: "x-ms-deployment-name" });
  expect(counts(report)).toEqual({ chat: 30 });
  expect((await run({ backendHeader: "x-nobody" })).failures).toEqual([
    "no answer has the header x-nobody, so nobody knows who served it: name another header",
  ]);
});

test("a wrong key is an answer, not an exception", async () => {
  await start();
  const report = await run({ credential: Credential.apiKey("wrong") });
  expect(report.outcomes).toEqual({ 401: 30 });
});

test("a token goes as a bearer token", async () => {
  await start({ principals: ["token-1"] });
  expect((await run({ credential: Credential.bearerToken("token-1") })).outcomes).toEqual({ 200: 30 });
});

test("no secret is in a report", async () => {
  await start();
  const report = await run();
  expect(formatReport(report) + formatReportAsJson(report)).not.toContain(KEY);
});

test.each<[string, (server: FakeOpenAi) => void, Partial<VerifyOptions>, string]>([
  ["reset", (server) => server.inject(Fault.reset()), {}, "ECONNRESET"],
  ["cut in mid-stream", (server) => server.inject(Fault.cut()), {}, "UND_ERR_SOCKET"],
  ["hung", (server) => server.inject(Fault.hang()), { timeout: Duration.milliseconds(100) }, "TIMEOUT"],
])("a request that is %s has no status but a code", async (_, breakIt, options, outcome) => {
  await start();
  const [server] = servers;
  if (server === undefined) throw new Error("no server");
  breakIt(server);
  const report = await run({ url: server.url, requests: 2, stream: true, ...options });
  expect(report.outcomes).toEqual({ [outcome]: 2 });
});

test("an error without a code is told by its message", async () => {
  await start();
  const report = await run({ url: "http://127.0.0.1:1", requests: 1 });
  expect(report.outcomes).toEqual({ "bad port": 1 });
});

test("no more requests than asked for are under way at once", async () => {
  await start();
  let underWay = 0;
  let most = 0;
  const counting: Fetch = async (url, init) => {
    most = Math.max(most, (underWay += 1));
    const response = await fetch(url, init);
    underWay -= 1;
    return response;
  };
  await run({ concurrency: 7, fetch: counting });
  expect(most).toBe(7);
});

test("an interrupted run reports what it has, and what was under way does not count", async () => {
  await start();
  const interrupt = new AbortController();
  const progress: number[] = [];
  const report = await run({
    concurrency: 1,
    signal: interrupt.signal,
    onSample: (_, done) => {
      progress.push(done);
      if (done === 6) {
        for (const server of servers) server.inject(Fault.hang());
        setTimeout(() => interrupt.abort(), 20);
      }
    },
  });
  expect(progress).toEqual([1, 2, 3, 4, 5, 6]);
  expect(counts(report)).toEqual({ "East US": 2, "Sweden Central": 2, "West Europe": 2 });
  expect(report.failures).toEqual(["interrupted after 6 of 30 requests"]);
});

test("times are those of the clock", async () => {
  await start();
  let now = 0;
  const clock = (): number => (now += 5);
  const report = await run({ concurrency: 1, clock, stream: true });
  expect(report.latency).toMatchObject({ p50Milliseconds: 10, maxMilliseconds: 10 });
  expect(report.firstToken).toMatchObject({ p50Milliseconds: 5, maxMilliseconds: 5 });
});

test("a self-signed certificate is refused, unless asked otherwise", async () => {
  await start({ tls: true });
  const url = servers[0]?.url ?? "";
  const options = { url, requests: 2, expect: { backends: 1 } };
  expect((await run(options)).outcomes).toEqual({ DEPTH_ZERO_SELF_SIGNED_CERT: 2 });
  expect((await run({ ...options, insecure: true })).outcomes).toEqual({ 200: 2 });
  expect((await run(options)).outcomes).toEqual({ DEPTH_ZERO_SELF_SIGNED_CERT: 2 });
});

test("a credential never follows a redirect", async () => {
  await start();
  const seen: unknown[] = [];
  const redirecting: Fetch = (_, init) => {
    seen.push(init.redirect);
    return Promise.resolve({ status: 301, headers: new Headers(), body: null });
  };
  expect((await run({ requests: 1, fetch: redirecting })).outcomes).toEqual({ 301: 1 });
  expect(seen).toEqual(["manual"]);
});

test("a token that cannot be had ends the run", async () => {
  await start();
  class DefaultAzureCredential {
    getToken(): Promise<{ token: string }> {
      return Promise.reject(new Error("nobody is logged in"));
    }
  }
  const credential = await Credential.azureIdentity({ load: () => Promise.resolve({ DefaultAzureCredential }) });
  await expect(run({ credential })).rejects.toThrow(/it says: nobody is logged in$/);
  expect(servers.map(({ requestCount }) => requestCount)).toEqual([0, 0, 0]);
});

test("nothing more is sent once a run has ended with an error", async () => {
  await start();
  let asked = 0;
  class DefaultAzureCredential {
    getToken(): Promise<{ token: string }> {
      asked += 1;
      return asked === 2 ? Promise.reject(new Error("expired")) : Promise.resolve({ token: "token-1" });
    }
  }
  const credential = await Credential.azureIdentity({ load: () => Promise.resolve({ DefaultAzureCredential }) });
  let sent = 0;
  let answer = (): void => undefined;
  const slow: Fetch = () => {
    sent += 1;
    return new Promise((resolve) => {
      answer = () => resolve({ status: 200, headers: new Headers(), body: null });
    });
  };
  await expect(run({ credential, concurrency: 2, fetch: slow })).rejects.toThrow(CredentialError);
  answer();
  await new Promise(setImmediate);
  expect(sent).toBe(1);
});

test.each<[string, Partial<VerifyOptions>, string]>([
  ["no instances", { expect: { instances: 0 } }, "instances is a whole number from 1 to 125; got 0"],
  ["too many instances", { expect: { instances: 126 } }, "instances is a whole number from 1 to 125; got 126"],
  ["no requests", { requests: 0 }, "requests is a whole number from 1 to 1000000; got 0"],
  ["too many requests", { requests: 1e9 }, "requests is a whole number from 1 to 1000000; got 1000000000"],
  ["too many at a time", { concurrency: 1_001 }, "concurrency is a whole number from 1 to 1000; got 1001"],
  [
    "too few requests to reach all backends, whatever the gateway does",
    { requests: 20, expect: { backends: 3, instances: 10 } },
    "requests is too low: got 20, and 10 instances are sure to reach 3 backends only with 21; leave it out for 132, which also notice a 60/40 split of two",
  ],
  ["no time", { timeout: Duration.seconds(0) }, "timeout is from 1 ms to 24 h; got 0 s"],
  [
    "more time than a timer has",
    { timeout: Duration.seconds(9_999_999) },
    "timeout is from 1 ms to 24 h; got 9999999 s",
  ],
  [
    "no header's name",
    { backendHeader: "bad header" },
    'backendHeader is the name of a header, without spaces and colons; got "bad header"',
  ],
  [
    "an empty header's name",
    { backendHeader: "" },
    'backendHeader is the name of a header, without spaces and colons; got ""',
  ],
  ["half a request at a time", { concurrency: 0.5 }, "concurrency is a whole number from 1 to 1000; got 0.5"],
  ["no backends", { expect: { backends: 0 } }, "expected backends is a whole number from 1 to 1200; got 0"],
  ["a share in percent", { expect: { maxErrorShare: 5 } }, "maxErrorShare is a share from 0 to 1; got 5"],
  ["no significance", { expect: { significance: Number.NaN } }, "significance is a share from 0 to 1; got NaN"],
  [
    "no address",
    { url: "gateway" },
    'url is not an http or https address: got "gateway", expected something like https://gateway.example.com',
  ],
  [
    "another protocol",
    { url: "ftp://gateway" },
    'url is not an http or https address: got "ftp://gateway", expected something like https://gateway.example.com',
  ],
  [
    "a password",
    { url: "https://me:secret@gateway" },
    "url has a user name or a password in it: use an api key or a token instead",
  ],
  [
    "a query",
    { url: "https://gateway?a=b" },
    'url is the base address, without "?" and "#": got "https://gateway?a=b"',
  ],
  [
    "the API's path",
    { url: "https://gateway/team/openai/v1/" },
    'url ends in "/openai/v1/", which is the API\'s part and is added by itself: give "https://gateway/team"',
  ],
  [
    "a host with a port",
    { host: "llm.example.com:443" },
    'host is a host name alone, such as llm.example.com, which the listener takes; got "llm.example.com:443"',
  ],
  [
    "an address for a host",
    { host: "10.0.0.4" },
    'host is a host name alone, such as llm.example.com, which the listener takes; got "10.0.0.4"',
  ],
  ["no deployment", { deployment: "" }, "deployment is empty: give the name of a deployment that every backend has"],
])("%s is wrong usage", async (_, options, message) => {
  await start();
  await expect(run(options)).rejects.toThrow(new UsageError(message));
});

test("a prefix of the address and an unusual deployment name are kept", async () => {
  await start();
  const urls: string[] = [];
  const recording: Fetch = (url) => {
    urls.push(url);
    return Promise.resolve({ status: 200, headers: new Headers(), body: null });
  };
  await run({ url: "https://gateway.example.com/team/", deployment: "my chat/4", requests: 1, fetch: recording });
  await run({ url: "https://gateway.example.com", api: "v1", apiVersion: "preview", requests: 1, fetch: recording });
  expect(urls).toEqual([
    "https://gateway.example.com/team/openai/deployments/my%20chat%2F4/chat/completions?api-version=2024-10-21",
    "https://gateway.example.com/openai/v1/chat/completions?api-version=preview",
  ]);
});
