import { type Clock, install } from "@sinonjs/fake-timers";

/** Idle turns of the event loop after which nothing can come any more. */
const PATIENCE = 1_000;

/** The clock and the timers of the whole process, moved by hand: a minute takes as long as what happens in it. */
export class VirtualTime {
  static install(): VirtualTime {
    return new VirtualTime();
  }

  private readonly clock: Clock;
  private readonly turn = setImmediate;

  private constructor() {
    const toFake = ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date", "performance"] as const;
    this.clock = install({ toFake: [...toFake] });
  }

  /** Milliseconds. */
  get now(): number {
    return this.clock.now;
  }

  /** Lets time pass from one timer to the next until the work is done. */
  async run<T>(work: Promise<T>): Promise<T> {
    let done = false;
    const ended = () => (done = true);
    work.then(ended, ended);
    for (let idle = 0; !done;) {
      // Everything that follows from the last timer happens before the next one.
      await new Promise<void>((resolve) => this.turn(resolve));
      const { now } = this.clock;
      this.clock.next();
      idle = this.clock.now === now ? idle + 1 : 0;
      if (idle > PATIENCE) throw new Error("nothing is left to wait for, and the work is not done");
    }
    return work;
  }

  uninstall(): void {
    this.clock.uninstall();
  }
}
