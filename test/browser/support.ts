import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Locator, type Page } from "playwright-core";

export const ROOT = join(__dirname, "../..");

/** `aoai-lb simulate --ui` in a process of its own, as a newcomer starts it: nothing has been synthesized yet. */
export class Simulator {
  static async start(...args: string[]): Promise<Simulator> {
    const folder = mkdtempSync(join(tmpdir(), "aoai-kiss-lb-"));
    const child = spawn(process.execPath, ["--import", "tsx", "lib/cli/main.ts", "simulate", "--ui", ...args], {
      cwd: ROOT,
      env: { ...process.env, CDKTF_OUTDIR: join(folder, "cdktf.out"), AOAI_LB_CONFIG: "" },
      stdio: ["pipe", "pipe", "inherit"],
    });
    const simulator = new Simulator(child, folder);
    await simulator.printed(/The page: (\S+)/);
    return simulator;
  }

  private output = "";

  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
  ) {
    child.stdout?.setEncoding("utf8").on("data", (text: string) => (this.output += text));
  }

  /** Of the page, with its secret. */
  get url(): string {
    return /The page: (\S+)/.exec(this.output)?.[1] ?? "";
  }

  type(line: string): void {
    this.child.stdin?.write(`${line}\n`);
  }

  /** Resolves when what was printed has this in it; jest's time limit bounds the wait. */
  async printed(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.output)) {
      if (this.child.exitCode !== null) throw new Error(`aoai-lb has ended:\n${this.output}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once("exit", resolve));
    this.child.kill("SIGINT");
    await ended;
    rmSync(this.folder, { recursive: true });
  }
}

/** Debian's Chromium. As root it has no sandbox. */
export function launch(): Promise<Browser> {
  const names = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"];
  const executablePath = names.map(pathOf).find((path) => path !== undefined);
  if (executablePath === undefined) {
    throw new Error(`no browser is installed (${names.join(", ")}): apt-get install chromium-headless-shell`);
  }
  return chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] });
}

/** A page that is open, and whatever went wrong on it. */
export class OpenPage {
  static async open(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<OpenPage> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    // A machine under load is slow, not wrong.
    context.setDefaultTimeout(90_000);
    const open = new OpenPage(await context.newPage());
    await open.page.goto(url);
    await open.page.locator("article.backend").first().waitFor();
    return open;
  }

  /** Errors and warnings on the console, and exceptions. */
  readonly problems: string[] = [];
  /** Of every request. */
  readonly hosts = new Set<string>();

  private constructor(readonly page: Page) {
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") this.problems.push(message.text());
    });
    page.on("pageerror", (error) => this.problems.push(String(error)));
    page.on("request", (request) => {
      const { protocol, hostname } = new URL(request.url());
      if (protocol !== "data:") this.hosts.add(hostname);
    });
  }

  /** By its first label. */
  backend(label: string): Locator {
    return this.page.getByRole("article", { name: label });
  }

  press(verb: string, label: string): Promise<void> {
    return this.page.getByRole("button", { name: `${verb} ${label}`, exact: true }).click();
  }

  /** Resolves when a field of a backend says this. */
  says(label: string, field: string, text: RegExp): Promise<void> {
    return this.backend(label).locator(`[data-field="${field}"]`, { hasText: text }).waitFor();
  }

  /** Resolves when what callers got in the last seconds is this. */
  callersGot(figure: "ok" | "throttled" | "failed", text: RegExp): Promise<void> {
    return this.page.locator(`[data-figure="${figure}"]`, { hasText: text }).waitFor();
  }

  /** Sends the requests from now on this way. */
  take(way: "Gateway alone" | "With the balancing client"): Promise<void> {
    return this.page.getByRole("radio", { name: way }).check();
  }

  close(): Promise<void> {
    return this.page.context().close();
  }
}

function pathOf(name: string): string | undefined {
  try {
    return execFileSync("which", [name], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return undefined;
  }
}
