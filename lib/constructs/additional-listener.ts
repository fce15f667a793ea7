import { type GatewayListener } from "./gateway-listener.js";

/** Addresses of a gateway that has both. */
export enum ListenerFrontend {
  /** The one that the Internet reaches. */
  PUBLIC = "public",
  /** The one in the gateway's subnet. */
  PRIVATE = "private",
}

/** A listener besides the main one. */
export interface AdditionalListener {
  /** Unique among the listeners; 1 to 64 letters, digits, hyphens, underscores and periods. */
  readonly name: string;
  /** Where clients reach it. TLS policies are the main listener's. */
  readonly listener: GatewayListener;
  /**
   * The name of the pool that its requests go to.
   *
   * @default - what the main listener offers: all backends, and the routes
   */
  readonly pool?: string;
  /**
   * Headers that responses get, in place of those of the same name. For a listener with a pool.
   *
   * @default - none
   */
  readonly responseHeaders?: Readonly<Record<string, string>>;
  /**
   * The one of the gateway's addresses that it is on.
   *
   * @default - each that the gateway has
   */
  readonly frontend?: ListenerFrontend;
}

/** A pool besides that of all backends. */
export interface GatewayPool {
  /** Unique among the pools; 1 to 64 letters, digits, hyphens, underscores and periods. */
  readonly name: string;
  /** Host names of its members. */
  readonly fqdns: readonly string[];
}
