import { Duration } from "../../lib/client/index.js";
import { balance, CHAT } from "../support/balanced.js";

let servers: Awaited<ReturnType<typeof balance>>;
async function start(...args: Parameters<typeof balance>) {
  servers = await balance(...args);
  return servers;
}

const openai = (path: string) => `https://any.example/openai/v1/${path}`;
const stream = () => ({ body: new Blob(["{}"]).stream(), duplex: "half" }) as RequestInit;
const reasons = () =>
  servers.events.flatMap((event) => (event.type === "cooldown" ? [`${event.endpoint} ${event.reason}`] : []));

describe("a misconfigured endpoint cools down", () => {
  test("where the body cannot be sent again", async () => {
    const { post, log } = await start([[401, 401], []]);
    expect([await post(CHAT, stream()), await post(CHAT, stream())]).toEqual([401, 200]);
    expect({ log, reasons: reasons() }).toEqual({ log: ["a", "b"], reasons: ["a misconfigured"] });
  });

  test("where the next endpoint's answer is final", async () => {
    const { post } = await start([[401, 401], [503]]);
    expect([await post(openai("images/generations")), reasons()]).toEqual([503, ["a misconfigured", "b failed"]]);
  });

  test("where the deadline or the caller ends the call at the next endpoint", async () => {
    const { fetch, log } = await start([[401], ["hang"]]);
    const caller = new AbortController();
    const call = fetch(CHAT, { method: "POST", body: "{}", signal: caller.signal });
    while (log.length < 2) await new Promise((resolve) => setTimeout(resolve, 2));
    // Already while the next endpoint is asked, others are spared.
    expect(reasons()).toEqual(["a misconfigured"]);
    caller.abort(new Error("left"));
    await expect(call).rejects.toThrow(new Error("left"));
    expect(servers.fetch.snapshot()[0]?.status).toBe("cooling-down");
  });

  test("where it alone holds what the call is about, which gets its answer", async () => {
    const { post, log } = await start([[{ status: 200, body: '{"id":"resp_1a"}' }, 401], []], {
      now: () => performance.now(),
      whenExhausted: "wait",
      deadline: Duration.minutes(10),
    });
    await post(openai("responses"));
    expect(await post(openai("responses/resp_1a"), { method: "GET", body: null })).toBe(401);
    expect({ log, reasons: reasons() }).toEqual({ log: ["a", "a"], reasons: ["a misconfigured"] });
  });

  test("until all endpoints turn out to agree: then it is the caller's", async () => {
    const { post, events, fetch } = await start([[401], [403], [401]]);
    expect(await post()).toBe(401);
    expect(fetch.snapshot().map(({ status }) => status)).toEqual(["available", "available", "available"]);
    expect(events.map(({ type }) => type)).toEqual([
      ...["attempt", "cooldown", "attempt", "cooldown", "attempt", "recovered", "recovered", "exhausted"],
    ]);
  });
});
