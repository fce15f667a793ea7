export * from "./gateway-model.js";
export { type ParseOptions, parseGatewayModel } from "./parse-gateway-model.js";
export { readGatewayModel } from "./read-gateway-model.js";
export { SynthesizedError } from "./synthesized-error.js";
