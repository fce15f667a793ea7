import { type AddressInfo } from "node:net";
import { createServer, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { once } from "node:events";
import { type Certificate, throwAwayCertificate } from "../../lib/simulator/certificate.js";
import { Credential, exitCodeOf, type Report, verify, type VerifyOptions } from "../../lib/verify/index.js";
import { GatewayUnderTest } from "../support/simulated-gateway.js";
import { listener } from "../support/terraform-json.js";

const CREDENTIAL = Credential.apiKey("any");

/** A server that answers as the listener says; over TLS with a certificate. */
async function serverOf(listener: RequestListener, certificate?: Certificate) {
  const afterBody: RequestListener = (request, response) => {
    request.resume().once("end", () => listener(request, response));
  };
  const server = certificate ? createTlsServer(certificate, afterBody) : createServer(afterBody);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `${certificate ? "https" : "http"}://127.0.0.1:${port}`,
    server,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

function run(url: string, options: Partial<VerifyOptions> = {}): Promise<Report> {
  return verify({ url, deployment: "chat", credential: CREDENTIAL, ...options });
}

/** Answers of two backends, by what the position of the request says. */
function splitOf(east: (request: number) => boolean, headers: Readonly<Record<string, string>> = {}): RequestListener {
  let request = 0;
  return (_, response) => {
    response.writeHead(200, { "x-ms-region": east(request++) ? "east" : "west", ...headers }).end("{}");
  };
}

describe("without the number of instances", () => {
  test("they are as many as the connections that were opened, and no more are opened than are used at once", async () => {
    await using server = await serverOf(splitOf((request) => request % 2 === 0));
    let opened = 0;
    server.server.on("connection", () => (opened += 1));
    const report = await run(server.url, { concurrency: 3 });
    expect(opened).toBe(3);
    expect(report).toMatchObject({ connections: 3, requests: 72, failures: [] });
    expect(report.roundRobin).toMatchObject({ instances: 3, instancesFrom: "connections" });
  });

  test("a 60/40 split is noticed, whether connections are kept or not", async () => {
    const isSixty = (request: number): boolean => request % 5 < 3;
    await using kept = await serverOf(splitOf(isSixty));
    await using closed = await serverOf(splitOf(isSixty, { connection: "close" }));
    const reports = [await run(kept.url), await run(closed.url)];
    expect(reports.map(exitCodeOf)).toEqual([1, 1]);
    // More connections may be more instances, of which more requests are needed to tell.
    expect(reports.map(({ requests, roundRobin }) => [requests, roundRobin?.instances])).toEqual([
      [84, 4],
      [804, 125],
    ]);
  });

  test("a number of requests that was given is kept, and the report says that it is too small", async () => {
    await using server = await serverOf(splitOf((request) => request % 5 < 3, { connection: "close" }));
    const report = await run(server.url, { requests: 20 });
    expect(report).toMatchObject({ requests: 20, connections: 20, roundRobin: { noticeableShare: undefined } });
    expect(report.warnings).toEqual([
      "too few requests to notice a 60/40 split of two among 20 instances: send 204 or more; --instances makes the test stricter if there are fewer",
    ]);
  });
});

test("no connection is left open", async () => {
  await using server = await serverOf(splitOf((request) => request % 2 === 0, { "keep-alive": "timeout=600" }));
  server.server.keepAliveTimeout = 0;
  const sockets: Promise<unknown>[] = [];
  server.server.on("connection", (socket) => sockets.push(once(socket, "close")));
  await run(server.url);
  expect(sockets).toHaveLength(4);
  await Promise.all(sockets);
});

describe("a host that DNS does not know", () => {
  test("is asked for at the url's address", async () => {
    const hosts = new Set<string | undefined>();
    await using server = await serverOf((request, response) => {
      hosts.add(request.headers.host);
      response.end("{}");
    });
    await run(server.url, { host: "llm.example.com", requests: 2 });
    expect([...hosts]).toEqual([`llm.example.com:${new URL(server.url).port}`]);
  });

  test("is the name that the certificate has to have", async () => {
    const certificate = await throwAwayCertificate(["llm.example.com"]);
    await using server = await serverOf(
      splitOf(() => true),
      certificate,
    );
    const names = new Set<unknown>();
    server.server.on("secureConnection", ({ servername }: { servername: unknown }) => names.add(servername));
    const options = { host: "llm.example.com", requests: 2, expect: { backends: 1 } };
    expect((await run(server.url, options)).outcomes).toEqual({ DEPTH_ZERO_SELF_SIGNED_CERT: 2 });
    expect((await run(server.url, { ...options, insecure: true })).outcomes).toEqual({ 200: 2 });
    expect([...names]).toEqual(["llm.example.com"]);
  });
});

describe("answers are said as what they are", () => {
  test("a host name that no listener takes, and one that does", async () => {
    await using under = await GatewayUnderTest.create({ listeners: [listener({ host_name: "llm.example.com" })] });
    const options = { backendHeader: "x-served-by", requests: 6, expect: { instances: 1 } };
    const unknown = await run(under.url, options);
    expect(unknown.outcomes).toEqual({ 404: 6 });
    expect(unknown.failures).toEqual([
      'the gateway itself answers 404: none of its listeners takes the host name "127.0.0.1"; name one that does with --host',
      "100.0 % of the requests failed, at most 0.0 % may",
    ]);
    const known = await run(under.url, { ...options, host: "llm.example.com" });
    expect(known).toMatchObject({ outcomes: { 200: 6 }, failures: [] });
  });

  test.each<[string, string, RequestListener, string]>([
    [
      "an HTTP listener that redirects to HTTPS",
      "",
      (request, response) => response.writeHead(301, { location: `https://llm.example.com${request.url}` }).end(),
      "the HTTP listener redirects to https://llm.example.com: no redirect is followed, since the credential is for URL alone; give https://llm.example.com",
    ],
    [
      "a deployment that is not there",
      "",
      (_, response) =>
        response.writeHead(404, { "x-ms-region": "east" }).end('{"error":{"code":"DeploymentNotFound"}}'),
      'there is no deployment "chat" at "east": every backend needs one of that name',
    ],
    [
      "a path that is not there",
      "/team",
      (_, response) => response.writeHead(404, { "x-ms-region": "east" }).end('{"error":{"code":"404"}}'),
      '404 at a path that begins with "/team", as the url does: unless a path rule takes that away, give "URL"',
    ],
    [
      "a credential that is refused",
      "",
      (_, response) => response.writeHead(401, { "x-ms-region": "east" }).end("{}"),
      'the credential is refused (401) by "east": an identity needs its role on every account, and a key belongs to one',
    ],
  ])("%s", async (_, path, listener, failure) => {
    await using server = await serverOf(listener);
    const report = await run(server.url + path, { requests: 2, expect: { backends: ["east"], maxErrorShare: 1 } });
    expect(report.failures[0]).toBe(failure.replace("URL", server.url));
    expect(exitCodeOf(report)).toBe(1);
  });
});

describe("a stream", () => {
  const TEXT = 'data: {"choices":[{"delta":{"content":"hello"}}]}\n\n';
  test.each([
    ["that is whole", `${TEXT}data: [DONE]\n\n`, 200],
    ["without a last line break, and with others", `${TEXT}data: [DONE]`.replaceAll("\n", "\r\n"), 200],
    ["with carriage returns alone", `${TEXT}data:[DONE]\n\n`.replaceAll("\n", "\r"), 200],
    ["with comments, and chunks without text", `: ping\n\ndata: {"choices":[]}\n\n${TEXT}data: [DONE]\n\n`, 200],
    ["that is an error", 'data: {"error":{"code":"server_error"}}\n\n', "stream error server_error"],
    [
      "with an error in its midst, and an end",
      `${TEXT}data: {"error":{"type":"rate_limit","message":"wait"}}\n\ndata: [DONE]\n\n`,
      "stream error rate_limit",
    ],
    ["with an error that is text", 'data: {"error":"too\\u001b[31m busy"}\n\n', "stream error too [31m busy"],
    ["that just ends", TEXT, "stream without [DONE]"],
    ["of nothing", "", "stream without [DONE]"],
    ["of what is not JSON", "data: oops\n\ndata: [DONE]\n\n", "stream event that is not JSON"],
  ])("%s", async (_, text, outcome) => {
    await using server = await serverOf((_request, response) => {
      response.writeHead(200, { "content-type": "Text/Event-Stream; charset=utf-8", "x-ms-region": "east" });
      // In two pieces, each of them torn.
      const half = Math.floor(text.length / 2);
      response.write(text.slice(0, half));
      setImmediate(() => response.end(text.slice(half)));
    });
    const report = await run(server.url, { requests: 1, stream: true, expect: { backends: 1, instances: 1 } });
    expect(report.outcomes).toEqual({ [outcome]: 1 });
    expect(exitCodeOf(report)).toBe(outcome === 200 ? 0 : 1);
    expect(report.backends[0]?.firstToken === undefined).toBe(outcome !== 200);
  });

  test("that was asked for has to be one", async () => {
    await using server = await serverOf(splitOf(() => true));
    const report = await run(server.url, { requests: 2, stream: true, expect: { backends: 1 } });
    expect(report.outcomes).toEqual({ "no event stream": 2 });
  });
});
