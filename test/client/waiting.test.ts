import { Duration } from "../../lib/client/index.js";
import { balance, CHAT } from "../support/balanced.js";
import { type Step } from "../support/scripted-endpoint.js";

function start(scripts: Step[][]) {
  const waits = { whenExhausted: "wait", deadline: Duration.minutes(10), now: () => performance.now() } as const;
  return balance(scripts, waits);
}

const openai = (path: string) => `https://any.example/openai/v1/${path}`;
const throttled: Step = { status: 429, headers: { "retry-after-ms": "60" } };

describe("a call that may wait", () => {
  test("waits for the one endpoint that holds what it is about", async () => {
    const { post, log } = await start([[{ status: 200, body: '{"id":"resp_1a"}' }, throttled], []]);
    await post(openai("responses"));
    expect(await post(openai("responses/resp_1a"), { method: "GET", body: null })).toBe(200);
    expect(log.join("")).toBe("aaa");
  });

  test("is given the other endpoints' 429 no more often than the shortest cooldown allows", async () => {
    const hasty: Step = { status: 429, headers: { "retry-after-ms": "1" } };
    const { post, events } = await start([[hasty], [hasty]]);
    expect(await post(CHAT)).toBe(200);
    const lengths = events.flatMap((event) => (event.type === "cooldown" ? [event.cooldownMilliseconds] : []));
    expect(lengths).toEqual([50, 50]);
  });
});

test("a 429 that is waited for is not left unread: it would hold its connection", async () => {
  let cancelled = 0;
  const waits = { whenExhausted: "wait", deadline: Duration.minutes(10), now: () => performance.now() } as const;
  const servers = await balance([[], []], {
    ...waits,
    fetch: async () =>
      new Response(new ReadableStream({ cancel: () => void cancelled++ }), {
        status: 429,
        headers: { "retry-after": "9" },
      }),
  });
  const caller = new AbortController();
  const call = servers.fetch(CHAT, { method: "POST", body: "{}", signal: caller.signal });
  while (servers.events.filter(({ type }) => type === "cooldown").length < 2) await new Promise(setImmediate);
  await new Promise(setImmediate);
  expect(cancelled).toBe(2);
  caller.abort(new Error("left"));
  await expect(call).rejects.toThrow(new Error("left"));
});

describe("a search for what is stored somewhere", () => {
  const read = { method: "GET", body: null };

  test.each<[string, Step[][]]>([
    ["404, then 401", [[404], [401]]],
    ["401, then 404", [[401], [404]]],
  ])("%s: the caller gets the 404", async (_, scripts) => {
    const servers = await balance(scripts);
    expect(await servers.post(openai("responses/resp_9"), read)).toBe(404);
  });

  test("is not over where an endpoint cannot be reached: it may be the one that holds it", async () => {
    const servers = await balance([[404], []]);
    await servers.endpoints[1]?.close();
    const response = await servers.fetch(openai("responses/resp_9"));
    const { error } = (await response.json()) as { error: { message: string } };
    expect([response.status, servers.log.join(""), error.message]).toEqual([
      429,
      "a",
      "1 of 2 endpoints do not hold what was asked for, and the others are throttled or failing; the first is available again in 1 s.",
    ]);
    await servers.endpoints[1]?.open();
    servers.clock.now = 1_000;
    expect(await servers.post(openai("responses/resp_9"), read)).toBe(200);
  });

  test("says which endpoints do not hold it and which are cooling down", async () => {
    const servers = await balance([[200, 200, 404], [429]]);
    await servers.post(openai("responses"));
    await servers.post(openai("responses"));
    expect(servers.log.join("")).toBe("aba");
    const response = await servers.fetch(openai("responses/resp_9"));
    const { error } = (await response.json()) as { error: { message: string } };
    expect([response.status, error.message]).toEqual([
      429,
      "1 of 2 endpoints do not hold what was asked for, and the others are throttled or failing; the first is available again in 10 s.",
    ]);
  });
});
