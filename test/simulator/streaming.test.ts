import { once } from "node:events";
import * as http from "node:http";
import { gate } from "../support/gate.js";
import { open, requestOver } from "../support/raw-request.js";
import { GatewayUnderTest, fqdnOf } from "../support/simulated-gateway.js";

const ONE = { fqdns: [fqdnOf("a")] };

describe("answers", () => {
  test("with buffering off, headers and each event arrive when they are sent", async () => {
    await using under = await GatewayUnderTest.create(ONE);
    const steps = [gate(), gate()];
    under.backend("a").onRequest = async (_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
      await steps[0]?.passed;
      response.write("data: one\n\n");
      await steps[1]?.passed;
      response.end("data: two\n\n");
    };
    // Each step is taken only after the one before has arrived: were anything held back, this would never end.
    const { response } = await open(under.url);
    expect(response.headers["content-type"]).toBe("text/event-stream");
    steps[0]?.open();
    expect(String((await once(response, "data"))[0])).toBe("data: one\n\n");
    steps[1]?.open();
    expect(String((await once(response, "data"))[0])).toBe("data: two\n\n");
  });

  test("with buffering on, a stream of events arrives in one piece after its end", async () => {
    await using under = await GatewayUnderTest.create({ ...ONE, buffering: { request: false, response: true } });
    let ended = false;
    under.backend("a").onRequest = async (_, response) => {
      for (let event = 0; event < 10; event += 1) {
        response.write(`data: ${event}\n\n`);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      ended = true;
      response.end("data: [DONE]\n\n");
    };
    const { response } = await open(under.url);
    expect(ended).toBe(true);
    const pieces: string[] = [];
    response.on("data", (chunk: Buffer) => pieces.push(String(chunk)));
    await once(response, "end");
    expect(pieces).toHaveLength(1);
    expect(pieces[0]).toMatch(/^data: 0\n\n.*data: \[DONE\]\n\n$/s);
  });

  test("a slow client slows the backend down instead of filling the gateway's memory", async () => {
    await using under = await GatewayUnderTest.create(ONE, { timeScale: 1 });
    const chunk = Buffer.alloc(64 * 1_024, "x");
    const total = 64 * 1_024 * 1_024;
    let written = 0;
    under.backend("a").onRequest = async (_, response) => {
      for (; written < total; written += chunk.length) if (!response.write(chunk)) await once(response, "drain");
      response.end();
    };
    const { response } = await open(under.url);
    // The client reads nothing; the backend has to come to a halt with most of it unsent.
    let before = -1;
    while (written !== before) {
      before = written;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(written).toBeLessThan(total / 2);
    let received = 0;
    response.on("data", (data: Buffer) => (received += data.length));
    await once(response, "end");
    expect(received).toBe(total);
  });

  test("the request timeout does not run while the client is slow, and runs again afterwards", async () => {
    // A second of silence ends a request here, and a minute of a client that takes nothing.
    await using under = await GatewayUnderTest.create(
      { ...ONE, settings: { request_timeout: 1 }, probe: { interval: 3_600 } },
      { timeScale: 1 },
    );
    const size = 32 * 1_024 * 1_024;
    under.backend("a").onRequest = (_, response) => void response.write(Buffer.alloc(size, "x"));
    const { response } = await open(under.url);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(await under.logged(0)).toEqual([]);
    let received = 0;
    response.on("data", (data: Buffer) => (received += data.length));
    await expect(once(response, "end")).rejects.toThrow("aborted");
    expect(received).toBe(size);
    expect((await under.logged(1))[0]?.ErrorInfo).toBe("ERRORINFO_UPSTREAM_TIMED_OUT");
  });

  test("a backend that breaks off in mid-stream breaks off the client's stream; nothing is spliced", async () => {
    await using under = await GatewayUnderTest.create();
    under.backend("a").onRequest = (request, response) => {
      response.write("data: one\n\n", () => request.socket.resetAndDestroy());
    };
    const { response } = await open(under.url);
    expect(String((await once(response, "data"))[0])).toBe("data: one\n\n");
    await expect(once(response, "end")).rejects.toThrow("aborted");
    const [entry] = await under.logged(1);
    expect([entry?.HttpStatus, entry?.ErrorInfo]).toEqual([200, "ERRORINFO_UPSTREAM_CLOSED_CONNECTION"]);
    expect([under.backend("b").requests, under.backend("c").requests]).toEqual([[], []]);
  });
});

describe("uploads", () => {
  test.each([
    ["off, it meets the backend before the client has finished", false],
    ["on, it waits until it is complete", true],
  ])("with request buffering %s", async (_, buffering) => {
    await using under = await GatewayUnderTest.create({ ...ONE, buffering: { request: buffering, response: false } });
    const arrived = gate();
    let body = "";
    under.backend("a").onRequest = (request, response) => {
      arrived.open();
      request.on("data", (chunk: Buffer) => (body += String(chunk)));
      request.on("end", () => response.end());
    };
    const request = http.request(under.url, { method: "POST", agent: false });
    request.write("first ");
    if (buffering) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(under.backend("a").requests).toEqual([]);
    } else await arrived.passed;
    request.end("second");
    const [response] = (await once(request, "response")) as [http.IncomingMessage];
    response.resume();
    await once(response, "end");
    expect(body).toBe("first second");
  });

  test("what is larger than the buffer arrives whole", async () => {
    await using under = await GatewayUnderTest.create({ ...ONE, buffering: { request: true, response: true } });
    under.backend("a").onRequest = (request, response) => request.pipe(response);
    const body = Buffer.alloc(5_000_000, "0123456789");
    const answer = await requestOver(under.url, { method: "POST", body });
    expect(answer.body === String(body)).toBe(true);
  });

  test("a client that stalls gets 408 after a minute of its clock", async () => {
    for (const request of [true, false]) {
      // A minute and the request timeout are 60 and 1,000 ms here.
      await using under = await GatewayUnderTest.create(
        {
          ...ONE,
          buffering: { request, response: false },
          settings: { request_timeout: 1_000 },
          probe: { interval: 80_000, timeout: 10_000 },
        },
        { timeScale: 1_000 },
      );
      under.backend("a").onRequest = "hang";
      const upload = http.request(under.url, { method: "POST", agent: false, headers: { "content-length": 10 } });
      upload.write("five.");
      const [response] = (await once(upload, "response")) as [http.IncomingMessage];
      expect(response.statusCode).toBe(408);
      upload.on("error", () => undefined).destroy();
    }
  });
});

describe("timeouts", () => {
  test("a backend that says nothing for the request timeout is a 504, and is asked once", async () => {
    await using under = await GatewayUnderTest.create({ settings: { request_timeout: 2 } });
    const closed = gate();
    under.backend("a").onRequest = (request) => void request.socket.once("close", closed.open);
    expect(await under.outcome()).toBe("gateway 504");
    await closed.passed;
    expect(["a", "b", "c"].map((name) => under.backend(name).requests.length)).toEqual([1, 0, 0]);
    const [entry] = await under.logged(1);
    expect([entry?.HttpStatus, entry?.ServerStatus, entry?.ErrorInfo, entry?.ServerRouted]).toEqual([
      504,
      0,
      "ERRORINFO_UPSTREAM_TIMED_OUT",
      "a.openai.azure.com:443",
    ]);
  });

  test("each event starts the request timeout anew, so that a stream may be longer", async () => {
    // A second here; the stream takes longer.
    await using under = await GatewayUnderTest.create({ ...ONE, settings: { request_timeout: 50 } });
    under.backend("a").onRequest = async (_, response) => {
      for (let event = 0; event < 12; event += 1) {
        response.write(`data: ${event}\n\n`);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      response.end();
    };
    expect((await requestOver(under.url)).body).toContain("data: 11");
  });

  test("a silence in mid-stream that is longer ends it", async () => {
    await using under = await GatewayUnderTest.create({ ...ONE, settings: { request_timeout: 2 } });
    under.backend("a").onRequest = (_, response) => void response.write("data: one\n\n");
    await expect(requestOver(under.url)).rejects.toThrow("aborted");
    const [entry] = await under.logged(1);
    expect([entry?.HttpStatus, entry?.ErrorInfo]).toEqual([200, "ERRORINFO_UPSTREAM_TIMED_OUT"]);
  });
});

describe("a client that leaves", () => {
  test.each([
    ["before the answer", "hang" as const],
    ["in mid-stream", (_: unknown, response: http.ServerResponse) => void response.write("data: one\n\n")],
  ])("%s ends the request at the backend, and is logged with 499", async (_, behaviour) => {
    await using under = await GatewayUnderTest.create(ONE, { timeScale: 1 });
    const arrived = gate();
    const closed = gate();
    under.backend("a").onRequest = (request, response) => {
      request.socket.once("close", closed.open);
      arrived.open();
      if (behaviour !== "hang") behaviour(request, response);
    };
    const request = http.get(under.url, { agent: false });
    request.on("error", () => undefined);
    request.on("response", (response) => response.on("error", () => undefined));
    await arrived.passed;
    if (behaviour !== "hang") await once(request, "response");
    request.destroy();
    await closed.passed;
    const [entry] = await under.logged(1);
    expect([entry?.HttpStatus, entry?.ErrorInfo]).toEqual([499, "ERRORINFO_CLIENT_CLOSED_REQUEST"]);
    expect(under.gateway.backendStates()[0]?.requestsInFlight).toBe(0);
  });
});
