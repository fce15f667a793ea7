import { type AttemptEvent } from "../client/index.js";
import { type AccessLogEntry } from "../simulator/index.js";
import { type Flow, type LogLine } from "./view.js";

/** Of one interval: more would not be seen. */
const MAXIMUM_FLOWS = 40;
const MAXIMUM_LOG_LINES = 100;
const MAXIMUM_LATENCIES = 20;

/** What happened since it was last asked. */
export interface Recorded {
  /** By status; `none` for no answer. */
  readonly statuses: Record<string, number>;
  readonly backends: Map<string, BackendRecord>;
  readonly flows: Flow[];
  readonly log: LogLine[];
}

export interface BackendRecord {
  requests: number;
  readonly latencies: number[];
}

/** Writes down what the gateway and the balancing client do, whoever sent the requests. */
export class Recorder {
  private recorded = nothing();

  /** A request has passed the gateway. */
  logged(entry: AccessLogEntry): void {
    const backend = entry.ServerRouted.replace(/:\d+$/, "");
    const milliseconds = Math.round(entry.TimeTaken * 1_000);
    this.answered(entry.HttpStatus);
    if (backend !== "") this.sent(backend, entry.ServerStatus === 0 ? undefined : milliseconds);
    this.flow({
      way: "gateway",
      listener: entry.ListenerName,
      rule: entry.RuleName,
      target: entry.BackendPoolName === "" ? "" : `${entry.BackendPoolName}/${entry.BackendSettingName}`,
      backend,
      status: entry.HttpStatus,
    });
    if (this.recorded.log.length === MAXIMUM_LOG_LINES) this.recorded.log.shift();
    this.recorded.log.push({
      time: entry.TimeGenerated,
      instance: entry.InstanceId,
      request: `${entry.HttpMethod} ${entry.OriginalRequestUriWithArgs}`,
      listener: entry.ListenerName,
      rule: entry.RuleName,
      backend,
      status: entry.HttpStatus,
      serverStatus: entry.ServerStatus,
      milliseconds,
      error: entry.ErrorInfo,
    });
  }

  /** The balancing client has tried an endpoint, which is called as its pool member is. */
  attempted({ endpoint, status, timeToHeadersMilliseconds }: AttemptEvent): void {
    this.sent(endpoint, status === undefined ? undefined : Math.round(timeToHeadersMilliseconds));
    this.flow({ way: "client", listener: "", rule: "", target: "", backend: endpoint, status });
  }

  /** A caller has an answer, or none. */
  answered(status: number | undefined): void {
    const { statuses } = this.recorded;
    const key = String(status ?? "none");
    statuses[key] = (statuses[key] ?? 0) + 1;
  }

  /** What happened since the last time. */
  take(): Recorded {
    const { recorded } = this;
    this.recorded = nothing();
    return recorded;
  }

  private sent(fqdn: string, milliseconds: number | undefined): void {
    const { backends } = this.recorded;
    const record = backends.get(fqdn) ?? { requests: 0, latencies: [] };
    record.requests += 1;
    if (milliseconds !== undefined && record.latencies.length < MAXIMUM_LATENCIES) record.latencies.push(milliseconds);
    backends.set(fqdn, record);
  }

  private flow(flow: Flow): void {
    if (this.recorded.flows.length < MAXIMUM_FLOWS) this.recorded.flows.push(flow);
  }
}

function nothing(): Recorded {
  return { statuses: {}, backends: new Map(), flows: [], log: [] };
}
