export * from "./gateway-model.js";
export { SynthesizedError } from "./synthesized-error.js";
