import fc from "fast-check";
import { Duration, FakeOpenAi, type FakeOpenAiOptions } from "../../lib/simulator/index.js";
import { RateLimit } from "../../lib/simulator/fake-openai/rate-limit.js";

const HEADERS = { "api-key": "k", "content-type": "application/json" };

/** A server whose time stands still until it is told to pass. */
async function start(options: FakeOpenAiOptions) {
  let now = 1_000_000;
  const server = await FakeOpenAi.create({ clock: () => now, ...options });
  const ask = (deployment: string, body: object = {}): Promise<Response> =>
    fetch(`${server.url}/openai/deployments/${deployment}/chat/completions?api-version=2024-10-21`, {
      method: "POST",
      headers: HEADERS,
      body: JSON.stringify({ messages: [{ role: "user", content: "hi" }], ...body }),
    });
  const statuses = async (count: number, deployment: string, body?: object): Promise<number[]> => {
    const seen = [];
    for (let i = 0; i < count; i += 1) seen.push((await ask(deployment, body)).status);
    return seen;
  };
  return {
    server,
    ask,
    statuses,
    pass: (milliseconds: number): void => void (now += milliseconds),
    [Symbol.asyncDispose]: () => server.close(),
  };
}

test("requests per minute: what a window of 10 s allows, until the next window", async () => {
  await using fake = await start({ deployments: [{ name: "chat", requestsPerMinute: 18 }] });
  expect(await fake.statuses(4, "chat")).toEqual([200, 200, 200, 429]);
  fake.pass(9_999);
  expect(await fake.statuses(1, "chat")).toEqual([429]);
  fake.pass(1);
  expect(await fake.statuses(4, "chat")).toEqual([200, 200, 200, 429]);
});

test("what is left can be looked up without a request", async () => {
  const deployments = [{ name: "chat", requestsPerMinute: 18, tokensPerMinute: 1_000 }, { name: "free" }];
  await using fake = await start({ deployments });
  expect(fake.server.rateLimit("free")).toEqual({});
  expect(fake.server.rateLimit("gone")).toBeUndefined();
  await fake.statuses(2, "chat", { max_tokens: 100 });
  const requests = { perMinute: 18, perWindow: 3, remaining: 1 };
  expect(fake.server.rateLimit("chat")).toMatchObject({ requests, tokens: { perMinute: 1_000, perWindow: 1_000 } });
  expect(fake.server.rateLimit("chat")?.tokens?.remaining).toBeLessThan(800);
  fake.pass(10_000);
  expect(fake.server.rateLimit("chat")?.requests).toEqual({ ...requests, remaining: 3 });
});

test.each([
  ["gpt-4o", 300, 50_000],
  ["gpt-35-turbo", 300, 50_000],
  ["gpt-4.1-mini", 50, 50_000],
  ["gpt-4o-mini", 500, 50_000],
  ["gpt-5", 500, 50_000],
  ["gpt-5.2", 500, 50_000],
  ["gpt-5-mini", 50, 50_000],
  ["o4-mini", 50, 50_000],
  ["o1", 50, 300_000],
  ["o3-mini", 50, 500_000],
  ["text-embedding-3-large", 50, 50_000],
])("50 units of capacity of %s are %d requests and %d tokens per minute", async (model, requests, tokens) => {
  await using fake = await start({ deployments: [{ name: "it", model, capacityUnits: 50 }] });
  const { requests: calls, tokens: words } = fake.server.rateLimit("it") ?? {};
  expect([calls?.perMinute, words?.perMinute]).toEqual([requests, tokens]);
});

test("a limit of its own takes the place of the one that the capacity sets", async () => {
  const deployments = [{ name: "chat", model: "gpt-4o", capacityUnits: 10, requestsPerMinute: 7 }];
  await using fake = await start({ deployments });
  const { requests, tokens } = fake.server.rateLimit("chat") ?? {};
  expect([requests?.perMinute, tokens?.perMinute]).toEqual([7, 10_000]);
});

test("a window is as long as its requests need", async () => {
  const deployments = [
    { name: "one", requestsPerMinute: 1 },
    { name: "fifteen", requestsPerMinute: 15 },
  ];
  await using fake = await start({ deployments });
  expect(await fake.statuses(2, "one")).toEqual([200, 429]);
  expect(await fake.statuses(4, "fifteen")).toEqual([200, 200, 200, 429]);
  fake.pass(11_999);
  expect(await fake.statuses(1, "fifteen")).toEqual([429]);
  fake.pass(1);
  expect(await fake.statuses(1, "fifteen")).toEqual([200]);
  fake.pass(47_999);
  expect(await fake.statuses(1, "one")).toEqual([429]);
  fake.pass(1);
  expect(await fake.statuses(1, "one")).toEqual([200]);
});

test("requests may be counted second by second", async () => {
  const deployments = [{ name: "chat", requestsPerMinute: 120 }];
  await using fake = await start({ deployments, requestWindow: Duration.seconds(1) });
  expect(await fake.statuses(3, "chat")).toEqual([200, 200, 429]);
  fake.pass(1_000);
  expect(await fake.statuses(3, "chat")).toEqual([200, 200, 429]);
});

test("a 429 says which limit, how long to wait and what is left", async () => {
  await using fake = await start({ deployments: [{ name: "chat", requestsPerMinute: 40, tokensPerMinute: 100_000 }] });
  await fake.statuses(7, "chat");
  fake.pass(9_000);
  const response = await fake.ask("chat");
  expect(response.status).toBe(429);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    "retry-after": "2",
    "retry-after-ms": "1500",
    "x-ratelimit-limit-requests": "40",
    "x-ratelimit-remaining-requests": "0",
    "x-ratelimit-reset-requests": "2",
    "x-ratelimit-reset-tokens": "51",
    "x-ratelimit-limit-tokens": "100000",
  });
  expect(await response.json()).toEqual({
    error: {
      code: "429",
      message:
        "Requests to the ChatCompletions_Create Operation under Azure OpenAI API version 2024-10-21 have exceeded call rate limit of your current OpenAI S0 pricing tier. Please retry after 2 seconds. Please go here: https://aka.ms/oai/quotaincrease if you would like to further increase the default rate limit.",
    },
  });
});

test("tokens per minute: the prompt and the most that may be written, before the model runs", async () => {
  await using fake = await start({ deployments: [{ name: "chat", tokensPerMinute: 600 }] });
  const body = { max_tokens: 292 }; // and 8 for the prompt
  expect(await fake.statuses(3, "chat", body)).toEqual([200, 200, 429]);
  fake.pass(30_000);
  const response = await fake.ask("chat", body);
  expect(response.headers.get("retry-after-ms")).toBe("30000");
  expect(await response.text()).toContain("have exceeded token rate limit");
  fake.pass(30_000);
  expect(await fake.statuses(3, "chat", body)).toEqual([200, 200, 429]);
});

test("a window that is over leaves everything, also where the other limit refuses", async () => {
  const deployments = [{ name: "chat", requestsPerMinute: 0.5, tokensPerMinute: 1_000 }];
  await using fake = await start({ deployments });
  const left = async () => {
    const { status, headers } = await fake.ask("chat", { max_tokens: 92 }); // and 8 for the prompt
    return [status, headers.get("x-ratelimit-remaining-tokens"), headers.get("x-ratelimit-reset-tokens")];
  };
  expect(await left()).toEqual([200, "900", "60"]);
  fake.pass(59_000);
  expect(await left()).toEqual([429, "900", "1"]);
  fake.pass(1_000);
  expect(await left()).toEqual([429, "1000", "0"]);
});

test("a request that can never fit is told to come back tomorrow", async () => {
  await using fake = await start({ deployments: [{ name: "chat", tokensPerMinute: 100 }] });
  const response = await fake.ask("chat", { max_tokens: 1_000 });
  expect(response.headers.get("retry-after")).toBe("86400");
});

test("each deployment has its own limits", async () => {
  const deployments = [
    { name: "small", requestsPerMinute: 1 },
    { name: "large", requestsPerMinute: 12 },
    { name: "free" },
  ];
  await using fake = await start({ deployments });
  expect(await fake.statuses(2, "small")).toEqual([200, 429]);
  expect(await fake.statuses(3, "large")).toEqual([200, 200, 429]);
  expect(await fake.statuses(5, "free")).toEqual([200, 200, 200, 200, 200]);
});

test.each([
  ["a bad request", { messages: [] }, 400],
  ["one that the token limit stops", { max_tokens: 10_000 }, 429],
])("%s counts against requests per minute all the same", async (_, body, status) => {
  await using fake = await start({ deployments: [{ name: "chat", requestsPerMinute: 12, tokensPerMinute: 1_000 }] });
  expect(await fake.statuses(2, "chat", body)).toEqual([status, status]);
  const response = await fake.ask("chat");
  expect(await response.text()).toContain("have exceeded call rate limit");
});

test("a caller that is turned away counts against nothing", async () => {
  await using fake = await start({ deployments: [{ name: "chat", requestsPerMinute: 1 }] });
  const url = `${fake.server.url}/openai/deployments/chat/chat/completions?api-version=2024-10-21`;
  expect((await fetch(url, { method: "POST", body: "{}" })).status).toBe(401);
  expect(await fake.statuses(1, "chat")).toEqual([200]);
});

test("the status path answers 200 without authentication, also while throttled", async () => {
  await using fake = await start({ deployments: [{ name: "chat", requestsPerMinute: 1 }] });
  expect(await fake.statuses(2, "chat")).toEqual([200, 429]);
  expect((await fetch(`${fake.server.url}/status-0123456789abcdef`)).status).toBe(200);
  expect(fake.server.probeCount).toBe(1);
  expect(fake.server.requestCount).toBe(2);
});

test("each of several answers may be as long as the limit", async () => {
  await using fake = await start({ deployments: [{ name: "chat", tokensPerMinute: 1_000 }] });
  expect(await fake.statuses(1, "chat", { max_tokens: 100, n: 10 })).toEqual([429]);
  expect(await fake.statuses(1, "chat", { max_tokens: 100, n: 9 })).toEqual([200]);
});

test("over any arrivals no window lets in more than its share, and a wait that is obeyed suffices", () => {
  const arrivals = fc.array(fc.record({ after: fc.nat(20_000), tokens: fc.integer({ min: 1, max: 200 }) }));
  const limits = fc.record({ rpm: fc.integer({ min: 1, max: 60 }), tpm: fc.integer({ min: 200, max: 2_000 }) });
  fc.assert(
    fc.property(arrivals, limits, (sequence, { rpm, tpm }) => {
      let now = 0;
      const requestWindow = Duration.seconds(10);
      const limit = new RateLimit({ requestsPerMinute: rpm, tokensPerMinute: tpm, requestWindow, clock: () => now });
      const admitted: { readonly at: number; readonly tokens: number }[] = [];
      const within = (milliseconds: number) => admitted.filter(({ at }) => at > now - milliseconds);
      for (const { after, tokens } of sequence) {
        now += after;
        for (;;) {
          const admission = limit.admit(tokens);
          if (admission.admitted) break;
          now += admission.retryAfterMilliseconds;
        }
        admitted.push({ at: now, tokens });
        // Two windows touch the time span of one.
        const requests = Math.max(1, Math.round(rpm / 6));
        expect(within((requests * 60_000) / rpm).length).toBeLessThanOrEqual(2 * requests);
        expect(within(60_000).reduce((sum, one) => sum + one.tokens, 0)).toBeLessThanOrEqual(2 * tpm);
      }
      const minutes = Math.floor(now / 60_000) + 1;
      expect(admitted.length).toBeLessThanOrEqual((minutes + 1) * rpm + Math.round(rpm / 6) + 1);
    }),
  );
});
