import { once } from "node:events";
import * as http from "node:http";
import { connect } from "node:http2";
import * as https from "node:https";
import { requestOver, open } from "../support/raw-request.js";
import { gate } from "../support/gate.js";
import { GatewayUnderTest, fqdnOf } from "../support/simulated-gateway.js";
import { httpsListener, rule } from "../support/terraform-json.js";

const ONE = { fqdns: [fqdnOf("a")] };

describe("HTTP/2", () => {
  const secure = { ...ONE, listeners: [httpsListener()], rules: [rule({ http_listener_name: "https" })] };

  test("where it is enabled, clients may use it; the backend gets HTTP/1.1", async () => {
    await using under = await GatewayUnderTest.create({ ...secure, http2: true });
    const served: string[] = [];
    under.backend("a").onRequest = (request, response) => {
      served.push(`${request.httpVersion} ${request.headers.host}`);
      request.pipe(response);
    };
    const session = connect(under.url, { ca: under.gateway.certificate });
    const stream = session.request({ ":method": "POST", ":path": "/x" });
    let body = "";
    stream.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
    stream.end("prompt");
    const [headers] = (await once(stream, "response")) as [Record<string, string>];
    await once(stream, "end");
    session.close();
    expect([headers[":status"], body, served]).toEqual([200, "prompt", ["1.1 a.openai.azure.com"]]);
    const [entry] = await under.logged(1);
    expect([entry?.HttpVersion, entry?.HttpStatus, entry?.ErrorInfo]).toEqual(["HTTP/2.0", 200, "ERRORINFO_NO_ERROR"]);
    expect((await requestOver(under.url, { ca: under.gateway.certificate })).status).toBe(200);
  });

  test("a stream that the client resets ends the request at the backend", async () => {
    await using under = await GatewayUnderTest.create({ ...secure, http2: true }, { timeScale: 1 });
    const closed = gate();
    under.backend("a").onRequest = (request, response) => {
      request.socket.once("close", closed.open);
      response.write("data: one\n\n");
    };
    const session = connect(under.url, { ca: under.gateway.certificate });
    const stream = session.request({ ":path": "/x" });
    await once(stream, "data");
    stream.close(8);
    await closed.passed;
    session.close();
    const [entry] = await under.logged(1);
    expect([entry?.HttpStatus, entry?.ErrorInfo]).toEqual([499, "ERRORINFO_CLIENT_CLOSED_REQUEST"]);
  });

  test("a stream that the client resets before it has taken all of the answer is logged with 499", async () => {
    const buffering = { request: false, response: true };
    await using under = await GatewayUnderTest.create({ ...secure, buffering, http2: true }, { timeScale: 1 });
    under.backend("a").onRequest = (_, response) => response.end(Buffer.alloc(1_000_000, "x"));
    const session = connect(under.url, { ca: under.gateway.certificate });
    const stream = session.request({ ":path": "/x" });
    await once(stream, "response");
    // The client reads nothing; leave it that way until the gateway has the whole answer.
    while (under.gateway.backendStates()[0]?.requestsInFlight !== 0) await new Promise(setImmediate);
    stream.close(8);
    const [entry] = await under.logged(1);
    session.close();
    expect([entry?.HttpStatus, entry?.SentBytes]).toEqual([499, 1_000_000]);
  });

  test.each([
    ["the backend answers early", 401],
    ["the gateway answers", 502],
  ])("an upload that goes on when %s ends, and its session serves the next request", async (_, status) => {
    await using under = await GatewayUnderTest.create({ ...secure, http2: true }, { timeScale: 1 });
    under.backend("a").onRequest = (request, response) => {
      if (request.method === "GET") response.end("next");
      else if (status === 401) response.writeHead(401).end("no");
      else request.socket.resetAndDestroy();
    };
    const session = connect(under.url, { ca: under.gateway.certificate });
    for (let round = 1; round <= 3; round += 1) {
      const upload = session.request({ ":method": "POST", ":path": "/x" });
      upload.end(Buffer.alloc(3_000_000));
      const [headers] = (await once(upload, "response")) as [Record<string, string>];
      await once(upload.resume(), "close");
      expect([headers[":status"], upload.rstCode]).toEqual([status, 0]);
      await once(session.request({ ":path": "/next" }).resume(), "end");
      const log = await under.logged(2 * round);
      expect(log.slice(-2).map(({ HttpStatus }) => HttpStatus)).toEqual([status, 200]);
    }
    session.close();
  });

  test("an upload that is answered early and never ends is given up", async () => {
    await using under = await GatewayUnderTest.create({ ...secure, http2: true }, { timeScale: 600 });
    under.backend("a").onRequest = (_, response) => response.writeHead(401).end("no");
    const session = connect(under.url, { ca: under.gateway.certificate });
    const upload = session.request({ ":method": "POST", ":path": "/x" });
    upload.write("begin");
    await once(upload.resume(), "end");
    const [entry] = await under.logged(1);
    expect([entry?.HttpStatus, entry?.ErrorInfo]).toEqual([401, "ERRORINFO_NO_ERROR"]);
    session.destroy();
  });

  test("a backend that breaks off resets the stream", async () => {
    await using under = await GatewayUnderTest.create({ ...secure, http2: true });
    under.backend("a").onRequest = (request, response) => {
      response.write("data: one\n\n", () => request.socket.resetAndDestroy());
    };
    const session = connect(under.url, { ca: under.gateway.certificate });
    const stream = session.request({ ":path": "/x" });
    await expect(once(stream.resume(), "end")).rejects.toThrow("NGHTTP2_INTERNAL_ERROR");
    session.close();
  });

  test("a session serves 1,000 requests, then the client has to open another", async () => {
    await using under = await GatewayUnderTest.create({ ...secure, http2: true }, { timeScale: 1 });
    const session = connect(under.url, { ca: under.gateway.certificate });
    const told = once(session, "goaway");
    for (let sent = 0; sent < 1_000; sent += 100) {
      const streams = Array.from({ length: 100 }, () => session.request({ ":path": "/x" }).resume());
      await Promise.all(streams.map((stream) => once(stream, "end")));
    }
    await told;
    expect((await under.logged(1_000)).every(({ HttpStatus }) => HttpStatus === 200)).toBe(true);
  });

  test("a session without requests is closed after three minutes; one that waits for an answer is not", async () => {
    // 180 ms here.
    const settings = { request_timeout: 86_400 };
    await using under = await GatewayUnderTest.create(
      { ...secure, http2: true, settings },
      { timeScale: 1_000, probeTimeScale: 50 },
    );
    const finish = gate();
    under.backend("a").onRequest = async (_, response) => {
      await finish.passed;
      response.end();
    };
    const session = connect(under.url, { ca: under.gateway.certificate });
    const stream = session.request({ ":path": "/x" }).resume();
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(session.closed).toBe(false);
    finish.open();
    await once(stream, "end");
    await once(session, "close");
  });

  test("where it is not, TLS negotiates HTTP/1.1", async () => {
    await using under = await GatewayUnderTest.create({ ...secure, http2: false });
    const session = connect(under.url, { ca: under.gateway.certificate });
    await expect(once(session, "connect")).rejects.toThrow();
  });
});

test("requests of one connection stay with one instance, and new connections go to the instances in turn", async () => {
  await using under = await GatewayUnderTest.create({}, { instances: 3 });
  for (let connection = 0; connection < 4; connection += 1) {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    for (let request = 0; request < 2; request += 1) {
      const { response } = await open(under.url, { agent });
      response.resume();
      await once(response, "end");
    }
    agent.destroy();
  }
  const served = (await under.logged(8)).map(({ InstanceId, ServerRouted }) => `${InstanceId} ${ServerRouted[0]}`);
  expect(served).toEqual([
    ...["instance_0 a", "instance_0 b", "instance_1 a", "instance_1 b"],
    ...["instance_2 a", "instance_2 b", "instance_0 c", "instance_0 a"],
  ]);
});

test.each([true, false])(
  "idle connections stay open for 75 seconds over TLS too, with HTTP/2 offered: %s",
  async (http2) => {
    const secure = { listeners: [httpsListener()], rules: [rule({ http_listener_name: "https" })] };
    await using under = await GatewayUnderTest.create({ ...ONE, ...secure, http2 });
    const agent = new https.Agent({ keepAlive: true, ca: under.gateway.certificate });
    const request = https.get(under.url, { agent });
    const [response] = (await once(request, "response")) as [http.IncomingMessage];
    expect(response.headers["keep-alive"]).toBe("timeout=75");
    response.resume();
    await once(response, "end");
    agent.destroy();
  },
);

describe("connections to a backend", () => {
  const ports = (under: GatewayUnderTest) => under.backend("a").requests.map(({ socket }) => socket.remotePort);

  test("are used again, unless the backend says something that nobody asked for", async () => {
    await using under = await GatewayUnderTest.create(ONE);
    const socketOf = (at: number) => under.backend("a").requests[at]?.socket;
    await requestOver(under.url);
    await requestOver(under.url);
    const closed = new Promise((resolve) => socketOf(1)?.once("close", resolve));
    socketOf(1)?.write("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    await closed;
    expect((await requestOver(under.url)).status).toBe(200);
    const [first, second, third] = ports(under);
    expect([second, third === second]).toEqual([first, false]);
  });

  test("are not used again once the backend may have closed them", async () => {
    await using under = await GatewayUnderTest.create(ONE);
    under.backend("a").onRequest = (_, response) => response.setHeader("keep-alive", "timeout=1").end();
    await requestOver(under.url);
    await requestOver(under.url);
    const [first, second] = ports(under);
    expect(second).not.toBe(first);
  });
});

test("a caller can say which instance serves a connection", async () => {
  const seen: number[] = [];
  const instanceFor = ({ number }: { number: number }) => {
    seen.push(number);
    return 1;
  };
  await using under = await GatewayUnderTest.create(ONE, { instances: 2, instanceFor });
  await requestOver(under.url);
  await requestOver(under.url);
  expect([seen, (await under.logged(2)).map(({ InstanceId }) => InstanceId)]).toEqual([
    [0, 1],
    ["instance_1", "instance_1"],
  ]);
});

describe("a defect of the caller's functions is a warning of the process, and the gateway goes on", () => {
  const emitWarning = jest.spyOn(process, "emitWarning").mockImplementation();
  beforeEach(() => emitWarning.mockClear());
  afterAll(() => emitWarning.mockRestore());

  const fail = () => {
    throw new Error("disk full");
  };

  test.each([
    [() => 7, "RangeError: instanceFor gave 7; instances are numbered 0 to 0"],
    [fail, "Error: disk full"],
  ])("instanceFor %#", async (wrong, message) => {
    const instanceFor = ({ number }: { number: number }) => (number === 0 ? wrong() : 0);
    await using under = await GatewayUnderTest.create(ONE, { instances: 1, instanceFor });
    expect((await requestOver(under.url)).status).toBe(500);
    expect(emitWarning.mock.calls).toEqual([[`the request is answered with 500: ${message}`]]);
    expect((await requestOver(under.url)).status).toBe(200);
  });

  test("accessLog", async () => {
    await using under = await GatewayUnderTest.create(ONE, { accessLog: fail, timeScale: 1 });
    await requestOver(under.url);
    await requestOver(under.url);
    expect(emitWarning.mock.calls[0]).toEqual(["accessLog threw: Error: disk full"]);
    await under.gateway.close();
  });
});
