/** What the page is shown, and what it may ask for: plain JSON between the server and the page. */

/** What a person has done to a backend. */
export type Condition = "up" | "slow" | "throttled" | "down";

/** Which way the page's own traffic takes. */
export type Way = "gateway" | "client";

/** The gateway as it is drawn; does not change while it runs. */
export interface Topology {
  readonly name: string;
  readonly sku: string;
  /** How many instances run. */
  readonly instances: number;
  /** How many times as fast as on Azure probes run. */
  readonly probeTimeScale: number;
  readonly listeners: readonly ListenerView[];
  readonly rules: readonly RuleView[];
  readonly targets: readonly TargetView[];
  readonly backends: readonly BackendView[];
  /** What callers ask for. */
  readonly deployment: string;
  /** What the file asks for and the simulated gateway does not do. */
  readonly notSimulated: readonly string[];
}

export interface ListenerView {
  readonly name: string;
  readonly protocol: string;
  /** On Azure. */
  readonly port: number;
  /** Empty for any. */
  readonly hostNames: readonly string[];
  /** On this machine. */
  readonly url: string;
}

export interface RuleView {
  readonly name: string;
  readonly priority: number;
  readonly listener: string;
  /** In the order of matching; the last one, without paths, takes the rest. */
  readonly routes: readonly RouteView[];
}

export interface RouteView {
  readonly paths: readonly string[];
  readonly action:
    | { readonly kind: "forward"; readonly target: string }
    /** `to` is a listener's name or a URL. */
    | { readonly kind: "redirect"; readonly status: number; readonly to: string };
}

/** A pool as one backend settings block sees it. */
export interface TargetView {
  /** Pool and settings. */
  readonly id: string;
  readonly pool: string;
  readonly settings: string;
  readonly protocol: string;
  readonly port: number;
  readonly requestTimeoutSeconds: number;
  readonly members: readonly string[];
  readonly probe: ProbeView;
}

export interface ProbeView {
  readonly path: string;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly unhealthyThreshold: number;
}

export interface BackendView {
  readonly fqdn: string;
  /** On this machine. */
  readonly url: string;
  /** Of the deployment that callers ask for; absent without a limit. */
  readonly requestsPerMinute: number | undefined;
}

/** What has happened in one short interval, and how things stand at its end. */
export interface Tick {
  /** Its end, in milliseconds since the page's server was started. */
  readonly at: number;
  readonly traffic: TrafficView;
  /** What callers received: how many of each status, `none` where there was no answer. */
  readonly statuses: Readonly<Record<string, number>>;
  /** In the order of {@link Topology.backends}. */
  readonly backends: readonly BackendTick[];
}

export interface TrafficView {
  readonly running: boolean;
  /** Requests per second. */
  readonly rate: number;
  readonly way: Way;
}

export interface BackendTick {
  readonly condition: Condition;
  /** Sent there, whatever came of them. */
  readonly requests: number;
  /** Milliseconds until the answer began (client) or ended (gateway); of some requests, where there are many. */
  readonly latencies: readonly number[];
  /** From 0 to 1; absent without a limit. */
  readonly quotaLeft: number | undefined;
  /** As each instance sees it, through each settings block. */
  readonly health: readonly string[];
  /** What the last probe found: of an instance that sees it unhealthy, if there is one. */
  readonly reason: string;
  /** How the balancing client sees it; absent until it has been used. */
  readonly client: ClientView | undefined;
}

export interface ClientView {
  readonly status: "available" | "cooling-down" | "half-open";
  readonly reason: string | undefined;
  readonly cooldownMilliseconds: number;
}

/** A request on its way, for the drawing. */
export interface Flow {
  readonly way: Way;
  /** Names; empty where it did not get so far. */
  readonly listener: string;
  readonly rule: string;
  readonly target: string;
  readonly backend: string;
  /** Of this attempt; absent where there was no answer. */
  readonly status: number | undefined;
}

/** A line of the access log. */
export interface LogLine {
  readonly time: string;
  readonly instance: string;
  readonly request: string;
  readonly listener: string;
  readonly rule: string;
  readonly backend: string;
  readonly status: number;
  readonly serverStatus: number;
  readonly milliseconds: number;
  readonly error: string;
}

/** The first message: everything so far. */
export interface Hello {
  readonly topology: Topology;
  readonly history: readonly Tick[];
  readonly log: readonly LogLine[];
}

/** The messages after it. */
export interface Update {
  readonly tick: Tick;
  readonly flows: readonly Flow[];
  /** New lines, oldest first. */
  readonly log: readonly LogLine[];
}

/** What the page may ask for. */
export type PageCommand =
  | { readonly command: "traffic"; readonly running: boolean; readonly rate: number }
  | { readonly command: "way"; readonly way: Way }
  | { readonly command: "condition"; readonly backend: string; readonly condition: Condition };

export const MAXIMUM_RATE = 50;
export const TICK_MILLISECONDS = 250;
/** How far back the charts go. */
export const HISTORY_SECONDS = 120;
/** How many lines of the access log are kept. */
export const LOG_LINES = 200;
