import { createServer, type AddressInfo } from "node:net";
import { once } from "node:events";
import { FAKE_HELP } from "../../lib/cli/fake-arguments.js";
import { OK, WRONG_USAGE } from "../../lib/cli/io.js";
import { runCli } from "../../lib/cli/run-cli.js";
import { Console } from "../support/console.js";

const started: Console[] = [];
afterEach(() => started.splice(0).forEach((terminal) => terminal.stop()));

function run(...args: string[]) {
  const terminal = new Console();
  started.push(terminal);
  return { terminal, code: runCli(["fake", ...args], terminal.io) };
}

interface Addresses {
  readonly admin: string;
  readonly accounts: readonly { readonly name: string; readonly url: string }[];
}

async function addresses(terminal: Console): Promise<Addresses> {
  return JSON.parse((await terminal.printed(/^\{.*\}$/m))[0]) as Addresses;
}

async function chat(url: string | undefined, model = "gpt-4o", key = "any") {
  const response = await fetch(`${url}/openai/v1/chat/completions`, {
    method: "POST",
    headers: { "api-key": key },
    body: JSON.stringify({ model, messages: [{ role: "user", content: "hi" }] }),
  });
  return { status: response.status, region: response.headers.get("x-ms-region"), body: await response.text() };
}

test("accounts run until Ctrl-C, governed from the admin endpoint", async () => {
  const { terminal, code } = run("--accounts", "east,west", "--json");
  const { admin, accounts } = await addresses(terminal);
  expect(accounts.map(({ name }) => name)).toEqual(["east", "west"]);
  const [east, west] = accounts.map(({ url }) => url);
  expect(await chat(east)).toMatchObject({
    status: 200,
    region: "east",
    body: expect.stringContaining("Hello from east."),
  });

  await fetch(`${admin}/accounts/east/faults`, { method: "POST", body: '{"fault":"throttle","times":1}' });
  expect([(await chat(east)).status, (await chat(east)).status, (await chat(west)).status]).toEqual([429, 200, 200]);
  const journal = (await (await fetch(`${admin}/accounts/east/requests`)).json()) as { status: number }[];
  expect(journal.map(({ status }) => status)).toEqual([200, 429, 200]);

  terminal.stop();
  expect(await code).toBe(OK);
  await expect(chat(east)).rejects.toThrow("fetch failed");
  await expect(fetch(admin)).rejects.toThrow("fetch failed");
});

test("the text names every address and what can be done with it", async () => {
  const { terminal } = run("--accounts", "2");
  const [, first = "", admin = ""] = await terminal.printed(
    / fake-1  (http\S+)\n  fake-2 [^]*Admin endpoint: (http\S+)/,
  );
  await terminal.printed(/Ctrl-C ends it/);
  const [, path = "", body = ""] = await terminal.printed(/curl \S+(\/accounts\/fake-1\/faults) -d '(.*)'/);
  expect((await fetch(admin + path, { method: "POST", body })).status).toBe(204);
  expect((await chat(first)).status).toBe(429);
});

test("deployments, limits, keys and the reply are as asked", async () => {
  const options = ["--deployment", "chat=gpt-4o,rpm=6,tpm=1000", "--deployment", "other", "--api-key", "k1"];
  const { terminal } = run("--json", "--reply", "Bonjour.", "--latency", "1", "--event-interval", "1", ...options);
  const { accounts } = await addresses(terminal);
  const [url] = accounts.map((account) => account.url);
  expect(await chat(url, "chat", "k1")).toMatchObject({ status: 200, body: expect.stringContaining("Bonjour.") });
  expect((await chat(url, "chat", "k1")).status).toBe(429);
  expect((await chat(url, "other", "k1")).status).toBe(200);
  expect((await chat(url, "other", "k2")).status).toBe(401);
});

test("a port that is taken is said, and nothing is left running", async () => {
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const { port } = taken.address() as AddressInfo;
  const { terminal, code } = run("--admin-port", String(port));
  expect(await code).toBe(WRONG_USAGE);
  expect(terminal.stderr).toBe(
    `port ${port} is taken by another program: choose another one, or leave the option out for any free port\n`,
  );
  taken.close();
});

test("--help tells the options", async () => {
  const { terminal, code } = run("--help");
  expect(await code).toBe(OK);
  expect(terminal.stdout).toBe(FAKE_HELP);
});

test.each([
  [["east"], 'no arguments are expected besides options; got "east"'],
  [["--accounts", "0"], '--accounts is a whole number from 1 to 100; got "0"'],
  [
    ["--accounts", "a b"],
    '--accounts is a number, or names of letters, digits, ".", "_" and "-" separated by commas; got "a b"',
  ],
  [["--accounts", "a,b,a"], '--accounts lists "a" twice: give each account its own name'],
  [["--port", "70000"], '--port is a whole number from 1 to 65535; got "70000"'],
  [["--port", "65535", "--accounts", "2"], '--port is a whole number from 1 to 65534; got "65535"'],
  [["--latency", "-1"], "Option '--latency' argument is ambiguous: see aoai-lb fake --help"],
  [["--deployment", "=gpt-4o"], '--deployment is NAME, NAME=MODEL, or either with ,rpm=N and ,tpm=N; got "=gpt-4o"'],
  [["--deployment", "a,rpm=0"], '--deployment is NAME, NAME=MODEL, or either with ,rpm=N and ,tpm=N; got "a,rpm=0"'],
  [["--deployment", "a,b=1"], '--deployment is NAME, NAME=MODEL, or either with ,rpm=N and ,tpm=N; got "a,b=1"'],
  [["--deployment", "a", "--deployment", "a"], 'there are two deployments "a": give each its own name'],
])("%j is wrong usage", async (args, message) => {
  const { terminal, code } = run(...args);
  expect(await code).toBe(WRONG_USAGE);
  expect(terminal.stderr).toBe(`${message}\n`);
});
