import { createLoadBalancedFetch } from "../../lib/client/index.js";
import { balance, CHAT } from "../support/balanced.js";
import { type Step } from "../support/scripted-endpoint.js";

const REQUEST = { "apim-request-id": "req-1", "x-ms-region": "East US" };

describe("events", () => {
  test("tell a whole story, in order", async () => {
    const throttled: Step = { status: 429, headers: { ...REQUEST, "retry-after-ms": "100" } };
    const { post, clock, events } = await balance([
      [throttled, throttled, { status: 200, headers: REQUEST }],
      [503, 503],
    ]);
    await post();
    clock.now = 50;
    await post();
    clock.now = 2_000;
    await post();
    clock.now = 4_000;
    await post();
    const what = { deployment: "gpt", operation: "chat" };
    const times = { timeToHeadersMilliseconds: 0, timeToFirstOutputMilliseconds: undefined };
    const attempt = { type: "attempt", ...what, ...times, errorCode: undefined };
    const known = { requestId: "req-1", region: "East US", spilloverFrom: undefined };
    const unknown = { requestId: undefined, region: undefined, spilloverFrom: undefined };
    const cooldown = { type: "cooldown", ...what, scope: "deployment", errorCode: undefined };
    const throttledA = { ...attempt, ...known, endpoint: "a", attempt: 1, status: 429, outcome: "throttled" };
    const cooldownA = { ...cooldown, endpoint: "a", reason: "throttled", status: 429, cooldownMilliseconds: 100 };
    const failedB = { ...attempt, ...unknown, endpoint: "b", attempt: 2, status: 503, outcome: "failed" };
    const cooldownB = { ...cooldown, endpoint: "b", reason: "failed", status: 503 };
    expect(events).toEqual([
      throttledA,
      { ...cooldownA, consecutiveFailures: 1 },
      failedB,
      { ...cooldownB, cooldownMilliseconds: 1_000, consecutiveFailures: 1 },
      { type: "exhausted", ...what, attempts: 2, status: 503, retryAfterMilliseconds: 100 },
      { type: "exhausted", ...what, attempts: 0, status: 429, retryAfterMilliseconds: 50 },
      throttledA,
      { ...cooldownA, consecutiveFailures: 2 },
      failedB,
      { ...cooldownB, cooldownMilliseconds: 2_000, consecutiveFailures: 2 },
      { type: "exhausted", ...what, attempts: 2, status: 503, retryAfterMilliseconds: 100 },
      { ...throttledA, status: 200, outcome: "answered" },
      { type: "recovered", endpoint: "a", ...what, scope: "deployment" },
    ]);
  });

  test("name the code of an error where there is no status", async () => {
    const { post, events } = await balance([["reset"], []]);
    await post();
    expect(events[0]).toMatchObject({ type: "attempt", outcome: "failed", status: undefined, errorCode: "ECONNRESET" });
  });

  test("measure the time to headers by the given clock", async () => {
    const { post, events, clock } = await balance([[]], {
      fetch: async () => {
        clock.now += 250;
        return new Response("ok");
      },
    });
    await post();
    expect(events[0]).toMatchObject({ timeToHeadersMilliseconds: 250 });
  });

  test("a listener that throws harms nobody", async () => {
    const { post } = await balance([[429], []], {
      onEvent: () => {
        throw new Error("broken listener");
      },
    });
    expect(await post()).toBe(200);
  });
});

test("an asynchronous listener that rejects harms nobody", async () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => void unhandled.push(reason);
  process.on("unhandledRejection", note);
  try {
    const { post } = await balance([[429], []], {
      onEvent: async () => {
        throw new Error("broken listener");
      },
    });
    expect(await post()).toBe(200);
    await new Promise((resolve) => setImmediate(resolve));
    expect(unhandled).toEqual([]);
  } finally {
    process.off("unhandledRejection", note);
  }
});

describe("snapshot", () => {
  test("shows how each endpoint stands for each deployment", async () => {
    const throttled: Step = {
      status: 429,
      headers: { "retry-after": "3", "x-ratelimit-remaining-tokens": "0", "x-ratelimit-remaining-requests": "5" },
    };
    const { post, fetch, clock, endpoints } = await balance([[throttled], [503]]);
    await post();
    clock.now = 1_000;
    await post(CHAT.replace("gpt", "o3"));
    const [a, b] = fetch.snapshot();
    const available = { status: "available", reason: undefined, cooldownMilliseconds: 0, consecutiveFailures: 0 };
    const nothing = { underWay: 0, remainingRequests: undefined, remainingTokens: undefined };
    expect(a).toEqual({
      name: "a",
      url: endpoints[0]?.url,
      weight: 1,
      priority: 1,
      ...available,
      deployments: [
        {
          deployment: "gpt",
          status: "cooling-down",
          reason: "throttled",
          cooldownMilliseconds: 2_000,
          consecutiveFailures: 1,
          underWay: 0,
          remainingRequests: 5,
          remainingTokens: 0,
        },
        { deployment: "o3", ...available, ...nothing },
      ],
      operations: [],
    });
    expect(b?.deployments[0]).toEqual({
      deployment: "gpt",
      status: "half-open",
      reason: "failed",
      cooldownMilliseconds: 0,
      consecutiveFailures: 1,
      ...nothing,
    });
  });

  test("forgets what rate-limit headers said after a minute", async () => {
    const { post, fetch, clock } = await balance([[{ status: 200, headers: { "x-ratelimit-remaining-tokens": "9" } }]]);
    await post();
    clock.now = 60_000;
    expect(fetch.snapshot()[0]?.deployments[0]?.remainingTokens).toBe(9);
    clock.now = 60_001;
    expect(fetch.snapshot()[0]?.deployments[0]?.remainingTokens).toBeUndefined();
  });

  test("remembers a bounded number of deployments", async () => {
    const fetch = createLoadBalancedFetch({
      endpoints: [{ url: "https://a.openai.azure.com", apiKey: "k" }],
      fetch: async () => new Response("ok"),
    });
    for (let n = 0; n < 1_010; n++) await fetch(CHAT.replace("gpt", `gpt-${n}`));
    const deployments = fetch.snapshot()[0]?.deployments ?? [];
    expect(deployments.length).toBe(1_000);
    expect(deployments[0]?.deployment).toBe("gpt-10");
  });
});

test("by default it follows what the endpoints say is left", async () => {
  const left = (tokens: number): Step => ({ status: 200, headers: { "x-ratelimit-remaining-tokens": String(tokens) } });
  const { post, log } = await balance([[left(100)], [left(1_000), left(900), left(50)]], { strategy: "room" });
  for (let n = 0; n < 5; n++) await post(CHAT, { body: '{"max_tokens":100}' });
  expect(log.join("")).toBe("abbba");
});
