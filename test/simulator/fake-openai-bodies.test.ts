import fc from "fast-check";
import { FakeOpenAi } from "../../lib/simulator/index.js";
import { repetitions } from "../support/repetitions.js";

const PATHS = [
  "/openai/v1/chat/completions",
  "/openai/v1/responses",
  "/openai/v1/conversations",
  "/openai/v1/embeddings",
  "/openai/v1/images/generations",
  "/openai/v1/audio/transcriptions",
  "/openai/v1/files",
  "/models/chat/completions?api-version=2024-05-01-preview",
  "/anthropic/v1/messages",
];

let server: FakeOpenAi;
beforeAll(async () => {
  server = await FakeOpenAi.create({ deployments: [{ name: "model" }] });
});
afterAll(() => server.close());

async function post(path: string, body: string | Uint8Array, contentType = "application/json") {
  const headers = { "api-key": "k", "content-type": contentType, "anthropic-version": "2023-06-01" };
  const response = await fetch(server.url + path, { method: "POST", headers, body });
  return { status: response.status, text: await response.text() };
}

describe.each(PATHS)("%s survives", (path) => {
  const [json, form] = ["application/json", "multipart/form-data"];
  test.each<[string, string, string | Uint8Array]>([
    ["deep nesting of lists", json, "[".repeat(200_000)],
    ["deep nesting of objects", json, `{"a":`.repeat(100_000)],
    ["deep nesting that is closed", json, `{"model":"model","messages":${"[".repeat(10_000)}${"]".repeat(10_000)}}`],
    ["bytes that are no text", json, new Uint8Array([0xff, 0xfe, 0x00, 0x7b])],
    ["a form without an end", `${form}; boundary=x`, "--x\r\n"],
    ["a form without a boundary", form, "--x\r\n"],
  ])("%s", async (_, contentType, body) => {
    expect((await post(path, body, contentType)).status).toBe(400);
  });

  test("any JSON", async () => {
    const fields = [
      ...["messages", "input", "prompt", "items", "tools", "tool_choice", "response_format", "text", "max_tokens"],
      ...["n", "stream", "store", "include", "conversation", "previous_response_id", "reasoning", "dimensions"],
    ];
    const body = fc.dictionary(fc.constantFrom(...fields), fc.jsonValue());
    await fc.assert(
      fc.asyncProperty(body, async (value) => {
        const { status, text } = await post(path, JSON.stringify({ ...value, model: "model" }));
        if (status >= 500) throw new Error(`${status} ${text}`);
      }),
      { numRuns: repetitions(20, 500) },
    );
  });
});

const HUGE = { type: "array", minItems: 1e9 };
const MESSAGES = [{ role: "user", content: "hi" }];
test.each<[string, object]>([
  ["/openai/v1/chat/completions", { messages: MESSAGES, tools: [{ function: { name: "f", parameters: HUGE } }] }],
  [
    "/openai/v1/chat/completions",
    { messages: MESSAGES, response_format: { type: "json_schema", json_schema: { schema: HUGE } } },
  ],
  ["/openai/v1/responses", { input: "hi", tools: [{ type: "function", name: "f", parameters: HUGE }] }],
  ["/openai/v1/responses", { input: "hi", text: { format: { type: "json_schema", schema: HUGE } } }],
  ["/anthropic/v1/messages", { max_tokens: 9, messages: MESSAGES, tools: [{ name: "f", input_schema: HUGE }] }],
])("%s refuses a schema that only a huge value satisfies", async (path, body) => {
  const { status, text } = await post(path, JSON.stringify({ model: "model", ...body }));
  expect(status).toBe(400);
  expect(JSON.parse(text)).toEqual({
    error: {
      message: "Invalid schema: a value that satisfies it has more than 10000 parts.",
      type: "invalid_request_error",
      param: null,
      code: "invalid_json_schema",
    },
  });
});
