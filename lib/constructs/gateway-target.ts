/** Where requests go, by the names of backends and pools. */
export class GatewayTarget {
  /** One backend. */
  static backend(name: string): GatewayTarget {
    return new GatewayTarget("backend", name);
  }

  /** A pool. */
  static pool(name: string): GatewayTarget {
    return new GatewayTarget("pool", name);
  }

  /** All backends in turn, and what else the gateway's own listener offers. */
  static all(): GatewayTarget {
    return new GatewayTarget("all");
  }

  private constructor(
    /** Which of them it is. */
    readonly kind: "backend" | "pool" | "all",
    /** The name of the backend or the pool. */
    readonly name = "",
  ) {}
}
