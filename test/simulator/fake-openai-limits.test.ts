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

test("requests per minute: what the minute allows at once, then as the bucket refills", async () => {
  await using fake = await start({ deployments: [{ name: "chat", requestsPerMinute: 3 }] });
  expect(await fake.statuses(4, "chat")).toEqual([200, 200, 200, 429]);
  fake.pass(19_999);
  expect(await fake.statuses(1, "chat")).toEqual([429]);
  fake.pass(1);
  expect(await fake.statuses(2, "chat")).toEqual([200, 429]);
});

test("a 429 says which limit, how long to wait and what is left", async () => {
  await using fake = await start({ deployments: [{ name: "chat", requestsPerMinute: 40, tokensPerMinute: 100_000 }] });
  await fake.statuses(40, "chat");
  const response = await fake.ask("chat");
  expect(response.status).toBe(429);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    "retry-after": "2",
    "retry-after-ms": "1500",
    "x-ratelimit-limit-requests": "40",
    "x-ratelimit-remaining-requests": "0",
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
  const response = await fake.ask("chat", body);
  expect(response.headers.get("retry-after-ms")).toBe("30000");
  expect(await response.text()).toContain("have exceeded token rate limit");
  fake.pass(30_000);
  expect(await fake.statuses(2, "chat", body)).toEqual([200, 429]);
});

test("a request that can never fit is told to come back tomorrow", async () => {
  await using fake = await start({ deployments: [{ name: "chat", tokensPerMinute: 100 }] });
  const response = await fake.ask("chat", { max_tokens: 1_000 });
  expect(response.headers.get("retry-after")).toBe("86400");
});

test("each deployment has its own limits", async () => {
  const deployments = [
    { name: "small", requestsPerMinute: 1 },
    { name: "large", requestsPerMinute: 2 },
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
  await using fake = await start({ deployments: [{ name: "chat", requestsPerMinute: 2, tokensPerMinute: 1_000 }] });
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

test("a shorter period lets less through at once", async () => {
  const deployments = [{ name: "chat", requestsPerMinute: 12 }];
  await using fake = await start({ deployments, rateLimitPeriod: Duration.seconds(10) });
  expect(await fake.statuses(3, "chat")).toEqual([200, 200, 429]);
});

test("over any sequence of arrivals no more is let in than bucket and refill allow, and a wait that is obeyed suffices", () => {
  const arrivals = fc.array(fc.record({ after: fc.nat(20_000), tokens: fc.integer({ min: 1, max: 200 }) }));
  fc.assert(
    fc.property(
      arrivals,
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 200, max: 2_000 }),
      (sequence, rpm, tpm) => {
        let now = 0;
        const period = Duration.minutes(1);
        const limit = new RateLimit({ requestsPerMinute: rpm, tokensPerMinute: tpm, period, clock: () => now });
        let requests = 0;
        let tokens = 0;
        for (const arrival of sequence) {
          now += arrival.after;
          let admission = limit.admit(arrival.tokens);
          if (!admission.admitted && admission.limit === "call") {
            now += admission.retryAfterMilliseconds;
            admission = limit.admit(arrival.tokens);
            expect(admission).not.toMatchObject({ limit: "call" });
          }
          if (!admission.admitted) continue;
          requests += 1;
          tokens += arrival.tokens;
          expect(requests).toBeLessThanOrEqual(rpm + (now * rpm) / 60_000 + 1e-6);
          expect(tokens).toBeLessThanOrEqual(tpm + (now * tpm) / 60_000 + 1e-6);
        }
      },
    ),
  );
});
