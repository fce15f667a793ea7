import { Fault, type GatewayModel, readGatewayModel, type SimulatedGateway } from "../simulator/index.js";
import { Duration } from "../duration.js";
import { createInsecureFetch, type Fetch, type Report, verify } from "../verify/index.js";
import { parseArguments } from "./arguments.js";
import { Claims } from "./claims.js";
import { type Command, type Io, NOT_AS_EXPECTED, OK } from "./io.js";
import { type Backend, BACKEND_HEADER, DEPLOYMENT, Lab } from "./lab.js";

export const DEMO_HELP = `aoai-lb demo [<file or folder>]

Runs a gateway on this machine in front of fake Azure OpenAI accounts, sends real traffic, breaks a backend, throttles
one, streams, and says what callers see. Without a file it synthesizes the configuration first (gateway.config.json, or
the one that AOAI_LB_CONFIG names); with one it takes a cdk.tf.json, other Terraform JSON, or a plan as JSON.

Exit code: 0 every claim held, 1 one did not, 2 the input cannot be used.
`;

const REQUESTS = 60;
const CONCURRENCY = 4;
/** The probes are sped up so that they take a dead backend out in about this time. */
const DETECTION = Duration.milliseconds(1_500);
const PATIENCE = Duration.seconds(10);

/** `aoai-lb demo` */
export const demo: Command = async (args, io) => {
  const { values, positionals } = parseArguments("demo", args, { help: { type: "boolean", short: "h" } });
  if (values.help === true) {
    io.stdout.write(DEMO_HELP);
    return OK;
  }
  const path = positionals[0] ?? (await synthesize(io));
  const model = readGatewayModel(path);
  const timeScale = timeScaleOf(model);
  await using lab = await Lab.create({ model, timeScale });
  const show = new Demonstration(lab, io, timeScale, await createInsecureFetch());
  await show.run();
  return show.claims.allHeld ? OK : NOT_AS_EXPECTED;
};

/** The five parts, one after the other, each with what it claims. */
class Demonstration {
  readonly claims: Claims;

  constructor(
    private readonly lab: Lab,
    private readonly io: Io,
    private readonly timeScale: number,
    private readonly fetch: Fetch,
  ) {
    this.claims = new Claims(io.stdout);
  }

  async run(): Promise<void> {
    const { backends, gateway } = this.lab;
    this.say(
      `\nThe synthesized gateway on this machine: ${gateway.instances} instances, ${backends.length} fake accounts, clocks × ${this.timeScale}`,
    );
    const parts = [
      () => this.allHealthy("1. All healthy"),
      () => this.oneDown("2. One backend goes down"),
      () => this.oneThrottled("3. One backend is throttled"),
      () => this.streaming("4. Streaming"),
      () => this.allHealthy("5. Recovery: everything is well again"),
    ];
    for (const part of parts) if (!this.io.signal.aborted) await part();
    this.claims.summarize();
  }

  private async allHealthy(title: string): Promise<void> {
    this.say(`\n${title}`);
    await Promise.all(this.lab.backends.map((backend) => this.heal(backend)));
    const report = await this.send();
    this.say(`   ${distribution(report)}`);
    this.claims.check("every backend serves", report.missing.length === 0);
    this.claims.check("the spread is even", report.evenness?.verdict !== "uneven");
    this.claims.check("no caller sees an error", report.errorShare === 0);
  }

  private async oneDown(title: string): Promise<void> {
    const { gateway, backends } = this.lab;
    const [down, ...others] = [...backends].reverse();
    if (!down) return;
    this.say(`\n${title}: ${down.fqdn} refuses connections`);
    const detected = new AbortController();
    const began = performance.now();
    await down.server.refuse();
    const until = gateway.untilBackend(down.fqdn, "Unhealthy", PATIENCE).finally(() => detected.abort());
    const meanwhile = await this.send({ requests: 1_000_000, signal: detected.signal });
    await until;
    const took = Duration.milliseconds(performance.now() - began);
    const onAzure = Duration.seconds(Math.round(took.toSeconds() * this.timeScale));
    this.say(`   the probe takes it out after ${seconds(took)} here, ${onAzure} on Azure`);
    this.say(`   meanwhile callers see ${outcomes(meanwhile)}`);
    const after = await this.send();
    this.say(`   then ${outcomes(after)}: ${distribution(after)}`);
    this.claims.check(
      "until then some callers see a 502: the gateway does not retry",
      (meanwhile.outcomes["502"] ?? 0) > 0,
    );
    this.claims.check("callers see nothing but 200 and 502", only(meanwhile, ["200", "502"]));
    if (others.length > 0) this.claims.check("then no caller sees an error", after.errorShare === 0);
    this.claims.check("the dead backend gets no request", !served(after, down));
    await this.heal(down);
  }

  private async oneThrottled(title: string): Promise<void> {
    const { backends, gateway } = this.lab;
    const [throttled] = backends;
    if (!throttled) return;
    this.say(`\n${title}: ${throttled.fqdn} answers 429`);
    throttled.server.inject(Fault.throttle());
    const report = await this.send();
    const state = gateway.backendStates().filter(({ fqdn }) => fqdn === throttled.fqdn);
    this.say(`   callers see ${outcomes(report)}; the probe still finds it ${state[0]?.health}`);
    this.say("   a gateway does not react to 429: an application that fails over by itself does");
    const share = 1 / backends.length;
    this.claims.check("the 429s pass through", Math.abs(report.throttledShare - share) <= share / 2);
    this.claims.check(
      "the throttled backend stays in the pool",
      state.every(({ health }) => health === "Healthy"),
    );
    this.claims.check("callers see nothing but 200 and 429", only(report, ["200", "429"]));
    throttled.server.heal();
  }

  private async streaming(title: string): Promise<void> {
    const { model, gateway } = this.lab;
    this.say(`\n${title}: time to the first token`);
    await using other = await this.lab.startVariant({ responseBuffering: !model.responseBuffering });
    const [configured, variant] = [await this.stream(gateway), await this.stream(other)];
    const [off, on] = model.responseBuffering ? [variant, configured] : [configured, variant];
    this.say(`   response buffering off ${model.responseBuffering ? "" : "(as configured) "}${firstToken(off)}`);
    this.say(`   response buffering on  ${model.responseBuffering ? "(as configured) " : ""}${firstToken(on)}`);
    this.claims.check("buffering off: the first token comes long before the answer ends", firstTokenShare(off) < 0.5);
    this.claims.check("buffering on: it comes with the end", firstTokenShare(on) > 0.8);
  }

  private async heal({ fqdn, server }: Backend): Promise<void> {
    server.heal();
    if (server.state !== "listening") await server.accept();
    await this.lab.gateway.untilBackend(fqdn, "Healthy", PATIENCE);
  }

  private stream(gateway: SimulatedGateway): Promise<Report> {
    return this.send({ url: gateway.url, stream: true, requests: 12 });
  }

  private send(
    options: { url?: string; stream?: boolean; requests?: number; signal?: AbortSignal } = {},
  ): Promise<Report> {
    return verify({
      url: this.lab.gateway.url,
      deployment: DEPLOYMENT,
      api: "v1",
      credential: this.lab.credential,
      requests: REQUESTS,
      concurrency: CONCURRENCY,
      backendHeader: BACKEND_HEADER,
      expect: { backends: this.lab.backends.map(({ region }) => region) },
      fetch: this.fetch,
      signal: this.io.signal,
      ...options,
    });
  }

  private say(line: string): void {
    this.io.stdout.write(`${line}\n`);
  }
}

/** What `cdktf synth` does, in this process. CDKTF is loaded only here: the other commands do without it. */
async function synthesize(io: Io): Promise<string> {
  const { synthesizeConfig } = await import("../stacks/synthesize.js");
  const { file, summary } = synthesizeConfig(io.env);
  io.stdout.write(`${summary}\n`);
  return file;
}

function timeScaleOf({ rules }: GatewayModel): number {
  const probes = rules.flatMap(({ action }) => (action.kind === "forward" ? [action.settings.probe] : []));
  const slowest = Math.max(1, ...probes.map((probe) => probe.interval.toSeconds() * probe.unhealthyThreshold));
  return Math.max(1, Math.round(slowest / DETECTION.toSeconds()));
}

function distribution({ backends }: Report): string {
  return backends.map(({ name, requests }) => `${name} ${requests}`).join(", ");
}

function outcomes(report: Report): string {
  return Object.entries(report.outcomes)
    .map(([outcome, count]) => `${count} × ${outcome}`)
    .join(", ");
}

function only(report: Report, allowed: readonly string[]): boolean {
  return Object.keys(report.outcomes).every((outcome) => allowed.includes(outcome));
}

function served(report: Report, { region }: Backend): boolean {
  return report.backends.some(({ name, requests }) => name === region && requests > 0);
}

function firstToken({ firstToken: first, latency }: Report): string {
  return `${first?.p50Milliseconds.toFixed(0)} ms, of an answer that takes ${latency?.p50Milliseconds.toFixed(0)} ms`;
}

function firstTokenShare({ firstToken: first, latency }: Report): number {
  return (first?.p50Milliseconds ?? Number.NaN) / (latency?.p50Milliseconds ?? Number.NaN);
}

function seconds(duration: Duration): string {
  return `${duration.toSeconds().toFixed(1)} s`;
}
