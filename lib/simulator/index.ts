export { type AccessLogEntry, type ErrorInfo } from "./access-log.js";
export * from "./gateway-options.js";
export { DEFAULT_TIME_SCALE, SimulatedGateway } from "./gateway.js";
