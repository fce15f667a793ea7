import { pageBundle } from "./page-bundle.js";
import { PageServer } from "./page-server.js";
import { Stage, type StageOptions } from "./stage.js";
import { TICK_MILLISECONDS } from "./view.js";

/** The page of a simulated gateway: shows what it does, sends traffic, breaks and heals its backends. */
export class SimulatorUi implements AsyncDisposable {
  static async create(options: StageOptions): Promise<SimulatorUi> {
    const bundle = await pageBundle();
    const stage = new Stage(options);
    const hello = () => stage.hello;
    const obey = (command: string) => stage.obey(command);
    return new SimulatorUi(stage, await PageServer.open({ bundle, hello, obey }));
  }

  private readonly timer: NodeJS.Timeout;

  private constructor(
    private readonly stage: Stage,
    private readonly server: PageServer,
  ) {
    this.timer = setInterval(() => {
      // Nobody looks, nothing is sent.
      stage.traffic.isWatched = server.isWatched;
      server.send(stage.update());
    }, TICK_MILLISECONDS);
  }

  /** What to open in a browser. */
  get url(): string {
    return this.server.url;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.timer);
    await this.server[Symbol.asyncDispose]();
    await this.stage[Symbol.asyncDispose]();
  }
}
