import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { createLoadBalancedFetch } from "../../lib/client/index.js";

describe("an event stream of a stored thing", () => {
  const type = { "content-type": "text/event-stream" };
  const event = 'data: {"type":"response.created","response":{"id":"resp_s1","conversation":{"id":"conv_s1"}}}\n\n';
  /** A stream that goes on for ever. */
  async function startStream(first: string, rest: string) {
    const connections: Socket[] = [];
    const server = createServer(({ socket }, response) => {
      connections.push(socket);
      response.writeHead(200, type).write(first);
      const timer = setInterval(() => response.write(rest), 5);
      response.on("close", () => clearInterval(timer));
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const fetch = createLoadBalancedFetch({ endpoints: [{ url, apiKey: "key" }] });
    return {
      closed: async () => {
        while (connections.some(({ destroyed }) => !destroyed)) await sleep(2);
        server.close();
        // fetch has opened another one for what may come.
        server.closeAllConnections();
      },
      stream: (signal: AbortSignal | null = null) =>
        fetch("https://any.example/openai/v1/responses", { method: "POST", body: '{"stream":true}', signal }),
    };
  }

  test.each([
    ["with ids", event, ": more\n\n"],
    ["without ids", "data: {}\n\n", "data: {}\n\n"],
  ])("%s ends when the caller cancels it", async (_, first, rest) => {
    const { stream, closed } = await startStream(first, rest);
    await (await stream()).body?.cancel();
    await closed();
  });

  test("ends when the caller aborts it unread, and no error is left over", async () => {
    const leftOver = jest.fn();
    process.on("unhandledRejection", leftOver);
    const { stream, closed } = await startStream(event, ": more\n\n");
    const caller = new AbortController();
    const response = await stream(caller.signal);
    await sleep(20); // For the first event to be followed.
    caller.abort(new Error("left"));
    await closed();
    await expect(response.text()).rejects.toThrow("left");
    await sleep(0);
    process.off("unhandledRejection", leftOver);
    expect(leftOver).not.toHaveBeenCalled();
  });
});
