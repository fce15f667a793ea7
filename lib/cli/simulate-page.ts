import { type Recorder, type SimulatorUi } from "../ui/index.js";
import { type Lab } from "./lab.js";

/** A page that is about to be served. */
export interface StartedPage {
  /** What the gateway's access log is to be written to, from its first request on. */
  readonly recorder: Recorder;
  open(lab: Lab, probeTimeScale: number): Promise<SimulatorUi>;
}

/** Loads what serves the page only where one is wanted. */
export async function startPage(): Promise<StartedPage> {
  const { Recorder, SimulatorUi } = await import("../ui/index.js");
  const recorder = new Recorder();
  return {
    recorder,
    open: ({ model, gateway, accounts, backends, deployment, token }, probeTimeScale) =>
      SimulatorUi.create({
        ...{ model, gateway, deployment, token, probeTimeScale, recorder },
        backends: accounts,
        pool: backends,
      }),
  };
}
