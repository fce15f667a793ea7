import { DEFAULT_COOLDOWN, EXHAUSTED_CODE } from "../../lib/client/index.js";
import { balance, CHAT } from "../support/balanced.js";
import { type Step } from "../support/scripted-endpoint.js";

const openai = (path: string) => `https://any.example/openai/v1/${path}`;
const NOT_FOUND: Step = { status: 404, body: '{"error":{"code":"DeploymentNotFound","message":"…"}}' };

describe("failures and the sequence of calls that they lead to", () => {
  test.each<{ name: string; scripts: Step[][]; calls: number; expected: string; answers: (number | string)[] }>([
    { name: "none", scripts: [[], [], []], calls: 4, expected: "abca", answers: [200, 200, 200, 200] },
    { name: "429", scripts: [[429], [], []], calls: 4, expected: "abcbc", answers: [200, 200, 200, 200] },
    ...[408, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529].map((status) => ({
      name: String(status),
      scripts: [[status], [], []],
      calls: 3,
      expected: "abcb",
      answers: [200, 200, 200],
    })),
    { name: "a reset", scripts: [["reset"], [], []], calls: 3, expected: "abcb", answers: [200, 200, 200] },
    ...[401, 403, NOT_FOUND].map((step) => ({
      name: typeof step === "number" ? String(step) : "404 DeploymentNotFound",
      scripts: [[step], [], []],
      calls: 3,
      expected: "abcb",
      answers: [200, 200, 200],
    })),
    ...[400, 404, 409, 413, 422].map((status) => ({
      name: `${status}, the caller's to have`,
      scripts: [[status], [], []],
      calls: 4,
      expected: "abca",
      answers: [status, 200, 200, 200],
    })),
    { name: "two of three", scripts: [[429], [503], []], calls: 3, expected: "abccc", answers: [200, 200, 200] },
    { name: "all throttled", scripts: [[429], [429]], calls: 2, expected: "ab", answers: [429, 429] },
    { name: "all failing", scripts: [[500], [503]], calls: 1, expected: "ab", answers: [503] },
    { name: "429, then 500", scripts: [[429], [500]], calls: 1, expected: "ab", answers: [500] },
    { name: "500, then 429", scripts: [[500], [429]], calls: 1, expected: "ab", answers: [429] },
    { name: "500, then a reset", scripts: [[500], ["reset"]], calls: 1, expected: "ab", answers: [500] },
    { name: "401, then 503", scripts: [[401], [503]], calls: 1, expected: "ab", answers: [503] },
    { name: "503, then 401", scripts: [[503], [401]], calls: 1, expected: "ab", answers: [503] },
    { name: "401, then a reset", scripts: [[401], ["reset"]], calls: 1, expected: "ab", answers: [401] },
    {
      name: "all reset",
      scripts: [["reset"], ["reset"]],
      calls: 1,
      expected: "ab",
      answers: ["ERR_ENDPOINTS_UNREACHABLE"],
    },
    {
      name: "all 401",
      scripts: [
        [401, 401],
        [401, 401],
      ],
      calls: 2,
      expected: "abab",
      answers: [401, 401],
    },
    { name: "all DeploymentNotFound", scripts: [[NOT_FOUND], [NOT_FOUND]], calls: 1, expected: "ab", answers: [404] },
    { name: "a sole one throttled", scripts: [[429, 429]], calls: 3, expected: "aaa", answers: [429, 429, 200] },
    {
      name: "a sole one failing",
      scripts: [[503, "reset"]],
      calls: 3,
      expected: "aaa",
      answers: [503, "ERR_ENDPOINTS_UNREACHABLE", 200],
    },
    {
      name: "cut in the middle of an answer",
      scripts: [["cut"], []],
      calls: 2,
      expected: "ab",
      answers: ["UND_ERR_SOCKET", 200],
    },
  ])("$name: $expected", async ({ scripts, calls, expected, answers }) => {
    const { post, log } = await balance(scripts);
    const got: (number | string)[] = [];
    for (let n = 0; n < calls; n++) got.push(await post());
    expect({ log: log.join(""), got }).toEqual({ log: expected, got: answers });
  });

  test("a refused connection: the next at once, the endpoint and the whole origin cools down, for all deployments", async () => {
    const { post, log, endpoints, events } = await balance([[], []]);
    await endpoints[0]?.close();
    expect(await post()).toBe(200);
    expect(await post(CHAT.replace("gpt", "o3"))).toBe(200);
    expect(log).toEqual(["b", "b"]);
    expect(events).toContainEqual(
      expect.objectContaining({ type: "cooldown", scope: "origin", errorCode: "ECONNREFUSED" }),
    );
    expect(events.filter(({ type }) => type === "attempt")).toHaveLength(3);
  });

  test.each(["ENOTFOUND", "EAI_AGAIN", "UND_ERR_CONNECT_TIMEOUT", "ECONNREFUSED", "CERT_HAS_EXPIRED"])(
    "%s: never sent, so the next at once, even for what must not run twice",
    async (code) => {
      const sent: string[] = [];
      const { post } = await balance([[], []], {
        fetch: async (url) => {
          sent.push(String(url));
          if (sent.length > 1) return new Response("ok");
          throw new TypeError("fetch failed", { cause: Object.assign(new Error(code), { code }) });
        },
      });
      expect(await post(openai("images/generations"))).toBe(200);
      expect(new Set(sent).size).toBe(2);
    },
  );

  test.each<[string, Error]>([
    ["one address", Object.assign(new Error(), { code: "ETIMEDOUT", syscall: "connect" })],
    ["several addresses", Object.assign(new AggregateError([]), { code: "ETIMEDOUT" })],
  ])("a timeout while connecting to %s: never sent", async (_, cause) => {
    let sent = 0;
    const { post } = await balance([[], []], {
      fetch: async () => {
        if (sent++ > 0) return new Response("ok");
        throw new TypeError("fetch failed", { cause });
      },
    });
    expect(await post(openai("images/generations"))).toBe(200);
  });

  test("a network error of a runtime without codes counts as one", async () => {
    let sent = 0;
    const { post } = await balance([[], []], {
      fetch: async () => {
        if (sent++ > 0) return new Response("ok");
        throw new TypeError("Failed to fetch");
      },
    });
    expect(await post()).toBe(200);
  });
});

describe("how long", () => {
  test.each<[string, Step, number]>([
    ["a 429 without a hint", 429, DEFAULT_COOLDOWN.throttled.toMilliseconds()],
    ["a 429 with retry-after-ms", { status: 429, headers: { "retry-after-ms": "400", "retry-after": "1" } }, 400],
    ["a 429 with retry-after", { status: 429, headers: { "retry-after": "3" } }, 3_000],
    ["a 429 with x-ratelimit-reset-tokens", { status: 429, headers: { "x-ratelimit-reset-tokens": "7" } }, 7_000],
    [
      "a 429 that asks for ten minutes",
      { status: 429, headers: { "retry-after": "600" } },
      DEFAULT_COOLDOWN.maximum.toMilliseconds(),
    ],
    ["a 503 without a hint", 503, DEFAULT_COOLDOWN.failed.toMilliseconds()],
    ["a 503 with retry-after", { status: 503, headers: { "retry-after": "3" } }, 3_000],
    [
      "a 500 with rate-limit headers",
      { status: 500, headers: { "x-ratelimit-reset-tokens": "7" } },
      DEFAULT_COOLDOWN.failed.toMilliseconds(),
    ],
    ["a reset", "reset", DEFAULT_COOLDOWN.failed.toMilliseconds()],
    ["a 401", { status: 401, headers: { "retry-after": "1" } }, DEFAULT_COOLDOWN.misconfigured.toMilliseconds()],
  ])("%s", async (_, step, milliseconds) => {
    const { post, log, clock, events } = await balance([[step], []]);
    await post();
    expect(events).toContainEqual(
      expect.objectContaining({ type: "cooldown", endpoint: "a", cooldownMilliseconds: milliseconds }),
    );
    clock.now = milliseconds - 1;
    await post();
    expect(log.join("")).toBe("abb");
    clock.now = milliseconds;
    await post();
    expect(log.join("")).toBe("abba");
  });

  test("a 429 cools down one deployment, not the others of the endpoint", async () => {
    const { post, log } = await balance([[429], []]);
    await post();
    await post(CHAT.replace("gpt", "o3"));
    expect(log.join("")).toBe("aba");
  });

  test("a 401 cools down the endpoint for all deployments", async () => {
    const { post, log } = await balance([[401], []]);
    await post();
    await post(CHAT.replace("gpt", "o3"));
    expect(log.join("")).toBe("abb");
  });

  test("failures in a row lengthen the cooldown", async () => {
    const { post, clock, events } = await balance([[503, 503, 503], []]);
    for (let n = 0; n < 3; n++) {
      await post();
      clock.now += 60_000;
    }
    const lengths = events.flatMap((event) => (event.type === "cooldown" ? [event.cooldownMilliseconds] : []));
    expect(lengths).toEqual([1_000, 2_000, 4_000]);
  });

  test("what all endpoints call a misconfiguration cools down none of them, also where one was cooling down before", async () => {
    const { post, log, events } = await balance([[401], [200, 403, 403]]);
    expect([await post(), await post(), await post()]).toEqual([200, 403, 403]);
    expect(log.join("")).toBe("abbb");
    expect(events.filter(({ type }) => type === "cooldown")).toHaveLength(1);
  });
});

describe("all cooling down", () => {
  test("answers 429 in the form of Azure OpenAI, with the soonest time in both headers", async () => {
    const { fetch, clock, log } = await balance([
      [{ status: 429, headers: { "retry-after": "9" } }],
      [{ status: 429, headers: { "retry-after-ms": "1700" } }],
    ]);
    const first = await fetch(CHAT, { method: "POST", body: "{}" });
    clock.now = 200;
    const second = await fetch(CHAT, { method: "POST", body: "{}" });
    expect(log.join("")).toBe("ab");
    const hints = [first, second].map(({ status, headers }) => [
      status,
      headers.get("retry-after"),
      headers.get("retry-after-ms"),
    ]);
    expect(hints).toEqual([
      [429, "2", "1700"],
      [429, "2", "1500"],
    ]);
    expect(await second.json()).toEqual({
      error: {
        message:
          'All 2 endpoints are throttled or failing for the deployment "gpt"; the first is available again in 2 s.',
        type: "too_many_requests",
        param: null,
        code: EXHAUSTED_CODE,
      },
    });
  });

  test("says 60 s at most in retry-after, which SDKs would disregard above", async () => {
    const long: Step = { status: 429, headers: { "retry-after": "100" } };
    const { fetch } = await balance([[long], [long]]);
    const { headers } = await fetch(CHAT, { method: "POST", body: "{}" });
    expect([headers.get("retry-after"), headers.get("retry-after-ms")]).toEqual(["60", "100000"]);
  });

  test("a sole endpoint's 429 is given as it came", async () => {
    const { fetch } = await balance([[{ status: 429, headers: { "retry-after": "9" }, body: "its own" }]]);
    const response = await fetch(CHAT, { method: "POST", body: "{}" });
    expect([response.headers.get("retry-after"), await response.text()]).toEqual(["9", "its own"]);
  });
});

describe("the switch for what may have run", () => {
  const failures: Step[] = [408, 500, 502, 503, 504, "reset"];
  const repeated = ["chat/completions", "completions", "embeddings", "audio/transcriptions", "responses"];
  const notRepeated = ["images/generations", "videos", "batches", "files", "fine_tuning/jobs", "threads", "assistants"];

  test.each(repeated)("%s goes to the next", async (path) => {
    const { post, log, clock } = await balance([[...failures], []]);
    for (let n = 0; n < failures.length; n++) {
      expect(await post(openai(path))).toBe(200);
      clock.now += 600_000;
      // b has answered last, so the next turn is that of a.
    }
    expect(log.join("")).toBe("ab".repeat(failures.length));
  });

  test.each(notRepeated)("%s does not, and the endpoint cools down all the same", async (path) => {
    const { post, log, clock } = await balance([[...failures], [...failures]]);
    const got: (number | string)[] = [];
    for (let n = 0; n < failures.length; n++) {
      got.push(await post(openai(path)), await post(openai(path)));
      clock.now += 600_000;
    }
    expect(got).toEqual([408, 500, 502, 503, 504, "ECONNRESET"].flatMap((answer) => [answer, answer]));
    expect(log.join("")).toBe("ab".repeat(failures.length));
  });

  test.each(notRepeated)("%s goes to the next where it did not run", async (path) => {
    const { post, log } = await balance([[429], [403], []]);
    expect(await post(openai(path))).toBe(200);
    expect(log.join("")).toBe("abc");
  });

  test.each(["true", "false"])("a response with store: %s goes to the next", async (store) => {
    const { post, log } = await balance([[503], []]);
    expect(await post(openai("responses"), { body: `{"model":"gpt","store":${store}}` })).toBe(200);
    expect(log.join("")).toBe("ab");
  });

  test("a background response does not", async () => {
    const { post, log } = await balance([[503], []]);
    expect(await post(openai("responses"), { body: '{"model":"gpt","background":true}' })).toBe(503);
    expect(log.join("")).toBe("a");
  });

  test("reads go to the next, whatever they read", async () => {
    const { fetch, log } = await balance([[503], []]);
    expect((await fetch(openai("files"))).status).toBe(200);
    expect(log.join("")).toBe("ab");
  });

  test("can be set: all off, or images on", async () => {
    const { post, log } = await balance([[503, 503], []], { retryAmbiguous: ["images"] });
    expect(await post()).toBe(503);
    expect(await post(openai("images/generations"))).toBe(200);
    expect(log.join("")).toBe("aab");
  });
});

describe("priorities", () => {
  test("spill over while the first is throttled, and return", async () => {
    const ptu: Step = { status: 429, headers: { "retry-after-ms": "500" } };
    const { post, log, clock } = await balance([[], [200, ptu]], { strategy: "random" }, (index) => ({
      priority: 2 - index,
    }));
    for (const now of [0, 1, 2, 500, 501, 502]) {
      clock.now = now;
      expect(await post()).toBe(200);
    }
    expect(log.join("")).toBe("bbaaabb");
  });
});

test("what is wrong with the request itself cools down nobody and is not repeated", async () => {
  const { post, log, events } = await balance([[], []]);
  expect(await post(CHAT, { headers: { "x-bad": "line\nend" } })).toBe("TypeError");
  expect(await post(CHAT, { method: "GET" })).toBe("TypeError");
  expect(log).toEqual([]);
  expect(events.filter(({ type }) => type === "cooldown")).toEqual([]);
});

test("a response goes to the caller as fetch gave it", async () => {
  const native = new Response("hello");
  const { fetch } = await balance([[]], { fetch: async () => native });
  expect(await fetch(CHAT)).toBe(native);
  expect(native.bodyUsed).toBe(false);
});

test("the bodies of discarded responses are cancelled", async () => {
  const discarded: Response[] = [];
  let cancelled = 0;
  const { post } = await balance([[], [], []], {
    fetch: async () => {
      if (discarded.length === 2) return new Response("ok");
      const body = new ReadableStream({ cancel: () => void cancelled++ });
      discarded.push(new Response(body, { status: [429, 503][discarded.length] }));
      return discarded.at(-1) as Response;
    },
  });
  expect(await post()).toBe(200);
  expect(cancelled).toBe(2);
});
