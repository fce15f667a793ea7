import { type EventEmitter } from "node:events";
import { type Duration } from "../duration.js";
import { type BackendState, type Health, type HealthChange, type LocalListener } from "./gateway-options.js";

/**
 * A running gateway; `SimulatedGateway.create(options)` makes one and resolves once every instance has probed every member.
 * (This file holds the shape for now; the class follows.)
 */
export interface SimulatedGateway extends EventEmitter<{ health: [HealthChange] }>, AsyncDisposable {
  /** Where to send requests: the listener of the first rule that leads to backends. */
  readonly url: string;
  /** Every listener, by its name. */
  readonly urls: ReadonlyMap<string, LocalListener>;
  /** How many instances run. */
  readonly instances: number;
  /** PEM of the throw-away certificate's issuer (itself), for clients that verify it. */
  readonly certificate: string;
  /** What the model asks for and this gateway does not do, in plain words; empty if nothing. */
  readonly notSimulated: readonly string[];

  /** A snapshot: one entry for each instance, pool, settings and member. */
  backendStates(): readonly BackendState[];

  /** Resolves when every instance sees the member so; rejects if that takes longer than `timeout` (local clock). */
  untilBackend(fqdn: string, health: Health, timeout: Duration): Promise<void>;

  /** As a configuration update that takes the member out of every pool: no new requests; resolves when drained. */
  removeBackend(fqdn: string): Promise<void>;

  /** Stops accepting, lets requests in flight finish within the draining time, then ends. Idempotent. */
  close(): Promise<void>;

  /** Ends now; requests in flight are cut. This is also the disposal. */
  destroy(): Promise<void>;
}
