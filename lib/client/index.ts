export { Duration } from "../duration.js";
export { EXHAUSTED_CODE } from "./call/exhausted-response.js";
export { type BreakerSnapshot, type CooldownReason } from "./endpoints/breaker.js";
export { type HeaderProvider, type HeaderValues, type TokenProvider } from "./endpoints/credential.js";
export { type DeploymentSnapshot } from "./endpoints/deployment-state.js";
export { DEFAULT_PRIORITY, DEFAULT_WEIGHT, type EndpointOptions } from "./endpoints/endpoint.js";
export { type EndpointSnapshot, MAX_DEPLOYMENTS, type OperationSnapshot } from "./endpoints/endpoint-pool.js";
export { type CooldownScope } from "./endpoints/endpoint-state.js";
export { MAX_HELD_REFERENCES } from "./endpoints/holders.js";
export { STRATEGIES, type Strategy } from "./endpoints/selection.js";
export * from "./errors.js";
export * from "./events.js";
export { type Choice, createLoadBalancedFetch, type LoadBalancedFetch } from "./load-balanced-fetch.js";
export {
  type AffinityRequest,
  type CooldownOptions,
  DEFAULT_COMMIT,
  DEFAULT_COMMIT_AFTER,
  DEFAULT_COOLDOWN,
  DEFAULT_MAX_BUFFERED_BODY_BYTES,
  DEFAULT_MAX_QUEUED,
  DEFAULT_RETRY_AMBIGUOUS,
  DEFAULT_STRATEGY,
  DEFAULT_WHEN_EXHAUSTED,
  type FetchFunction,
  type LoadBalancedFetchOptions,
} from "./options.js";
export { type Operation, OPERATIONS } from "./request/operation.js";
