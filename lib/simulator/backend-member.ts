import { Duration } from "../duration.js";
import { type BackendSettings, type Probe } from "../synthesized/gateway-model.js";
import { BackendConnections } from "./backend-connections.js";
import { type BackendState, type Health } from "./gateway-options.js";
import { type ProbeResult, sendProbe } from "./probe.js";

export interface BackendMemberOptions {
  readonly instance: number;
  readonly pool: string;
  readonly settings: BackendSettings;
  readonly fqdn: string;
  /** The local server that stands for the member. */
  readonly origin: URL;
  readonly timeScale: number;
  readonly probeTimeScale: number;
  /** Called after the member's health became another. */
  readonly onChange: (member: BackendMember, was: Health) => void;
}

/** A pool member as one instance sees it through one settings block: its connections, its probes, its health. */
export class BackendMember {
  readonly connections: BackendConnections;

  private health: Health = "Unhealthy";
  private reason = "not probed yet";
  private failuresInARow = 0;
  private requestsInFlight = 0;
  private readonly stopped = new AbortController();
  private nextProbe: NodeJS.Timeout | undefined;
  private idle: (() => void) | undefined;
  private drained: Promise<void> | undefined;

  constructor(private readonly options: BackendMemberOptions) {
    const { origin, fqdn, settings, timeScale } = options;
    const timeoutMilliseconds = settings.requestTimeout.toMilliseconds() / timeScale;
    this.connections = new BackendConnections({ origin, fqdn, timeoutMilliseconds });
  }

  get fqdn(): string {
    return this.options.fqdn;
  }

  get settings(): BackendSettings {
    return this.options.settings;
  }

  /** Only healthy members get requests. */
  get mayServe(): boolean {
    return this.health === "Healthy";
  }

  state(): BackendState {
    const { instance, pool, settings, fqdn } = this.options;
    return {
      instance,
      pool,
      settings: settings.name,
      fqdn,
      health: this.health,
      reason: this.reason,
      requestsInFlight: this.requestsInFlight,
    };
  }

  /** Probes at once and then at the configured interval. Resolves after the first result. */
  async startProbing(): Promise<void> {
    const { fqdn, origin, settings, probeTimeScale } = this.options;
    const { probe } = settings;
    const started = performance.now();
    const timeoutMilliseconds = probeTimeoutMilliseconds(probe, probeTimeScale);
    const result = await sendProbe({ probe, fqdn, origin, timeoutMilliseconds }, this.stopped.signal);
    if (this.stopped.signal.aborted) return;
    this.record(result);
    const rest = probe.interval.toMilliseconds() / probeTimeScale - (performance.now() - started);
    this.nextProbe = setTimeout(() => void this.startProbing(), Math.max(0, rest));
  }

  /** A request begins; {@link leave} has to follow. */
  enter(): void {
    this.requestsInFlight += 1;
  }

  leave(): void {
    this.requestsInFlight -= 1;
    if (this.requestsInFlight === 0) this.idle?.();
  }

  /** Takes no more requests, waits for those in flight as long as the settings allow, cuts the others, and ends. */
  drain(): Promise<void> {
    this.drained ??= this.untilIdle().then(() => this.destroy());
    return this.drained;
  }

  /** Ends now; requests in flight are cut. */
  destroy(): void {
    this.stopProbing();
    this.connections.destroy();
  }

  private async untilIdle(): Promise<void> {
    this.stopProbing();
    this.become("Draining", "removed from the pool");
    if (this.requestsInFlight === 0) return;
    const { settings, timeScale } = this.options;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, settings.draining.toMilliseconds() / timeScale);
      this.idle = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private stopProbing(): void {
    clearTimeout(this.nextProbe);
    this.stopped.abort();
  }

  /** One success makes a member healthy; it takes a row of failures to make a healthy one unhealthy. */
  private record({ healthy, reason }: ProbeResult): void {
    this.failuresInARow = healthy ? 0 : this.failuresInARow + 1;
    if (healthy) this.become("Healthy", reason);
    else if (!this.mayServe || this.failuresInARow >= this.settings.probe.unhealthyThreshold) {
      this.become("Unhealthy", reason);
    }
  }

  private become(health: Health, reason: string): void {
    const was = this.health;
    this.health = health;
    this.reason = reason;
    if (was !== health) this.options.onChange(this, was);
  }
}

/** However fast the clocks run, local servers do not. */
const ENOUGH_FOR_A_PROBE = Duration.seconds(1);

function probeTimeoutMilliseconds({ timeout }: Probe, probeTimeScale: number): number {
  const enough = Math.min(timeout.toMilliseconds(), ENOUGH_FOR_A_PROBE.toMilliseconds());
  return Math.max(enough, timeout.toMilliseconds() / probeTimeScale);
}
