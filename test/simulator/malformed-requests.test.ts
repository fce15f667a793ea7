import { once } from "node:events";
import { connect } from "node:http2";
import { RawSocket } from "../support/raw-socket.js";
import { requestOver } from "../support/raw-request.js";
import { GatewayUnderTest, fqdnOf } from "../support/simulated-gateway.js";
import { httpsListener, listener, rule } from "../support/terraform-json.js";

const ONE = { fqdns: [fqdnOf("a")] };
const SECURE = { ...ONE, http2: true, listeners: [httpsListener()], rules: [rule({ http_listener_name: "https" })] };

describe("answered by the gateway itself, logged, and not passed on", () => {
  test.each([
    [
      "two Authorization headers",
      "GET / HTTP/1.1\r\nhost: a\r\nauthorization: x\r\nauthorization: x",
      400,
      "INVALID_REQUEST",
    ],
    ["two Host headers", "GET / HTTP/1.1\r\nhost: a\r\nhost: a", 400, "INVALID_REQUEST"],
    ["a host with two ports", "GET / HTTP/1.1\r\nhost: a.com:80:90", 400, "INVALID_HOST"],
    ["a host with a user", "GET / HTTP/1.1\r\nhost: user@a.com", 400, "INVALID_HOST"],
    ["an empty host", "GET / HTTP/1.1\r\nhost:", 400, "HTTP_NO_HOST_HEADER"],
    ["HTTP/1.1 without Host", "GET / HTTP/1.1", 400, "HTTP_NO_HOST_HEADER"],
    ["HTTP/1.0 without Host", "GET / HTTP/1.0", 400, "HTTP_NO_HOST_HEADER"],
    ["a POST without length", "POST / HTTP/1.1\r\nhost: a", 400, "INVALID_REQUEST"],
    ["TRACE", "TRACE / HTTP/1.1\r\nhost: a", 405, "INVALID_METHOD_TRACE"],
    ["CONNECT", "CONNECT a:443 HTTP/1.1\r\nhost: a", 405, "INVALID_METHOD"],
    ["an unknown method", "GET123 / HTTP/1.1\r\nhost: a", 400, "INVALID_METHOD"],
    ["a version that is not that of the connection", "GET / HTTP/2.0\r\nhost: a", 400, "INVALID_VERSION"],
    ["an unknown version", "GET / HTTP/0.3\r\nhost: a", 400, "INVALID_VERSION"],
    ["a length that is no number", "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: abc", 400, "INVALID_REQUEST"],
    ["something that is not HTTP", "\x16\x03\x01\x02", 400, "INVALID_METHOD"],
    ["headers above 32 KB", `GET / HTTP/1.1\r\nhost: a\r\nx: ${"x".repeat(32 * 1_024)}`, 400, "INVALID_REQUEST"],
    [
      "headers above all that is read",
      `GET / HTTP/1.1\r\nhost: a\r\nx: ${"x".repeat(128 * 1_024)}`,
      400,
      "INVALID_REQUEST",
    ],
  ])("%s", async (_, head, status, error) => {
    await using under = await GatewayUnderTest.create(ONE);
    using socket = await RawSocket.open(under.url);
    socket.send(`${head}\r\n\r\n`);
    const answer = await socket.until(/<\/html>/);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} [\\s\\S]*<title>${status} `));
    const [entry, ...others] = await under.logged(1);
    expect([entry?.HttpStatus, entry?.ErrorInfo, others]).toEqual([status, `ERRORINFO_${error}`, []]);
    expect(under.backend("a").requests).toEqual([]);
  });

  test.each([
    ["headers up to 32 KB", `x: ${"x".repeat(32 * 1_024 - 10)}\r\nhost: a`],
    ["a port", "host: a.com:8080"],
    ["an expectation", "expect: x\r\nhost: a"],
    ["an IPv6 address", "host: [::1]:80"],
    ["a dot at the end", "host: a.com."],
  ])("but not %s", async (_, headers) => {
    await using under = await GatewayUnderTest.create({
      ...ONE,
      settings: { pick_host_name_from_backend_address: false },
    });
    using socket = await RawSocket.open(under.url);
    socket.send(`GET / HTTP/1.1\r\n${headers}\r\n\r\n`);
    expect(await socket.until(/\r\n\r\n/)).toMatch(/^HTTP\/1.1 200 /);
  });

  test.each([
    ["HTTP", true, "GET / HTTP/1.1\r\nhost: a\r\n\r\n"],
    ["HTTP", false, `POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 100000\r\n\r\n${"x".repeat(100_000)}`],
    ["anything else", true, "x"],
  ])("plain %s on an HTTPS port (HTTP/2 offered: %s)", async (_, http2, text) => {
    await using under = await GatewayUnderTest.create({ ...SECURE, http2 });
    using socket = await RawSocket.open(under.url);
    socket.send(text);
    expect(await socket.untilClosed()).toMatch(/^HTTP\/1.1 400 Bad Request\r\n[\s\S]*<\/html>/);
    const [entry] = await under.logged(1);
    expect([entry?.HttpStatus, entry?.ErrorInfo, entry?.SslEnabled]).toEqual([400, "ERRORINFO_INVALID_REQUEST", "off"]);
    expect((await requestOver(under.url, { ca: under.gateway.certificate })).status).toBe(200);
  });

  test("CONNECT over HTTP/2", async () => {
    await using under = await GatewayUnderTest.create(SECURE);
    const client = connect(under.url, { ca: under.gateway.certificate, rejectUnauthorized: false });
    const request = client.request({ ":method": "CONNECT", ":authority": "a:443" });
    const [headers] = (await once(request, "response")) as [Record<string, unknown>];
    expect(headers[":status"]).toBe(405);
    client.destroy();
    const [entry] = await under.logged(1);
    expect([entry?.HttpStatus, entry?.ErrorInfo]).toEqual([405, "ERRORINFO_INVALID_METHOD"]);
  });

  test("what cannot be read behind a request is answered after it", async () => {
    await using under = await GatewayUnderTest.create(ONE);
    using socket = await RawSocket.open(under.url);
    socket.send("GET / HTTP/1.1\r\nhost: a\r\n\r\nGET123 / HTTP/1.1\r\n\r\n");
    expect(await socket.untilClosed()).toMatch(/^HTTP\/1.1 200 [\s\S]*HTTP\/1.1 400 /);
    expect((await under.logged(2)).map(({ HttpStatus }) => HttpStatus)).toEqual([200, 400]);
  });

  test("no listener for the host", async () => {
    await using under = await GatewayUnderTest.create({
      ...ONE,
      listeners: [listener({ host_name: "x.contoso.com" })],
    });
    expect(await under.outcome()).toBe("gateway 404");
    expect((await under.logged(1))[0]?.ErrorInfo).toBe("ERRORINFO_INVALID_HOST");
  });

  test.each([
    ["a field above 8 KB", { x: "x".repeat(8 * 1_024) }, 400],
    ["fields above 16 KB", { x: "x".repeat(8_000), y: "y".repeat(8_000), z: "z".repeat(400) }, 400],
    ["fields within both", { x: "x".repeat(8_000), y: "y".repeat(8_000) }, 200],
  ])("over HTTP/2, %s", async (_, headers, status) => {
    await using under = await GatewayUnderTest.create(SECURE);
    const session = connect(under.url, { ca: under.gateway.certificate });
    const stream = session.request({ ":path": "/", ...headers });
    const [answer] = (await once(stream, "response")) as [Record<string, number>];
    session.close();
    stream.resume();
    expect(answer[":status"]).toBe(status);
  });
});

test("what a request is about: :authority before Host, the host of an absolute URL before Host, no fragment", async () => {
  const settings = { pick_host_name_from_backend_address: false };
  await using under = await GatewayUnderTest.create({ ...ONE, settings });
  await requestOver(under.url, { path: "http://absolute.com/x?y=1#z", headers: { host: "other.com" } });
  await requestOver(under.url, { path: "/plain#z", headers: { host: "other.com" } });
  const seen = under.backend("a").requests.map(({ url, headers }) => `${headers.host}${url}`);
  expect(seen).toEqual(["absolute.com/x?y=1", "other.com/plain"]);
  await using secure = await GatewayUnderTest.create({ ...SECURE, settings });
  const session = connect(secure.url, { ca: secure.gateway.certificate });
  const stream = session.request({ ":path": "/", ":authority": "authority.com", host: "other.com" });
  await once(stream.resume(), "response");
  session.close();
  expect(secure.backend("a").requests[0]?.headers.host).toBe("authority.com");
});

describe("clients that do not finish", () => {
  test.each([
    ["nothing", "", {}],
    ["half of the headers", "GET / HTTP/1.1\r\nhost: a\r\n", {}],
  ])("%s is 408 after a minute of their clock", async (_, text, json) => {
    await using under = await GatewayUnderTest.create({ ...ONE, ...json }, { timeScale: 600, probeTimeScale: 50 });
    using socket = await RawSocket.open(under.url);
    if (text !== "") socket.send(text);
    expect(await socket.untilClosed()).toMatch(/^HTTP\/1.1 408 /);
    const [entry] = await under.logged(1);
    expect([entry?.HttpStatus, entry?.ErrorInfo]).toEqual([408, "ERRORINFO_CLIENT_TIMED_OUT"]);
  });

  test.each(["", "\x16"])("no handshake, after %j, ends the connection after a minute of their clock", async (text) => {
    await using under = await GatewayUnderTest.create(SECURE, { timeScale: 600, probeTimeScale: 50 });
    using socket = await RawSocket.open(under.url);
    if (text !== "") socket.send(text);
    expect(await socket.untilClosed()).toBe("");
  });

  test("a body that is not in the chunks that it should be in is 400, and ends the request at the backend", async () => {
    await using under = await GatewayUnderTest.create(ONE);
    under.backend("a").onRequest = "hang";
    using socket = await RawSocket.open(under.url);
    socket.send("POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n3\r\none\r\n");
    while (under.backend("a").requests.length === 0) await new Promise(setImmediate);
    socket.send("no chunk\r\n");
    expect(await socket.untilClosed()).toMatch(/^HTTP\/1.1 400 /);
    const log = await under.logged(1);
    expect(log.map(({ HttpStatus, ErrorInfo }) => [HttpStatus, ErrorInfo])).toEqual([
      [400, "ERRORINFO_INVALID_REQUEST"],
    ]);
    expect(under.gateway.backendStates()[0]?.requestsInFlight).toBe(0);
  });

  test("pipelined requests of a client that leaves are each logged with 499 and cut; close() has nothing to wait for", async () => {
    // If there were, it would wait for an hour.
    const settings = { connection_draining: { enabled: true, drain_timeout_sec: 3_600 } };
    await using under = await GatewayUnderTest.create({ ...ONE, settings }, { timeScale: 1 });
    under.backend("a").onRequest = "hang";
    const socket = await RawSocket.open(under.url);
    socket.send("GET /1 HTTP/1.1\r\nhost: a\r\n\r\n".repeat(3));
    while (under.backend("a").requests.length < 3) await new Promise(setImmediate);
    socket[Symbol.dispose]();
    const log = await under.logged(3);
    expect(log.map(({ HttpStatus }) => HttpStatus)).toEqual([499, 499, 499]);
    while (under.backend("a").connections > 0) await new Promise(setImmediate);
    await under.gateway.close();
  });
});

describe("answers with headers that Node would refuse", () => {
  const rewriting = {
    rules: [rule({ http_listener_name: "https", rewrite_rule_set_name: "set" })],
    more: {
      rewrite_rule_set: {
        name: "set",
        rewrite_rule: {
          name: "r",
          rule_sequence: 1,
          response_header_configuration: [
            { header_name: "Keep-Alive", header_value: "timeout=1" },
            { header_name: "Transfer-Encoding", header_value: "chunked" },
            { header_name: "Content-Length", header_value: "1" },
            { header_name: "not a token", header_value: "x" },
            { header_name: "x-text", header_value: "naïve → 日本\u0007" },
          ],
        },
      },
    },
  };

  test.each([
    ["HTTP/1.1", "http/1.1"],
    ["HTTP/2", "h2"],
  ])("over %s, the client gets the answer without them", async (_, protocol) => {
    await using under = await GatewayUnderTest.create({ ...SECURE, ...rewriting });
    under.backend("a").onRequest = (request) => {
      const headers = ["x-content-type-options: nosniff", "x-content-type-options: nosniff", "age: 1", "age: 2"];
      request.socket.write(`HTTP/1.1 200 OK\r\n${headers.join("\r\n")}\r\ncontent-length: 5\r\n\r\nhello`);
    };
    const ca = under.gateway.certificate;
    const text = Buffer.from("naïve → 日本", "utf8").toString("latin1");
    if (protocol === "http/1.1") {
      const { status, headers, body } = await requestOver(under.url, { ca });
      expect([status, body, headers["keep-alive"], headers["x-text"]]).toEqual([200, "hello", undefined, text]);
      return;
    }
    const session = connect(under.url, { ca });
    const stream = session.request({ ":path": "/" });
    const [headers] = (await once(stream, "response")) as [Record<string, string>];
    let body = "";
    for await (const chunk of stream) body += String(chunk);
    session.close();
    expect([headers[":status"], body, headers["age"], headers["keep-alive"]]).toEqual([200, "hello", "1", undefined]);
  });

  test("a status that HTTP/2 does not have is 502", async () => {
    await using under = await GatewayUnderTest.create(SECURE);
    under.backend("a").onRequest = (request) =>
      void request.socket.write("HTTP/1.1 700 What\r\ncontent-length: 0\r\n\r\n");
    const session = connect(under.url, { ca: under.gateway.certificate });
    const stream = session.request({ ":path": "/" });
    const [headers] = (await once(stream.resume(), "response")) as [Record<string, string>];
    session.close();
    expect(headers[":status"]).toBe(502);
  });
});

test("a listener of health changes that throws is a warning of the process", async () => {
  const emitWarning = jest.spyOn(process, "emitWarning").mockImplementation();
  await using under = await GatewayUnderTest.create(ONE);
  under.gateway.on("health", () => {
    throw new Error("disk full");
  });
  under.backend("a").onProbe = 500;
  while (emitWarning.mock.calls.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(emitWarning.mock.calls[0]).toEqual(['a listener of "health" threw: Error: disk full']);
  emitWarning.mockRestore();
});
