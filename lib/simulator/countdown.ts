/** Calls back once nothing has restarted it for a while. Can be stopped, and started again; cheap enough for each read. */
export class Countdown {
  private timer: NodeJS.Timeout | undefined;
  private running = false;
  /** What arrived while the process was busy elsewhere is looked at first. */
  private expired: NodeJS.Immediate | undefined;

  constructor(
    private readonly milliseconds: number,
    private readonly onEnd: () => void,
  ) {}

  restart(): void {
    this.running = true;
    this.forgive();
    if (this.timer !== undefined) this.timer.refresh();
    else {
      this.timer = setTimeout(() => this.expire(), this.milliseconds);
    }
  }

  /** The timer itself goes on, since it is mostly wanted again soon; {@link dispose} ends it. */
  stop(): void {
    this.running = false;
    this.forgive();
  }

  dispose(): void {
    this.stop();
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private expire(): void {
    this.timer = undefined;
    if (!this.running) return;
    this.running = false;
    this.expired = setImmediate(() => {
      this.expired = undefined;
      this.onEnd();
    });
  }

  private forgive(): void {
    if (this.expired === undefined) return;
    clearImmediate(this.expired);
    this.expired = undefined;
  }
}
