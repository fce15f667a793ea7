import { request } from "node:http";
import { Lab } from "../../lib/cli/lab.js";
import { parseGatewayModel } from "../../lib/synthesized/index.js";
import { Recorder, SimulatorUi } from "../../lib/ui/index.js";
import { type Hello, type Update } from "../../lib/ui/view.js";
import { gatewayJson } from "../support/terraform-json.js";

/** A gateway with its page, and a browser's part in it. */
class PageUnderTest implements AsyncDisposable {
  static async create(): Promise<PageUnderTest> {
    const model = parseGatewayModel(gatewayJson({ probe: { path: "/status-0123456789abcdef" } }));
    const recorder = new Recorder();
    const accessLog = recorder.logged.bind(recorder);
    const lab = await Lab.create({
      model,
      instances: 1,
      probeTimeScale: 300,
      accessLog,
      limits: () => ({ requestsPerMinute: 6_000 }),
    });
    const { gateway, accounts: backends, backends: pool, deployment, token } = lab;
    const options = { model, gateway, backends, pool, deployment, token, recorder, probeTimeScale: 300 };
    return new PageUnderTest(lab, await SimulatorUi.create(options));
  }

  private constructor(
    readonly lab: Lab,
    readonly ui: SimulatorUi,
  ) {}

  async send(command: unknown): Promise<string> {
    const { origin } = new URL(this.ui.url);
    const headers = { origin, "content-type": "application/json" };
    const response = await fetch(`${this.ui.url}commands`, { method: "POST", headers, body: JSON.stringify(command) });
    return `${response.status} ${await response.text()}`.trim();
  }

  /** The messages of an open page. */
  async *messages(): AsyncGenerator<Partial<Hello & Update>, void> {
    const response = await fetch(`${this.ui.url}events`);
    let text = "";
    for await (const piece of response.body ?? []) {
      text += new TextDecoder().decode(piece as Uint8Array);
      for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
        const [, data] = /^data: (.*)$/m.exec(text.slice(0, end)) ?? [];
        text = text.slice(end + 2);
        if (data !== undefined) yield JSON.parse(data) as Partial<Hello & Update>;
      }
    }
  }

  /** What an open page shows once it is so. */
  async shows(isSo: (update: Partial<Hello & Update>) => boolean): Promise<Partial<Hello & Update>> {
    for await (const message of this.messages()) if (isSo(message)) return message;
    throw new Error("the page's events have ended");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.ui[Symbol.asyncDispose]();
    await this.lab[Symbol.asyncDispose]();
  }
}

test("one file, which may load and reach nothing else, and is kept by nobody", async () => {
  await using page = await PageUnderTest.create();
  const response = await fetch(page.ui.url);
  const html = await response.text();
  expect(response.headers.get("content-security-policy")).toMatch(
    /^default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-[^']+'; connect-src 'self'; img-src data:; /,
  );
  expect(response.headers.get("cache-control")).toBe("no-store");
  expect(html).toContain("The MIT License (MIT)");
  expect(html.replaceAll("http://www.w3.org/2000/svg", "")).not.toMatch(/https?:\/\//);
  expect(Buffer.byteLength(html)).toBeLessThan(120_000);
});

test("an address without the secret, another host name and a foreign origin get nothing", async () => {
  await using page = await PageUnderTest.create();
  const { origin, port, pathname } = new URL(page.ui.url);
  const statusOf = (path: string, headers: Record<string, string>, method = "GET") =>
    new Promise((resolve, reject) => {
      const sent = request({ host: "127.0.0.1", port, path, headers, method }, (response) => {
        resolve(response.resume().statusCode);
      });
      sent.on("error", reject).end();
    });
  expect(await statusOf(pathname, {})).toBe(200);
  expect(await statusOf(pathname.slice(0, -1), {})).toBe(308);
  expect(await statusOf("/", {})).toBe(403);
  expect(await statusOf("/events", {})).toBe(403);
  expect(await statusOf(pathname, { host: `evil.example:${port}` })).toBe(403);
  expect(await statusOf(`${pathname}events`, { origin: "https://evil.example" })).toBe(403);
  expect(await statusOf(`${pathname}commands`, { origin: "https://evil.example" }, "POST")).toBe(403);
  expect(await statusOf(`${pathname}nothing`, { origin })).toBe(404);
});

test("traffic flows while a page is open: through the gateway, or with the client past it", async () => {
  await using page = await PageUnderTest.create();
  const through = await page.shows(({ log = [], tick }) => log.length > 0 && tick?.statuses["200"] !== undefined);
  expect(through.log?.[0]).toMatchObject({ request: "POST /openai/v1/chat/completions", status: 200 });
  expect(through.flows?.[0]).toMatchObject({ way: "gateway", status: 200 });

  expect(await page.send({ command: "way", way: "client" })).toBe("204");
  const past = await page.shows(({ flows = [] }) => flows.length > 0 && flows.every(({ way }) => way === "client"));
  expect(past.log).toEqual([]);
  expect(past.tick?.statuses["200"]).toBeGreaterThan(0);

  expect(await page.send({ command: "traffic", running: false, rate: 1 })).toBe("204");
  const quiet = await page.shows(({ flows }) => flows?.length === 0);
  expect(quiet.tick?.traffic).toEqual({ running: false, rate: 1, way: "client" });
});

test("backends are broken and healed, and a page that is opened later is told what was", async () => {
  await using page = await PageUnderTest.create();
  const [first] = page.lab.backends;
  const fqdn = first?.fqdn ?? "";
  expect(await page.send({ command: "condition", backend: fqdn, condition: "down" })).toBe("204");
  const down = await page.shows(({ tick }) => tick?.backends[0]?.health[0] === "Unhealthy");
  expect(down.tick?.backends[0]).toMatchObject({ condition: "down", reason: "ECONNREFUSED" });
  expect(await page.send({ command: "condition", backend: fqdn, condition: "up" })).toBe("204");
  await page.shows(({ tick }) => tick?.backends[0]?.health[0] === "Healthy");
  const hello = await page.shows(({ history = [] }) => history.length > 0);
  expect(hello.history?.map(({ backends }) => backends[0]?.health[0])).toContain("Unhealthy");
  expect(hello.log?.length).toBeGreaterThan(0);
});

test("what cannot be done is said", async () => {
  await using page = await PageUnderTest.create();
  expect(await page.send({ command: "condition", backend: "nobody", condition: "down" })).toBe(
    "400 backend: no pool has the member nobody",
  );
  expect(await page.send({ command: "explode" })).toMatch(/^400 command: Invalid/);
  expect(await page.send("x".repeat(20_000))).toBe("400 a command has at most 10000 bytes");
});
