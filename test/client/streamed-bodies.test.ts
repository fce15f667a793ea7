import { Readable } from "node:stream";
import { checkedEndpoint } from "../../lib/client/endpoints/endpoint.js";
import { outgoingRequest } from "../../lib/client/call/outgoing.js";
import { readRequest } from "../../lib/client/request/request.js";
import { DeadlineError, Duration } from "../../lib/client/index.js";
import { balance, CHAT } from "../support/balanced.js";

const V1 = "https://any.example/openai/v1/chat/completions";
const JSON_TYPE = { "content-type": "application/json" };
const post = { method: "POST" } as const;
const text = '{"model":"gpt"}';
const renaming = checkedEndpoint(
  { url: "https://x.openai.azure.com", apiKey: "k", deployments: { gpt: "gpt-x" } },
  "endpoints[0]",
);

async function written(input: string | Request, init: RequestInit = {}, maxBufferedBodyBytes = 0) {
  const request = await readRequest(input, init, { maxBufferedBodyBytes, deadline: undefined });
  return { request, ...outgoingRequest(request, renaming) };
}

describe("bodies that are streams", () => {
  const stream = () => ({ body: new Blob(["{}"]).stream(), duplex: "half" }) as RequestInit;

  test("have one attempt", async () => {
    const { post, log } = await balance([[429], ["reset"], []]);
    expect([await post(CHAT, stream()), await post(CHAT, stream())]).toEqual([429, "ECONNRESET"]);
    expect(log.join("")).toBe("ab");
    expect(await post(CHAT, stream())).toBe(200);
  });

  test("fail over when they are buffered", async () => {
    const { post, log, endpoints } = await balance([[429], []], { maxBufferedBodyBytes: 2 });
    expect(await post(CHAT, stream())).toBe(200);
    expect(log.join("")).toBe("ab");
    expect(endpoints[1]?.seen[0]?.body).toBe("{}");
  });

  const disk = new Error("disk");
  // Of an upload that is passed on, whose sender has left.
  const reset = Object.assign(new Error("aborted"), { code: "ECONNRESET" });
  async function* broken(error: Error) {
    yield Buffer.from("{");
    throw error;
  }
  test.each<[string, Error, () => unknown]>([
    ["a web stream", disk, () => ReadableStream.from(broken(disk))],
    ["a web stream", reset, () => ReadableStream.from(broken(reset))],
    ["a Node stream", reset, () => Readable.from(broken(reset))],
    ["an iterable", reset, () => broken(reset)],
  ])("one that breaks cools down nobody: it is the caller's (%s, %s)", async (_, error, body) => {
    const { fetch, events } = await balance([[], []]);
    const init = { method: "POST", body: body(), duplex: "half" } as RequestInit;
    await expect(fetch(CHAT, init)).rejects.toMatchObject({ message: "fetch failed", cause: error });
    expect(events.map(({ type }) => type)).toEqual(["attempt"]);
  });
});

test("a stream is sent once", async () => {
  const body = new Blob([text]).stream();
  const { request, init } = await written(V1, { ...post, headers: JSON_TYPE, body });
  expect(request.body.kind).toBe("stream");
  expect(init.duplex).toBe("half");
  expect(await new Response(init.body).text()).toBe(text);
});

test("a stream is taken only as far as it is sent, and ends at once where the fetch has enough", async () => {
  const told: unknown[] = [];
  const body = new ReadableStream(
    {
      pull: () => new Promise(() => void told.push("pulled")),
      cancel: (reason) => void told.push(reason),
    },
    { highWaterMark: 0 },
  );
  const { request, init } = await written(V1, { ...post, body });
  const sent = init.body as ReadableStream;
  await new Promise((resolve) => setImmediate(resolve));
  expect([told, body.locked]).toEqual([[], false]);
  const reader = sent.getReader();
  void reader.read();
  await reader.cancel("enough");
  expect(told).toEqual(["pulled", "enough"]);
  await new Promise((resolve) => setImmediate(resolve));
  expect(request.body.kind === "stream" && request.body.hasFailed()).toBe(false);
});

test("the body of a Request is a stream", async () => {
  const { request } = await written(new Request(V1, { ...post, body: text, headers: JSON_TYPE }));
  expect(request).toMatchObject({ method: "POST", body: { kind: "stream" } });
});

test("a stream within the limit is replayed, renamed", async () => {
  const body = new Blob([text]).stream();
  const { init } = await written(V1, { ...post, headers: JSON_TYPE, body }, text.length);
  expect(init.body).toBe('{"model":"gpt-x"}');
});

test("a stream of bytes within the limit is replayed", async () => {
  async function* chunks() {
    yield Buffer.from([1, 2]);
    yield Buffer.from([3]);
  }
  const body = chunks() as unknown as ReadableStream;
  const { request, init } = await written(V1, { ...post, body }, 3);
  expect(request.body.kind).toBe("opaque");
  expect(init.body).toEqual(new Uint8Array([1, 2, 3]));
});

test("a stream above the limit goes out once, and whole", async () => {
  const long = "x".repeat(200_000);
  const { request } = await written(V1, { ...post, body: new Blob([long]).stream() }, 10);
  expect(request.body.kind).toBe("stream");
  const content = request.body.kind === "stream" ? request.body.content : "";
  expect(await new Response(content).text()).toBe(long);
});

test("buffering stops when the caller leaves", async () => {
  let told: unknown;
  const endless = new ReadableStream({
    pull: () => new Promise(() => undefined),
    cancel: (reason) => void (told = reason),
  });
  const caller = new AbortController();
  const limits = { maxBufferedBodyBytes: 10, deadline: undefined };
  const reading = readRequest(V1, { ...post, body: endless, signal: caller.signal }, limits);
  caller.abort(new Error("left"));
  await expect(reading).rejects.toThrow(new Error("left"));
  expect([told, endless.locked]).toEqual([new Error("left"), false]);
});

test("buffering stops at the deadline", async () => {
  let told: unknown;
  const endless = new ReadableStream({ cancel: (reason) => void (told = reason) });
  const { post, log } = await balance([[]], { maxBufferedBodyBytes: 10, deadline: Duration.milliseconds(40) });
  expect(await post(CHAT, { body: endless, duplex: "half" } as RequestInit)).toBe("ERR_DEADLINE");
  expect([told, log]).toEqual([expect.any(DeadlineError), []]);
});
