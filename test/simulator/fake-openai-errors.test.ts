import {
  createUnsignedToken,
  FakeOpenAi,
  type FakeOpenAiOptions,
  SimulatorOptionError,
} from "../../lib/simulator/index.js";

interface Ask {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
}

const CHAT = "/openai/deployments/chat/chat/completions?api-version=2024-10-21";
const V1_CHAT = "/openai/v1/chat/completions";
const MESSAGES = [{ role: "user", content: "hi" }];
const KEY = { "api-key": "key-1" };

/** One server a request: the status and the body of its answer. */
async function ask(options: FakeOpenAiOptions, { method = "POST", path = CHAT, headers = KEY, body }: Ask) {
  await using server = await FakeOpenAi.create({ deployments: [{ name: "chat" }], ...options });
  const text = typeof body === "string" ? body : JSON.stringify(body ?? { model: "chat", messages: MESSAGES });
  const response = await fetch(server.url + path, {
    method,
    headers: { "content-type": "application/json", ...headers },
    ...(method === "GET" ? {} : { body: text }),
  });
  return { status: response.status, body: await response.json() };
}

const RESOURCE_NOT_FOUND = { error: { code: "404", message: "Resource not found" } };
const DEPLOYMENT_NOT_FOUND = {
  error: {
    code: "DeploymentNotFound",
    message:
      "The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again.",
  },
};
const invalid = (message: string, param: string | null, code: string | null) => ({
  error: { message, type: "invalid_request_error", param, code },
});

describe("the error of", () => {
  test.each<[string, Ask, number, unknown]>([
    ["a legacy path without api-version", { path: CHAT.split("?")[0] }, 404, RESOURCE_NOT_FOUND],
    ["an unknown api-version", { path: CHAT.replace("2024-10-21", "2024-10-22") }, 404, RESOURCE_NOT_FOUND],
    ["an unknown path", { path: "/openai/v1/nonsense" }, 404, RESOURCE_NOT_FOUND],
    ["the root", { path: "/" }, 404, RESOURCE_NOT_FOUND],
    ["a path that is no URL", { path: "//" }, 404, RESOURCE_NOT_FOUND],
    ["a badly encoded deployment", { path: CHAT.replace("/chat/chat", "/%E0%A4%A/chat") }, 404, RESOURCE_NOT_FOUND],
    ["a GET of an operation that is a POST", { path: V1_CHAT, method: "GET" }, 404, RESOURCE_NOT_FOUND],
    [
      "chat completions without a deployment in the path",
      { path: CHAT.replace("/deployments/chat", "") },
      404,
      RESOURCE_NOT_FOUND,
    ],
    [
      "responses with a deployment in the path",
      { path: CHAT.replace("chat/completions", "responses") },
      404,
      RESOURCE_NOT_FOUND,
    ],
    [
      "a dated api-version of the v1 API",
      { path: `${V1_CHAT}?api-version=2024-10-21` },
      400,
      { error: { code: "BadRequest", message: "API version not supported" } },
    ],
    [
      "responses with an old api-version",
      { path: "/openai/responses?api-version=2024-10-21" },
      400,
      {
        error: {
          code: "BadRequest",
          message: "Azure OpenAI Responses API is enabled only for api-version 2025-03-01-preview and later",
        },
      },
    ],
    [
      "an unknown deployment in the path",
      { path: CHAT.replace("/chat/chat", "/other/chat") },
      404,
      DEPLOYMENT_NOT_FOUND,
    ],
    [
      "an unknown deployment in the body",
      { path: V1_CHAT, body: { model: "other", messages: MESSAGES } },
      404,
      DEPLOYMENT_NOT_FOUND,
    ],
    [
      "a body without a model",
      { path: V1_CHAT, body: { messages: MESSAGES } },
      400,
      invalid("Missing required parameter: 'model'.", "model", "missing_required_parameter"),
    ],
    [
      "a body that is no JSON",
      { body: "{" },
      400,
      invalid("We could not parse the JSON body of your request.", null, null),
    ],
    [
      "a body that is no object",
      { body: "[]" },
      400,
      invalid("We could not parse the JSON body of your request.", null, null),
    ],
    [
      "a broken form",
      { path: "/openai/v1/files", body: "--", headers: { ...KEY, "content-type": "multipart/form-data; boundary=x" } },
      400,
      invalid("We could not parse the multipart form of your request.", null, null),
    ],
    [
      "a file upload without a file",
      { path: "/openai/v1/files", body: { purpose: "batch" } },
      400,
      invalid("Missing required parameter: 'file'.", "file", "missing_required_parameter"),
    ],
    [
      "a chat without messages",
      { body: {} },
      400,
      invalid("Missing required parameter: 'messages'.", "messages", "missing_required_parameter"),
    ],
    [
      "an unknown response",
      { path: "/openai/v1/responses/resp_1", method: "GET" },
      404,
      invalid("Response with id 'resp_1' not found.", null, null),
    ],
    [
      "an unknown previous response",
      { path: "/openai/v1/responses", body: { model: "chat", input: "hi", previous_response_id: "resp_1" } },
      400,
      invalid("Previous response with id 'resp_1' not found.", "previous_response_id", "previous_response_not_found"),
    ],
    [
      "an unknown file",
      { path: "/openai/v1/files/file-1", method: "GET" },
      404,
      invalid("No such File object: file-1", null, null),
    ],
  ])("%s", async (_, request, status, body) => {
    expect(await ask({}, request)).toEqual({ status, body });
  });
});

describe("a caller", () => {
  const wrongKey = {
    error: {
      code: "401",
      message:
        "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your resource.",
    },
  };
  const denied = { error: { code: "PermissionDenied", message: "Principal does not have access to API/Operation." } };
  const noToken = {
    statusCode: 401,
    message:
      "Unauthorized. Access token is missing, invalid, audience is incorrect (https://cognitiveservices.azure.com), or have expired.",
  };
  const disabled = {
    error: { code: "AuthenticationTypeDisabled", message: "Key based authentication is disabled for this resource." },
  };
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  const jwt = (claims: { oid?: string; appid?: string }) => bearer(createUnsignedToken(claims));

  test.each<[string, FakeOpenAiOptions, Record<string, string>, number, unknown]>([
    ["with nothing", {}, {}, 401, noToken],
    ["with an empty key", {}, { "api-key": "" }, 401, noToken],
    ["with basic authentication", {}, { authorization: "Basic a2V5" }, 401, noToken],
    ["with a wrong key", { apiKeys: ["key-1"] }, { "api-key": "key-2" }, 401, wrongKey],
    ["with a wrong key as a bearer token", { apiKeys: ["key-1"] }, bearer("key-2"), 401, noToken],
    ["with a key where keys are disabled", { localAuthEnabled: false }, KEY, 403, disabled],
    ["whose opaque token has no role", { principals: ["token-1"] }, bearer("token-2"), 401, denied],
    ["whose identity has no role", { principals: ["id-1"] }, jwt({ oid: "id-2", appid: "id-3" }), 401, denied],
    ["whose token names nobody", {}, jwt({}), 401, denied],
  ])("%s is turned away", async (_, options, headers, status, body) => {
    expect(await ask(options, { headers })).toEqual({ status, body });
  });

  test.each<[string, FakeOpenAiOptions, Record<string, string>]>([
    ["with any key by default", {}, KEY],
    ["with any token by default", {}, bearer("token-1")],
    ["with the second of two keys", { apiKeys: ["key-0", "key-1"] }, KEY],
    ["with a key as a bearer token", { apiKeys: ["key-1"] }, bearer("key-1")],
    ["with a listed opaque token", { principals: ["token-1"] }, bearer("token-1")],
    ["with a listed oid", { principals: ["id-1"] }, jwt({ oid: "id-1", appid: "id-2" })],
    ["with a listed appid", { principals: ["id-2"], localAuthEnabled: false }, jwt({ oid: "id-1", appid: "id-2" })],
  ])("%s is let in", async (_, options, headers) => {
    expect((await ask(options, { headers })).status).toBe(200);
  });
});

test("two deployments of one name are refused", async () => {
  const deployments = [{ name: "chat" }, { name: "chat" }];
  await expect(FakeOpenAi.create({ deployments })).rejects.toThrow(
    new SimulatorOptionError('there are two deployments "chat": give each its own name'),
  );
});

test.each([
  [
    { deployments: [{ name: "chat", requestsPerMinute: 0 }] },
    "requestsPerMinute is more than 0; got 0: leave it out for no limit",
  ],
  [
    { deployments: [{ name: "chat", capacityUnits: 0 }] },
    "capacityUnits is more than 0; got 0: leave it out for no limit",
  ],
  [
    { deployments: [{ name: "chat", tokensPerMinute: -1 }] },
    "tokensPerMinute is more than 0; got -1: leave it out for no limit",
  ],
  [{ requestLogSize: 0 }, "requestLogSize is a whole number, 1 or more; got 0"],
])("options %j are refused", async (options, message) => {
  const refusal = FakeOpenAi.create(options);
  await expect(refusal).rejects.toThrow(SimulatorOptionError);
  await expect(refusal).rejects.toThrow(message);
});
