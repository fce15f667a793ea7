import { Duration } from "../duration.js";
import { Fault, type FakeOpenAi, Latency } from "../simulator/index.js";
import { type Condition } from "./view.js";

/** What a slow backend takes beyond its usual time. */
export const SLOWNESS = Duration.seconds(2);

/** A pool member and the fake account behind it, which a person breaks and heals. */
export class SimulatedBackend {
  private current: Condition = "up";
  private change: Promise<void> = Promise.resolve();

  constructor(
    /** The pool member. */
    readonly fqdn: string,
    readonly server: FakeOpenAi,
  ) {}

  /** What its answers say in `x-ms-region`. */
  get region(): string {
    return this.server.region;
  }

  /** What was done to it last. */
  get condition(): Condition {
    return this.current;
  }

  /** One condition takes the place of another; changes happen one after the other. @throws Error if its port is gone */
  become(condition: Condition): Promise<void> {
    const change = this.change.then(() => this.apply(condition));
    this.change = change.catch(() => undefined);
    return change;
  }

  private async apply(condition: Condition): Promise<void> {
    const { server } = this;
    server.heal();
    if (condition === "down") await server.refuse();
    else await server.accept();
    if (condition === "throttled") server.inject(Fault.throttle());
    if (condition === "slow") server.inject(Fault.delay(Latency.constant(SLOWNESS)));
    this.current = condition;
  }
}
