import { CREDENTIAL_HEADERS } from "../../lib/client/request/request.js";
import { CREDENTIAL_PARAMETERS } from "../../lib/client/request/route.js";
import { type EndpointOptions, InvalidOptionError, NoEndpointAvailableError } from "../../lib/client/index.js";
import { balance, CHAT } from "../support/balanced.js";
import { type Step } from "../support/scripted-endpoint.js";

const FOUNDRY = "https://any.services.ai.azure.com";

/** What is known to carry a credential, in the services, in gateways before them, and in SDKs. */
const HEADERS = [
  "api-key",
  "authorization",
  "cookie",
  "ocp-apim-subscription-key",
  "proxy-authorization",
  "subscription-key",
  "x-api-key",
];
const PARAMETERS = ["api-key", "subscription-key", "ocp-apim-subscription-key"];

describe("a credential of the caller reaches no endpoint", () => {
  test("the lists are those of the code", () => {
    expect([...CREDENTIAL_HEADERS].sort()).toEqual(HEADERS);
    expect([...CREDENTIAL_PARAMETERS].sort()).toEqual([...PARAMETERS].sort());
  });

  test.each([
    CHAT,
    `${FOUNDRY}/models/chat/completions?api-version=1`,
    `${FOUNDRY}/anthropic/v1/messages`,
    "/openai/v1/models?a=1",
  ])("%s", async (url) => {
    const { fetch, endpoints } = await balance([[429], []], {}, (index) => ({
      headers: { "Ocp-Apim-Subscription-Key": `subscription-of-${index}` },
    }));
    const headers = Object.fromEntries(HEADERS.map((name) => [name.toUpperCase(), "callers-secret"]));
    const query = PARAMETERS.map(
      (name) => `${name}=callers-secret&${name.replace("-", "%2D").toUpperCase()}=callers-secret`,
    );
    const separator = url.includes("?") ? "&" : "?";
    await fetch(`${url}${separator}${query.join("&")}&keep=1`, { method: "POST", headers, body: "{}" });
    for (const [index, { seen, name }] of endpoints.entries()) {
      expect(seen).toHaveLength(1);
      expect(JSON.stringify(seen)).not.toContain("callers-secret");
      expect(seen[0]?.url.endsWith("keep=1")).toBe(true);
      const own = HEADERS.map((header) => seen[0]?.headers[header]).filter((value) => value !== undefined);
      expect(own).toEqual([`key-of-${name}`, `subscription-of-${index}`]);
    }
  });

  test("a query of nothing but credentials leaves none", async () => {
    const { fetch, endpoints } = await balance([[]]);
    await fetch("https://any.example/openai/v1/models?api-key=x");
    expect(endpoints[0]?.seen[0]?.url).toBe("/openai/v1/models");
  });
});

describe("headers of an endpoint", () => {
  const only = (headers: EndpointOptions["headers"]): Partial<EndpointOptions> => ({ apiKey: undefined, headers });

  test("may be its only credential, replace the caller's of the same name, and come from a function", async () => {
    let asked = 0;
    const { post, endpoints } = await balance([[429], []], {}, (index) =>
      only(index === 0 ? { "X-Team": "ours" } : async () => ({ "x-team": `call-${++asked}`, "X-Signature": "s s" })),
    );
    expect(await post(CHAT, { headers: { "x-team": "theirs" } })).toBe(200);
    expect(await post()).toBe(200);
    expect(endpoints.map(({ seen }) => seen.map(({ headers }) => [headers["x-team"], headers["x-signature"]]))).toEqual(
      [
        [["ours", undefined]],
        [
          ["call-1", "s s"],
          ["call-2", "s s"],
        ],
      ],
    );
    expect(endpoints[0]?.seen[0]?.headers["api-key"]).toBeUndefined();
  });

  test.each<[string, EndpointOptions["headers"], string]>([
    ["fails", () => Promise.reject(new Error("secret")), "the headers function failed with Error"],
    [
      "throws",
      () => {
        throw new RangeError("secret");
      },
      "the headers function failed with RangeError",
    ],
    [
      "gives no object",
      (() => "secret") as never,
      "the headers function gave string, not an object of header names and values",
    ],
    [
      "gives what cannot be sent",
      () => ({ "x-a": "sec\nret" }),
      "the headers function gave a value for x-a that a header cannot carry (visible ASCII and spaces within)",
    ],
  ])("a function that %s makes its endpoint cool down, without a value in any text", async (_, headers, message) => {
    const { post, log, events } = await balance([[], []], {}, (index) => (index === 0 ? only(headers) : {}));
    expect([await post(), await post()]).toEqual([200, 200]);
    expect(log.join("")).toBe("bb");
    expect(events).toContainEqual(
      expect.objectContaining({ type: "cooldown", scope: "endpoint", errorCode: "ERR_TOKEN_PROVIDER" }),
    );
    const alone = await balance([[]], {}, () => only(headers));
    const error: unknown = await alone.fetch(CHAT).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ cause: { cause: { message } } });
    expect(JSON.stringify([error, alone.events]) + String((error as Error).stack)).not.toContain("secret");
  });
});

test("apiVersion replaces the caller's on the legacy API and Foundry's, and leaves v1 alone", async () => {
  const { fetch, endpoints } = await balance([[]], {}, () => ({ apiVersion: "2025-01-01 & preview" }));
  for (const path of [
    "openai/deployments/gpt/chat/completions?api-version=2024-10-21&a=1",
    "models/chat/completions?a=1&api-version=2024-05-01-preview",
    "openai/v1/models?api-version=preview",
    "openai/files",
  ]) {
    await fetch(`${FOUNDRY}/${path}`, { method: "POST", body: "{}" });
  }
  expect(endpoints[0]?.seen.map(({ url }) => url)).toEqual([
    "/openai/deployments/gpt/chat/completions?api-version=2025-01-01%20%26%20preview&a=1",
    "/models/chat/completions?a=1&api-version=2025-01-01%20%26%20preview",
    "/openai/v1/models?api-version=preview",
    "/openai/files",
  ]);
});

describe("one account under two names", () => {
  const FULL: Step = { status: 429, headers: { "retry-after-ms": "500" } };
  const twice = async (script: Step[]) => {
    const { endpoints, options } = await balance([script]);
    const account = options[0];
    if (account === undefined) throw new Error("no account");
    const names = ["provisioned", "standard"].map((name, priority) => ({
      ...account,
      name,
      priority,
      deployments: { gpt: `gpt-${name}` },
    }));
    return { names, endpoints };
  };

  test("spills over from its provisioned to its standard deployment, and returns", async () => {
    const { names, endpoints } = await twice([FULL]);
    const { fetch, clock } = await balance([], { endpoints: names } as never);
    for (const now of [0, 499, 500]) {
      clock.now = now;
      expect((await fetch(CHAT, { method: "POST", body: "{}" })).status).toBe(200);
    }
    expect(endpoints[0]?.seen.map(({ url }) => url.split("/")[3])).toEqual([
      "gpt-provisioned",
      "gpt-standard",
      "gpt-standard",
      "gpt-provisioned",
    ]);
  });

  test("what one of its deployments made may be continued by the other", async () => {
    const { names } = await twice([{ status: 200, body: '{"id":"resp_1"}' }, FULL]);
    const { fetch, events } = await balance([[404]], {
      endpoints: [...names, { name: "other", url: "https://other.invalid", apiKey: "k" }],
    } as never);
    await (await fetch("/openai/v1/responses", { method: "POST", body: '{"model":"gpt"}' })).text();
    const body = '{"model":"gpt","previous_response_id":"resp_1"}';
    expect((await fetch("/openai/v1/responses", { method: "POST", body })).status).toBe(200);
    expect(events.flatMap((event) => (event.type === "attempt" ? [event.endpoint] : []))).toEqual([
      ...["provisioned", "provisioned", "standard"],
    ]);
  });
});

describe("choose", () => {
  test("gives an endpoint's URL, headers and deployment by the same policy", async () => {
    const { fetch, post, endpoints, clock } = await balance([[429], []], {}, (index) => ({
      priority: index,
      deployments: { gpt: `gpt-${index}` },
    }));
    expect(await fetch.choose({ deployment: "gpt" })).toEqual({
      endpoint: "a",
      url: endpoints[0]?.url,
      headers: { "api-key": "key-of-a" },
      deployment: "gpt-0",
    });
    await post();
    expect(await fetch.choose({ deployment: "gpt" })).toMatchObject({ endpoint: "b", deployment: "gpt-1" });
    expect(await fetch.choose({ deployment: "other" })).toMatchObject({ endpoint: "a", deployment: "other" });
    expect(await fetch.choose({})).toMatchObject({ endpoint: "a", deployment: undefined });
    fetch.coolDown("b", { until: new Date(Date.now() + 5_000) });
    const none: unknown = await fetch.choose({ deployment: "gpt" }).catch((error: unknown) => error);
    expect(none).toBeInstanceOf(NoEndpointAvailableError);
    expect((none as NoEndpointAvailableError).retryAfterMilliseconds).toBeLessThanOrEqual(5_000);
    clock.now = 10_000;
    expect(await fetch.choose({ deployment: "gpt" })).toMatchObject({ endpoint: "a" });
  });

  test("goes to the next endpoint where a token cannot be had, whose endpoint cools down", async () => {
    let asked = 0;
    const failing = { apiKey: undefined, tokenProvider: () => Promise.reject(new Error(`no identity ${++asked}`)) };
    const { fetch } = await balance([[], []], {}, (index) => (index === 0 ? failing : {}));
    for (let n = 0; n < 3; n++) expect(await fetch.choose({})).toMatchObject({ endpoint: "b" });
    expect([asked, fetch.snapshot()[0]?.status]).toEqual([1, "cooling-down"]);
    const alone = await balance([[]], {}, () => failing);
    await expect(alone.fetch.choose({})).rejects.toMatchObject({ code: "ERR_TOKEN_PROVIDER" });
  });

  test("takes turns, and follows an affinity key", async () => {
    const { fetch } = await balance([[], []]);
    const names = async (affinityKey?: string) => {
      const chosen: string[] = [];
      for (let n = 0; n < 4; n++) chosen.push((await fetch.choose({ ...(affinityKey && { affinityKey }) })).endpoint);
      return chosen.join("");
    };
    expect(await names()).toBe("abab");
    expect(await names("session")).toMatch(/^(aaaa|bbbb)$/);
  });
});

describe("coolDown", () => {
  const at = (milliseconds: number) => new Date(milliseconds);
  const clocks = { wallClock: () => 1_000 };

  test("leaves a deployment alone until a time, or all of an endpoint", async () => {
    const { fetch, post, log, clock, events } = await balance([[], []], clocks);
    fetch.coolDown("a", { deployment: "gpt", until: at(1_700) });
    expect(events).toEqual([
      {
        type: "cooldown",
        endpoint: "a",
        deployment: "gpt",
        operation: undefined,
        reason: "throttled",
        scope: "deployment",
        cooldownMilliseconds: 700,
        consecutiveFailures: 0,
        status: undefined,
        errorCode: undefined,
      },
    ]);
    await post();
    await post(CHAT.replace("gpt", "o3"));
    clock.now = 700;
    await post();
    expect(log.join("")).toBe("baa");
    fetch.coolDown("a", { until: at(2_000) });
    await post();
    await post(CHAT.replace("gpt", "o3"));
    expect(log.join("")).toBe("baa" + "bb");
  });

  test("has no effect where it is over, shorter than what is known, or the endpoint is the only one", async () => {
    const { fetch, events } = await balance([[], []], clocks);
    fetch.coolDown("a", { until: at(900) });
    expect(events).toEqual([]);
    fetch.coolDown("a", { until: at(2_000) });
    fetch.coolDown("a", { until: at(1_500) });
    expect(events).toHaveLength(1);
    const sole = await balance([[]], clocks);
    sole.fetch.coolDown("a", { until: at(9_000) });
    expect(await sole.post()).toBe(200);
  });

  test("refuses names that no endpoint has, and what is no time", async () => {
    const { fetch } = await balance([[], []]);
    expect(() => fetch.coolDown("c", { until: at(1) })).toThrow(
      new InvalidOptionError("endpoint", '"c" is the name of none; known are a, b'),
    );
    for (const until of [new Date(Number.NaN), 5 as never]) {
      expect(() => fetch.coolDown("a", { until })).toThrow(
        new InvalidOptionError("until", "is not a valid Date; give the time at which the endpoint is available again"),
      );
    }
  });
});
