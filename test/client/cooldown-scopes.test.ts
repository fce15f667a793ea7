import { createLoadBalancedFetch, type EndpointOptions, MAX_DEPLOYMENTS } from "../../lib/client/index.js";
import { balance, CHAT } from "../support/balanced.js";
import { type Step } from "../support/scripted-endpoint.js";

const v1 = (path: string) => `https://any.example/openai/v1/${path}`;
const TOO_LARGE: Step = { status: 429, headers: { "retry-after": "86400" }, body: "larger than the quota" };

describe("403", () => {
  test("leaves other operations of the endpoint alone", async () => {
    const { post, log, fetch, events } = await balance([[403], []]);
    expect(await post(v1("files"))).toBe(200);
    expect(await post(v1("files"))).toBe(200);
    expect([await post(), await post()]).toEqual([200, 200]);
    expect(log.join("")).toBe("abb" + "ab");
    expect(events).toContainEqual(
      expect.objectContaining({ type: "cooldown", scope: "operation", operation: "files", reason: "misconfigured" }),
    );
    const [a] = fetch.snapshot();
    expect([a?.status, a?.operations]).toEqual([
      "available",
      [
        {
          operation: "files",
          status: "cooling-down",
          reason: "misconfigured",
          cooldownMilliseconds: 60_000,
          consecutiveFailures: 1,
        },
      ],
    ]);
  });

  test("is the caller's where all endpoints agree, and nobody cools down", async () => {
    const { post, fetch } = await balance([[403], [403]]);
    expect(await post(v1("files"))).toBe(403);
    expect(fetch.snapshot().flatMap(({ operations }) => operations)).toEqual([]);
  });
});

describe("an origin that cannot be connected to", () => {
  const codeOf = (code: string) =>
    Object.assign(new TypeError("fetch failed"), { cause: Object.assign(new Error(code), { code }) });

  test.each([
    ["ECONNREFUSED", ["gateway/a"], "cooling-down"],
    ["ECONNRESET", ["gateway/a", "gateway/b"], "available"],
  ])("%s: asked are %j, and the other endpoint behind it is %s", async (code, asked, status) => {
    const sent: string[] = [];
    const fetch = createLoadBalancedFetch({
      endpoints: ["gateway/a", "gateway/b", "other"].map((name, priority) => ({
        name,
        url: `https://${name}`,
        apiKey: "k",
        priority,
      })),
      fetch: async (url) => {
        sent.push(String(url).slice("https://".length).split("/openai")[0] ?? "");
        if (sent.length === 1) throw codeOf(code);
        return new Response("ok");
      },
    });
    await fetch(CHAT, { method: "POST", body: "{}" });
    expect(sent).toEqual(code === "ECONNREFUSED" ? [...asked, "other"] : asked);
    expect(fetch.snapshot()[1]?.status).toBe(status);
  });
});

test("the only origin there is never cools down: the caller is told that it cannot be reached", async () => {
  const sent: string[] = [];
  const fetch = createLoadBalancedFetch({
    endpoints: ["a", "b"].map((name) => ({ name, url: "https://one.example", apiKey: "k" })),
    fetch: async (url) => {
      sent.push(String(url));
      throw new TypeError("fetch failed", { cause: Object.assign(new Error(), { code: "ECONNREFUSED" }) });
    },
  });
  for (let n = 0; n < 2; n++) {
    await expect(fetch(CHAT, { method: "POST", body: "{}" })).rejects.toMatchObject({
      code: "ERR_ENDPOINTS_UNREACHABLE",
    });
  }
  expect(sent).toHaveLength(4);
});

describe("a request that is larger than a deployment's quota", () => {
  test("is tried elsewhere, and nobody cools down", async () => {
    const { post, log, events } = await balance([[TOO_LARGE], [200], []]);
    expect([await post(), await post()]).toEqual([200, 200]);
    expect(log.join("")).toBe("abc");
    expect(events[0]).toMatchObject({ type: "attempt", outcome: "too-large", status: 429 });
    expect(events.filter(({ type }) => type === "cooldown")).toEqual([]);
  });

  test("gets Azure's own answer where all say so, also where it might wait", async () => {
    const { fetch, log, events } = await balance([[TOO_LARGE], [TOO_LARGE]]);
    const response = await fetch(CHAT, { method: "POST", body: "{}" });
    expect([response.status, response.headers.get("retry-after"), await response.text()]).toEqual([
      429,
      "86400",
      "larger than the quota",
    ]);
    expect(log.join("")).toBe("ab");
    expect(events.at(-1)).toMatchObject({ type: "exhausted", status: 429, retryAfterMilliseconds: undefined });
  });

  test("is told when another endpoint, which may have a larger one, is available", async () => {
    const { fetch } = await balance([[TOO_LARGE], [{ status: 429, headers: { "retry-after": "4" } }]]);
    const response = await fetch(CHAT, { method: "POST", body: "{}" });
    expect([response.status, response.headers.get("retry-after")]).toEqual([429, "4"]);
  });

  test("likewise where the other one could not be reached", async () => {
    const { fetch, endpoints } = await balance([[TOO_LARGE], []]);
    await endpoints[1]?.close();
    const response = await fetch(CHAT, { method: "POST", body: "{}" });
    expect([response.status, response.headers.get("retry-after")]).toEqual([429, "1"]);
  });
});

describe("callers that give up before any headers", () => {
  async function leave({ fetch, log }: Awaited<ReturnType<typeof balance>>, times: number): Promise<void> {
    for (let n = 0; n < times; n++) {
      const caller = new AbortController();
      const asked = log.length;
      const call = fetch(CHAT, { method: "POST", body: "{}", signal: caller.signal });
      while (log.length === asked) await new Promise((resolve) => setTimeout(resolve, 2));
      caller.abort(new Error("left"));
      await expect(call).rejects.toThrow("left");
    }
  }
  const hanging: Step[] = ["hang", "hang", "hang", "hang"];
  const firstFirst = (index: number) => ({ priority: index });

  test("three in a row while others answer: the endpoint hangs, and cools down as after a timeout", async () => {
    const servers = await balance([[...hanging], []], {}, (index) => ({ name: "ab"[index] ?? "" }));
    for (const expected of ["a", "b", "a", "b", "a"]) {
      servers.clock.now++;
      if (expected === "a") await leave(servers, 1);
      else expect(await servers.post()).toBe(200);
    }
    expect(servers.log.join("")).toBe("ababa");
    expect(servers.events.at(-1)).toMatchObject({
      type: "cooldown",
      endpoint: "a",
      scope: "deployment",
      reason: "failed",
    });
    expect([await servers.post(), await servers.post()]).toEqual([200, 200]);
    expect(servers.log.join("")).toBe("ababa" + "bb");
  });

  test("not while nobody else answers", async () => {
    const servers = await balance([[...hanging], []], {}, firstFirst);
    await leave(servers, 4);
    expect(servers.events.filter(({ type }) => type === "cooldown")).toEqual([]);
  });

  test("not where it answers in between, even with an error", async () => {
    const servers = await balance([["hang", "hang", 400, "hang", "hang"], []], { strategy: "round-robin" });
    for (let n = 0; n < 5; n++) {
      servers.clock.now++;
      if (n === 2) expect(await servers.post()).toBe(400);
      else await leave(servers, 1);
      expect(await servers.post()).toBe(200);
    }
    expect(servers.events.filter(({ type }) => type === "cooldown")).toEqual([]);
  });
});

test("round robin starts at a random endpoint in each process", async () => {
  const firsts = new Set<string>();
  for (const random of [0, 0.4, 0.9]) {
    const { post, log } = await balance([[], [], []], { random: () => random });
    for (let n = 0; n < 3; n++) await post();
    expect(new Set(log).size).toBe(3);
    firsts.add(log[0] ?? "");
  }
  expect([...firsts].sort()).toEqual(["a", "b", "c"]);
});

test("names that are asked for never push a throttled deployment out of memory", async () => {
  const endpoints: EndpointOptions[] = ["a", "b"].map((name) => ({
    name,
    url: `https://${name}.example`,
    apiKey: "k",
  }));
  const sent: string[] = [];
  const fetch = createLoadBalancedFetch({
    endpoints,
    now: () => 0,
    fetch: async (url) => {
      sent.push(String(url));
      const headers = { "retry-after": "60" };
      return String(url).includes("busy") ? new Response(null, { status: 429, headers }) : new Response("ok");
    },
  });
  const ask = (deployment: string) => fetch(CHAT.replace("gpt", deployment), { method: "POST", body: "{}" });
  await ask("busy");
  for (let n = 0; n < MAX_DEPLOYMENTS + 10; n++) await ask(`name-${n}`);
  sent.length = 0;
  expect((await ask("busy")).status).toBe(429);
  expect(sent).toEqual([]);
  expect(fetch.snapshot()[0]?.deployments.length).toBe(MAX_DEPLOYMENTS);
});
