import {
  createLoadBalancedFetch,
  DEFAULT_COOLDOWN,
  DEFAULT_MAX_QUEUED,
  DEFAULT_RETRY_AMBIGUOUS,
  Duration,
  InvalidOptionError,
  type LoadBalancedFetchOptions,
} from "../../lib/client/index.js";
import { checkedOptions } from "../../lib/client/options.js";

const A = { url: "https://a.openai.azure.com", apiKey: "secret-a" };
const B = { url: "https://b.openai.azure.com", apiKey: "secret-b" };

/** As JavaScript callers may. */
function create(options: unknown) {
  return createLoadBalancedFetch(options as LoadBalancedFetchOptions);
}

describe("options that cannot work are refused", () => {
  test.each<[unknown, string, string]>([
    [undefined, "options", "is undefined; give an object such as { endpoints: [ … ] }"],
    [{}, "endpoints", "has no endpoint; give at least one, such as { url, apiKey }"],
    [{ endpoints: [] }, "endpoints", "has no endpoint; give at least one, such as { url, apiKey }"],
    [{ endpoints: ["secret"] }, "endpoints[0]", "is of type string; give an object such as { url, apiKey }"],
    [{ endpoints: [null] }, "endpoints[0]", "is null; give an object such as { url, apiKey }"],
    [
      { endpoints: [A], retries: 3 },
      "options.retries",
      "is not an option; known are endpoints, strategy, affinityKey, retryAmbiguous, deadline, attemptTimeout, firstEventTimeout, commit, commitAfter, whenExhausted, maxQueued, cooldown, maxBufferedBodyBytes, onEvent, fetch, now, wallClock, random",
    ],
    [
      { endpoints: [{ ...A, key: "x" }] },
      "endpoints[0].key",
      "is not an option; known are name, url, apiKey, tokenProvider, headers, apiVersion, deployments, weight, priority",
    ],
    [
      { endpoints: [A, { ...A, url: "https://A.openai.azure.com/" }] },
      "endpoints[1].name",
      'is missing, and endpoints[0] has the same url "https://a.openai.azure.com"; give each a name of its own',
    ],
    [
      {
        endpoints: [
          { ...A, name: "x" },
          { ...B, name: "x" },
        ],
      },
      "endpoints[1].name",
      '"x" is also the name of endpoints[0]; give each endpoint a name of its own',
    ],
    [{ endpoints: [{ ...A, name: "" }] }, "endpoints[0].name", 'is ""; give a name or leave it out'],
    [
      { endpoints: [{ apiKey: "k" }] },
      "endpoints[0].url",
      "is not a URL; give one such as https://my-account.openai.azure.com",
    ],
    [
      { endpoints: [{ ...A, url: "a.openai.azure.com" }] },
      "endpoints[0].url",
      "is not a URL; give one such as https://my-account.openai.azure.com",
    ],
    [
      { endpoints: [{ ...A, url: "http://a.openai.azure.com" }] },
      "endpoints[0].url",
      '"http://a.openai.azure.com" is not https, so credentials would travel in clear; use https',
    ],
    [
      { endpoints: [{ ...A, url: "http://127.evil.example" }] },
      "endpoints[0].url",
      '"http://127.evil.example" is not https, so credentials would travel in clear; use https',
    ],
    [
      { endpoints: [{ ...A, url: "https://user:hunter2@a.openai.azure.com" }] },
      "endpoints[0].url",
      "has a user name or password (host a.openai.azure.com); give the credential as apiKey",
    ],
    [
      { endpoints: [{ ...A, url: "https://a.openai.azure.com?api-version=1" }] },
      "endpoints[0].url",
      "has a query or fragment (host a.openai.azure.com); give only what stands before /openai, api-version is the caller's",
    ],
    [
      { endpoints: [{ ...A, url: "https://gateway.example/team/openai/v1/" }] },
      "endpoints[0].url",
      '"https://gateway.example/team/openai/v1/" goes past the account; give what comes before that: "https://gateway.example/team"',
    ],
    ...["/models", "/anthropic", "/anthropic/v1/"].map((path): [unknown, string, string] => [
      { endpoints: [{ ...A, url: A.url + path }] },
      "endpoints[0].url",
      `"${A.url}${path}" goes past the account; give what comes before that: "${A.url}"`,
    ]),
    [
      { endpoints: [{ url: A.url }] },
      "endpoints[0]",
      "has no credential: neither apiKey nor tokenProvider nor headers; give one (is a variable unset?)",
    ],
    [
      { endpoints: [{ ...A, tokenProvider: async () => "t" }] },
      "endpoints[0]",
      "has both apiKey and tokenProvider; give one of them",
    ],
    [
      { endpoints: [{ url: A.url, tokenProvider: "token" }] },
      "endpoints[0].tokenProvider",
      "is of type string; give a function such as getBearerTokenProvider of @azure/identity returns",
    ],
    ...(
      [
        ["secret", "string, not an object of header names and values"],
        [["secret"], "object, not an object of header names and values"],
        [{ "x y": "secret" }, '"x y", which is no header name'],
        [{ Host: "secret" }, "the header Host, which fetch sets itself"],
        [{ "x-key": "sec\nret" }, "a value for x-key that a header cannot carry (visible ASCII and spaces within)"],
        [{ "x-key": undefined }, "a value for x-key that a header cannot carry (visible ASCII and spaces within)"],
      ] as const
    ).map(([headers, problem]): [unknown, string, string] => [
      { endpoints: [{ url: A.url, headers }] },
      "endpoints[0].headers",
      `has ${problem}; give { name: value } or a function`,
    ]),
    [
      { endpoints: [{ ...A, apiVersion: "" }] },
      "endpoints[0].apiVersion",
      'is ""; give a version such as "2024-10-21" or leave it out',
    ],
    ...["", "secret\n", "sec ret", "sécret"].map((apiKey): [unknown, string, string] => [
      { endpoints: [{ url: A.url, apiKey }] },
      "endpoints[0].apiKey",
      "is empty or has characters that a header cannot carry (spaces, line ends); give the key alone",
    ]),
    [{ endpoints: [{ ...A, weight: -1 }] }, "endpoints[0].weight", "is -1; give a finite number, 0 or more"],
    [{ endpoints: [{ ...A, weight: "2" }] }, "endpoints[0].weight", 'is "2"; give a finite number, 0 or more'],
    [{ endpoints: [{ ...A, priority: NaN }] }, "endpoints[0].priority", "is NaN; give a finite number, 0 or more"],
    [
      { endpoints: [A, { ...B, weight: 2 }], strategy: "round-robin" },
      "endpoints[1].weight",
      'has no effect with the strategy "round-robin"; use "weighted" or leave the weight out',
    ],
    [
      { endpoints: [{ ...A, deployments: { gpt: "" } }] },
      'endpoints[0].deployments["gpt"]',
      'is ""; give the deployment\'s name at this endpoint',
    ],
    [
      { endpoints: [{ ...A, deployments: "gpt" }] },
      "endpoints[0].deployments",
      'is of type string; give an object such as { "gpt-4o": "gpt-4o-eu" }',
    ],
    [
      { endpoints: [A], maxQueued: 5 },
      "maxQueued",
      'has no effect, since no call waits; set whenExhausted: "wait" or leave it out',
    ],
    [
      { endpoints: [A], whenExhausted: "wait", deadline: Duration.seconds(1), maxQueued: "5" },
      "maxQueued",
      'is "5"; give a whole number, 1 or more',
    ],
    ...[0, 1.5, Number.NaN].map((maxQueued): [unknown, string, string] => [
      { endpoints: [A], whenExhausted: "wait", deadline: Duration.seconds(1), maxQueued },
      "maxQueued",
      `is ${maxQueued}; give a whole number, 1 or more`,
    ]),
    [
      { endpoints: [A], strategy: "priority" },
      "strategy",
      'is "priority"; allowed are room, weighted, random, round-robin',
    ],
    [
      { endpoints: [A], retryAmbiguous: ["chats"] },
      "retryAmbiguous[0]",
      'is "chats"; allowed are chat, completions, embeddings, audio, responses, background, images, videos, batches, files, fine-tuning, other',
    ],
    [{ endpoints: [A], retryAmbiguous: true }, "retryAmbiguous", "is true; give a list of operations"],
    [{ endpoints: [A], deadline: 30 }, "deadline", "is 30; give a Duration above 0, such as Duration.seconds(30)"],
    [
      { endpoints: [A], attemptTimeout: Duration.seconds(0) },
      "attemptTimeout",
      "is 0 s; give a Duration above 0, such as Duration.seconds(30)",
    ],
    ...[30, 31].map((seconds): [unknown, string, string] => [
      { endpoints: [A], attemptTimeout: Duration.seconds(seconds), deadline: Duration.seconds(30) },
      "attemptTimeout",
      `is ${seconds} s, which the deadline of 30 s always cuts short; give less or leave it out`,
    ]),
    [
      { endpoints: [A], firstEventTimeout: Duration.seconds(30), deadline: Duration.seconds(30) },
      "firstEventTimeout",
      "is 30 s, which the deadline of 30 s always cuts short; give less or leave it out",
    ],
    [{ endpoints: [A], commit: "done" }, "commit", 'is "done"; allowed are output, headers'],
    [{ endpoints: [A], commitAfter: 1 }, "commitAfter", "is 1; give a Duration above 0, such as Duration.seconds(30)"],
    [{ endpoints: [A], affinityKey: "user" }, "affinityKey", "is of type string; give a function"],
    [{ endpoints: [A], wallClock: 1 }, "wallClock", "is of type number; give a function"],
    [{ endpoints: [A], whenExhausted: "retry" }, "whenExhausted", 'is "retry"; allowed are answer, wait'],
    [{ endpoints: [A], whenExhausted: "wait" }, "whenExhausted", 'is "wait" without a bound; set `deadline` too'],
    [
      { endpoints: [A], cooldown: { throttle: 1 } },
      "cooldown.throttle",
      "is not an option; known are throttled, failed, misconfigured, maximum",
    ],
    [
      { endpoints: [A], cooldown: { failed: 1 } },
      "cooldown.failed",
      "is 1; give a Duration above 0, such as Duration.seconds(30)",
    ],
    [
      { endpoints: [A], cooldown: 5 },
      "cooldown",
      "is of type number; give an object such as { failed: Duration.seconds(1) }",
    ],
    [{ endpoints: [A], maxBufferedBodyBytes: -1 }, "maxBufferedBodyBytes", "is -1; give a finite number, 0 or more"],
    [{ endpoints: [A], onEvent: {} }, "onEvent", "is of type object; give a function"],
    [{ endpoints: [A], fetch: "fetch" }, "fetch", "is of type string; give a function"],
    [{ endpoints: [A], now: 1 }, "now", "is of type number; give a function"],
    [{ endpoints: [A], random: 1 }, "random", "is of type number; give a function"],
  ])("%j", (options, option, problem) => {
    const refusal = new InvalidOptionError(option, problem);
    expect(refusal.message).toBe(`${option}: ${problem}`);
    expect(() => create(options)).toThrow(refusal);
    expect(() => create(options)).toThrow(expect.objectContaining({ code: "ERR_INVALID_OPTION", option }) as Error);
  });

  test("no refusal quotes a key", () => {
    for (const options of [
      { endpoints: [{ url: "secret", apiKey: "secret" }] },
      { endpoints: [{ url: A.url, apiKey: "secret key" }] },
      { endpoints: [{ url: "https://secret@a.openai.azure.com", apiKey: "secret" }] },
      { endpoints: [{ url: "https://a.openai.azure.com/?key=secret", apiKey: "secret" }] },
    ]) {
      expect(() => create(options)).toThrow(
        expect.objectContaining({ message: expect.not.stringContaining("secret") as string }) as Error,
      );
    }
  });
});

describe("functions whose results cannot be worked with are refused at the first call", () => {
  const bodiless =
    "gives a response whose body is no stream that can be read; use the platform's own fetch, undici's or node-fetch's";
  const key = "let it give a string, or undefined for no key";
  test.each<[string, () => unknown, string]>([
    ["fetch", async () => undefined, bodiless],
    ["fetch", async () => ({ status: 200, ok: true, headers: new Headers() }), bodiless],
    ["fetch", async () => ({ status: 200, ok: true, headers: new Headers(), body: "text" }), bodiless],
    ["affinityKey", () => 5, `gave a value of type number; ${key}`],
    ["affinityKey", () => null, `gave null; ${key}`],
  ])("%s that is %s", async (option, given, problem) => {
    const fetch = create({ endpoints: [A, B], fetch: async () => new Response(), [option]: given });
    await expect(fetch("https://any.example/openai/v1/models")).rejects.toThrow(
      new InvalidOptionError(option, problem),
    );
  });
});

describe("options that work", () => {
  test("all of them together", () => {
    const options: Required<LoadBalancedFetchOptions> = {
      endpoints: [
        {
          ...A,
          name: "a",
          headers: { "Ocp-Apim-Subscription-Key": "k" },
          apiVersion: "2024-10-21",
          deployments: { gpt: "gpt-a" },
          weight: 2,
          priority: 1,
        },
        { ...A, name: "same account" },
        {
          name: "b",
          url: "http://localhost:8080/team",
          tokenProvider: async () => "t",
          deployments: {},
          weight: 0,
          priority: 2,
        },
      ],
      strategy: "weighted",
      affinityKey: () => "session",
      retryAmbiguous: ["images"],
      deadline: Duration.seconds(60),
      attemptTimeout: Duration.seconds(10),
      firstEventTimeout: Duration.seconds(5),
      commit: "headers",
      commitAfter: Duration.seconds(2),
      whenExhausted: "wait",
      maxQueued: 50,
      cooldown: DEFAULT_COOLDOWN,
      maxBufferedBodyBytes: 1_000,
      onEvent: () => undefined,
      fetch: async () => new Response(),
      now: () => 0,
      wallClock: () => 0,
      random: () => 0,
    };
    const snapshot = createLoadBalancedFetch(options).snapshot();
    expect(snapshot.map(({ name, url, weight, priority }) => [name, url, weight, priority])).toEqual([
      ["a", "https://a.openai.azure.com", 2, 1],
      ["same account", "https://a.openai.azure.com", 1, 1],
      ["b", "http://localhost:8080/team", 0, 2],
    ]);
  });

  test("their defaults", () => {
    const checked = checkedOptions({ endpoints: [A, B] });
    expect(checked.strategy).toBe("room");
    expect([...checked.retryAmbiguous]).toEqual(DEFAULT_RETRY_AMBIGUOUS);
    expect(checked.cooldown).toEqual({ throttled: 10_000, failed: 1_000, misconfigured: 60_000, maximum: 300_000 });
    expect(checked).toMatchObject({
      deadline: undefined,
      attemptTimeout: undefined,
      waits: false,
      maxQueued: DEFAULT_MAX_QUEUED,
      maxBufferedBodyBytes: 0,
    });
    expect(checked.endpoints[0]).toMatchObject({
      name: "a.openai.azure.com",
      weight: 1,
      priority: 1,
      deployments: undefined,
    });
  });

  test("a weight makes the strategy weighted", () => {
    expect(checkedOptions({ endpoints: [A, { ...B, weight: 3 }] }).strategy).toBe("weighted");
  });
});
