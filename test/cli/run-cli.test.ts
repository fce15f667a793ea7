import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { NOT_AS_EXPECTED, OK, WRONG_USAGE } from "../../lib/cli/io.js";
import { HELP, runCli } from "../../lib/cli/run-cli.js";
import { readJson, ROOT, synthConfig } from "../support/config.js";
import { Console } from "../support/console.js";
import { temporaryFolder } from "../support/temporary-folder.js";

const folder = temporaryFolder();

/** A file of its own. */
function write(name: string, json: unknown): string {
  const file = join(mkdtempSync(join(folder, "cli-")), name);
  writeFileSync(file, JSON.stringify(json));
  return file;
}

/** A synthesized gateway: HTTPS, three endpoints. */
function synthesizedFile(): string {
  return write("cdk.tf.json", synthConfig(readJson("gateway.config.json")).json);
}

async function run(...args: string[]) {
  const terminal = new Console();
  return { code: await runCli(args, terminal.io), stdout: terminal.stdout, stderr: terminal.stderr };
}

describe("aoai-lb", () => {
  test("tells its commands, and each command its options", async () => {
    expect(await run("--help")).toEqual({ code: OK, stdout: HELP, stderr: "" });
    for (const command of ["demo", "simulate", "fake", "verify", "endpoints", "arm"]) {
      const { code, stdout } = await run(command, "--help");
      expect(code).toBe(OK);
      expect(stdout).toMatch(new RegExp(`^(Usage: )?aoai-lb ${command} `));
    }
  });

  test("tells its version", async () => {
    const stdout = `${String(readJson("package.json")["version"])}\n`;
    expect(await run("--version")).toEqual({ code: OK, stdout, stderr: "" });
  });

  test.each([
    [[], "", HELP],
    [
      ["simulat"],
      '"simulat" is not a command; use one of demo, simulate, fake, verify, endpoints, arm (see aoai-lb --help)\n',
      "",
    ],
    [
      ["toString"],
      '"toString" is not a command; use one of demo, simulate, fake, verify, endpoints, arm (see aoai-lb --help)\n',
      "",
    ],
    [["demo", "a", "b"], 'give one file or folder; got also "b"\n', ""],
    [["simulate", "--nope"], "Unknown option '--nope': see aoai-lb simulate --help\n", ""],
    [["simulate", "a", "b"], 'give one file or folder; got also "b"\n', ""],
    [["simulate", "--instances", "many"], '--instances is a whole number from 1 to 125; got "many"\n', ""],
    [["arm", "a", "b"], 'give one file or folder; got also "b"\n', ""],
    [["verify"], "the address of the gateway is missing: aoai-lb verify <url> --deployment <name>\n", ""],
  ])("%j is wrong usage", async (args, stderr, stdout) => {
    expect(await run(...args)).toEqual({ code: WRONG_USAGE, stdout, stderr });
  });

  test.each(["simulate", "demo", "arm"])("%s of a file that is not there says what to do", async (command) => {
    const { code, stderr } = await run(command, "/nowhere/cdk.tf.json");
    expect(code).toBe(WRONG_USAGE);
    expect(stderr).toBe(
      "/nowhere/cdk.tf.json: no such file or folder; run `cdktf synth` first, or give the path of its cdk.tf.json\n",
    );
  });

  test("demo of a configuration that is refused prints its problems", async () => {
    const config = write("bad.json", { ...readJson("examples/minimal.json"), streaming: 1 });
    const terminal = new Console({ AOAI_LB_CONFIG: config });
    expect(await runCli(["demo"], terminal.io)).toBe(WRONG_USAGE);
    expect(terminal.stderr).toMatch(/^\S+bad\.json:\d+:\d+: streaming: /);
  });
});

describe("given a configuration", () => {
  beforeAll(() => {
    process.env["CDKTF_OUTDIR"] = join(folder, "cdktf.out");
  });
  afterAll(() => {
    delete process.env["CDKTF_OUTDIR"];
  });

  test("demo synthesizes and shows that one, wherever it is", async () => {
    const { code, stdout } = await run(
      "demo",
      write("my.json", { ...readJson("examples/minimal.json"), name: "mine" }),
    );
    expect(stdout).toMatch(/^mine: an Application Gateway in /);
    expect(stdout).toMatch(/(\d+) of \1 claims held\n$/);
    expect(code).toBe(OK);
  });

  test("simulate synthesizes and runs that one", async () => {
    const terminal = new Console();
    const running = runCli(["simulate", "examples/minimal.json"], terminal.io);
    await terminal.printed(/^agw-\S+ on this machine/m);
    terminal.stop();
    expect(await running).toBe(OK);
  });

  test("a refused one says why", async () => {
    const config = write("bad.json", { ...readJson("examples/minimal.json"), streaming: 1 });
    const { code, stderr } = await run("simulate", config);
    expect(stderr).toMatch(/^\S+bad\.json:\d+:\d+: streaming: /);
    expect(code).toBe(WRONG_USAGE);
  });
});

describe("simulate and verify together", () => {
  const started: Console[] = [];
  const console = () => {
    const terminal = new Console();
    started.push(terminal);
    return terminal;
  };
  // A gateway that a failed test leaves behind would keep the test runner alive.
  afterEach(() => started.splice(0).forEach((terminal) => terminal.stop()));

  test("exit code 0 while all is healthy, 1 with a backend down, 0 when it is up again", async () => {
    const gateway = console();
    const running = runCli(["simulate", synthesizedFile(), "--time-scale", "300", "--instances", "1"], gateway.io);
    const [, url = "", rest = ""] = await gateway.printed(/aoai-lb verify (\S+) (.*)/);
    const [, token = ""] = await gateway.printed(/TOKEN=(\S+)/);
    expect(gateway.stdout).toMatch(
      /^ {2}Roles unknown on my-aoai-eastus\.openai\.azure\.com, .*: any token is accepted/m,
    );
    // A key of something else is no hindrance.
    const env = { AZURE_OPENAI_AD_TOKEN: token, AZURE_OPENAI_API_KEY: "unrelated" };
    const verify = async (...more: string[]) => {
      const terminal = new Console(env);
      const code = await runCli(["verify", url, ...rest.split(" "), ...more], terminal.io);
      return { code, stdout: terminal.stdout };
    };

    expect(rest).toBe("--deployment gpt-5-mini --instances 1 --expect 3 --insecure");
    const page = join(mkdtempSync(join(folder, "cli-")), "report.html");
    const well = await verify("--report", page);
    expect(readFileSync(page, "utf8")).toContain(`<title>as expected: ${url}</title>`);
    expect(well.stdout).toMatch(/my-aoai-japaneast +20 +33\.3 % +20 /);
    expect(well.stdout).toContain("Result:      as expected");
    expect(well.code).toBe(OK);

    gateway.type("down 3");
    // Two failures, 30 seconds of the gateway's clock apart, whatever they take here.
    const noticed = /([\d.]+) s {2}my-aoai-japaneast\.openai\.azure\.com is Unhealthy to instance 0/;
    const [, seconds] = await gateway.printed(noticed);
    expect(Number(seconds)).toBeGreaterThan(30);
    const broken = await verify();
    expect(broken.stdout).toContain("Result:      NOT as expected");
    expect(broken.code).toBe(NOT_AS_EXPECTED);

    gateway.type("up 3");
    await gateway.printed(/my-aoai-japaneast\.openai\.azure\.com is Healthy to instance 0/);
    expect((await verify()).code).toBe(OK);

    gateway.type("throttle my-aoai-eastus.openai.azure.com");
    await gateway.printed(/answers 429/);
    const throttled = await verify();
    expect(throttled.stdout).toContain("Outcomes:    40 × 200, 20 × 429");
    expect(throttled.code).toBe(NOT_AS_EXPECTED);

    gateway.type("status");
    await gateway.printed(/instance 0 {2}my-aoai-eastus\.openai\.azure\.com {2}Healthy/);
    await gateway.printed(/my-aoai-eastus\.openai\.azure\.com answers 429 \(throttled\)/);
    gateway.type("sideways 1");
    await gateway.printed(/"sideways 1" is not understood: type "help" to see what is/);
    gateway.type("down 1 9");
    await gateway.printed(
      /"down 1 9" names "9", which is no backend: give numbers from 1 to 3, host names of the pool, or all/,
    );
    gateway.type("down");
    await gateway.printed(/"down" names no backend: give/);
    gateway.type("HELP");
    await gateway.printed(/throttle 2 3 {2}backends 2 and 3 answer 429/);
    gateway.type("  Down 1, MY-AOAI-JAPANEAST.openai.azure.com");
    await gateway.printed(/eastus\S+ refuses connections[\s\S]*japaneast\S+ refuses connections/);
    gateway.type("Up ALL");
    await gateway.printed(/eastus\S+ is well[\s\S]*francecentral\S+ is well[\s\S]*japaneast\S+ is well/);
    gateway.type("Quit");
    expect(await running).toBe(OK);
  });

  test("flags break backends from the start, and the access log goes to the given file", async () => {
    const gateway = console();
    const args = ["--time-scale", "300", "--instances", "1", "--down", "1", "--access-log", "-"];
    const running = runCli(["simulate", synthesizedFile(), ...args], gateway.io);
    const [, url = "", rest = ""] = await gateway.printed(/aoai-lb verify (\S+) (.*)/);
    await gateway.printed(/my-aoai-eastus\.openai\.azure\.com is Unhealthy/);
    await run("verify", url, ...rest.split(" "), "--api-key", "any", "--requests", "3");
    const entries = gateway.stdout.split("\n").filter((line) => line.startsWith("{"));
    expect(entries.map((line) => (JSON.parse(line) as { ServerRouted: string }).ServerRouted).sort()).toEqual([
      "my-aoai-francecentral.openai.azure.com:443",
      "my-aoai-francecentral.openai.azure.com:443",
      "my-aoai-japaneast.openai.azure.com:443",
    ]);
    gateway.stop();
    await running;
  });
});

describe("simulate --ui", () => {
  test("prints the address of its page, and ends when told to quit", async () => {
    const terminal = new Console();
    const running = runCli(["simulate", synthesizedFile(), "--ui", "--instances", "1"], terminal.io);
    const [, url = ""] = await terminal.printed(/The page: (\S+)/);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{32}\/$/);
    expect((await fetch(url)).headers.get("content-type")).toBe("text/html; charset=utf-8");
    terminal.type("Down 1");
    // Ten times as fast, and told in the time that it takes on Azure.
    const [, seconds] = await terminal.printed(/(\d+\.\d) s {2}my-aoai-eastus\.openai\.azure\.com is Unhealthy/);
    expect(Number(seconds)).toBeGreaterThan(60);
    terminal.type("QUIT");
    expect(await running).toBe(OK);
    await expect(fetch(url)).rejects.toThrow("fetch failed");
  });
});

describe("demo", () => {
  const fileOf = (change: Record<string, unknown>) =>
    write("cdk.tf.json", synthConfig({ ...readJson("examples/minimal.json"), ...change }).json);

  // It waits for ten seconds: the other demonstrations run meanwhile.
  const hopeless = new Console();
  let hopelessCode: Promise<number>;
  beforeAll(() => {
    hopelessCode = runCli(["demo", fileOf({ healthProbe: { path: "/healthz" } })], hopeless.io);
  });

  test("of a gateway with wildcard host names, a short request timeout, buffered answers and many instances: every claim holds", async () => {
    const terminal = new Console();
    const change = {
      listener: { protocol: "Http", hostNames: ["*.example.com"] },
      backendSettings: { requestTimeoutSeconds: 2 },
      streaming: false,
      scale: { instances: 125 },
    };
    const code = await runCli(["demo", fileOf(change)], terminal.io);
    expect(terminal.stdout).toContain("18 of 18 claims held");
    expect(terminal.stdout).toContain("2 of 125 instances, 2 fake accounts");
    expect(terminal.stdout).toContain("response buffering on  (as configured)");
    expect(code).toBe(OK);
  });

  test("interrupted claims nothing more, and fails", async () => {
    const terminal = new Console();
    const running = runCli(["demo", fileOf({})], terminal.io);
    await terminal.printed(/2\. One backend goes down/);
    terminal.stop();
    expect(await running).toBe(NOT_AS_EXPECTED);
    expect(terminal.stdout).toMatch(/refuses connections\n\ninterrupted\n$/);
  });

  test("of a gateway without a target is refused", async () => {
    const json = synthConfig(readJson("examples/minimal.json")).json as {
      resource: Record<string, Record<string, object>>;
    };
    const [id = ""] = Object.keys(json.resource["azurerm_application_gateway"] ?? {});
    const gateway = json.resource["azurerm_application_gateway"]?.[id] as {
      backend_address_pool: { fqdns: string[] }[];
    };
    gateway.backend_address_pool = [{ ...gateway.backend_address_pool[0], fqdns: [] }];
    const file = write("cdk.tf.json", json);
    expect(await run("demo", file)).toMatchObject({
      code: WRONG_USAGE,
      stderr: `azurerm_application_gateway.${id}: no rule routes /openai/v1/chat/completions to a pool with members; add one to simulate the gateway\n`,
    });
  });

  test("of a probe path that no account answers says what the probes found, and that is all", async () => {
    expect(await hopelessCode).toBe(NOT_AS_EXPECTED);
    expect(hopeless.stdout).toContain(
      "westus3.openai.azure.com is not Healthy after 10 s; instance 0: Unhealthy (status 404)",
    );
    expect(hopeless.stdout).toMatch(/✗ every backend serves\n\n0 of 1 claims held\n {2}✗ every backend serves\n$/);
  });
});

test("a page that cannot be written is said before anything is sent", async () => {
  const args = ["--deployment", "d", "--token", "t", "--report", "/nowhere/page.html"];
  expect(await run("verify", "http://127.0.0.1:1", ...args)).toEqual({
    code: WRONG_USAGE,
    stdout: "",
    stderr:
      "--report: ENOENT: no such file or directory, open '/nowhere/page.html'; give a file that can be written to\n",
  });
});

test("an access log that is not writable is refused before anything starts", async () => {
  expect(await run("simulate", synthesizedFile(), "--access-log", "/nowhere/access.log")).toEqual({
    code: WRONG_USAGE,
    stdout: "",
    stderr: "--access-log: ENOENT: no such file or directory, open '/nowhere/access.log'; give a writable file, or -\n",
  });
});

describe("a folder of configurations", () => {
  const regions = join(ROOT, "examples/regions");
  const outdir = join(folder, "regions");
  beforeAll(() => {
    process.env["CDKTF_OUTDIR"] = outdir;
  });
  afterAll(() => {
    delete process.env["CDKTF_OUTDIR"];
  });

  test.each(["demo", "simulate", "arm"])("%s asks which of the gateways is meant", async (command) => {
    const { code, stdout, stderr } = await run(command, regions);
    expect(stderr).toBe("there are several gateways: aoai-america, aoai-europe; say which one with --stack NAME\n");
    expect([code, stdout]).toEqual([WRONG_USAGE, ""]);
    expect((await run(command, regions, "--stack", "aoai-asia")).stderr).toBe(
      '--stack: no gateway has the name "aoai-asia"; there are: aoai-america, aoai-europe\n',
    );
  });

  test("arm renders the one that --stack names, of the folder or of what was synthesized", async () => {
    for (const path of [regions, outdir]) {
      const { code, stdout } = await run("arm", path, "--stack", "aoai-europe");
      expect(code).toBe(OK);
      expect(stdout).toContain("contoso-llm-europe");
      expect(stdout).not.toContain("contoso-llm-america");
    }
    expect((await run("arm", outdir)).stderr).toBe(
      `${outdir} has several stacks: aoai-america, aoai-europe, aoai-regions; say which one with --stack NAME\n`,
    );
    expect((await run("arm", outdir, "--stack", "x")).stderr).toBe(
      `--stack: ${outdir} has no stack "x"; there are: aoai-america, aoai-europe, aoai-regions\n`,
    );
    expect((await run("arm", regions, "--stack", "aoai-regions")).code).toBe(WRONG_USAGE);
    expect((await run("arm", synthesizedFile(), "--stack", "x")).stderr).toMatch(/^--stack: .* has no stacks; /);
  });
});

test.each(["simulate", "demo"])("%s --gateway names what the file does not have", async (command) => {
  const { code, stderr } = await run(command, synthesizedFile(), "--gateway", "nobody");
  expect(code).toBe(WRONG_USAGE);
  expect(stderr).toMatch(
    /no gateway has the name or the address "nobody"; there are: azurerm_application_gateway\.\S+\n$/,
  );
});

describe("arm", () => {
  beforeAll(() => {
    process.env["CDKTF_OUTDIR"] = join(folder, "arm");
  });
  afterAll(() => {
    delete process.env["CDKTF_OUTDIR"];
  });

  test("prints the template of a stack that creates its group, and how to deploy it", async () => {
    const file = write("cdk.tf.json", synthConfig(readJson("examples/minimal.json")).json);
    const { code, stdout, stderr } = await run("arm", file);
    expect(code).toBe(OK);
    expect(JSON.parse(stdout)).toHaveProperty("$schema", expect.stringContaining("subscriptionDeploymentTemplate"));
    expect(stderr).toBe("To deploy it: az deployment sub create --location <region> --template-file <file>\n");
  });

  test("synthesizes a configuration first, and says so beside the template", async () => {
    const { code, stdout, stderr } = await run("arm", join(ROOT, "examples/minimal.json"));
    expect(code).toBe(OK);
    expect(JSON.parse(stdout)).toHaveProperty("$schema", expect.stringContaining("subscriptionDeploymentTemplate"));
    expect(stderr).toMatch(/^aoai-minimal: an Application Gateway in .*\n/);
    expect(stderr).not.toContain("npx cdktf deploy");
    expect(stderr).toMatch(/\nTo deploy it: az deployment sub create --location <region> --template-file <file>\n$/);
  });

  test("writes that of a stack in an existing group into a file", async () => {
    const file = write("cdk.tf.json", synthConfig(readJson("examples/existing-accounts.json")).json);
    const output = join(folder, "template.json");
    const { code, stdout, stderr } = await run("arm", file, "--output", output);
    expect({ code, stdout }).toEqual({ code: OK, stdout: "" });
    expect(JSON.parse(readFileSync(output, "utf8"))).toHaveProperty("resources");
    expect(stderr).toBe(
      `To deploy it: az deployment group create --resource-group rg-platform --template-file ${output}\n`,
    );
  });

  test.each([
    [
      "a self-signed certificate",
      "gateway.config.json",
      [],
      "a self-signed certificate is made in a vault's data plane",
    ],
    ["a folder that is not there", "examples/minimal.json", ["--output", "/nowhere/x.json"], "give a writable file"],
  ])("refuses %s", async (_, config, options, message) => {
    const file = write("cdk.tf.json", synthConfig(readJson(config)).json);
    const { code, stdout, stderr } = await run("arm", file, ...options);
    expect({ code, stdout }).toEqual({ code: WRONG_USAGE, stdout: "" });
    expect(stderr).toContain(message);
  });
});
