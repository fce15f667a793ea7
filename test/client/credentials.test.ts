import { createServer } from "node:http";
import { type AddressInfo } from "node:net";
import { type EndpointOptions, EndpointsUnreachableError } from "../../lib/client/index.js";
import { balance, CHAT } from "../support/balanced.js";
import { type Step } from "../support/scripted-endpoint.js";

let servers: Awaited<ReturnType<typeof balance>>;
async function start(scripts: Step[][], adjust: (index: number) => Partial<EndpointOptions> = () => ({})) {
  servers = await balance(scripts, {}, adjust);
  return servers;
}

const keyless = (tokenProvider: () => Promise<string>): Partial<EndpointOptions> => ({
  apiKey: undefined,
  tokenProvider,
});

describe("each endpoint gets its own credential and no other", () => {
  const callers: [string, Record<string, string>][] = [
    ["no credential", {}],
    ["an api-key", { "api-key": "callers-key" }],
    ["a bearer token", { Authorization: "Bearer callers-token" }],
    ["both", { "Api-Key": "callers-key", authorization: "Bearer callers-token", "Ocp-Apim-Subscription-Key": "k" }],
  ];
  const mixes: [string, (index: number) => Partial<EndpointOptions>, (string | undefined)[][]][] = [
    [
      "keys",
      () => ({}),
      [
        ["key-of-a", undefined],
        ["key-of-b", undefined],
      ],
    ],
    [
      "tokens",
      (index) => keyless(async () => `token-${index}`),
      [
        [undefined, "Bearer token-0"],
        [undefined, "Bearer token-1"],
      ],
    ],
    [
      "a key and a token",
      (index) => (index === 0 ? {} : keyless(async () => "token")),
      [
        ["key-of-a", undefined],
        [undefined, "Bearer token"],
      ],
    ],
  ];
  test.each(mixes.flatMap((mix) => callers.map((caller) => [mix[0], caller[0], mix, caller] as const)))(
    "endpoints with %s, a caller with %s",
    async (_, __, [, adjust, expected], [, headers]) => {
      const { post, endpoints } = await start([[429], []], adjust);
      expect(await post(CHAT, { headers })).toBe(200);
      const sent = endpoints.map(({ seen }) => [seen[0]?.headers["api-key"], seen[0]?.headers.authorization]);
      expect(sent).toEqual(expected);
      expect(JSON.stringify(endpoints.map(({ seen }) => seen))).not.toContain("callers-");
    },
  );
});

test.each([301, 302, 303, 307, 308])("a credential does not follow a redirect (%i)", async (status) => {
  const visited: string[] = [];
  const elsewhere = createServer((request, response) => {
    visited.push(JSON.stringify(request.headers));
    response.end();
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => elsewhere.once("listening", resolve));
  const location = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`;
  const { post, fetch, log } = await start([
    [
      { status, headers: { location } },
      { status, headers: { location } },
    ],
  ]);
  expect(await post()).toBe(status);
  const response = await fetch(CHAT, { redirect: "follow" });
  expect([response.status, response.headers.get("location")]).toEqual([status, location]);
  expect({ visited, log }).toEqual({ visited: [], log: ["a", "a"] });
  elsewhere.close();
});

describe("token providers", () => {
  test("are asked once for calls at the same time, and anew for each attempt after", async () => {
    let asked = 0;
    const provider = async () => {
      asked++;
      await new Promise((resolve) => setTimeout(resolve, 5));
      return `token-${asked}`;
    };
    const { post, endpoints } = await start([[], []], () => keyless(provider));
    expect(await Promise.all([post(), post(), post(), post()])).toEqual([200, 200, 200, 200]);
    expect(asked).toBe(1);
    await post();
    expect(asked).toBe(2);
    expect(endpoints[0]?.seen.at(-1)?.headers.authorization).toBe("Bearer token-2");
  });

  test.each<[string, () => Promise<string>, string]>([
    [
      "rejects",
      async () => {
        throw Object.assign(new Error("secret-token was refused"), { name: "CredentialUnavailableError" });
      },
      "the token provider failed with CredentialUnavailableError",
    ],
    [
      "throws",
      () => {
        throw "secret-token";
      },
      "the token provider failed with string",
    ],
    [
      "gives an object",
      async () => ({ token: "secret-token" }) as unknown as string,
      "the token provider gave object, not a string",
    ],
    ["gives nothing", async () => "", "the token provider gave a string that cannot be a token"],
    ["gives a line end", async () => "secret-token\n", "the token provider gave a string that cannot be a token"],
  ])(
    "one that %s cools down its endpoint and is reported, without a token in any text",
    async (_, provider, message) => {
      const mixed = await start([[], []], (index) => (index === 0 ? keyless(provider) : {}));
      expect([await mixed.post(), await mixed.post(CHAT.replace("gpt", "o3"))]).toEqual([200, 200]);
      expect(mixed.log.join("")).toBe("bb");
      expect(mixed.events).toContainEqual(
        expect.objectContaining({
          type: "cooldown",
          endpoint: "a",
          scope: "endpoint",
          reason: "misconfigured",
          errorCode: "ERR_TOKEN_PROVIDER",
        }),
      );
      await mixed.close();

      const { fetch, events } = await start([[]], () => keyless(provider));
      const error: unknown = await fetch(CHAT).catch((reason: unknown) => reason);
      if (!(error instanceof EndpointsUnreachableError) || !(error.cause instanceof Error)) throw error;
      expect(error.attempts).toEqual([{ endpoint: "a", errorCode: "ERR_TOKEN_PROVIDER" }]);
      expect(error.cause).toMatchObject({
        message: "no endpoint answered: a (ERR_TOKEN_PROVIDER)",
        cause: { message },
      });
      expect(`${error.stack} ${error.cause.stack} ${JSON.stringify([error, events, fetch.snapshot()])}`).not.toContain(
        "secret-token",
      );
    },
  );

  test("one that hangs is given up with the caller's abort", async () => {
    const { fetch, log } = await start([[]], () => keyless(() => new Promise(() => undefined)));
    const caller = new AbortController();
    const call = fetch(CHAT, { signal: caller.signal });
    caller.abort(new Error("left"));
    await expect(call).rejects.toThrow(new Error("left"));
    expect(log).toEqual([]);
  });
});

test("an endpoint that begins to cool down while a token is fetched for it does not get the request", async () => {
  let throttle: (value: Response) => void = () => undefined;
  let giveToken: (value: string) => void = () => undefined;
  const tokens = ["token-1", new Promise<string>((resolve) => (giveToken = resolve))];
  let asked = 0;
  const sent: string[] = [];
  const { post, events } = await balance(
    [[], []],
    {
      fetch: (url) => {
        const endpoint = servers.endpoints.find((other) => String(url).startsWith(other.url))?.name ?? "";
        sent.push(endpoint);
        return endpoint === "a"
          ? new Promise<Response>((resolve) => (throttle = resolve))
          : Promise.resolve(new Response("ok"));
      },
    },
    (index) => (index === 0 ? keyless(async () => tokens[asked++] ?? "") : { priority: 2 }),
  ).then((started) => (servers = started));
  const first = post();
  while (sent.length < 1) await new Promise((resolve) => setImmediate(resolve));
  const second = post();
  throttle(new Response(null, { status: 429 }));
  expect(await first).toBe(200);
  giveToken("token-2");
  expect(await second).toBe(200);
  expect({ sent, asked }).toEqual({ sent: ["a", "b", "b"], asked: 2 });
  expect(events.map((event) => ("attempt" in event ? `${event.endpoint} ${event.attempt}` : event.type))).toEqual([
    ...["a 1", "cooldown", "b 2", "b 1"],
  ]);
});

test("no key stands in events, snapshots or errors", async () => {
  const { post, fetch, events, endpoints } = await start([
    [429, 401],
    [503, 401],
  ]);
  await post();
  await Promise.all(endpoints.map((endpoint) => endpoint.close()));
  servers.clock.now = 600_000;
  const error: unknown = await fetch(CHAT, { headers: { "api-key": "key-of-caller" } }).catch(
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ code: "ERR_ENDPOINTS_UNREACHABLE" });
  const { stack, cause, attempts } = error as EndpointsUnreachableError;
  expect(`${stack} ${String(cause)} ${JSON.stringify([attempts, events, fetch.snapshot()])}`).not.toContain("key-of");
});
