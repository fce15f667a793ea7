export { type AccessLogEntry, type ErrorInfo } from "./access-log.js";
export * from "./gateway-options.js";
export { type SimulatedGateway } from "./gateway.js";
