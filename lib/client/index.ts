export { Duration } from "../duration.js";
export { type BenchReason } from "./bench.js";
export { type TokenProvider } from "./credential.js";
export { DEFAULT_PRIORITY, DEFAULT_WEIGHT, type EndpointOptions } from "./endpoint.js";
export { type EndpointSnapshot, MAX_DEPLOYMENTS } from "./endpoint-pool.js";
export { type BenchScope, type BenchSnapshot, type DeploymentSnapshot } from "./endpoint-state.js";
export * from "./errors.js";
export * from "./events.js";
export { EXHAUSTED_CODE } from "./exhausted-response.js";
export { createLoadBalancedFetch, type LoadBalancedFetch } from "./load-balanced-fetch.js";
export { type Operation, OPERATIONS } from "./operation.js";
export {
  type BenchOptions,
  DEFAULT_BENCH,
  DEFAULT_MAX_BUFFERED_BODY_BYTES,
  DEFAULT_RETRY_AMBIGUOUS,
  DEFAULT_STRATEGY,
  DEFAULT_WHEN_EXHAUSTED,
  type FetchFunction,
  type LoadBalancedFetchOptions,
} from "./options.js";
export { STRATEGIES, type Strategy } from "./selection.js";
export { MAX_STICKY_IDS } from "./sticky.js";
