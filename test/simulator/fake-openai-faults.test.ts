import { get } from "node:https";
import {
  Duration,
  FakeOpenAi,
  type FakeOpenAiOptions,
  Fault,
  type FaultAction,
  Latency,
  type StreamFailureForm,
} from "../../lib/simulator/index.js";

const PROBE = "/status-0123456789abcdef";
const HEADERS = { "api-key": "k", "content-type": "application/json" };

let server: FakeOpenAi;
async function start(options: FakeOpenAiOptions = {}): Promise<void> {
  server = await FakeOpenAi.create({ reply: "one two three four", ...options });
}
afterEach(() => server.close());

interface AskOptions {
  readonly signal?: AbortSignal;
  readonly path?: string;
}

function ask(body: object = {}, { signal, path = "/openai/v1/chat/completions" }: AskOptions = {}): Promise<Response> {
  return fetch(server.url + path, {
    method: "POST",
    headers: HEADERS,
    body: JSON.stringify({ model: "gpt-4o", messages: [{ role: "user", content: "hi" }], ...body }),
    ...(signal === undefined ? {} : { signal }),
  });
}

/** What became of a request: its status, or the code of the connection's error. */
async function outcome(request: Promise<Response>): Promise<number | string> {
  try {
    const response = await request;
    await response.arrayBuffer();
    return response.status;
  } catch (error) {
    const { cause } = error as { cause?: { code?: string } };
    return cause?.code ?? String(error);
  }
}

async function outcomes(count: number, path?: string): Promise<(number | string)[]> {
  const seen = [];
  for (let i = 0; i < count; i += 1) seen.push(await outcome(path === undefined ? ask() : fetch(server.url + path)));
  return seen;
}

describe("a fault and what callers see", () => {
  test.each<[string, FaultAction, (number | string)[]]>([
    ["status", Fault.status(503), [503, 503, 200]],
    ["throttle", Fault.throttle(), [429, 429, 200]],
    ["reset", Fault.reset(), ["ECONNRESET", "ECONNRESET", 200]],
    ["cut", Fault.cut(), ["UND_ERR_SOCKET", "UND_ERR_SOCKET", 200]],
    ["delay", Fault.delay(Latency.constant(Duration.milliseconds(1))), [200, 200, 200]],
    ["drip", Fault.drip(Duration.milliseconds(1)), [200, 200, 200]],
  ])("%s, twice", async (_, fault, expected) => {
    await start();
    server.inject(fault, { times: 2 });
    expect(await outcomes(3)).toEqual(expected);
  });

  test("several happen in the order of their injection, the last until healed", async () => {
    await start();
    server.inject(Fault.status(500), { times: 1 });
    server.inject(Fault.reset(), { times: 2 });
    server.inject(Fault.status(502));
    expect(await outcomes(5)).toEqual([500, "ECONNRESET", "ECONNRESET", 502, 502]);
    server.heal();
    expect(await outcomes(1)).toEqual([200]);
  });

  test.each<["api" | "probe" | "all", number, number]>([
    ["api", 503, 200],
    ["probe", 200, 503],
    ["all", 503, 503],
  ])("meant for %s", async (on, api, probe) => {
    await start();
    server.inject(Fault.status(503), { on });
    expect(await outcomes(1)).toEqual([api]);
    expect(await outcomes(1, PROBE)).toEqual([probe]);
  });
});

test("a status comes with the headers and the body that were asked for", async () => {
  await start();
  server.inject(Fault.status(429, { headers: { "retry-after": "soon" }, body: { error: { code: "quota" } } }));
  const response = await ask();
  expect(response.headers.get("retry-after")).toBe("soon");
  expect(await response.json()).toEqual({ error: { code: "quota" } });
});

test("a throttle says when to come back", async () => {
  await start();
  server.inject(Fault.throttle(Duration.milliseconds(2_500)));
  const response = await ask();
  expect(response.headers.get("retry-after")).toBe("3");
  expect(response.headers.get("retry-after-ms")).toBe("2500");
  expect(await response.json()).toEqual({ error: { code: "429", message: "Too Many Requests" } });
});

test("a request that fails has used its share of the limits", async () => {
  await start({ deployments: [{ name: "gpt-4o", requestsPerMinute: 12 }] });
  server.inject(Fault.status(500), { times: 2 });
  expect(await outcomes(3)).toEqual([500, 500, 429]);
});

test("a hung request gets no answer, and the server notices when the caller leaves", async () => {
  await start();
  server.inject(Fault.hang(), { times: 1 });
  const caller = new AbortController();
  const hung = outcome(ask({}, { signal: caller.signal }));
  while (server.requestCount === 0) await new Promise(setImmediate);
  expect(await outcomes(1)).toEqual([200]);
  caller.abort();
  expect(await hung).toMatch("AbortError");
  expect(server.requests.map(({ status, completed }) => [status, completed])).toEqual([
    [undefined, false],
    [200, true],
  ]);
});

test.each([0, 1, 3])("a stream is cut after %i events", async (afterEvents) => {
  await start();
  server.inject(Fault.cut(afterEvents));
  const response = await ask({ stream: true });
  const events: string[] = [];
  const read = async (): Promise<void> => {
    for await (const chunk of response.body ?? [])
      events.push(...Buffer.from(chunk).toString().split("\n\n").filter(Boolean));
  };
  await expect(read()).rejects.toMatchObject({ cause: { code: "UND_ERR_SOCKET" } });
  expect(events).toHaveLength(afterEvents);
  expect(server.requests).toMatchObject([{ status: 200, completed: false }]);
});

/** The events of a stream by their data. */
async function eventsOf(response: Response): Promise<unknown[]> {
  const frames = (await response.text()).split("\n\n").filter(Boolean);
  const data = frames.map((frame) => frame.slice(frame.indexOf("data: ") + "data: ".length));
  return data.map((text): unknown => (text === "[DONE]" ? text : JSON.parse(text)));
}

describe("a rate limit that is told inside a stream", () => {
  const message = "Your requests to the deployment have exceeded rate limit.";
  const failure = { code: "rate_limit_exceeded", message };

  test("is the first event of a chat completion", async () => {
    await start();
    server.inject(Fault.streamError(), { times: 1 });
    const response = await ask({ stream: true });
    expect(response.status).toBe(200);
    expect(await eventsOf(response)).toEqual([{ error: { ...failure, type: "too_many_requests", param: null } }]);
    expect(await outcomes(1)).toEqual([200]);
  });

  const nested = { type: "error", error: { ...failure, type: "too_many_requests", param: null } };
  test.each<[StreamFailureForm, object[]]>([
    ["response.failed", [{ type: "response.failed", response: { status: "failed", error: failure, output: [] } }]],
    ["error", [nested]],
    ["response.failed, error", [{ type: "response.failed", response: { status: "failed", error: null } }, nested]],
  ])("comes after a response was created, as %s", async (form, last) => {
    await start();
    server.inject(Fault.streamError({ form }));
    const response = await ask({ input: "hi", stream: true }, { path: "/openai/v1/responses" });
    const events = await eventsOf(response);
    const before = [{ type: "response.created" }, { type: "response.in_progress" }];
    expect(events).toMatchObject([...before, ...last].map((event, index) => ({ ...event, sequence_number: index })));
    expect(server.requests).toMatchObject([{ status: 200, completed: true }]);
  });

  test("comes as late as asked", async () => {
    await start();
    server.inject(Fault.streamError({ afterEvents: 4, code: "server_error", message: "no more" }));
    const events = await eventsOf(await ask({ stream: true }));
    expect(events).toHaveLength(5);
    expect(events[4]).toEqual({
      error: { code: "server_error", message: "no more", type: "server_error", param: null },
    });
  });

  test("is a 429 where there is no stream, another error a 500, and an error stays what it was", async () => {
    await start();
    server.inject(Fault.streamError(), { times: 1 });
    const limited = await ask();
    expect([limited.status, await limited.json()]).toEqual([429, { error: { code: "429", message } }]);
    server.inject(Fault.streamError({ code: "server_error" }));
    expect(await outcomes(1)).toEqual([500]);
    expect((await ask({ messages: [] })).status).toBe(400);
  });
});

test("a dripped stream arrives event by event", async () => {
  await start();
  server.inject(Fault.drip(Duration.minutes(60)), { times: 1 });
  const reader = (await ask({ stream: true })).body?.getReader();
  const { value } = (await reader?.read()) ?? {};
  expect(Buffer.from(value ?? []).toString()).toMatch(/^data: .*\n\n$/); // the first one, and no other
  expect(server.requests).toMatchObject([{ status: 200, completed: false }]);
  await reader?.cancel();
});

test("a dripped stream arrives whole", async () => {
  await start();
  server.inject(Fault.drip(Duration.milliseconds(1)));
  expect(await eventsOf(await ask({ stream: true }))).toHaveLength(8); // filter results, role, four words, end, [DONE]
});

test("connections are refused, on the same port accepted again, and closed for good", async () => {
  await start();
  const { port } = server;
  expect(server.state).toBe("listening");
  await server.refuse();
  expect(server.state).toBe("refusing");
  expect(await outcomes(1)).toEqual(["ECONNREFUSED"]);
  await server.accept();
  expect(server.port).toBe(port);
  expect(await outcomes(1)).toEqual([200]);
  await server.close();
  expect(server.state).toBe("closed");
  await expect(server.accept()).rejects.toThrow(
    new Error(`http://127.0.0.1:${port} is closed for good: create another server`),
  );
});

test("closing cuts the requests that hang", async () => {
  await start();
  server.inject(Fault.hang());
  const hung = outcome(ask());
  while (server.requestCount === 0) await new Promise(setImmediate);
  await server.close();
  expect(await hung).toBe("UND_ERR_SOCKET");
});

test("TLS with a throw-away certificate that verifies, and resets under it", async () => {
  await start({ tls: true });
  const probe = (ca?: string): Promise<number | string | undefined> =>
    new Promise((resolve) => {
      get(server.url + PROBE, ca === undefined ? {} : { ca }, (response) => resolve(response.resume().statusCode)).on(
        "error",
        (error: NodeJS.ErrnoException) => resolve(error.code),
      );
    });
  expect(await probe(server.certificatePem)).toBe(200);
  expect(await probe()).toBe("DEPTH_ZERO_SELF_SIGNED_CERT");
  server.inject(Fault.reset(), { on: "probe" });
  expect(await probe(server.certificatePem)).toBe("ECONNRESET");
});

test.each<[() => unknown, string]>([
  [() => Fault.status(200), "a fault's status is a whole number from 400 to 599; got 200"],
  [() => Fault.streamError({ afterEvents: 1.5 }), "a stream fails after a whole number of events, 0 or more; got 1.5"],
  [() => Fault.cut(-1), "a stream is cut after a whole number of events, 0 or more; got -1"],
  [
    () => Latency.uniform(Duration.seconds(2), Duration.seconds(1)),
    "a latency from 2 s to 1 s is backwards: give the shorter one first",
  ],
  [
    () => Latency.logNormal(Duration.seconds(2), Duration.seconds(1)),
    "a log-normal latency needs 0 < median <= p99; got median 2 s, p99 1 s",
  ],
])("refuses what makes no sense: %s", async (make, message) => {
  await start();
  expect(make).toThrow(new RangeError(message));
  expect(() => server.inject(Fault.hang(), { times: 0 })).toThrow(
    new RangeError("a fault happens a whole number of times, 1 or more; got times: 0"),
  );
});

describe("latency", () => {
  beforeEach(() => start());
  // A spread of quantiles from evenly spaced numbers, so that nothing here depends on luck.
  const even = (latency: Latency): number[] =>
    Array.from({ length: 1_000 }, (_, i) => latency.milliseconds(() => i / 1_000)).sort((a, b) => a - b);

  test("constant and none", () => {
    expect(Latency.none().milliseconds(() => 0.5)).toBe(0);
    expect(Latency.constant(Duration.seconds(1)).milliseconds(() => 0.5)).toBe(1_000);
  });

  test("uniform covers its range", () => {
    const all = even(Latency.uniform(Duration.milliseconds(100), Duration.milliseconds(200)));
    expect([all[0], all[500], all[999]]).toEqual([100, 150, 199.9]);
  });

  test("log-normal has the median and the p99 that it was given", () => {
    let i = 0;
    // Van der Corput pairs: evenly spread over the square that Box-Muller takes.
    const halton = (base: number, index: number): number => {
      let [fraction, result] = [1, 0];
      for (let n = index; n > 0; n = Math.floor(n / base)) result += (fraction /= base) * (n % base);
      return result;
    };
    const random = (): number => halton(i % 2 === 0 ? 2 : 3, 1 + Math.floor(i++ / 2));
    const latency = Latency.logNormal(Duration.milliseconds(100), Duration.milliseconds(1_000));
    const all = Array.from({ length: 10_000 }, () => latency.milliseconds(random)).sort((a, b) => a - b);
    expect(all[5_000]).toBeGreaterThan(95);
    expect(all[5_000]).toBeLessThan(105);
    expect(all[9_900]).toBeGreaterThan(900);
    expect(all[9_900]).toBeLessThan(1_100);
  });
});
