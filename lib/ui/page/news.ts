import { type Tick, type Topology } from "../view.js";
import { setText, splitName } from "./dom.js";

/** Says for screen readers what changes by itself: a backend that the gateway takes out, or in again. */
export class News {
  private before: readonly boolean[] = [];

  constructor(
    private readonly region: HTMLElement,
    private readonly topology: Topology,
  ) {}

  show({ backends }: Tick): void {
    const healthy = backends.map(({ health }) => health.every((each) => each === "Healthy"));
    const changes = healthy.flatMap((isHealthy, index) => {
      const was = this.before[index];
      if (was === undefined || was === isHealthy) return [];
      const [label] = splitName(this.topology.backends[index]?.fqdn ?? "");
      return [`${label} is ${isHealthy ? "Healthy" : `Unhealthy: ${backends[index]?.reason ?? ""}`}`];
    });
    this.before = healthy;
    if (changes.length > 0) setText(this.region, changes.join("; "));
  }
}
