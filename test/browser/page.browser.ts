import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo } from "node:net";
import { join } from "node:path";
import { type Browser } from "playwright-core";
import { launch, OpenPage, ROOT, Simulator } from "./support.js";

const [EAST, FRANCE, JAPAN] = ["my-aoai-eastus", "my-aoai-francecentral", "my-aoai-japaneast"] as const;
const NONE = /^0 %$/;
const SOME = /^(?!0 %)[\d.]+ %$/;
const ALL = /^100 %$/;

let simulator: Simulator;
let browser: Browser;
let open: OpenPage;
const problems: string[] = [];
const hosts = new Set<string>();

beforeAll(async () => {
  [simulator, browser] = await Promise.all([Simulator.start(), launch()]);
});

beforeEach(async () => {
  open = await OpenPage.open(browser, simulator.url);
});

/** The next test begins with the gateway alone and everything well. */
afterEach(async () => {
  await open.take("Gateway alone");
  for (const label of [EAST, FRANCE, JAPAN]) await open.press("Heal", label);
  for (const label of [EAST, FRANCE, JAPAN]) await open.says(label, "gateway", /^Healthy$/);
  await finish(open);
});

afterAll(async () => {
  await Promise.all([simulator.stop(), browser.close()]);
});

async function finish(page: OpenPage): Promise<void> {
  problems.push(...page.problems);
  page.hosts.forEach((host) => hosts.add(host));
  await page.close();
}

test("the gateway is drawn from the synthesized file", async () => {
  const drawing = open.page.locator("#drawing");
  await drawing.getByRole("heading", { name: "agw-aoai-kiss-lb Standard_v2, 2 instances" }).waitFor();
  for (const text of [
    "Https, port 443",
    "priority 100",
    "all paths: 301 to clients",
    "3 members, round robin",
    "Https, port 443, timeout 240 s",
    "Probe /status-0123456789abcdef",
    "every 30 s, here 10 × as fast; 3 failures take out",
  ]) {
    await drawing.getByText(text, { exact: true }).waitFor();
  }
  expect(await drawing.locator("article.backend").count()).toBe(3);
});

test("while all is well each backend has its third, and the access log tells each request", async () => {
  await open.callersGot("ok", ALL);
  for (const label of [EAST, FRANCE, JAPAN]) await open.says(label, "share", /^3[2-5] %$/);
  const line = open.page.locator("#log tbody tr", { hasText: JAPAN }).first();
  await line.getByText("POST /openai/v1/chat/completions").waitFor();
  await line.getByText("200", { exact: true }).waitFor();
});

test("a broken backend: 502s until the probe has failed often enough, then no share; healed, it returns", async () => {
  await open.says(JAPAN, "share", /^3\d %$/);
  await open.press("Break", JAPAN);
  await open.callersGot("failed", SOME);
  await open.page.getByText(/× 502/).waitFor();
  await open.says(JAPAN, "gateway", /^Healthy$/);
  await open.says(JAPAN, "gateway", /^Unhealthy: ECONNREFUSED$/);
  await open.page.locator("#news", { hasText: `${JAPAN} is Unhealthy: ECONNREFUSED` }).waitFor({ state: "attached" });
  await open.says(JAPAN, "share", NONE);
  await open.callersGot("failed", NONE);
  await open.says(EAST, "share", /^(4|5)\d %$/);

  await open.press("Heal", JAPAN);
  await open.says(JAPAN, "gateway", /^Healthy$/);
  await open.says(JAPAN, "share", /^3[2-5] %$/);
});

test("a throttled backend: callers of the gateway see 429s, those with the balancing client do not", async () => {
  await open.press("Throttle", FRANCE);
  await open.callersGot("throttled", /^3\d(\.\d)? %$/);
  await open.says(FRANCE, "gateway", /^Healthy$/);

  await open.take("With the balancing client");
  await open.says(FRANCE, "client", /^cooldown, \d+ s \(throttled\)$/);
  await open.callersGot("throttled", NONE);
  await open.callersGot("ok", ALL);
  await open.says(FRANCE, "condition", /^throttled$/);
  // The gateway sees none of it.
  await open.page.getByText("the balancing client's requests do not pass the gateway").waitFor();
});

test("with the balancing client a broken backend fails nobody", async () => {
  await open.take("With the balancing client");
  await open.says(JAPAN, "client", /^available$/);
  await open.press("Break", JAPAN);
  await open.says(JAPAN, "client", /^cooldown, \d+ s \(failed\)$/);
  await open.callersGot("failed", NONE);
  await open.callersGot("ok", ALL);
});

test("a slow backend shows in its latency alone, and traffic uses up quota", async () => {
  await open.press("Slow down", EAST);
  await open.says(EAST, "latency", /^2,\d{3} ms$/);
  await open.says(FRANCE, "latency", /^\d{1,3} ms$/);
  await open.says(FRANCE, "quota", /^[1-9]\d? %$/);
});

test("everything can be done with the keyboard", async () => {
  const { keyboard } = open.page;
  const focused = () =>
    open.page.evaluate<string>("document.activeElement.getAttribute('aria-label') ?? document.activeElement.id");
  await keyboard.press("Tab");
  expect(await focused()).toBe("way-gateway");
  await keyboard.press("ArrowRight");
  await open.page.locator('body[data-way="client"]').waitFor();
  await keyboard.press("ArrowLeft");
  await open.page.locator('body[data-way="gateway"]').waitFor();

  await keyboard.press("Tab");
  expect(await focused()).toBe("rate");
  await keyboard.press("ArrowRight");
  await open.page.getByText("11 requests/s").waitFor();

  await keyboard.press("Tab");
  await keyboard.press("Enter");
  await open.page.getByRole("button", { name: "Start traffic" }).waitFor();
  await keyboard.press("Enter");
  await open.page.getByRole("button", { name: "Stop traffic" }).waitFor();

  for (const [verb, condition] of [
    ["Break", "down"],
    ["Throttle", "throttled"],
    ["Slow down", "slow"],
    ["Heal", "up"],
  ] as const) {
    await keyboard.press("Tab");
    expect(await focused()).toBe(`${verb} ${EAST}`);
    const outline = await open.page.evaluate<string>("getComputedStyle(document.activeElement).outlineStyle");
    expect(outline).toBe("solid");
    await keyboard.press("Space");
    await open.says(EAST, "condition", new RegExp(`^${condition}$`));
  }
});

test("what is typed in the terminal shows on the page", async () => {
  simulator.type("THROTTLE 1 2");
  await open.says(EAST, "condition", /^throttled$/);
  await open.says(FRANCE, "condition", /^throttled$/);
  simulator.type("up all");
  await open.says(EAST, "condition", /^up$/);
});

test("requests move, but not for who asks for less motion", async () => {
  const painted = `(() => {
    const canvas = document.querySelector("canvas.dots");
    return canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.some((value) => value > 0);
  })()`;
  const moving = await OpenPage.open(browser, simulator.url);
  while (!(await moving.page.evaluate<boolean>(painted)));
  // Chromium warns of canvases that are read as often.
  await moving.close();
  const still = await OpenPage.open(browser, simulator.url, { reducedMotion: "reduce" });
  await still.page.locator("#log tbody tr").nth(20).waitFor();
  await still.callersGot("ok", SOME);
  expect(await still.page.evaluate(painted)).toBe(false);
  await finish(still);
});

test.each(["light", "dark"] as const)("%s: every text stands out from what is behind it", async (colorScheme) => {
  const page = await OpenPage.open(browser, simulator.url, { colorScheme });
  await page.press("Throttle", FRANCE);
  await page.says(FRANCE, "condition", /^throttled$/);
  const background = await page.page.evaluate<string>("getComputedStyle(document.body).backgroundColor");
  expect(background).toBe(colorScheme === "light" ? "rgb(244, 246, 249)" : "rgb(13, 17, 23)");
  expect(await page.page.evaluate<string[]>(FAINT_TEXTS)).toEqual([]);
  await finish(page);
});

/** Texts with a contrast below 4.5 (WCAG 2, AA). */
const FAINT_TEXTS = `(() => {
  const channels = (css) => css.match(/[\\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => [r, g, b]
    .map((value) => value / 255)
    .map((value) => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
    .reduce((sum, value, index) => sum + value * [0.2126, 0.7152, 0.0722][index], 0);
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = channels(getComputedStyle(at).backgroundColor);
      if (colour.length < 4 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const opacity = (element) => element ? Number(getComputedStyle(element).opacity) * opacity(element.parentElement) : 1;
  const faint = [];
  for (const element of document.querySelectorAll("body *:not(script, svg, svg *, canvas)")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== "");
    if (!own || element.closest(".unseen")) continue;
    const back = behind(element);
    const part = opacity(element);
    const front = channels(getComputedStyle(element).color).slice(0, 3).map((value, at) => value * part + back[at] * (1 - part));
    const [a, b] = [luminance(front), luminance(back)].sort((x, y) => y - x);
    const contrast = (a + 0.05) / (b + 0.05);
    if (contrast < 4.5) faint.push(element.textContent.trim().slice(0, 40) + ": " + contrast.toFixed(2));
  }
  return [...new Set(faint)];
})()`;

test.each([360, 768, 1024, 1440])("%i pixels wide: nothing sticks out", async (width) => {
  const page = await OpenPage.open(browser, simulator.url, { viewport: { width, height: 800 } });
  await page.callersGot("ok", SOME);
  expect(await page.page.evaluate<number>("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
  await finish(page);
});

test("a page of another origin can neither read nor drive it, even if it knows the address", async () => {
  const elsewhere = createServer((_, response) => response.end("<!doctype html>")).listen(0, "127.0.0.1");
  await once(elsewhere, "listening");
  const page = await browser.newPage();
  try {
    await page.goto(`http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`);
    expect(await page.evaluate<string[]>(attack(simulator.url, `${FRANCE}.openai.azure.com`))).toEqual([
      "TypeError",
      "TypeError",
      "refused",
    ]);
  } finally {
    await page.close();
    elsewhere.close();
  }
  // What was asked for before is done before.
  await open.press("Slow down", EAST);
  await open.says(EAST, "condition", /^slow$/);
  await open.says(FRANCE, "condition", /^up$/);
});

/** What another page may try: a command with and without leave, and the events. */
function attack(url: string, backend: string): string {
  const body = JSON.stringify({ command: "condition", backend, condition: "down" });
  return `(async () => {
    const tried = (init) => fetch("${url}commands", { method: "POST", body: ${JSON.stringify(body)}, ...init })
      .then((response) => response.type, (error) => error.name);
    return [
      await tried({ headers: { "content-type": "application/json" } }),
      await tried({ mode: "no-cors" }),
      await new Promise((resolve) => {
        const events = new EventSource("${url}events");
        events.onopen = () => resolve("read");
        events.onerror = () => resolve("refused");
      }),
    ];
  })()`;
}

/** Written by `AOAI_LB_SCREENSHOT=1 npm run test:browser -- -t README`: each run's is a little different. */
test("the README's picture: 429s with the gateway alone, none with the balancing client", async () => {
  const file = join(ROOT, "docs/simulate-ui.webp");
  const isWanted = process.env["AOAI_LB_SCREENSHOT"] === "1";
  const page = await OpenPage.open(browser, simulator.url, { viewport: PICTURE });
  // Enough of each to be seen.
  if (isWanted) await page.page.waitForTimeout(60_000);
  await page.press("Throttle", FRANCE);
  await page.callersGot("throttled", SOME);
  if (isWanted) await page.page.waitForTimeout(30_000);
  await page.take("With the balancing client");
  await page.callersGot("ok", ALL);
  const devtools = await page.page.context().newCDPSession(page.page);
  const { data } = await devtools.send("Page.captureScreenshot", { format: "webp", quality: 85 });
  if (isWanted) writeFileSync(file, data, "base64");
  await finish(page);
  expect(sizeOf(Buffer.from(data, "base64"))).toEqual(PICTURE);
  expect(sizeOf(readFileSync(file))).toEqual(PICTURE);
}, 300_000);

const PICTURE = { width: 1280, height: 1120 };

/** As the header of a WebP with a colour profile says. */
function sizeOf(picture: Buffer) {
  expect(picture.toString("latin1", 8, 16)).toBe("WEBPVP8X");
  return { width: picture.readUIntLE(24, 3) + 1, height: picture.readUIntLE(27, 3) + 1 };
}

test("in all of that nothing was reported on the console, and no request left this machine", () => {
  expect(problems).toEqual([]);
  expect([...hosts]).toEqual(["127.0.0.1"]);
});
