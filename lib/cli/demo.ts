import { setTimeout as sleep } from "node:timers/promises";
import { Duration } from "../duration.js";
import { type SimulatedGateway } from "../simulator/index.js";
import { type Address, type GatewayModel, readGatewayModel } from "../synthesized/index.js";
import { type SimulatedBackend } from "../ui/simulated-backend.js";
import { Connections, type Report, UsageError, verify } from "../verify/index.js";
import { type FetchFunction } from "../client/index.js";
import { addressedRules, arePinned, backendAddresses } from "./addressed-rules.js";
import { parseArguments } from "./arguments.js";
import { Claims } from "./claims.js";
import { balancedOver, converse, type ConversationsReport } from "./conversations.js";
import {
  conversations,
  counted,
  distribution,
  firstToken,
  firstTokenShare,
  outcomes,
  sawOnly,
  sawSome,
} from "./demo-words.js";
import { type Command, type Io, NOT_AS_EXPECTED, OK } from "./io.js";
import { BACKEND_HEADER, Lab } from "./lab.js";
import { synthesize, synthesizedFile } from "./synthesize.js";
import { verifyLine } from "./verify-line.js";

export const DEMO_HELP = `aoai-lb demo [<file or folder>] [--gateway <name>] [--stack <name>]

Runs a gateway on this machine in front of fake Azure OpenAI accounts, sends real traffic, breaks a backend, throttles
one, streams, and reports what callers see. The file is a configuration, which is synthesized first (default:
gateway.config.json, or the one that AOAI_LB_CONFIG names), or a cdk.tf.json, other Terraform JSON, or a plan as JSON. Of
several gateways in it, --gateway says which one, by its name or its Terraform address; of several configurations in a folder,
or several synthesized stacks, --stack does, by the name.

Exit code: 0 every claim held, 1 a claim failed or the run was interrupted, 2 the input cannot be used.
`;

const REQUESTS = 60;
const REQUESTS_PER_BACKEND = 5;
/** More than can be sent before the run ends. */
const ENOUGH = 1_000_000;
const STREAMS = 12;
const CONCURRENCY = 4;
const CONVERSATIONS = 6;
/** Enough to show that each instance takes its own turns. */
const MAXIMUM_INSTANCES = 2;
/** The probes are sped up so that they take a dead backend out in about this time; with many backends, in up to the other. */
const DETECTION = Duration.milliseconds(1_500);
const MAXIMUM_DETECTION = Duration.seconds(5);
/** As many as leave time for requests. */
const PROBES_PER_SECOND = 150;
/** In which every instance has its answer. */
const PROBE_ANSWER = Duration.milliseconds(150);
const PATIENCE = Duration.seconds(10);

/** `aoai-lb demo` */
export const demo: Command = async (args, io) => {
  const { values, positionals } = parseArguments("demo", args, {
    gateway: { type: "string" },
    stack: { type: "string" },
    help: { type: "boolean", short: "h" },
  });
  if (values.help === true) {
    io.stdout.write(DEMO_HELP);
    return OK;
  }
  const [path, ...more] = positionals;
  if (more.length > 0) throw new UsageError(`give one file or folder; got also "${more.join('" "')}"`);
  const { stack } = values;
  const file =
    path === undefined ? await synthesize("demo", io, { stack }) : await synthesizedFile("demo", path, io, { stack });
  const model = readGatewayModel(file, { gateway: values.gateway });
  const instances = Math.min(Math.max(1, model.instances.minimum), MAXIMUM_INSTANCES);
  const probeTimeScale = probeTimeScaleOf(model, instances);
  await using lab = await Lab.create({ model, probeTimeScale, instances });
  const show = new Demonstration(lab, io, probeTimeScale);
  try {
    await show.run();
  } catch (error) {
    if (!io.signal.aborted) throw error;
    io.stdout.write("\ninterrupted\n");
    return NOT_AS_EXPECTED;
  }
  return show.claims.allHeld ? OK : NOT_AS_EXPECTED;
};

interface SendOptions {
  readonly url?: string;
  readonly stream?: boolean;
  readonly requests?: number;
  readonly signal?: AbortSignal;
}

/** The parts of the demonstration, each with its claims. */
class Demonstration {
  readonly claims: Claims;

  constructor(
    private readonly lab: Lab,
    private readonly io: Io,
    private readonly probeTimeScale: number,
  ) {
    this.claims = new Claims(io.stdout);
  }

  /** @throws the reason of the abort, on Ctrl-C */
  async run(): Promise<void> {
    const { backends, gateway, model, deployment } = this.lab;
    const { minimum } = model.instances;
    const instances = `${minimum > gateway.instances ? `${gateway.instances} of ` : ""}${counted(Math.max(1, minimum), "instance")}`;
    const parts = `${instances}, ${counted(backends.length, "fake account")}`;
    this.say(`\nThe synthesized gateway on this machine: ${parts}, probes ${this.probeTimeScale} times as fast`);
    const deployed = { url: "<gateway_url>", deployment, instances: Math.max(1, model.instances.maximum) };
    this.say(`The same check of the deployed one: ${verifyLine(this.io, deployed)}`);
    if (await this.allHealthy("1. All healthy")) {
      await this.oneDown("2. One backend goes down");
      await this.oneThrottled("3. One backend is throttled");
      await this.streaming("4. Streaming");
      await this.allHealthy("5. Recovery: everything is healthy again");
      await this.agents("6. Agents");
    }
    this.claims.summarize();
  }

  /** @returns whether all are healthy; otherwise there is nothing more to show */
  private async allHealthy(title: string): Promise<boolean> {
    this.say(`\n${title}`);
    const healed = await Promise.all(this.lab.backends.map((backend) => this.heal(backend)));
    if (healed.includes(false)) {
      this.claims.check("every backend serves", false);
      return false;
    }
    const report = await this.send();
    this.say(`   ${distribution(report)}`);
    this.claims.check("every backend serves", report.missing.length === 0);
    this.claims.check("the spread is even", report.roundRobin?.possible !== false);
    this.claims.check("no caller sees an error", report.errorShare === 0);
    return true;
  }

  private async oneDown(title: string): Promise<void> {
    const { gateway, backends } = this.lab;
    const down = backends.at(-1);
    if (!down) return;
    this.say(`\n${title}: ${down.fqdn} refuses connections`);
    await this.untilProbed(down);
    const began = performance.now();
    await down.become("down");
    const [detected, meanwhile] = await this.sendUntil(gateway.untilBackend(down.fqdn, "Unhealthy", PATIENCE));
    const took = Duration.milliseconds(performance.now() - began);
    const onAzure = took.toSeconds() * this.probeTimeScale;
    this.say(
      `   the probe takes it out after ${took.toSeconds().toFixed(1)} s here, about ${onAzure.toFixed(0)} s on Azure`,
    );
    this.say(`   meanwhile callers see ${outcomes(meanwhile)}`);
    const after = await this.send();
    this.say(`   then ${outcomes(after)}: ${distribution(after)}`);
    this.claims.check("the probe takes the dead backend out", detected);
    this.claims.check("until then some callers see a 502: the gateway does not retry", sawSome(meanwhile, "502"));
    this.claims.check("callers see nothing but 200 and 502", sawOnly(meanwhile, ["200", "502"]));
    this.claims.check("then the dead backend gets no request", !served(after, down));
    if (backends.length > 1) this.claims.check("then no caller sees an error", after.errorShare === 0);
    else this.claims.check("then every caller sees a 502: no other backend is left", sawOnly(after, ["502"]));
    await this.heal(down);
  }

  private async oneThrottled(title: string): Promise<void> {
    const { backends, gateway } = this.lab;
    const [throttled] = backends;
    if (!throttled) return;
    this.say(`\n${title}: ${throttled.fqdn} answers 429`);
    await throttled.become("throttled");
    const report = await this.send();
    const states = gateway.backendStates().filter(({ fqdn }) => fqdn === throttled.fqdn);
    this.say(`   callers see ${outcomes(report)}; the probe still finds it ${states[0]?.health}`);
    this.say("   a gateway does not react to 429: an application that fails over by itself does");
    const share = 1 / backends.length;
    this.claims.check("the 429s pass through", Math.abs(report.throttledShare - share) <= share / 2);
    this.claims.check(
      "the throttled backend stays in the pool",
      states.every(({ health }) => health === "Healthy"),
    );
    this.claims.check("callers see nothing but 200 and 429", sawOnly(report, ["200", "429"]));
    await throttled.become("up");
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

  /** Conversations, whose turns refer to what one account keeps: over all backends in turn, and with addressed ones. */
  private async agents(title: string): Promise<void> {
    const { model, backends } = this.lab;
    if (backends.length < 2) return;
    this.say(`\n${title}: ${counted(CONVERSATIONS, "conversation")} of several turns on /openai/v1/responses`);
    const pinned = arePinned(model);
    const spread = await this.converse(this.lab.gateway);
    this.say(
      `   all through ${pinned ? `one backend, by statefulApis` : "the same URL, in turn"}: ${conversations(spread)}`,
    );
    if (pinned) this.claims.check("pinned to one backend, every conversation holds", spread.held === spread.count);
    else
      this.claims.check(
        "round robin breaks conversations: another account does not know them",
        spread.held < spread.count,
      );
    const configured = backendAddresses(model);
    const isConfigured = configured.length > 1;
    await using variant = isConfigured ? undefined : await this.lab.startVariant({ rules: addressedRules(model) });
    const addresses = isConfigured ? configured : backendAddresses({ ...model, rules: addressedRules(model) });
    const addressed = await this.converse(variant ?? this.lab.gateway, addresses);
    const how = isConfigured ? "" : ', as "addressing" configures it';
    this.say(`   each backend under its own address${how}, and the client: ${conversations(addressed)}`);
    this.claims.check(
      "addressed backends and the client: every conversation holds",
      addressed.held === addressed.count,
    );
  }

  private async converse({ url }: SimulatedGateway, addresses: readonly Address[] = []): Promise<ConversationsReport> {
    const { token, deployment } = this.lab;
    await using connections = await Connections.create({ limit: CONCURRENCY, insecure: true });
    const fetch = connections.fetch as unknown as FetchFunction;
    const endpoints = addresses.map(({ name, path }) => ({ name, url: `${url}${path}` }));
    const report = await converse({
      url,
      model: deployment,
      token,
      fetch: endpoints.length > 0 ? balancedOver(endpoints, { token, fetch }) : fetch,
      count: CONVERSATIONS,
      signal: this.io.signal,
    });
    this.io.signal.throwIfAborted();
    return report;
  }

  /** Reports it if the probes do not find the backend healthy. */
  private async heal(backend: SimulatedBackend): Promise<boolean> {
    await backend.become("up");
    return this.lab.gateway.untilBackend(backend.fqdn, "Healthy", PATIENCE).then(
      () => true,
      (error: Error) => {
        this.say(`   ${error.message}`);
        return false;
      },
    );
  }

  /** Waits until a probe has just been answered, so that callers notice what happens now before the next probe does. */
  private async untilProbed({ server }: SimulatedBackend): Promise<void> {
    const seen = () => server.probeCount + server.requestCount;
    const before = seen();
    const late = performance.now() + PATIENCE.toMilliseconds();
    while (seen() === before && performance.now() < late) {
      await sleep(1, undefined, { signal: this.io.signal });
    }
    await sleep(PROBE_ANSWER.toMilliseconds(), undefined, { signal: this.io.signal });
  }

  private stream(gateway: SimulatedGateway): Promise<Report> {
    return this.send({ url: gateway.url, stream: true, requests: STREAMS });
  }

  /** Sends requests until an event happens or fails. */
  private async sendUntil(event: Promise<void>): Promise<[happened: boolean, report: Report]> {
    const end = new AbortController();
    const stop = () => end.abort();
    this.io.signal.addEventListener("abort", stop, { once: true });
    const happened = event.then(
      () => true,
      () => false,
    );
    void happened.finally(stop);
    const report = await this.send({ requests: ENOUGH, signal: end.signal });
    this.io.signal.removeEventListener("abort", stop);
    return [await happened, report];
  }

  /** @throws the reason of the abort, on Ctrl-C: an interrupted run has no claims */
  private async send(options: SendOptions = {}): Promise<Report> {
    const { backends, gateway, credential, deployment } = this.lab;
    const report = await verify({
      url: gateway.url,
      deployment,
      api: "v1",
      credential,
      requests: Math.max(REQUESTS, REQUESTS_PER_BACKEND * backends.length),
      concurrency: CONCURRENCY,
      backendHeader: BACKEND_HEADER,
      expect: { backends: backends.map(({ region }) => region), instances: gateway.instances },
      insecure: true,
      signal: this.io.signal,
      ...options,
    });
    this.io.signal.throwIfAborted();
    return report;
  }

  private say(line: string): void {
    this.io.stdout.write(`${line}\n`);
  }
}

function probeTimeScaleOf({ rules, backends }: GatewayModel, instances: number): number {
  const actions = rules.flatMap(({ action, pathRules }) => [action, ...pathRules.map((rule) => rule.action)]);
  const probes = actions.flatMap((action) => (action.kind === "forward" ? [action.settings.probe] : []));
  const slowest = Math.max(1, ...probes.map((probe) => probe.interval.toSeconds() * probe.unhealthyThreshold));
  const threshold = Math.max(1, ...probes.map((probe) => probe.unhealthyThreshold));
  const bearable = (threshold * instances * backends.length) / PROBES_PER_SECOND;
  const detection = Math.min(Math.max(bearable, DETECTION.toSeconds()), MAXIMUM_DETECTION.toSeconds());
  return Math.max(1, Math.round(slowest / detection));
}

function served(report: Report, { region }: SimulatedBackend): boolean {
  return report.backends.some(({ name, requests }) => name === region && requests > 0);
}
