export { Duration } from "../duration.js";
export * from "../synthesized/index.js";
export { type AccessLogEntry, type ErrorInfo } from "./access-log.js";
export { type Certificate } from "./certificate.js";
export * from "./fake-openai-fleet.js";
export * from "./fake-openai/index.js";
export * from "./gateway-options.js";
export { DEFAULT_TIME_SCALE, SimulatedGateway } from "./gateway.js";
export { SimulatorOptionError } from "./simulator-option-error.js";
