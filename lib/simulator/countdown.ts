/** Calls back once nothing has restarted it for a while. Can be stopped, and started again; cheap enough for each read. */
export class Countdown {
  private timer: NodeJS.Timeout | undefined;
  private running = false;

  constructor(
    private readonly milliseconds: number,
    private readonly onEnd: () => void,
  ) {}

  restart(): void {
    this.running = true;
    if (this.timer !== undefined) this.timer.refresh();
    else {
      this.timer = setTimeout(() => {
        this.timer = undefined;
        if (!this.running) return;
        this.running = false;
        this.onEnd();
      }, this.milliseconds);
    }
  }

  /** The timer itself goes on, since it is mostly wanted again soon; {@link dispose} ends it. */
  stop(): void {
    this.running = false;
  }

  dispose(): void {
    this.running = false;
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}
