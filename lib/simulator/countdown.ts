/** Calls back once nothing has restarted it for a while. Can be stopped, and started again. */
export class Countdown {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly milliseconds: number,
    private readonly onEnd: () => void,
  ) {}

  restart(): void {
    // A stopped timer of Node's cannot be refreshed.
    if (this.timer === undefined) this.timer = setTimeout(this.onEnd, this.milliseconds);
    else this.timer.refresh();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}
