export { Recorder } from "./recorder.js";
export { SimulatedBackend, SLOWNESS } from "./simulated-backend.js";
export { SimulatorUi } from "./simulator-ui.js";
export { type Condition } from "./view.js";
