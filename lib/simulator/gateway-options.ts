import { type Duration } from "../duration.js";
import { type GatewayModel, type Protocol } from "../synthesized/gateway-model.js";
import { type AccessLogEntry } from "./access-log.js";

/** Options of `SimulatedGateway.create`. */
export interface SimulatedGatewayOptions {
  readonly model: GatewayModel;

  /**
   * The local server that stands for each pool member: `{ "a.openai.azure.com": "http://127.0.0.1:4001" }`.
   * Every member of the model needs one. `http:` and `https:` both work whatever protocol the settings name;
   * the certificate of an `https:` server is not verified.
   */
  readonly backends: Readonly<Record<string, string | URL>>;

  /**
   * How many times as fast the gateway's clocks run: probe intervals and timeouts, request timeout, draining, and the
   * minute for which a client may stall.
   * @default 1
   */
  readonly timeScale?: number;

  /**
   * How many times as fast probes run, their intervals and timeouts, where that is not as fast as the other clocks.
   * However fast, a probe waits a second for its answer (or as long as it may on Azure, if that is less): local servers do
   * not run faster.
   * @default timeScale
   */
  readonly probeTimeScale?: number;

  /**
   * How many gateway instances to run, 1-125.
   * @default - the model's minimum, at least 1
   */
  readonly instances?: number;

  /**
   * Which instance (from 0) serves a new client connection. Azure spreads connections by a hash over addresses and ports.
   * If it throws or there is no such instance, the request is answered with 500 and the process warned.
   * @default - in turn, so that runs can be repeated
   */
  readonly instanceFor?: (connection: ClientConnection) => number;

  /**
   * The host name that a request for the bare local address (`127.0.0.1`, `localhost`, `[::1]`) is taken to ask for, so that
   * clients which cannot set Host reach listeners with host names.
   * @default - none: as on Azure, such a request reaches only listeners that take any host
   */
  readonly defaultHostName?: string;

  /**
   * The address that all clients have for the firewall: its lists of addresses are for those on Azure, and here every client
   * is local.
   * @default - none: of a firewall's custom rules only rate limits are simulated
   */
  readonly clientAddress?: string;

  /**
   * Called with one entry for each finished request. If it throws, the process is warned.
   * @default - no access log
   */
  readonly accessLog?: (entry: AccessLogEntry) => void;
}

export interface ClientConnection {
  /** Connections of this gateway are numbered from 0. */
  readonly number: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
}

/** Where a listener can be reached on this machine. */
export interface LocalListener {
  readonly listener: string;
  readonly protocol: Protocol;
  /** The port that the listener will have on Azure. */
  readonly port: number;
  readonly hostNames: readonly string[];
  /** `https://127.0.0.1:40123`; listeners on one frontend port share it. */
  readonly url: string;
}

/** Azure's words for the state of a pool member. Until the first probe succeeds, a member is Unhealthy. */
export type Health = "Healthy" | "Unhealthy" | "Draining";

/** A pool member as one instance sees it through one backend settings block. */
export interface BackendState {
  /** From 0. */
  readonly instance: number;
  readonly pool: string;
  readonly settings: string;
  readonly fqdn: string;
  readonly health: Health;
  /** Why the last probe failed, or what it found. */
  readonly reason: string;
  readonly requestsInFlight: number;
}

/** Emitted as `"health"` when an instance changes its mind about a member. */
export interface HealthChange extends BackendState {
  readonly was: Health;
  /** Since the gateway was created, on the local clock. */
  readonly after: Duration;
}
