import { type SimulatedGateway } from "../simulator/index.js";
import { ClientCaller, GatewayCallers } from "./callers.js";
import { parsePageCommand } from "./page-command.js";
import { type BackendRecord, type Recorder } from "./recorder.js";
import { type SimulatedBackend } from "./simulated-backend.js";
import { Timeline } from "./timeline.js";
import { topologyOf, type TopologyOptions } from "./topology.js";
import { Traffic } from "./traffic.js";
import { type BackendTick, type Hello, type Update } from "./view.js";

export interface StageOptions extends TopologyOptions {
  /** Where the gateway's access log goes. */
  readonly recorder: Recorder;
  /** Those that the balancing client calls. */
  readonly pool: readonly SimulatedBackend[];
  /** What a keyless caller shows. */
  readonly token: string;
}

/** Everything that the page shows and governs: the gateway, its backends, and the callers. */
export class Stage implements AsyncDisposable {
  readonly traffic: Traffic;
  private readonly started = performance.now();
  private readonly timeline: Timeline;
  private readonly gatewayCallers: GatewayCallers;
  private readonly clientCaller: ClientCaller;

  constructor(private readonly options: StageOptions) {
    const { gateway, pool, recorder } = options;
    this.timeline = new Timeline(topologyOf(options));
    this.gatewayCallers = new GatewayCallers(gateway, options);
    this.clientCaller = new ClientCaller(pool, recorder, options);
    this.traffic = new Traffic({ gateway: this.gatewayCallers.call, client: this.clientCaller.call });
  }

  /** Everything so far. */
  get hello(): Hello {
    return this.timeline.hello;
  }

  /** Does what a page asks for. @throws RangeError for what cannot be done */
  async obey(text: string): Promise<void> {
    const command = parsePageCommand(text);
    switch (command.command) {
      case "traffic":
        return this.traffic.set(command.running, command.rate);
      case "way":
        return this.traffic.take(command.way);
      case "condition": {
        const backend = this.options.backends.find(({ fqdn }) => fqdn === command.backend);
        if (backend === undefined) throw new RangeError(`backend: no pool has the member ${command.backend}`);
        return backend.become(command.condition);
      }
    }
  }

  /** What happened since the last time. */
  update(): Update {
    const { recorder, gateway, backends, deployment } = this.options;
    const { statuses, backends: records, flows, log } = recorder.take();
    const health = healthOf(gateway);
    const clients = this.clientCaller.views();
    const ticks = backends.map((backend): BackendTick => {
      const { requests, latencies } = records.get(backend.fqdn) ?? NOT_ASKED;
      return {
        condition: backend.condition,
        requests,
        latencies,
        quotaLeft: quotaLeft(backend, deployment),
        ...(health.get(backend.fqdn) ?? { health: [], reason: "" }),
        client: clients.get(backend.fqdn),
      };
    });
    const at = Math.round(performance.now() - this.started);
    const update = { tick: { at, traffic: this.traffic.view, statuses, backends: ticks }, flows, log };
    this.timeline.add(update);
    return update;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.traffic.stop();
    await this.gatewayCallers[Symbol.asyncDispose]();
  }
}

const NOT_ASKED: BackendRecord = { requests: 0, latencies: [] };

function healthOf(gateway: SimulatedGateway): Map<string, { health: string[]; reason: string }> {
  const byMember = new Map<string, { health: string[]; reason: string }>();
  for (const { fqdn, health, reason } of gateway.backendStates()) {
    const known = byMember.get(fqdn) ?? { health: [], reason };
    if (health !== "Healthy") known.reason = reason;
    known.health.push(health);
    byMember.set(fqdn, known);
  }
  return byMember;
}

/** Of the limit that is nearest to its end. */
function quotaLeft({ server }: SimulatedBackend, deployment: string): number | undefined {
  const limits = Object.values(server.rateLimit(deployment) ?? {});
  return limits.length === 0 ? undefined : Math.min(...limits.map(({ remaining, perWindow }) => remaining / perWindow));
}
