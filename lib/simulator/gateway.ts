import { EventEmitter } from "node:events";
import { isIP } from "node:net";
import { Duration } from "../duration.js";
import { mainRule } from "../synthesized/addresses.js";
import { type GatewayModel } from "../synthesized/gateway-model.js";
import { type BackendMember } from "./backend-member.js";
import { type Certificate, throwAwayCertificate } from "./certificate.js";
import { GatewayInstance } from "./gateway-instance.js";
import {
  type BackendState,
  type Health,
  type HealthChange,
  type LocalListener,
  type SimulatedGatewayOptions,
} from "./gateway-options.js";
import { notSimulated } from "./not-simulated.js";
import { Reception } from "./reception.js";
import { SimulatorOptionError } from "./simulator-option-error.js";

export const DEFAULT_TIME_SCALE = 1;
const MAXIMUM_INSTANCES = 125;

/**
 * An Application Gateway on this machine, run from the model of the one that will be deployed. Emits `"health"` when one
 * of its instances changes its mind about a pool member. docs/simulator.md says what is simulated, and what is not.
 *
 * @example
 * await using gateway = await SimulatedGateway.create({ model, backends: { "a.openai.azure.com": server.url } });
 * await fetch(`${gateway.url}/openai/v1/models`);
 */
export class SimulatedGateway extends EventEmitter<{ health: [HealthChange] }> implements AsyncDisposable {
  /**
   * Resolves when the listeners are open and every instance has probed every member once.
   * @throws SimulatorOptionError for an option that cannot be, naming it
   */
  static async create(options: SimulatedGatewayOptions): Promise<SimulatedGateway> {
    const origins = checkedOrigins(options);
    const { timeScale = DEFAULT_TIME_SCALE, probeTimeScale = timeScale, model } = options;
    checkScale("timeScale", "the clocks", timeScale);
    checkScale("probeTimeScale", "probes", probeTimeScale);
    checkClientAddress(options.clientAddress);
    const instances = options.instances ?? Math.max(1, model.instances.minimum);
    if (!Number.isInteger(instances) || instances < 1 || instances > MAXIMUM_INSTANCES) {
      throw new SimulatorOptionError(`instances is a whole number from 1 to ${MAXIMUM_INSTANCES}; got ${instances}`);
    }
    const certificate = await throwAwayCertificate(model.listeners.flatMap(({ hostNames }) => hostNames));
    const gateway = new SimulatedGateway({ ...options, timeScale, probeTimeScale, instances }, certificate, origins);
    try {
      await Promise.all([gateway.reception.open(), ...gateway.machines.map((each) => each.startProbing())]);
    } catch (error) {
      await gateway.destroy();
      throw error;
    }
    return gateway;
  }

  /** PEM of the throw-away certificate that all HTTPS listeners show; it is its own issuer. */
  readonly certificate: string;
  /** What the model asks for and this gateway does not do, in plain words; empty if nothing. */
  readonly notSimulated: readonly string[];

  private readonly started = performance.now();
  private readonly machines: readonly GatewayInstance[];
  private readonly reception: Reception;
  private closing: Promise<void> | undefined;

  private constructor(
    private readonly options: SimulatedGatewayOptions & DefaultedOptions,
    tls: Certificate,
    origins: ReadonlyMap<string, URL>,
  ) {
    super();
    // Any number of callers may wait for backends.
    this.setMaxListeners(0);
    this.certificate = tls.cert;
    this.notSimulated = notSimulated(options.model, options.clientAddress);
    const { model, timeScale, probeTimeScale } = options;
    const originOf = (fqdn: string) => origins.get(fqdn) ?? new URL("http://127.0.0.1");
    const onChange = (member: BackendMember, was: Health) => {
      const after = Duration.milliseconds(performance.now() - this.started);
      this.tellHealth({ ...member.state(), was, after });
    };
    this.machines = Array.from(
      { length: options.instances },
      (_, number) => new GatewayInstance({ number, model, originOf, timeScale, probeTimeScale, onChange }),
    );
    this.reception = new Reception({ ...options, machines: this.machines, certificate: tls });
  }

  /** Where to send requests: the listener of the rule that offers most: path rules, then backends, then the first. */
  get url(): string {
    const { model } = this.options;
    const { listeners, rules } = model;
    const rule = mainRule(model) ?? rules[0];
    return this.reception.urlOf(rule?.listener ?? listeners[0]);
  }

  /** Every listener, by its name. */
  get urls(): ReadonlyMap<string, LocalListener> {
    return new Map(
      this.options.model.listeners.map((listener) => {
        const { name, protocol, port, hostNames } = listener;
        return [name, { listener: name, protocol, port, hostNames, url: this.reception.urlOf(listener) }];
      }),
    );
  }

  /** How many instances run. */
  get instances(): number {
    return this.machines.length;
  }

  /** A snapshot: one entry for each instance, pool, settings and member. */
  backendStates(): readonly BackendState[] {
    return this.machines.flatMap((machine) => machine.states());
  }

  /**
   * Resolves when every instance sees the member so.
   * @throws RangeError if no rule leads to the member
   * @throws Error if it takes longer than `timeout`, on the local clock
   */
  async untilBackend(fqdn: string, health: Health, timeout: Duration): Promise<void> {
    const states = () => this.backendStates().filter((state) => state.fqdn === fqdn.toLowerCase());
    const reached = () => states().every((state) => state.health === health);
    this.requireMember(fqdn);
    if (reached()) return;
    await new Promise<void>((resolve, reject) => {
      const check = () => {
        if (reached()) done(resolve);
      };
      const done = (settle: () => void) => {
        clearTimeout(timer);
        this.off("health", check);
        settle();
      };
      const timer = setTimeout(() => {
        const seen = states().map((state) => `instance ${state.instance}: ${state.health} (${state.reason})`);
        const late = new Error(`${fqdn} is not ${health} after ${timeout.toString()}; ${seen.join(", ")}`);
        done(() => reject(late));
      }, timeout.toMilliseconds());
      this.on("health", check);
    });
  }

  /**
   * Takes the member out of every pool, as a configuration update does: no new requests at once, those in flight may
   * finish within the draining time. Resolves when the member is gone.
   * @throws RangeError if no rule leads to the member
   */
  async removeBackend(fqdn: string): Promise<void> {
    this.requireMember(fqdn);
    await Promise.all(this.machines.map((machine) => machine.remove(fqdn.toLowerCase())));
  }

  /** Accepts no more connections, lets requests in flight finish within the longest draining time, then ends. */
  close(): Promise<void> {
    this.closing ??= this.drain().then(() => this.destroy());
    return this.closing;
  }

  /** Ends now; requests in flight are cut. */
  async destroy(): Promise<void> {
    const closed = this.reception.destroy();
    for (const machine of this.machines) machine.destroy();
    await closed;
  }

  /** The end of an `await using` block: {@link destroy}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.destroy();
  }

  private async drain(): Promise<void> {
    this.reception.stopAccepting();
    const windows = this.options.model.rules
      .flatMap(({ action, pathRules }) => [action, ...pathRules.map((rule) => rule.action)])
      .map((action) => (action.kind === "forward" ? action.settings.draining.toMilliseconds() : 0));
    await this.reception.untilIdle(Math.max(0, ...windows) / this.options.timeScale);
  }

  private tellHealth(change: HealthChange): void {
    try {
      this.emit("health", change);
    } catch (error) {
      // A defect of a listener is neither silent nor the end of the process.
      process.emitWarning(`a listener of "health" threw: ${String(error)}`);
    }
  }

  private requireMember(fqdn: string): void {
    const members = [...new Set(this.backendStates().map((state) => state.fqdn))];
    if (members.includes(fqdn.toLowerCase())) return;
    throw new RangeError(`no rule leads to a member ${fqdn}; there ${among(members)}`);
  }
}

/** Those of which the code always needs a value. */
type DefaultedOptions = Required<Pick<SimulatedGatewayOptions, "timeScale" | "probeTimeScale" | "instances">>;

function checkScale(name: string, what: string, scale: number): void {
  if (Number.isFinite(scale) && scale > 0) return;
  throw new SimulatorOptionError(`${name} is a number above 0, how many times as fast ${what} run; got ${scale}`);
}

function checkClientAddress(address: string | undefined): void {
  if (address === undefined || isIP(address) !== 0) return;
  throw new SimulatorOptionError(`clientAddress is an IPv4 or IPv6 address; got "${address}"`);
}

function among(members: readonly string[]): string {
  return members.length === 0 ? "is none" : `are: ${members.join(", ")}`;
}

function checkedOrigins({ model, backends }: { model: GatewayModel; backends: SimulatedGatewayOptions["backends"] }) {
  const origins = new Map<string, URL>();
  const members = model.backends.map(({ fqdn }) => fqdn);
  for (const [name, url] of Object.entries(backends)) {
    if (!members.includes(name.toLowerCase())) {
      throw new SimulatorOptionError(`backends: no pool has the member ${name}; there ${among(members)}`);
    }
    if (!URL.canParse(String(url)) || !/^https?:$/.test(new URL(url).protocol)) {
      throw new SimulatorOptionError(`backends: expected an http or https URL for ${name}, got "${String(url)}"`);
    }
    origins.set(name.toLowerCase(), new URL(new URL(url).origin));
  }
  const missing = members.filter((fqdn) => !origins.has(fqdn));
  if (missing.length > 0) {
    throw new SimulatorOptionError(`backends: no local server is given for ${missing.join(", ")}`);
  }
  return origins;
}
