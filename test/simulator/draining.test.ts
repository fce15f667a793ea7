import { once } from "node:events";
import { connect } from "node:http2";
import { requestOver, open } from "../support/raw-request.js";
import { gate } from "../support/gate.js";
import { GatewayUnderTest, fqdnOf } from "../support/simulated-gateway.js";
import { httpsListener, rule } from "../support/terraform-json.js";

const ONE = { fqdns: [fqdnOf("a")] };

describe("draining", () => {
  /** A stream that is open at backend a, and ends when told. */
  async function streaming(json: object, timeScale: number) {
    const under = await GatewayUnderTest.create(json, { timeScale });
    const finish = gate();
    under.backend("a").onRequest = async (_, response) => {
      response.write("begin ");
      await finish.passed;
      response.end("end");
    };
    const { response } = await open(under.url);
    const text = (async () => {
      let all = "";
      for await (const chunk of response) all += String(chunk);
      return all;
    })();
    return { under, finish, text, [Symbol.asyncDispose]: () => under[Symbol.asyncDispose]() };
  }

  test("a removed member gets no new requests, and may finish those that it has", async () => {
    await using stream = await streaming({}, 1);
    const { under, finish, text } = stream;
    const removed = Promise.all([under.gateway.removeBackend(fqdnOf("a")), under.gateway.removeBackend(fqdnOf("a"))]);
    expect(under.gateway.backendStates()[0]).toMatchObject({ health: "Draining", requestsInFlight: 1 });
    expect([await under.outcome(), await under.outcome(), await under.outcome()]).toEqual(["b 200", "c 200", "b 200"]);
    finish.open();
    expect(await text).toBe("begin end");
    await removed;
    expect(under.gateway.backendStates().map(({ fqdn }) => fqdn)).toEqual([fqdnOf("b"), fqdnOf("c")]);
  });

  test("after the draining time, what is left is cut", async () => {
    const connection_draining = { enabled: true, drain_timeout_sec: 2 };
    await using stream = await streaming({ settings: { connection_draining } }, 50);
    const { under, text } = stream;
    const cut = expect(text).rejects.toThrow("aborted");
    await under.gateway.removeBackend(fqdnOf("a"));
    await cut;
  });

  test("a gateway that closes takes no connections and lets requests finish", async () => {
    await using stream = await streaming({}, 1);
    const { under, finish, text } = stream;
    const closed = under.gateway.close();
    await expect(requestOver(under.url)).rejects.toThrow("ECONNREFUSED");
    finish.open();
    expect(await text).toBe("begin end");
    await closed;
  });

  test("a gateway that closes takes no requests on an open HTTP/2 session, and lets its requests finish", async () => {
    const secure = { listeners: [httpsListener()], rules: [rule({ http_listener_name: "https" })], http2: true };
    await using under = await GatewayUnderTest.create({ ...ONE, ...secure }, { timeScale: 1 });
    const finish = gate();
    under.backend("a").onRequest = async (_, response) => {
      response.write("begin ");
      await finish.passed;
      response.end("end");
    };
    const session = connect(under.url, { ca: under.gateway.certificate });
    const first = session.request({ ":path": "/first" });
    await once(first, "response");
    const closed = under.gateway.close();
    const second = session.request({ ":path": "/second" });
    await expect(once(second, "response")).rejects.toThrow("NGHTTP2_REFUSED_STREAM");
    finish.open();
    let text = "";
    for await (const chunk of first) text += String(chunk);
    expect(text).toBe("begin end");
    await closed;
    expect(under.backend("a").requests.map(({ url }) => url)).toEqual(["/first"]);
  });

  test("a gateway that closes cuts requests after the draining time", async () => {
    const connection_draining = { enabled: true, drain_timeout_sec: 2 };
    await using stream = await streaming({ settings: { connection_draining } }, 50);
    const { under, text } = stream;
    const cut = expect(text).rejects.toThrow("aborted");
    await under.gateway.close();
    await cut;
  });

  test("disposal cuts at once, and leaves no connection to a backend", async () => {
    const { under, text } = await streaming({}, 1);
    const cut = expect(text).rejects.toThrow("aborted");
    await under.gateway[Symbol.asyncDispose]();
    await cut;
    const a = under.backend("a");
    while (a.connections > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await under[Symbol.asyncDispose]();
  });

  test("only members can be removed", async () => {
    await using under = await GatewayUnderTest.create(ONE);
    await expect(under.gateway.removeBackend("x")).rejects.toThrow("no rule leads to a member x");
    await under.gateway.removeBackend(fqdnOf("a"));
    expect(await under.outcome()).toBe("gateway 502");
    await expect(under.gateway.removeBackend(fqdnOf("a"))).rejects.toThrow(
      "no rule leads to a member a.openai.azure.com; there is none",
    );
  });
});
