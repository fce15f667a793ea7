import { FakeOpenAi, FakeOpenAiAdmin } from "../../lib/simulator/index.js";

let accounts: Map<string, FakeOpenAi>;
let admin: FakeOpenAiAdmin;
beforeEach(async () => {
  const [east, west] = await Promise.all([FakeOpenAi.create({ region: "East US" }), FakeOpenAi.create()]);
  accounts = new Map([
    ["east", east],
    ["west", west],
  ]);
  admin = await FakeOpenAiAdmin.create({ accounts });
});
afterEach(async () => {
  await admin.close();
  await Promise.all([...accounts.values()].map((account) => account.close()));
});

async function send(method: string, path: string, body?: unknown) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const response = await fetch(admin.url + path, { method, ...(body === undefined ? {} : { body: text }) });
  const answer = await response.text();
  return { status: response.status, body: answer === "" ? undefined : (JSON.parse(answer) as unknown) };
}
const OK = { status: 204, body: undefined };

/** What became of a chat completion of an account: its status, or the code of the connection's error. */
async function ask(name: string, body: object = {}): Promise<number | string | undefined> {
  const url = `${accounts.get(name)?.url}/openai/v1/chat/completions`;
  const messages = [{ role: "user", content: "hi" }];
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "api-key": "k" },
      body: JSON.stringify({ model: "gpt-4o", messages, ...body }),
    });
    await response.arrayBuffer();
    return response.status;
  } catch (error) {
    return (error as { cause?: { code?: string } }).cause?.code;
  }
}

describe("a fault that is injected over HTTP", () => {
  test.each<[object, number | string]>([
    [{ fault: "status", status: 503, headers: { "retry-after": "1" }, body: { error: {} } }, 503],
    [{ fault: "throttle" }, 429],
    [{ fault: "throttle", retryAfterMilliseconds: 250 }, 429],
    [{ fault: "streamError", code: "server_error", message: "no", form: "error", afterEvents: 1 }, 500],
    [{ fault: "delay", milliseconds: 1 }, 200],
    [{ fault: "reset" }, "ECONNRESET"],
    [{ fault: "cut", afterEvents: 1 }, "UND_ERR_SOCKET"],
    [{ fault: "drip", milliseconds: 0 }, 200],
    [{ fault: "refuse" }, "ECONNREFUSED"],
  ])("%j hits its account until it is healed", async (fault, outcome) => {
    expect(await send("POST", "/accounts/east/faults", fault)).toEqual(OK);
    expect([await ask("east"), await ask("east"), await ask("west")]).toEqual([outcome, outcome, 200]);
    expect(await send("DELETE", "/accounts/east/faults")).toEqual(OK);
    expect(await ask("east")).toBe(200);
  });

  test("hits as many requests as it says, and those that it says", async () => {
    await send("POST", "/accounts/east/faults", { fault: "status", status: 503, times: 1, on: "probe" });
    expect(await ask("east")).toBe(200);
    const probe = async () => (await fetch(`${accounts.get("east")?.url}/status-0123456789abcdef`)).status;
    expect([await probe(), await probe()]).toEqual([503, 200]);
  });

  const KINDS = "status, throttle, streamError, delay, hang, reset, cut, drip, refuse";
  test.each<[unknown, string]>([
    ["{", "the body is not JSON, or nested too deep"],
    ["[".repeat(300) + "]".repeat(300), "the body is not JSON, or nested too deep"],
    [{}, `fault is one of ${KINDS}`],
    [{ fault: "explode" }, `fault is one of ${KINDS}`],
    [[], "Invalid input: expected object, received array"],
    [{ fault: "status", status: 200 }, "status: Too small: expected number to be >=400"],
    [{ fault: "hang", times: 0 }, "times: Too small: expected number to be >0"],
    [{ fault: "hang", for: 5 }, 'Unrecognized key: "for"'],
    [{ fault: "delay" }, "milliseconds: Invalid input: expected number, received undefined"],
  ])("as %j is refused", async (fault, error) => {
    expect(await send("POST", "/accounts/east/faults", fault)).toEqual({ status: 400, body: { error } });
    expect(await ask("east")).toBe(200);
  });
});

test("the accounts are listed with their state", async () => {
  await ask("east");
  await accounts.get("west")?.refuse();
  expect((await send("GET", "/accounts")).body).toEqual([
    { name: "east", url: accounts.get("east")?.url, region: "East US", state: "listening", requests: 1, probes: 0 },
    { name: "west", url: accounts.get("west")?.url, region: "East US", state: "refusing", requests: 0, probes: 0 },
  ]);
});

test("the journal tells what an account was asked, without credentials, until it is cleared", async () => {
  await ask("east", { max_tokens: 7 });
  const { body } = await send("GET", "/accounts/east/requests");
  expect(body).toMatchObject([{ method: "POST", deployment: "gpt-4o", body: { max_tokens: 7 }, status: 200 }]);
  expect(JSON.stringify(body)).toContain('"api-key":"[redacted]"');
  expect(await send("DELETE", "/accounts/east/requests")).toEqual(OK);
  expect(await send("GET", "/accounts/east/requests")).toEqual({ status: 200, body: [] });
  expect(accounts.get("east")?.requestCount).toBe(0);
});

test("a reset heals every account and clears every journal", async () => {
  for (const name of ["east", "west"]) {
    await send("POST", `/accounts/${name}/faults`, { fault: "throttle" });
    expect(await ask(name)).toBe(429);
  }
  await send("POST", "/accounts/west/faults", { fault: "refuse" });
  expect(await send("POST", "/reset")).toEqual(OK);
  expect([await ask("east"), await ask("west")]).toEqual([200, 200]);
  expect([...accounts.values()].map(({ requestCount }) => requestCount)).toEqual([1, 1]);
});

const ROUTES =
  "GET /accounts; GET, DELETE /accounts/{name}/requests; POST, DELETE /accounts/{name}/faults; POST /reset";
test.each([
  ["GET", "/", `GET / is not a route; there are: ${ROUTES}`],
  ["GET", "/reset", `GET /reset is not a route; there are: ${ROUTES}`],
  ["PUT", "/accounts/east/faults", `PUT /accounts/east/faults is not a route; there are: ${ROUTES}`],
  ["GET", "/accounts/north/requests", 'no account is called "north"; there are: east, west'],
  ["GET", "/accounts/%E0%A4%A/requests", 'no account is called "%E0%A4%A"; there are: east, west'],
])("%s %s is answered 404 with what there is", async (method, path, error) => {
  expect(await send(method, path)).toEqual({ status: 404, body: { error } });
});
