export { Duration } from "../duration.js";
export { type ThrowAwayCertificate } from "./certificate.js";
export * from "./fake-openai/index.js";
