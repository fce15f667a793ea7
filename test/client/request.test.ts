import { Readable } from "node:stream";
import * as undici from "undici";
import { checkedEndpoint, type EndpointOptions } from "../../lib/client/endpoints/endpoint.js";
import { createLoadBalancedFetch } from "../../lib/client/index.js";
import { outgoingRequest } from "../../lib/client/call/outgoing.js";
import { readRequest } from "../../lib/client/request/request.js";

const LEGACY = "https://any.example/openai/deployments/gpt/chat/completions?api-version=2024-10-21";
const V1 = "https://any.example/openai/v1/chat/completions";
const JSON_TYPE = { "content-type": "application/json" };

const renaming = endpoint({ url: "https://x.openai.azure.com", deployments: { gpt: "gpt-x" } });

function endpoint(options: Partial<EndpointOptions>) {
  return checkedEndpoint({ url: "https://x.openai.azure.com", apiKey: "k", ...options }, "endpoints[0]");
}

async function written(
  input: string | URL | Request,
  init: RequestInit = {},
  target = renaming,
  maxBufferedBodyBytes = 0,
) {
  const request = await readRequest(input, init, { maxBufferedBodyBytes, deadline: undefined });
  return { request, ...outgoingRequest(request, target) };
}

describe("the URL", () => {
  test.each<[string, string, string]>([
    ["an account", "https://x.openai.azure.com", "https://x.openai.azure.com/openai/v1/models?a=1"],
    ["a slash at its end", "https://x.openai.azure.com/", "https://x.openai.azure.com/openai/v1/models?a=1"],
    ["a path prefix", "https://gateway.example/team/a/", "https://gateway.example/team/a/openai/v1/models?a=1"],
    ["a port", "http://localhost:8080", "http://localhost:8080/openai/v1/models?a=1"],
  ])("goes to %s", async (_, url, expected) => {
    expect((await written("https://any.example/base/openai/v1/models?a=1#f", {}, endpoint({ url }))).url).toBe(
      expected,
    );
  });

  test.each<[string, string]>([
    [
      "https://any.example/models/chat/completions?a=/openai/",
      "https://x.openai.azure.com/models/chat/completions?a=/openai/",
    ],
    ["https://any.example", "https://x.openai.azure.com"],
    ["https://any.example?a=1", "https://x.openai.azure.com?a=1"],
    ["/openai/v1/models", "https://x.openai.azure.com/openai/v1/models"],
    ["openai/v1/models", "https://x.openai.azure.com/openai/v1/models"],
    ["//any.example/openai/v1/models", "https://x.openai.azure.com/openai/v1/models"],
    [
      "/openai/v1/models?next=https://x.example/y",
      "https://x.openai.azure.com/openai/v1/models?next=https://x.example/y",
    ],
    ["https://any.example/openai/../../../admin", "https://x.openai.azure.com/admin"],
    ["https://any.example/openai/\t../\t../admin", "https://x.openai.azure.com/admin"],
    ["https://any.example/openai/v1/\n.\r./../admin", "https://x.openai.azure.com/admin"],
    ["https://any.example/openai/v1/%2e%2e/%2E%2E/admin", "https://x.openai.azure.com/admin"],
  ])("%s becomes %s", async (input, expected) => {
    expect((await written(input)).url).toBe(expected);
  });

  test("is taken from a URL and from a Request too", async () => {
    expect((await written(new URL(LEGACY))).request.deployment).toBe("gpt");
    expect((await written(new Request(LEGACY))).request.deployment).toBe("gpt");
  });
});

describe("what stands for a Request", () => {
  test("may be of another realm", async () => {
    const body = '{"model":"gpt"}';
    const foreign = new undici.Request(V1, { method: "POST", headers: { ...JSON_TYPE, "x-a": "1" }, body });
    const { request, url, init } = await written(foreign as unknown as Request, {}, renaming, 100);
    expect([url, init.method, init.headers["x-a"]]).toEqual([
      V1.replace("any.example", "x.openai.azure.com"),
      "POST",
      "1",
    ]);
    expect(request.body.kind).toBe("json");
  });

  test.each([undefined, null, {}, 7])("%p is refused before anything is sent", async (input) => {
    let sent = 0;
    const fetch = createLoadBalancedFetch({
      endpoints: [{ url: "https://x.openai.azure.com", apiKey: "k" }],
      fetch: async () => {
        sent++;
        return new Response();
      },
    });
    await expect(fetch(input as unknown as string)).rejects.toThrow(
      new TypeError(`input: is of type ${typeof input}; give a string, a URL or a Request`),
    );
    expect(sent).toBe(0);
  });
});

describe("the deployment", () => {
  test("is renamed in the path of the legacy API, and nowhere else", async () => {
    const body = '{"model":"gpt","messages":[]}';
    const { url, init, request } = await written(LEGACY, { method: "POST", headers: JSON_TYPE, body });
    expect(url).toBe("https://x.openai.azure.com/openai/deployments/gpt-x/chat/completions?api-version=2024-10-21");
    expect(init.body).toBe(body);
    expect(request.deployment).toBe("gpt");
  });

  test("may need escapes in the path", async () => {
    const target = endpoint({ deployments: { "my gpt": "a/b $& c" } });
    const { url } = await written("https://any.example/openai/deployments/my%20gpt/embeddings", {}, target);
    expect(url).toBe("https://x.openai.azure.com/openai/deployments/a%2Fb%20%24%26%20c/embeddings");
  });

  test("that is escaped wrongly stays as it is", async () => {
    expect((await written("https://any.example/openai/deployments/%zz/embeddings")).request.deployment).toBe("%zz");
  });

  test.each(["chat/completions", "embeddings", "responses", "images/generations", "audio/speech"])(
    "is renamed in the body of v1 %s",
    async (resource) => {
      const { init } = await written(`https://any.example/openai/v1/${resource}`, {
        method: "POST",
        headers: JSON_TYPE,
        body: '{ "input": "x",  "model": "gpt" }',
      });
      expect(init.body).toBe('{ "input": "x",  "model": "gpt-x" }');
    },
  );

  test("is renamed in the body of the legacy responses API", async () => {
    const { init } = await written("https://any.example/openai/responses?api-version=2025-03-01-preview", {
      method: "POST",
      body: '{"model":"gpt"}',
    });
    expect(init.body).toBe('{"model":"gpt-x"}');
  });

  test("is not the model that fine-tuning starts from", async () => {
    const { init, request } = await written("https://any.example/openai/v1/fine_tuning/jobs", {
      method: "POST",
      headers: JSON_TYPE,
      body: '{"model":"gpt"}',
    });
    expect(init.body).toBe('{"model":"gpt"}');
    expect(request.deployment).toBeUndefined();
  });

  test("that the endpoint has no name for stays as it was asked for", async () => {
    const { init } = await written(V1, { method: "POST", headers: JSON_TYPE, body: '{"model":"o3"}' });
    expect(init.body).toBe('{"model":"o3"}');
  });
});

describe("each kind of body", () => {
  const post = { method: "POST" } as const;
  const text = '{"model":"gpt"}';
  const bytes = new TextEncoder().encode(text);

  test.each<[string, RequestInit]>([
    ["a string", { ...post, headers: JSON_TYPE, body: text }],
    ["a string without a type", { ...post, body: text }],
    ["bytes", { ...post, headers: JSON_TYPE, body: bytes }],
    ["a Buffer", { ...post, headers: JSON_TYPE, body: Buffer.from(text) }],
    ["a DataView", { ...post, headers: JSON_TYPE, body: new DataView(bytes.buffer) }],
    ["an ArrayBuffer", { ...post, headers: JSON_TYPE, body: bytes.buffer }],
    ["a Blob", { ...post, headers: JSON_TYPE, body: new Blob([text]) }],
    ["a Blob with its own type", { ...post, body: new Blob([text], { type: "application/json" }) }],
    ["a problem type of JSON", { ...post, headers: { "Content-Type": "application/merge-patch+json" }, body: text }],
  ])("JSON in %s is replayed, renamed", async (_, init) => {
    const first = await written(V1, init);
    expect(first.request.body.kind).toBe("json");
    expect(first.init.body).toBe('{"model":"gpt-x"}');
    expect(outgoingRequest(first.request, endpoint({ url: "https://y.openai.azure.com" })).init.body).toBe(text);
  });

  test.each<[string, NonNullable<RequestInit["body"]>]>([
    ["text", "model=gpt"],
    ["bytes", Buffer.from([1, 2, 3])],
    ["a Blob", new Blob(["x"])],
    ["a form of the old kind", new URLSearchParams({ model: "gpt" })],
  ])("%s that is no JSON is replayed as it is", async (_, body) => {
    const { request, init } = await written(V1, { ...post, body, headers: { "content-type": "text/plain" } });
    expect(request.body.kind).toBe("opaque");
    expect(init.body).toBe(body);
  });

  test("a form-data of npm, which has the tag of a FormData and is a Node stream, is sent as one", async () => {
    const npm = Object.assign(Readable.from(["--x--"]), { [Symbol.toStringTag]: "FormData" });
    const { init } = await written(V1, { method: "POST", body: npm as unknown as RequestInit["body"] });
    expect(init.duplex).toBe("half");
    expect(await new Response(init.body).text()).toBe("--x--");
  });

  test.each<[string, new () => FormData]>([
    ["the global one", FormData],
    ["undici's", undici.FormData as unknown as typeof FormData],
  ])("a FormData (%s) is renamed, its files and their names kept, the caller's own untouched", async (_, Form) => {
    const form = new Form();
    form.append("file", new File(["sound"], "talk.mp3", { type: "audio/mpeg" }));
    form.append("model", "gpt");
    form.append("language", "fr");
    const { request, init } = await written("https://any.example/openai/v1/audio/transcriptions", {
      ...post,
      body: form,
    });
    const sent = init.body as FormData;
    expect(sent).toBeInstanceOf(Form);
    expect(request.deployment).toBe("gpt");
    expect([sent.get("model"), sent.get("language")]).toEqual(["gpt-x", "fr"]);
    expect((sent.get("file") as File).name).toBe("talk.mp3");
    expect(await (sent.get("file") as File).text()).toBe("sound");
    expect(form.get("model")).toBe("gpt");
  });

  test("a Blob's type goes along with its JSON, where the caller gives none", async () => {
    const body = new Blob([text], { type: "application/json" });
    expect((await written(V1, { ...post, body })).init.headers).toEqual(JSON_TYPE);
    const other = { "content-type": "application/problem+json" };
    expect((await written(V1, { ...post, body, headers: other })).init.headers).toEqual(other);
  });

  test("none stays none", async () => {
    const { request, init } = await written(V1, { method: "GET" });
    expect(request.body.kind).toBe("none");
    expect("body" in init).toBe(false);
  });
});

describe("headers", () => {
  test.each<[string, RequestInit["headers"]]>([
    ["an object", { "API-Key": "k1", Authorization: "Bearer t", "X-Mine": "1", Host: "h", "Content-Length": "9" }],
    [
      "pairs",
      [
        ["api-key", "k1"],
        ["authorization", "Bearer t"],
        ["x-mine", "1"],
        ["host", "h"],
        ["content-length", "9"],
      ],
    ],
    ["a Map", new Map(Object.entries({ "Api-Key": "k1", "X-Mine": "1" })) as unknown as Headers],
    ["another realm's Headers", new undici.Headers({ "api-key": "k1", "x-mine": "1" }) as unknown as Headers],
    ["Headers", new Headers({ "api-key": "k1", "ocp-apim-subscription-key": "k2", "x-mine": "1" })],
  ])("as %s: credentials, host and length are taken off", async (_, headers) => {
    expect((await written(V1, { headers })).init.headers).toEqual({ "x-mine": "1" });
  });

  test("of init replace those of a Request, as with fetch", async () => {
    const request = new Request(V1, { headers: { "x-a": "1" } });
    expect((await written(request)).init.headers).toEqual({ "x-a": "1" });
    expect((await written(request, { headers: { "x-b": "2" } })).init.headers).toEqual({ "x-b": "2" });
  });
});

test("what is no HTTP goes to the plain fetch, without a credential", async () => {
  const sent: unknown[] = [];
  const fetch = createLoadBalancedFetch({
    endpoints: [{ url: "https://x.openai.azure.com", apiKey: "k" }],
    fetch: async (...args) => {
      sent.push(args);
      return new Response();
    },
  });
  await fetch("data:,");
  expect(sent).toEqual([["data:,", undefined]]);
});

test("redirects are never followed, and the caller's other settings are kept", async () => {
  const { init } = await written(V1, { redirect: "follow", keepalive: true });
  expect(init).toMatchObject({ redirect: "manual", keepalive: true });
});

describe("the operation", () => {
  test.each([
    ["deployments/gpt/chat/completions", undefined, "chat"],
    ["v1/chat/completions", undefined, "chat"],
    ["v1/chat/completions", '{"store":true,"messages":[]}', "chat"],
    ["v1/chat/completions", '{"messages":[{"content":"\\"store\\": true"}],"store":false}', "chat"],
    ["v1/chat/completions/chatcmpl-1", undefined, "other"],
    ["deployments/gpt/completions", undefined, "completions"],
    ["v1/embeddings", undefined, "embeddings"],
    ["v1/audio/speech", undefined, "audio"],
    ["v1/responses", '{"model":"gpt"}', "responses"],
    ["v1/responses", '{"model":"gpt","store":true}', "responses"],
    ["v1/responses", '{"store": false ,"model":"gpt"}', "responses"],
    ["v1/responses", '{"background": true}', "background"],
    ["v1/responses/compact", "{}", "responses"],
    ["v1/videos/video_1/remix", undefined, "videos"],
    ["v1/video/generations/jobs", undefined, "videos"],
    ["v1/fine_tuning/jobs", undefined, "fine-tuning"],
    ["v1/responses/resp_1/cancel", undefined, "responses"],
    ["deployments/gpt/images/edits", undefined, "images"],
    ["v1/batches", undefined, "batches"],
    ["files", undefined, "files"],
    ["v1/uploads/upload_1/parts", undefined, "files"],
    ["v1/threads", undefined, "other"],
    ["../models/chat/completions?api-version=2024-05-01-preview", undefined, "chat"],
    ["../models/embeddings", undefined, "embeddings"],
    ["../models/images/embeddings", undefined, "embeddings"],
    ["../anthropic/v1/messages", undefined, "chat"],
  ])("%s %s is %s", async (path, body, operation) => {
    const { request } = await written(`https://any.example/openai/${path}`, { method: "POST", ...(body && { body }) });
    expect(request.operation).toBe(operation);
  });
});
