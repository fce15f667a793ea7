import { createHash } from "node:crypto";
import { type IncomingMessage } from "node:http";
import { type Duplex } from "node:stream";
import { RawSocket } from "../support/raw-socket.js";
import { GatewayUnderTest, fqdnOf } from "../support/simulated-gateway.js";

const ONE = { fqdns: [fqdnOf("a")] };
const WISH = [
  "GET /openai/v1/realtime?model=m HTTP/1.1",
  "host: a",
  "connection: Upgrade",
  "upgrade: websocket",
  "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==",
  "sec-websocket-version: 13",
].join("\r\n");

/** Accepts as a WebSocket server does, then sends back what it gets. */
function accept(request: IncomingMessage, socket: Duplex): void {
  const key = String(request.headers["sec-websocket-key"]);
  const proof = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: ${proof}\r\n\r\n`,
  );
  socket.on("error", () => undefined).on("data", (chunk: Buffer) => socket.write(chunk));
}

describe("WebSocket", () => {
  test("the connection is handed through in both directions, and logged when it ends", async () => {
    await using under = await GatewayUnderTest.create(ONE, { timeScale: 1 });
    under.backend("a").onUpgrade = accept;
    using socket = await RawSocket.open(under.url);
    socket.send(`${WISH}\r\n\r\nearly `);
    await socket.until(/early /);
    expect(socket.received).toMatch(/^HTTP\/1.1 101 [\s\S]*sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=\r\n/);
    socket.send("later");
    await socket.until(/early later$/);
    expect(under.log).toEqual([]);
    socket.end();
    await socket.untilClosed();
    const [entry] = await under.logged(1);
    expect(entry).toMatchObject({ HttpStatus: 101, ServerStatus: 101, ReceivedBytes: 11, SentBytes: 11 });
    expect(entry?.ErrorInfo).toBe("ERRORINFO_NO_ERROR");
    expect(under.gateway.backendStates()[0]?.requestsInFlight).toBe(0);
  });

  test.each(["websocket", "h2c"])(
    "behind another request, a wish for %s waits until that is answered",
    async (protocol) => {
      await using under = await GatewayUnderTest.create(ONE, { timeScale: 1 });
      under.backend("a").onUpgrade = accept;
      using socket = await RawSocket.open(under.url);
      socket.send(`GET / HTTP/1.1\r\nhost: a\r\n\r\n${WISH.replace("websocket", protocol)}\r\n\r\n`);
      const second = protocol === "h2c" ? "200" : "101";
      expect(await socket.until(new RegExp(`HTTP/1.1 ${second} [\\s\\S]*HTTP/1.1 ${second} |HTTP/1.1 101 `))).toMatch(
        /^HTTP\/1.1 200 /,
      );
    },
  );

  test("a backend that ends it ends the client's connection", async () => {
    await using under = await GatewayUnderTest.create(ONE, { timeScale: 1 });
    under.backend("a").onUpgrade = (request, socket) => {
      accept(request, socket);
      socket.end("bye");
    };
    using socket = await RawSocket.open(under.url);
    socket.send(`${WISH}\r\n\r\n`);
    expect(await socket.untilClosed()).toMatch(/bye$/);
    expect((await under.logged(1))[0]?.HttpStatus).toBe(101);
  });

  test("one that refuses answers as usual", async () => {
    await using under = await GatewayUnderTest.create(ONE);
    under.backend("a").onUpgrade = (_, socket) => void socket.end("HTTP/1.1 401 No\r\ncontent-length: 2\r\n\r\nno");
    using socket = await RawSocket.open(under.url);
    socket.send(`${WISH}\r\n\r\n`);
    expect(await socket.untilClosed()).toMatch(/^HTTP\/1.1 401 [\s\S]*\r\n\r\nno$/);
    const [entry] = await under.logged(1);
    expect([entry?.HttpStatus, entry?.ErrorInfo]).toEqual([401, "ERRORINFO_NO_ERROR"]);
  });

  test("silence of both for the request timeout ends it", async () => {
    await using under = await GatewayUnderTest.create({ ...ONE, settings: { request_timeout: 5 } });
    under.backend("a").onUpgrade = accept;
    using socket = await RawSocket.open(under.url);
    socket.send(`${WISH}\r\n\r\n`);
    await socket.untilClosed();
    expect((await under.logged(1))[0]?.ErrorInfo).toBe("ERRORINFO_UPSTREAM_TIMED_OUT");
  });

  test("destroy() ends it", async () => {
    await using under = await GatewayUnderTest.create(ONE, { timeScale: 1 });
    under.backend("a").onUpgrade = accept;
    using socket = await RawSocket.open(under.url);
    socket.send(`${WISH}\r\n\r\n`);
    await socket.until(/101 /);
    await under.gateway.destroy();
    await socket.untilClosed();
    expect(under.log).toHaveLength(1);
  });
});

test("a request that would rather be HTTP/2 is served over HTTP/1.1, with its body", async () => {
  await using under = await GatewayUnderTest.create(ONE);
  let received = "";
  under.backend("a").onRequest = (request, response) => {
    request.on("data", (chunk: Buffer) => (received += String(chunk)));
    request.on("end", () => response.end("served"));
  };
  using socket = await RawSocket.open(under.url);
  const headers = "connection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABkAAQAoAAAAAIAAAAA";
  socket.send(`POST /x HTTP/1.1\r\nhost: a\r\n${headers}\r\ncontent-length: 11\r\n\r\nhello `);
  await new Promise((resolve) => setTimeout(resolve, 20));
  socket.send("world");
  expect(await socket.until(/served$/)).toMatch(/^HTTP\/1.1 200 /);
  expect([received, under.backend("a").requests[0]?.headers.upgrade]).toEqual(["hello world", undefined]);
  socket.send("GET /next HTTP/1.1\r\nhost: a\r\n\r\n");
  await socket.until(/served[\s\S]*served$/);
});
