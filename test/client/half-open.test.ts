import { Duration, type EndpointOptions } from "../../lib/client/index.js";
import { TOKEN_TIMEOUT, tokenCredential } from "../../lib/client/endpoints/credential.js";
import { balance, CHAT } from "../support/balanced.js";

afterEach(() => jest.useRealTimers());

const IMAGES = "https://any.example/openai/v1/images/generations";
const realTime = { now: () => performance.now() };
const keyless = (tokenProvider: () => Promise<string>): Partial<EndpointOptions> => ({
  apiKey: undefined,
  tokenProvider,
});
describe("half-open", () => {
  test("lets exactly one probe through, and all once it succeeds", async () => {
    const { post, log, clock, fetch } = await balance([[503, "hang"], []]);
    await post();
    clock.now = 1_000;
    const caller = new AbortController();
    const probe = fetch(CHAT, { method: "POST", body: "{}", signal: caller.signal });
    await Promise.all([post(), post(), post()]);
    expect(log.join("")).toBe("ababbb");
    caller.abort(new Error("left"));
    await expect(probe).rejects.toThrow(new Error("left"));
    // The probe was given up, not failed: the next call probes, and then a is as good as any.
    await post();
    await Promise.all([post(), post(), post(), post()]);
    expect(log.slice(6).join("")).toMatch(/^a/);
    expect(log.slice(7).sort().join("")).toBe("aabb");
  });

  test("calls that have no other endpoint wait for the probe's answer", async () => {
    const { post, log, clock } = await balance([[503], [503]]);
    await post();
    clock.now = 1_000;
    expect(await Promise.all([post(), post(), post(), post(), post()])).toEqual([200, 200, 200, 200, 200]);
    expect(log.slice(0, 4).sort().join("")).toBe("aabb");
  });

  test("and are answered as soon as it is known that it failed", async () => {
    const { post, log, clock } = await balance([
      [503, 503],
      [503, 503],
    ]);
    await post();
    clock.now = 1_000;
    expect(await Promise.all([post(), post(), post()])).toEqual([503, 503, 429]);
    expect(log).toHaveLength(4);
  });
});

test("two probes that find misconfigurations do not wait for each other", async () => {
  const { post, clock, log } = await balance([
    [503, 401, 401],
    [503, 401, 401],
  ]);
  await post();
  clock.now = 1_000;
  for (const answer of await Promise.all([post(), post()])) expect([401, 429]).toContain(answer);
  expect(log.slice(2, 4).sort().join("")).toBe("ab");
});

describe("a probe that takes long", () => {
  test("does not hold up the others for longer than the cooldown before it", async () => {
    const { post, fetch, log, clock } = await balance([
      [503, "hang"],
      [503, "hang"],
    ]);
    expect(await post()).toBe(503);
    clock.now = 1_000;
    const caller = new AbortController();
    const probes = [1, 2].map(() => fetch(CHAT, { method: "POST", body: "{}", signal: caller.signal }));
    while (log.length < 4) await new Promise((resolve) => setTimeout(resolve, 2));
    clock.now = 2_000;
    expect(await post()).toBe(200);
    caller.abort(new Error("left"));
    for (const probe of probes) await expect(probe).rejects.toThrow(new Error("left"));
  });
});

describe("what proves an endpoint well", () => {
  test("an HTTP answer, also a 429, which is told", async () => {
    const { post, clock, endpoints, events, fetch } = await balance([[429], []]);
    await endpoints[0]?.close();
    await post();
    await endpoints[0]?.open();
    clock.now = 1_000;
    expect(await post()).toBe(200);
    expect(events.map((event) => (event.type === "attempt" ? event.outcome : event.type)).slice(3)).toEqual([
      ...["throttled", "recovered", "cooldown", "answered"],
    ]);
    expect(fetch.snapshot()[0]?.status).toBe("available");
  });

  test("not an attempt that timed out", async () => {
    // The second one answers at once, without a socket: however busy the machine is, it is in time.
    const { post, clock, endpoints, fetch } = await balance([["hang"], []], {
      attemptTimeout: Duration.milliseconds(40),
      fetch: async (url, init) =>
        String(url).startsWith(String(endpoints[0]?.url)) ? globalThis.fetch(url, init) : new Response("ok"),
    });
    await endpoints[0]?.close();
    await post();
    await endpoints[0]?.open();
    clock.now = 1_000;
    expect(await post()).toBe(200);
    expect(fetch.snapshot()[0]?.status).toBe("half-open");
  });
});

describe("a token provider that fails before anything is sent", () => {
  test("leaves a stream whole for the next endpoint", async () => {
    const failing = keyless(() => Promise.reject(new Error("no identity")));
    const { post, endpoints } = await balance([[], []], {}, (index) => (index === 0 ? failing : {}));
    const body = new Blob(["{}"]).stream();
    expect(await post(CHAT, { body, duplex: "half" } as RequestInit)).toBe(200);
    expect(endpoints[1]?.seen[0]?.body).toBe("{}");
  });

  test("by hanging: the next endpoint is safe to ask, whatever the operation", async () => {
    let give = (): void => undefined;
    const hanging = keyless(() => new Promise((resolve) => (give = () => resolve("late"))));
    const asked: string[] = [];
    const fetch = async (url: unknown) => {
      asked.push(String(url));
      return new Response("ok");
    };
    const limits = { attemptTimeout: Duration.milliseconds(40), fetch };
    const { post, events, endpoints } = await balance([[], []], limits, (index) => (index === 0 ? hanging : {}));
    expect(await post(IMAGES)).toBe(200);
    expect(asked).toEqual([expect.stringContaining(String(endpoints[1]?.url))]);
    expect(events).toContainEqual(
      expect.objectContaining({ type: "cooldown", scope: "endpoint", errorCode: "ERR_TOKEN_PROVIDER" }),
    );
    // Else it would be waited for, after the test.
    give();
  });

  test("by hanging: the error says which limit it has passed", async () => {
    const never = keyless(() => new Promise(() => undefined));
    const { fetch } = await balance([[]], { firstEventTimeout: Duration.milliseconds(40) }, () => never);
    const error: unknown = await fetch(CHAT, { method: "POST", body: '{"stream":true}' }).catch((it: unknown) => it);
    expect(error).toMatchObject({ cause: { cause: { message: "the token provider gave no token within 40 ms" } } });
  });

  test("by hanging once is asked anew after a while", async () => {
    jest.useFakeTimers();
    let asked = 0;
    const credential = tokenCredential(() => (++asked === 1 ? new Promise(() => undefined) : Promise.resolve("token")));
    const hung = Promise.resolve(credential()).catch((error: Error) => error.message);
    jest.advanceTimersByTime(TOKEN_TIMEOUT.toMilliseconds());
    expect(await hung).toBe(`the token provider gave no token within ${String(TOKEN_TIMEOUT)}`);
    expect(await credential()).toEqual({ authorization: "Bearer token" });
  });
});

test("an endpoint that held a call until its deadline cools down, so that the next calls fare better", async () => {
  const deadline = Duration.milliseconds(60);
  const { post, events } = await balance([["hang"], []], { ...realTime, deadline });
  expect(await post()).toBe("ERR_DEADLINE");
  expect(events.at(-1)).toMatchObject({ type: "cooldown", endpoint: "a", reason: "failed", errorCode: "ERR_DEADLINE" });
});
