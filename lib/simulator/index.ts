export { Duration } from "../duration.js";
export { type Certificate } from "./certificate.js";
export * from "./fake-openai/index.js";
