import { type ServerResponse } from "node:http";
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

const sized = (tokens: number) => ({ body: JSON.stringify({ max_tokens: tokens }) });

/** Two servers that share a bucket of tokens, 1 a millisecond: it says in a 429 when there will be enough. */
function bucket(capacity: number): Step[][] {
  let [level, at] = [0, performance.now()];
  const serve = (response: ServerResponse) => {
    const now = performance.now();
    [level, at] = [Math.min(capacity, level + now - at), now];
    const tokens = Number(response.req.headers["x-tokens"]);
    if (level < tokens) {
      response.writeHead(429, { "retry-after-ms": String(Math.ceil(tokens - level)) });
    } else {
      level -= tokens;
      response.writeHead(200, {
        "x-ratelimit-remaining-tokens": Math.floor(level),
        "x-ratelimit-limit-tokens": 60_000,
      });
    }
    response.end("{}");
  };
  return [Array.from({ length: 100 }, () => serve), [503]];
}

describe("several calls that wait", () => {
  const call = (tokens: number) => ({ ...sized(tokens), headers: { "x-tokens": String(tokens) } });

  test("all get their turn, with few attempts", async () => {
    const { post, events } = await start(bucket(400));
    const sizes = [60, 30, 90, 20, 150, 40, 30, 60, 80, 20];
    expect(await Promise.all(sizes.map((tokens) => post(CHAT, call(tokens))))).toEqual(sizes.map(() => 200));
    const attempts = events.filter(({ type }) => type === "attempt").length;
    const turns = events.filter(({ type }) => type === "queued").length;
    expect(attempts).toBeLessThanOrEqual(2 * sizes.length + turns);
  });

  test("are told at once where maxQueued are waiting already", async () => {
    const waits = { whenExhausted: "wait", deadline: Duration.minutes(10), maxQueued: 2 } as const;
    const long: Step = { status: 429, headers: { "retry-after-ms": "60000" } };
    const { fetch, post, log, events } = await balance(
      [
        [long, long],
        [long, long],
      ],
      waits,
    );
    const caller = new AbortController();
    const queued = [1, 2].map(() => fetch(CHAT, { method: "POST", body: "{}", signal: caller.signal }));
    while (events.filter(({ type }) => type === "queued").length < 2) await new Promise(setImmediate);
    expect(await post()).toBe(429);
    caller.abort(new Error("left"));
    for (const call of queued) await expect(call).rejects.toThrow(new Error("left"));
    // There is room in the queue again.
    const next = fetch(CHAT, { method: "POST", body: "{}", signal: AbortSignal.timeout(20) });
    await expect(next).rejects.toMatchObject({ name: "TimeoutError" });
    expect(events.filter(({ type }) => type === "queued")).toHaveLength(3);
    expect(log.length).toBeLessThanOrEqual(4);
  });

  test("are told at once, and when there would be room, where that is after their deadline", async () => {
    const waits = { whenExhausted: "wait", deadline: Duration.seconds(30) } as const;
    const long: Step = { status: 429, headers: { "retry-after-ms": "45000" } };
    const { fetch, events } = await balance([[long], [long]], waits);
    const answer = await fetch(CHAT, { method: "POST", body: "{}" });
    expect([answer.status, answer.headers.get("retry-after-ms")]).toEqual([429, "45000"]);
    expect(events.map(({ type }) => type)).not.toContain("queued");
  });

  test("one that leaves does not keep the others", async () => {
    const { fetch, post, events } = await start([[throttled], [throttled]]);
    const caller = new AbortController();
    const left = fetch(CHAT, { method: "POST", body: "{}", signal: caller.signal });
    while (!events.some(({ type }) => type === "queued")) await new Promise(setImmediate);
    const stays = post();
    caller.abort(new Error("left"));
    await expect(left).rejects.toThrow(new Error("left"));
    expect(await stays).toBe(200);
  });
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
