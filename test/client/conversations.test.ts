import { Duration } from "../../lib/client/index.js";
import { learner } from "../../lib/client/call/learner.js";
import { Holders } from "../../lib/client/endpoints/holders.js";
import { statefulPath } from "../../lib/client/request/references.js";
import { balance } from "../support/balanced.js";
import { type Step } from "../support/scripted-endpoint.js";

const openai = (path: string) => `https://any.example/openai/v1/${path}`;
const json = (body: unknown): Step => ({ status: 200, body: JSON.stringify(body) });
function form(...fields: readonly (readonly [name: string, value: string])[]): FormData {
  const form = new FormData();
  for (const [name, value] of fields) form.append(name, value);
  return form;
}
const unknownResponse: Step = {
  status: 400,
  body: JSON.stringify({ error: { code: "previous_response_not_found", message: "…" } }),
};

describe("what one endpoint stores", () => {
  test.each<[string, string, string | object, string, string | FormData | undefined]>([
    ["a response, continued", "responses", "resp_1a", "responses", '{"model":"gpt","previous_response_id":"resp_1a"}'],
    ["a response, read", "responses", "resp_1a", "responses/resp_1a", undefined],
    ["a response, cancelled", "responses", "resp_1a", "responses/resp_1a/cancel", "{}"],
    ["a file, read", "files", "file-1a", "files/file-1a/content", undefined],
    ["a file, for a batch", "files", "file-1a", "batches", '{"input_file_id":"file-1a"}'],
    ["a batch, read", "batches", "batch_1a", "batches/batch_1a", undefined],
    ["a batch's output", "batches/batch_1", { output_file_id: "file-out" }, "files/file-out/content", undefined],
    ["a batch's errors", "batches/batch_1", { error_file_id: "file-err" }, "files/file-err/content", undefined],
    ["a video, downloaded", "videos", "video_1a", "videos/video_1a/content", undefined],
    ["a video, edited by a form", "videos", "video_1a", "videos/edits", form(["video[id]", "video_1a"])],
    [
      "a file, one of a form's",
      "files",
      "file-1a",
      "containers",
      form(["file_ids", "file-1a"], ["file_ids", "file-9"]),
    ],
    ["a character, read", "videos/characters", "char_1a", "videos/characters/char_1a", undefined],
    [
      "a container of a response",
      "responses",
      { output: [{ container_id: "cntr_1a" }] },
      "containers/cntr_1a/files",
      undefined,
    ],
    ["a video's job", "video/generations/jobs", "task_1a", "video/generations/jobs/task_1a", undefined],
    ["a thread, run", "threads", "thread_1a", "threads/thread_1a/runs", '{"assistant_id":"asst_9"}'],
    [
      "a vector store, searched by a response",
      "vector_stores",
      "vs_1a",
      "responses",
      '{"tools":[{"vector_store_ids":["vs_1a"]}]}',
    ],
  ])("%s: goes to that endpoint", async (_, made, id, path, body) => {
    const { post, fetch, log } = await balance([[], [json(typeof id === "string" ? { id } : id)], []]);
    await post(openai("responses")); // The turn of a.
    await post(openai(made));
    for (let n = 0; n < 3; n++) {
      const response = await fetch(openai(path), body === undefined ? {} : { method: "POST", body });
      await response.text();
    }
    expect(log.join("")).toBe("abbbb");
  });

  test("a chat is kept only where it is asked to be", async () => {
    const { post, fetch, log } = await balance([[], [json({ id: "chatcmpl-1" })], []]);
    await post(openai("chat/completions"));
    await post(openai("chat/completions"), { body: '{"store":true}' });
    for (let n = 0; n < 3; n++) await (await fetch(openai("chat/completions/chatcmpl-1"))).text();
    expect(log.join("")).toBe("abbbb");
  });

  test("is learned from an event stream by its first event", async () => {
    const events = ['{"type":"response.created","response":{"id":"resp_s1"}}', '{"type":"response.completed"}'];
    const body = events.map((data) => `data: ${data}\n\n`).join("");
    const { fetch, log } = await balance([
      [{ status: 200, headers: { "content-type": "text/event-stream" }, body }],
      [],
    ]);
    const stream = await fetch(openai("responses"), { method: "POST", body: '{"stream":true}' });
    expect(await stream.text()).toBe(body);
    await fetch(openai("responses/resp_s1"));
    await fetch(openai("responses/resp_s1"));
    expect(log.join("")).toBe("aaa");
  });

  test("is learned from a list", async () => {
    const { fetch, log } = await balance([[], [json({ data: [{ id: "file-1" }, { id: "file-2" }] })]]);
    for (const path of ["models", "files", "files/file-2", "files/file-1"]) await (await fetch(openai(path))).text();
    expect(log.join("")).toBe("abbb");
  });

  test("is not looked for elsewhere while its endpoint is cooling down", async () => {
    const { post, fetch, log } = await balance([
      [json({ id: "resp_1" }), { status: 429, headers: { "retry-after": "5" } }],
      [],
    ]);
    await post(openai("responses"));
    const first = await fetch(openai("responses/resp_1"));
    expect([first.status, first.headers.get("retry-after")]).toEqual([429, "5"]);
    const second = await fetch(openai("responses/resp_1"));
    expect(await second.json()).toMatchObject({
      error: {
        message:
          "The endpoint that holds what was asked for is throttled or failing; the first is available again in 5 s.",
      },
    });
    expect(log.join("")).toBe("aa");
  });
});

describe("an unknown id is looked for on one endpoint after another", () => {
  test.each<[string, Step, string, string | FormData | undefined]>([
    ["read", 404, "responses/resp_x", undefined],
    ["continued", unknownResponse, "responses", '{"previous_response_id":"resp_x"}'],
    ["in a conversation", 404, "responses", '{"conversation":"conv_x"}'],
    ["in a conversation (object)", 404, "responses", '{"conversation":{"id":"conv_x"}}'],
    ["for a batch", 404, "batches", '{"input_file_id":"file-x"}'],
    ["for fine-tuning", 404, "fine_tuning/jobs", '{"training_file":"file-x"}'],
    ["a video", 404, "videos/video_x", undefined],
    ["a video to extend", 404, "videos/extensions", '{"video":{"id":"video_x"}}'],
    ["a video to edit, in a form", 404, "videos/edits", form(["video[id]", "video_x"])],
    ["an assistant to run", 404, "threads/runs", '{"assistant_id":"asst_x"}'],
    ["a stored chat", 404, "chat/completions/chatcmpl-x", undefined],
    ["continued (404)", 404, "responses", '{"previous_response_id":"resp_x"}'],
  ])("%s, and the one that holds it is remembered", async (_, refusal, path, body) => {
    const text = body instanceof FormData ? String(body.get("video[id]")) : body;
    const id = /\w+[_-]x\b/.exec(`${path} ${text}`)?.[0];
    const found = json({ id });
    const { fetch, log } = await balance([[refusal], [found, found], []]);
    for (let n = 0; n < 2; n++) {
      const response = await fetch(openai(path), body === undefined ? {} : { method: "POST", body });
      expect(await response.json()).toEqual({ id });
    }
    expect(log.join("")).toBe("abb");
  });

  test("and remembered also where the answer does not name it, as the content of a file", async () => {
    const content: Step = { status: 200, headers: { "content-type": "application/octet-stream" }, body: "raw" };
    const { fetch, log } = await balance([[404], [content, content], [content]]);
    for (let n = 0; n < 2; n++) expect(await (await fetch(openai("files/file-x/content"))).text()).toBe("raw");
    expect(log.join("")).toBe("abb");
  });

  test("and not remembered where the one that answers may not know it", async () => {
    const batch: Step = { status: 200, body: '{"id":"batch_1"}' };
    const { fetch, log } = await balance([[batch, 404], []]);
    const body = '{"input_file_id":"file-x"}';
    await (await fetch(openai("batches"), { method: "POST", body })).text();
    expect((await fetch(openai("files/file-x"))).status).toBe(200);
    expect(log.join("")).toMatch(/^a(ab|b)$/);
  });

  test("where none holds it, the answer of the first one is given and nobody cools down", async () => {
    const { fetch, log, events } = await balance([[{ status: 404, body: "not here" }], [404]]);
    const response = await fetch(openai("files/file-x"));
    expect([response.status, await response.text()]).toEqual([404, "not here"]);
    expect(log.join("")).toBe("ab");
    expect(events.map((event) => (event.type === "attempt" ? event.outcome : event.type))).toEqual([
      "not-held",
      "not-held",
      "exhausted",
    ]);
  });

  test("waiting calls do not ask again who does not hold it", async () => {
    const options = { whenExhausted: "wait", deadline: Duration.minutes(1), now: () => performance.now() } as const;
    const servers = await balance([[404, 404], [{ status: 503, headers: { "retry-after-ms": "10" } }]], options);
    expect((await servers.fetch(openai("files/file-x"))).status).toBe(200);
    expect(servers.log.join("")).toBe("abb");
  });

  test("where the one that may hold it fails, that failure is the answer", async () => {
    const { fetch } = await balance([[404], [503]]);
    expect((await fetch(openai("files/file-x"))).status).toBe(503);
  });
});

test("a chat is never copied: its response has one reader", async () => {
  const { fetch } = await balance([[json({ id: "resp_1" })]]);
  const clone = jest.spyOn(Response.prototype, "clone");
  await (await fetch(openai("chat/completions"), { method: "POST", body: '{"model":"gpt"}' })).text();
  expect(clone).not.toHaveBeenCalled();
  clone.mockRestore();
});

describe("Holders", () => {
  test("forgets what was used longest ago", () => {
    const holders = new Holders(2);
    holders.remember("resp_1", "a");
    holders.remember("resp_2", "b");
    expect(holders.accountOf(["resp_0", "resp_1"])).toBe("a");
    holders.remember("resp_3", "c");
    const known = ["resp_1", "resp_2", "resp_3"].map((id) => holders.accountOf([id]));
    expect([holders.size, ...known]).toEqual([2, "a", undefined, "c"]);
  });

  test("does not keep what is too long for an id", () => {
    const holders = new Holders();
    holders.remember("x".repeat(257), "a");
    expect(holders.size).toBe(0);
  });
});

describe("learner", () => {
  function learned(pieces: readonly string[], isEventStream: boolean, ids: readonly string[]) {
    const holders = new Holders();
    const tap = learner(holders, "a", isEventStream);
    for (const piece of pieces) tap(new TextEncoder().encode(piece));
    return ids.filter((id) => holders.accountOf([id]) === "a");
  }

  test("finds an id that two chunks share", () => {
    expect(learned(['{"object":"file","i', 'd":"file-ab', 'cd","x":1}'], false, ["file-abcd"])).toEqual(["file-abcd"]);
  });

  test("finds ids in all events of a stream, wherever it is cut", () => {
    const text = [
      ': a comment with "an open quote',
      'event: response.created\r\ndata: {"type":"response.created","response":{"id":"resp_1"}}\r\n',
      'data: {"broken": "\n',
      'data:{"item":{"id":"rs_2","type":"reasoning"}}\n',
      'id: 7\nretry: 10\nd\nda\nevent: "x\n',
      'data: {"item":{"id":"msg_3"}}\n\ndata: [DONE]\n',
      "",
    ].join("\n");
    const ids = ["resp_1", "rs_2", "msg_3"];
    for (let cut = 1; cut < text.length; cut++) {
      expect(learned([text.slice(0, cut), text.slice(cut)], true, ids)).toEqual(ids);
    }
    expect(learned([...text], true, ids)).toEqual(ids);
  });
});

test.each<[string, ReturnType<typeof statefulPath>]>([
  ["chat/completions", undefined],
  ["responses", { id: undefined }],
  ["responses/resp_1/input_items", { id: "resp_1" }],
  ["responses/input_tokens", { id: undefined }],
  ["threads/runs", { id: undefined }],
  ["files/import", { id: undefined }],
  ["videos/video_1/remix", { id: "video_1" }],
  ["videos/edits", { id: undefined }],
  ["videos/extensions", { id: undefined }],
  ["videos/characters", { id: undefined }],
  ["videos/characters/char_1", { id: "char_1" }],
  ["fine_tuning/jobs/ftjob-1", { id: "ftjob-1" }],
  ["fine_tuning/jobs", { id: undefined }],
])("statefulPath(%s)", (path, expected) => {
  expect(statefulPath(path)).toEqual(expected);
});
